"""Great Expectations' engine, asking a table for all its counts in one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.registry import get_metric_provider


class BundlingEngine(SqlAlchemyExecutionEngine):
    """Resolves what needs a query of its own first, and then every aggregate at once.

    The inherited engine bundles whatever is ready in a round, so that counts which stand on fewer
    steps than others go in queries of their own. It also asks one by one when a bundle fails, but
    forgets the answers, asks three times over, and gives all that failed the last one's reason.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said: dict[Any, str] = {}
        self._found: dict[Any, Any] = {}

    def close(self) -> None:
        """Nothing: the engine below serves other tables, and whoever made it disposes of it."""

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[Any],
        metrics: dict[Any, Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> dict[Any, Any]:
        """Values of metrics that are ready; aggregates only when nothing else is."""
        ready = list(metrics_to_resolve)
        # A metric without a function of its own is the value of an aggregate.
        direct = [metric for metric in ready if get_metric_provider(metric.metric_name, self)[1] is not None]
        resolved: dict[Any, Any] = super().resolve_metrics(direct or ready, metrics, runtime_configuration)
        return resolved

    def resolve_metric_bundle(self, metric_fn_bundle: Iterable[Any]) -> dict[Any, Any]:
        """Values of aggregates, in one query; of one that failed alone the reason is kept.

        Raises
        ------
        Exception
            The query failed: Great Expectations then asks for each by itself.
        """
        bundle = list(metric_fn_bundle)
        wanted = [asked.metric_configuration.id for asked in bundle]
        if known := [metric for metric in wanted if metric in self.said]:
            raise LookupError(self.said[known[0]])
        if all(metric in self._found for metric in wanted):
            return {metric: self._found[metric] for metric in wanted}
        try:
            found = super().resolve_metric_bundle(bundle)
        except Exception as error:
            if len(wanted) == 1:
                self.said[wanted[0]] = str(error)
            raise
        self._found |= found
        return found
