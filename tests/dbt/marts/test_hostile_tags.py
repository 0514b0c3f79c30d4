"""Whatever a tag is called, says or looks for, it is a text in the tables and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from orchestration.tag_plan import plan
from orchestration.tags import TagRules
from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

AS_OF = date(2026, 3, 4)
TEXTS = [
    "'; drop table marts.fct_user_tags; --",
    "{{ var('as_of') }} {% raw %} {# not a comment",
    'it\'s "quoted" \\ and `ticked` $1 :name %s',
    "-- a comment /* and another",
    "👩🏽‍🚀 عربى 標籤 é",
]
MODELS = ("int_users__tag_points", "fct_user_tags", "dim_tags")


def _tag(number: int, text: str) -> dict[str, object]:
    """A rule whose every text is hostile, and which looks for a hostile city."""
    told = {"name_en": text, "name_zh": text, "owner": text, "description": text}
    return told | {
        "tag": f"tag_{number}",
        "kind": "rule",
        "purpose": "none",
        "when": {"property": "city", "equals": text},
        "value": text,
    }


@pytest.fixture(scope="module")
def tagged(house: House) -> Iterator[Tables]:
    rules = TagRules.model_validate({"tags": [_tag(n, text) for n, text in enumerate(TEXTS)]})
    end = f"{AS_OF + timedelta(days=1)} 00:00:00"
    given = {"tags": plan(rules), "tag_history_days": 31, "business_time_zone": "UTC"}
    with compiled(house, *MODELS, as_of=AS_OF, as_of_end=end, **given) as tables:
        first = datetime(2026, 3, 1)
        people = [{"user_key": f"p{n}", "first_seen_at": first} for n in range(len(TEXTS))]
        ids = [{"id_type": "user_id", "id": f"u{n}", "user_key": f"p{n}"} for n in range(len(TEXTS))]
        said = [
            {"user_id": f"u{n}", "feed": "crm", "stated_at": first, "city": text}
            for n, text in enumerate(TEXTS)
        ]
        tables.run(
            {
                "intermediate.int_users__people": pd.DataFrame(people),
                "intermediate.int_users__identifiers": pd.DataFrame(ids),
                "staging.stg_user_versions": pd.DataFrame(said),
            }
        )
        yield tables


def test_everyone_has_the_tag_that_looks_for_their_text(tagged: Tables) -> None:
    found = tagged.table("marts.fct_user_tags").sort_values("tag")
    assert list(found.tag) == [f"tag_{n}" for n in range(len(TEXTS))]
    assert list(found.user_key) == [f"p{n}" for n in range(len(TEXTS))]
    assert list(found.value) == TEXTS


def test_names_are_the_texts_that_were_written(tagged: Tables) -> None:
    found = tagged.table("marts.dim_tags").sort_values("tag")
    for column in ("name_en", "name_zh", "owner", "description"):
        assert list(found[column]) == TEXTS
