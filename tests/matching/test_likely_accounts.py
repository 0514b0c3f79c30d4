"""Accounts planted as one person's, through Splink and into the identity graph: `make test-matching`."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

import pytest

import matching.__main__ as match
from orchestration import night
from orchestration.errors import Unusable
from tests.company import Company

PEOPLE, TWICE, FAMILIES = 1_500, 0.1, 60
NIGHTS = [date(2026, 6, day) for day in (1, 2, 3)]
GIVEN = ["Ada", "Bo", "Cem", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jun", "Kim", "Lea", "Mo", "Nia"]
FAMILY = [
    "Abel",
    "Berg",
    "Chen",
    "Diaz",
    "Egli",
    "Funk",
    "Gao",
    "Haas",
    "Ito",
    "Jung",
    "Koch",
    "Lund",
    "Moser",
]
CITIES = ["Basel", "Bern", "Chur", "Genf", "Thun"]
PERSONS = "select count(distinct person_id) as people from intermediate.int_users__identifiers"
Account = dict[str, object]
FEED = """
feed: members
source: {kind: files, path: "${LANDING}/members/*.csv", format: csv}
entity: users
time_zone: UTC
columns:
  user_id: id
  registered_at: at
  updated_at: at
  name: name
  email: mail
  phone: phone
  birth_date: born
  city: city
"""
LIKELY = """
feed: probable_links
preset: probable_links
source: {path: "${LANDING}/matching/links_*.csv"}
"""


def _typo(rng: random.Random, text: str) -> str:
    """The text with one of its letters or digits another one."""
    places = [n for n, letter in enumerate(text) if letter.isalnum() and n > 0 and "@" not in text[:n]]
    place = rng.choice(places)
    other = rng.choice("123456789" if text[place].isdigit() else "bdfgkt")
    return text[:place] + other + text[place + 1 :]


def _again(rng: random.Random, account: Account, number: int) -> Account:
    """The same person once more: without the address or the number, or with something mistyped."""
    way = number % 4
    second = account | {"id": f"v{number:04}"}
    second["mail"] = None if way == 0 else _typo(rng, str(account["mail"]))
    if way == 1:
        second["phone"] = None
    if way == 2:
        second["name"] = _typo(rng, str(account["name"]))
    if way == 3:
        second |= {"born": None, "phone": _typo(rng, str(account["phone"]))}
    return second


def _accounts() -> tuple[list[Account], set[tuple[str, str]], set[tuple[str, str]]]:
    """Accounts, the pairs that are one person, and the pairs that share a home and are two."""
    rng = random.Random(4)
    rows: list[Account] = []
    one: set[tuple[str, str]] = set()
    two: set[tuple[str, str]] = set()
    for number in range(PEOPLE):
        given = rng.choice(GIVEN) + rng.choice(["", "lie", "no", "ra"])
        name = f"{given} {rng.choice(FAMILY)}{rng.choice(['', 'er', 'i'])}"
        account: Account = {
            "id": f"u{number:04}",
            "at": "2026-05-01T10:00:00",
            "name": name,
            "mail": f"{name.lower().replace(' ', '.')}{rng.randrange(1000)}@post{rng.randrange(3)}.test",
            "phone": f"+41{rng.randrange(10**8, 10**9)}",
            "born": f"{rng.randrange(1950, 2005)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
            "city": rng.choice(CITIES),
        }
        if number < FAMILIES:
            mate = rows[-1] if number % 2 else account
            surname = str(mate["name"]).split()[1]
            account |= {"name": f"{name.split()[0]} {surname}", "phone": mate["phone"], "city": mate["city"]}
            if number % 2:
                two.add((str(mate["id"]), str(account["id"])))
        elif rng.random() < TWICE:
            rows.append(_again(rng, account, number))
            one.add((str(account["id"]), f"v{number:04}"))
        rows.append(account)
    return rows, one, two


@pytest.fixture(scope="module")
def people() -> tuple[list[Account], set[tuple[str, str]], set[tuple[str, str]]]:
    return _accounts()


@pytest.fixture(scope="module")
def club(company: Company) -> Company:
    company.feed(FEED)
    company.feed(LIKELY)
    company.settings(name="club", business_time_zone="UTC", base_currency="CHF")
    return company


@pytest.fixture(scope="module")
def landed(club: Company, people: tuple[list[Account], object, object], python: str) -> Path:
    """The first delivery of links, after a night has read the accounts."""
    club.land("members/all.csv", people[0])
    club.night(NIGHTS[0])
    assert match.run(night.of(NIGHTS[0]), python, 0.99) == 0
    (found,) = (club.root / "landing" / "matching").iterdir()
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_without_accounts_there_is_nothing_to_compare(club: Company, python: str) -> None:
    with pytest.raises(match.CannotMatch, match="make nightly"):
        match.run(night.of(NIGHTS[0]), python, 0.99)
    assert issubclass(match.CannotMatch, Unusable)


def test_whoever_registered_twice_is_found_and_a_family_is_not(
    landed: Path, people: tuple[list[Account], set[tuple[str, str]], set[tuple[str, str]]]
) -> None:
    _, one, two = people
    found = {(row["user_id"], row["linked_user_id"]) for row in _rows(landed)}
    assert len(one) > 100
    assert len(two) == FAMILIES // 2
    assert len(found & one) >= 0.95 * len(one), "recall"
    assert len(found & one) >= 0.98 * len(found), "precision"
    assert not found & two
    assert {row["evidence"] for row in _rows(landed)} == {"probabilistic"}
    assert {row["linked_at"] for row in _rows(landed)} == {"2026-06-01T23:59:59+00:00"}


def test_nothing_that_was_compared_stays_behind(landed: Path, club: Company) -> None:
    assert list((club.root / "data" / "matching").iterdir()) == []


def test_the_next_night_makes_them_one_person_and_says_why(club: Company, landed: Path) -> None:
    assert int(club.query(PERSONS).people[0]) > PEOPLE
    club.night(NIGHTS[1])
    assert int(club.query(PERSONS).people[0]) == PEOPLE
    told = club.mart("dim_identities").query("evidence == 'probabilistic'")
    assert (len(told), set(told.status), set(told.entity)) == (len(_rows(landed)), {"linked"}, {"identities"})


def test_what_is_no_longer_likely_is_taken_back(club: Company, landed: Path, python: str) -> None:
    """One of a pair becomes somebody else altogether; all else was known before."""
    rows = _rows(landed)
    changed = rows[0]["linked_user_id"]
    other = {"id": changed, "at": "2026-06-02T10:00:00", "name": "Zoe Quist", "mail": "zq@else.test"}
    club.land("members/later.csv", [other | {"phone": "+41111222333", "born": "1931-12-24", "city": "Olten"}])
    club.night(NIGHTS[1])
    assert match.run(night.of(NIGHTS[1]), python, 0.99) == 0
    (second,) = set(landed.parent.iterdir()) - {landed}
    assert [(row["linked_user_id"], row["evidence"]) for row in _rows(second)] == [
        (changed, "probabilistic_withdrawn")
    ]
    club.night(NIGHTS[2])
    told = club.mart("dim_identities").query("evidence == 'probabilistic'")
    assert (told.status == "excluded").sum() == 1
    assert match.run(night.of(NIGHTS[2]), python, 0.99) == 0
    assert len(list(landed.parent.iterdir())) == 2, "nothing new, no file"
