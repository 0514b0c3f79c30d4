"""What accounts have in common: second accounts of one person, and values that several people share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.names import mailbox, phone
from demo.people import MEMBER, People
from demo.plan import DAY_MS, Flags, Ints, Plan, Words
from demo.profiles import Profiles

OFFICE = 4  # members who give the one address of their office
OFFICE_MAILBOX = "office@example.test"


@dataclass(frozen=True)
class Accounts:
    """What the accounts of members say beside the profile.

    Attributes
    ----------
    owner : ndarray of shape (second accounts,)
        Person of each second account, which gives the person's own verified address once more.
    opened : ndarray of shape (second accounts,)
        Local milliseconds.
    user_id : ndarray of shape (second accounts,)
        Ids that sort after those of first accounts.
    mailbox, phone : lists of shape (people,)
        Address and number each person gives: mostly their own, a relative's phone, their office's
        address, or, never verified, somebody else's address.
    verified : ndarray of shape (people,)
        Whether the person confirmed the address.
    """

    owner: Ints
    opened: Ints
    user_id: Words
    mailbox: list[str]
    phone: list[str]
    verified: Flags


def accounts_of(plan: Plan, people: People, profiles: Profiles) -> Accounts:
    """Draw who opens a second account and who shares what."""
    rng, count = plan.rng("accounts"), len(people)
    members = rng.permutation(np.flatnonzero(people.standing == MEMBER))
    few = max(2, len(members) // 60)
    office, members = members[:OFFICE], members[OFFICE:]
    again, relatives, heads, mistaken, meant = (members[n * few : (n + 1) * few] for n in range(5))
    mailboxes, phones = [mailbox(n) for n in range(count)], [phone(n) for n in range(count)]
    for person in office:
        mailboxes[person] = OFFICE_MAILBOX
    for person, head in zip(relatives, heads, strict=True):
        phones[person] = phones[head]
    for person, other in zip(mistaken, meant, strict=True):
        mailboxes[person] = mailboxes[other]
    verified = np.ones(count, dtype=bool)
    verified[mistaken] = False
    last = plan.days * DAY_MS - DAY_MS
    opened = np.minimum(profiles.registered[again] + rng.integers(5, 200, len(again)) * DAY_MS, last)
    keeps = opened > profiles.registered[again]
    return Accounts(
        owner=again[keeps],
        opened=opened[keeps],
        user_id=np.array([f"U{900000 + person}" for person in again[keeps].tolist()], dtype=object),
        mailbox=mailboxes,
        phone=phones,
        verified=verified,
    )
