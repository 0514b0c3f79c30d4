"""Everything that is true of a world, room by room, before any of it is written down."""

from __future__ import annotations

from dataclasses import dataclass

from demo.accounts import Accounts, accounts_of
from demo.behaviour import Behaviour, behaviour_of
from demo.campaigns import Outreach, outreach_of
from demo.catalogue import Catalogue, catalogue_of
from demo.consents import Consents, consents_of
from demo.events import Events, events_of
from demo.feedback import Feedback, feedback_of
from demo.members import Members, members_of
from demo.orders import Orders, orders_of
from demo.people import People, people_of
from demo.plan import Ints, Plan
from demo.profiles import Profiles, profiles_of, registrations
from demo.retargeting import retargeted
from demo.season import Season, season_of
from demo.sessions import Sessions, sessions_of
from demo.subscriptions import Subscriptions, subscriptions_of
from demo.trials import Exposures, exposures_of


@dataclass(frozen=True)
class World:
    """A plan and all that came of it."""

    plan: Plan
    season: Season
    people: People
    behaviour: Behaviour
    members: Members
    consents: Consents
    goods: Catalogue
    outreach: Outreach
    exposures: Exposures
    orders: Orders
    sessions: Sessions
    events: Events
    feedback: Feedback
    subscriptions: Subscriptions
    profiles: Profiles
    accounts: Accounts
    first_session: Ints  # of every visit


def world_of(plan: Plan) -> World:
    """Let two years pass."""
    season = season_of(plan)
    goods = catalogue_of(plan)
    people = people_of(plan, season)
    behaviour = behaviour_of(plan, people, season)
    members = members_of(plan, people, behaviour)
    consents = consents_of(plan, people, members)
    outreach = outreach_of(plan, season, people, behaviour, members, consents)
    exposures, boost = exposures_of(plan, people, behaviour, members)
    orders = orders_of(plan, season, people, behaviour, goods, outreach.boost * boost)
    outreach = retargeted(plan, outreach, behaviour, members, consents, orders)
    sessions = sessions_of(plan, people, behaviour, members, orders)
    registered = registrations(people, members, sessions)
    profiles = profiles_of(plan, people, behaviour, members, orders, registered)
    return World(
        plan=plan,
        season=season,
        people=people,
        behaviour=behaviour,
        members=members,
        consents=consents,
        goods=goods,
        outreach=outreach,
        exposures=exposures,
        orders=orders,
        sessions=sessions,
        events=events_of(plan, people, behaviour, goods, outreach, orders, sessions),
        feedback=feedback_of(plan, people, behaviour, members, goods, orders),
        subscriptions=subscriptions_of(plan, people, behaviour, members),
        profiles=profiles,
        accounts=accounts_of(plan, people, profiles),
        first_session=sessions.first_of_visit(len(behaviour.day)),
    )
