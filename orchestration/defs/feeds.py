"""One asset per feed YAML, and the raw entities they fill."""

from collections.abc import Iterator

import dagster as dg
import duckdb

from orchestration import calendar, gates, history, night
from orchestration.contract import ENTITIES
from orchestration.ingestion import register
from orchestration.ingestion.feed import Feed
from orchestration.ingestion.load import pull
from orchestration.progress import say

RETRY = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)


def _feed_asset(feed: Feed) -> dg.AssetsDefinition:
    @dg.asset(
        key=["feeds", feed.name],
        group_name="feeds",
        kinds={feed.source.format, "parquet"},
        owners=calendar.owners(),
        partitions_def=calendar.nights(),
        retry_policy=RETRY,
        backfill_policy=calendar.NIGHT_BY_NIGHT,
        description=" ".join(
            [
                *([feed.options.description] if feed.options.description else []),
                f"Landing files of feed `{feed.name}`, loaded into {', '.join(feed.entities)}.",
            ]
        ),
        metadata={"path": feed.source.path, "entities": list(feed.entities)},
    )
    def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        now = calendar.night_of(context)
        loads = pull(feed, landing=now.landing, data=now.data, as_of=now.as_of, progress=say)
        counts = {
            name: sum(getattr(load, name) for load in loads)
            for name in ("physical", "accepted", "quarantined", "duplicate")
        }
        files = len({load.sha256 for load in loads})
        said = ", ".join(f"{value:,} {name}" for name, value in counts.items())
        say(f"feed {feed.name}: {files} new files, {said}")
        return dg.MaterializeResult(metadata={"new files": files} | counts)

    return load


def _raw() -> dg.AssetsDefinition:
    feeds = night.of(None).feeds
    specs = [
        dg.AssetSpec(
            ["raw", name],
            deps=[dg.AssetKey(["feeds", feed.name]) for feed in feeds if name in feed.entities],
            group_name="raw",
            kinds={"parquet", "duckdb"},
            owners=calendar.owners(),
            partitions_def=calendar.nights(),
            description=f"Every accepted record of the contract's `{name}`, append-only.",
        )
        for name in ENTITIES
    ] + [
        dg.AssetSpec(
            ["raw", name],
            deps=[dg.AssetKey(["feeds", feed.name]) for feed in feeds],
            group_name="raw",
            kinds={"parquet", "duckdb"},
            owners=calendar.owners(),
            partitions_def=calendar.nights(),
            description=description,
        )
        for name, description in (
            *(
                (f"{name}_new", f"Of `{name}` what the proven night that tonight adds to had not seen.")
                for name in register.EVENT_SIZED
            ),
            ("loads", "One row per file and entity: what was accepted, refused and repeated."),
            ("quarantine", "Refused rows counted by feed, entity and reason."),
        )
    ]

    @dg.multi_asset(
        specs=specs, name="register_raw", pool=calendar.POOL, backfill_policy=calendar.NIGHT_BY_NIGHT
    )
    def register_raw(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        now = calendar.night_of(context)
        seen = history.seen(now)
        with now.warehouse.open() as connection:
            gates.forget(connection, now)
            register.register_raw(connection, now.data, ENTITIES, seen)
            for spec in specs:
                name = spec.key.path[-1]
                row = connection.execute(f"select count(*) from raw.{name}").fetchone()
                yield dg.MaterializeResult(
                    asset_key=spec.key,
                    metadata={"dagster/row_count": row[0] if row else 0} | _columns(connection, name),
                )

    return register_raw


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, dg.TableSchema]:
    described = connection.execute(f"describe raw.{name}").fetchall()
    columns = [dg.TableColumn(name=row[0], type=row[1]) for row in described]
    return {"dagster/column_schema": dg.TableSchema(columns=columns)}


@dg.definitions
def feeds() -> dg.Definitions:
    return dg.Definitions(
        assets=[*(_feed_asset(feed) for feed in night.of(None).feeds), _raw()],
    )
