"""Find accounts that are probably one person: `python -m matching --with <python that has Splink>`.

What is found is landed as identities with the evidence ``probabilistic``, and what was found before and is no
longer likely as ``probabilistic_withdrawn``, so that a better guess undoes a worse one.
"""

from __future__ import annotations

import csv
import subprocess
from datetime import UTC, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from matching import __doc__ as about
from orchestration import home, nightly, progress
from orchestration.errors import Unusable
from orchestration.night import Night

LINKS = Path(__file__).resolve().parent / "links.py"
COLUMNS = ("user_id", "linked_user_id", "linked_at", "evidence", "probability")
ACCOUNTS = """
select
    user_id,
    lower(trim(regexp_replace(name, '\\s+', ' ', 'g'))) as name,
    email,
    phone,
    cast(birth_date as varchar) as birth_date,
    lower(trim(city)) as city
from staging.stg_users
where deleted_at is null
order by user_id
"""
Pair = tuple[str, str]


class CannotMatch(Unusable):
    """There is nothing to compare, or nothing to compare it with."""


def accounts(now: Night, path: Path) -> int:
    """Write what is compared of every account as Parquet, for its owner's eyes only; returns how many.

    Raises
    ------
    CannotMatch
        No night has read any account yet, or the last one was of another day: a link dated before what
        it was found in would change what was known then.
    """
    if not (now.warehouse.path.exists() and now.warehouse.marts_path.exists()):
        raise CannotMatch(f"no accounts in {now.data}: run `make nightly` first")
    with now.warehouse.open() as connection:
        try:
            ((built,),) = connection.execute("select max(as_of) from public_db.marts.dim_users").fetchall()
        except duckdb.CatalogException:
            built = None
        if built is None:
            raise CannotMatch(f"no accounts in {now.data}: run `make nightly` first")
        if built != now.as_of:
            raise CannotMatch(f"the accounts are those of {built}: run with AS_OF={built}")
        table = connection.execute(ACCOUNTS).to_arrow_table()
    path.touch(mode=0o600)
    pq.write_table(table, path)
    return len(table)


def held(folder: Path) -> set[Pair]:
    """The pairs that earlier deliveries hold to be one, the newest word counting."""
    pairs: set[Pair] = set()
    for path in sorted(folder.glob("links_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                pair = row["user_id"], row["linked_user_id"]
                (pairs.add if row["evidence"] == "probabilistic" else pairs.discard)(pair)
    return pairs


def delivery(now: Night, found: dict[Pair, float], before: set[Pair]) -> list[dict[str, str]]:
    """What is new and what no longer holds, as of the last second of the night's day."""
    at = (now.as_of_end - timedelta(seconds=1)).replace(tzinfo=UTC).isoformat()
    fresh = {pair: "probabilistic" for pair in found if pair not in before}
    gone = {pair: "probabilistic_withdrawn" for pair in before if pair not in found}
    return [
        dict(zip(COLUMNS, (*pair, at, evidence, f"{found[pair]:.6f}" if pair in found else ""), strict=True))
        for pair, evidence in sorted((fresh | gone).items())
    ]


def land(now: Night, rows: list[dict[str, str]]) -> Path:
    """Write one more file beside the earlier ones; a reader sees it whole or not at all."""
    folder = now.landing / "matching"
    taken = [int(path.name.split("_")[1]) for path in folder.glob("links_*.csv")]
    number = max(taken, default=0) + 1
    path = folder / f"links_{number:06d}_{now.as_of}.csv"
    beside = path.with_suffix(".part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    beside.rename(path)
    return path


def run(now: Night, python: str, at_least: float) -> int:
    """Compare, and land what changed; returns the exit code."""
    home.claim(now.tenant, now.data)
    home.hold(now.data)
    try:
        private = now.data / "matching"
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
        (now.landing / "matching").mkdir(parents=True, exist_ok=True)
        count = accounts(now, private / "accounts.parquet")
        progress.say(f"comparing {count:,} accounts")
        files = [str(private / "accounts.parquet"), str(private / "pairs.parquet")]
        done = subprocess.run(
            [python, str(LINKS), *files, str(at_least)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            # Only the kind of error: its words may hold somebody's.
            kind = (done.stderr.strip().splitlines() or [""])[-1].partition(":")[0]
            raise CannotMatch(f"the comparison stopped: {kind or 'no reason given'}")
        pairs = pq.read_table(private / "pairs.parquet").to_pylist()
    finally:
        for file in ("accounts.parquet", "pairs.parquet"):
            (now.data / "matching" / file).unlink(missing_ok=True)
        home.release(now.data)
    found = {(pair["user_id"], pair["linked_user_id"]): pair["probability"] for pair in pairs}
    rows = delivery(now, found, held(now.landing / "matching"))
    told = f"{len(found):,} pairs of accounts are one person with a probability of {at_least:g} or more"
    print(f"{told}: {land(now, rows)}" if rows else f"{told}, as was known before")
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments(about or "")
    parser.add_argument("--with", dest="python", required=True, help="python that has Splink")
    parser.add_argument("--at-least", type=float, default=0.99, help="least probability, 0.5 to 1")
    options = parser.parse_args(argv)

    def command() -> int:
        if not 0.5 <= options.at_least <= 1:
            raise CannotMatch(f"AT_LEAST={options.at_least:g} is not between 0.5 and 1")
        return run(nightly.settle(options), options.python, options.at_least)

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())
