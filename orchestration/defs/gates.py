"""One blocking check per table, evaluated layer by layer."""

from collections.abc import Iterator

import dagster as dg

from orchestration import calendar, failures, gates, history, layers, proofs
from orchestration.progress import say

# The published file is gated inside its own step, before it is renamed into place.
GATED = (*(name for name in layers.NAMES if name != "published"), "models")

LOADS = ("raw", "loads")


def _layer_gate(layer: str) -> dg.AssetChecksDefinition:
    keys = gates.keys_of(layer)

    @dg.multi_asset_check(
        name=f"gate_{layer}",
        pool=calendar.POOL,
        specs=[
            dg.AssetCheckSpec(
                gates.CHECK_NAME,
                asset=dg.AssetKey(list(key)),
                blocking=True,
                description=f"Expectations of data_quality/suites/{key[0]}/{key[1]}.py",
            )
            for key in keys
        ],
    )
    def gate(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        now = calendar.night_of(context)
        with now.warehouse.open_layer(layer) as connection:
            results = gates.evaluate(connection, now, keys)
            spoiled = gates.failed(results.get(LOADS, ()))
            named = {LOADS: failures.files(connection, now)} if spoiled else {}
        everything = [result for found in results.values() for result in found]
        gates.record(now, everything)
        broken = gates.failed(everything)
        (proofs.drop if broken else proofs.keep)(now, layer)
        if layer == "marts" and not broken:
            history.keep(now)
        say(f"gate {layer}: {len(everything)} expectations on {len(keys)} tables, {len(broken)} failed")
        for result in broken:
            say(gates.sentence([result]))
        for line in (line for lines in named.values() for line in lines):
            say(line)
        for key, found in results.items():
            yield gates.check_result(key, found, named.get(key, ()))

    return gate


@dg.definitions
def layer_gates() -> dg.Definitions:
    return dg.Definitions(asset_checks=[_layer_gate(layer) for layer in GATED if gates.keys_of(layer)])
