"""Random sessions through dbt and walked by hand: the same steps and the same top paths."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.dbt.house import House
from tests.dbt.marts.test_marts_against_oracle import assert_same

LENGTHS, KEPT = [2, 3, 4], 5
# A page may be called what the report calls leaving, and hold the mark between pages.
PEOPLE = ["ann", "bo", "cy"]
PAGES = ["/", "/a", "/b", "/a > /b", "(exit)", "(entry)", "主页", None]


@dataclass(frozen=True)
class Session:
    """One person's events in order: the page, if known, and whether it was viewed."""

    person: str
    events: list[tuple[str | None, bool]]

    @property
    def pages(self) -> list[str]:
        return [page for page, is_view in self.events if is_view and page is not None]


sessions = st.lists(
    st.builds(
        Session,
        st.sampled_from(PEOPLE),
        st.lists(st.tuples(st.sampled_from(PAGES), st.integers(0, 3).map(bool)), min_size=1, max_size=7),
    ),
    min_size=1,
    max_size=40,
)


def rows(drawn: list[Session]) -> pd.DataFrame:
    """The sessions' events as a table, last ones first."""
    found = [
        {
            "event_id": f"{number}-{place}",
            "session_id": f"s{number}",
            "user_key": session.person,
            "person_key": PEOPLE.index(session.person),
            "event_number": place,
            "event_day": date(2026, 6, 1),
            "page": page,
            "is_view": is_view,
        }
        for number, session in enumerate(drawn)
        for place, (page, is_view) in enumerate(session.events, 1)
    ]
    return pd.DataFrame(found[::-1]).astype({"page": "object"})


def steps(drawn: list[Session]) -> pd.DataFrame:
    """Every step walked, counted with the people who took it."""
    walked: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for session in drawn:
        if session.pages:
            walked["entry", "(entry)", session.pages[0]].append(session.person)
            walked["exit", session.pages[-1], "(exit)"].append(session.person)
        for before, after in pairwise(session.pages):
            walked["transition", before, after].append(session.person)
    views = Counter(page for session in drawn for page in session.pages)
    last = Counter(session.pages[-1] for session in drawn if session.pages)
    return pd.DataFrame(
        [
            {
                "kind": kind,
                "from_page": before,
                "to_page": after,
                "transitions": len(people),
                "people": len(set(people)),
                "share": len(people) / (last.total() if kind == "entry" else views[before]),
                "drop_off_rate": None if kind == "entry" else last[before] / views[before],
            }
            for (kind, before, after), people in walked.items()
        ]
    )


def top_paths(drawn: list[Session]) -> pd.DataFrame:
    """The commonest beginnings of each length."""
    found = []
    for length in LENGTHS:
        begun: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for session in drawn:
            if len(session.pages) >= length:
                begun[tuple(session.pages[:length])].append(session.person)
        total = sum(len(people) for people in begun.values())
        ranked = sorted(
            (-len(people), -len(set(people)), " > ".join(pages).encode()) for pages, people in begun.items()
        )
        found += [
            (length, rank, path.decode(), -count, -people, -count / total)
            for rank, (count, people, path) in enumerate(ranked[:KEPT], 1)
        ]
    return pd.DataFrame(found, columns=["length", "rank", "path", "sessions", "people", "share"])


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=sessions.filter(lambda drawn: any(session.pages for session in drawn)))
def test_every_step_and_path_is_one_somebody_walked(house: House, drawn: list[Session]) -> None:
    house.fill({"int_behaviour__events": rows(drawn)})
    between = ("int_behaviour__path_steps", "int_behaviour__page_pairs")
    models = (*between, "rpt_paths", "rpt_path_sequences")
    result = house.dbt("run", "--select", *models, paths_lengths=LENGTHS, paths_kept=KEPT)
    assert result.success, [r.message for r in result.result.results if r.status == "error"]
    assert_same(house.table("marts.rpt_paths"), steps(drawn), ["kind", "from_page", "to_page"])
    assert_same(house.table("marts.rpt_path_sequences"), top_paths(drawn), ["length", "rank"])
