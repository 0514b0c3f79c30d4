"""What is said of the night's models, and by them, is judged: each way of being wrong is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import duckdb
import pytest

from data_quality.night import Night
from data_quality.validate import run_suite

NIGHT = Night(date(2026, 6, 30), datetime.fromisoformat("2026-06-30 16:00"), frozenset({"events"}))


@pytest.fixture
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema predictions; create schema features")
        yield connection


def warned(connection: duckdb.DuckDBPyConnection, *key: str) -> set[str]:
    """The rules of a suite that do not hold, by their names."""
    return {one.expectation for one in run_suite(connection, key, NIGHT) if not one.success}


def measured(
    connection: duckdb.DuckDBPyConnection, model: str, method: str, metric: str, value: float, baseline: float
) -> set[str]:
    """What the suite of a model says of one figure, beside the best rule's."""
    connection.execute(
        """
        create or replace table predictions.ml_model_version (
            model text, model_version text, method text, card text, as_of date
        );
        create or replace table predictions.ml_metric (
            model text, model_version text, metric text, value double, baseline_value double, as_of date
        )
        """
    )
    for table, told in (("ml_model_version", [method, "{}"]), ("ml_metric", [metric, value, baseline])):
        row = [model, "v1", *told, NIGHT.as_of]
        connection.execute(f"insert into predictions.{table} values ({', '.join('?' * len(row))})", row)
    return warned(connection, "models", model)


@pytest.mark.parametrize(
    ("model", "metric", "holds", "offends", "baseline", "rule"),
    [
        ("churn", "ece", 0.05, 0.051, 0.2, "ECE at most 0.05"),
        ("subscription_churn", "ece", 0.05, 0.051, 0.2, "ECE at most 0.05"),
        ("propensity", "next_purchase_ece", 0.05, 0.051, 0.2, "next_purchase: ECE at most 0.05"),
        ("feedback", "ece", 0.05, 0.051, 0.2, "ECE at most 0.05"),
        ("reach", "channel_ece", 0.05, 0.051, 0.2, "channel: ECE at most 0.05"),
        ("reach", "hour_ece", 0.05, 0.051, 0.2, "hour: ECE at most 0.05"),
        ("churn", "auc", 0.706, 0.704, 0.7, "AUC 0.005 over the best rule's"),
        ("churn", "auc", 0.95, 0.97, 0.7, "not too good to be true"),
        ("subscription_churn", "auc", 0.95, 0.97, 0.7, "not too good to be true"),
        ("propensity", "first_purchase_auc", 0.95, 0.97, 0.7, "first_purchase: not too good to be true"),
        ("segments", "stability_ari_mean", 0.85, 0.84, 0.0, "stable over samples"),
        ("segments", "stability_ari_min", 0.6, 0.59, 0.0, "stable over every sample"),
        ("segments", "rule_fidelity", 0.9, 0.89, 0.0, "the rule tells the segments"),
        ("segments", "smallest_share", 0.03, 0.029, 0.0, "no segment under 3 %"),
        ("segments", "relabelled_a_day", 0.03, 0.031, 0.0, "at most 3 % of people are relabelled a day"),
        ("segments", "relabelled_by_refit", 0.2, 0.21, 0.0, "a refit relabels at most 20 % of people"),
        (
            "segments",
            "later_spend_explained",
            0.4,
            0.39,
            0.4,
            "tells later spend no worse than the RFM classes",
        ),
        ("recommendations", "coverage", 0.2, 0.19, 0.0, "shows a fifth of the items"),
    ],
)
def test_a_figure_short_of_its_bar_is_worth_a_warning(
    world: duckdb.DuckDBPyConnection,
    model: str,
    metric: str,
    holds: float,
    offends: float,
    baseline: float,
    rule: str,
) -> None:
    assert measured(world, model, "learned", metric, holds, baseline) == set()
    assert measured(world, model, "learned", metric, offends, baseline) == {rule}


def test_what_a_rule_places_needs_no_second_rule_to_tell_it(world: duckdb.DuckDBPyConnection) -> None:
    assert measured(world, "segments", "rule:tree", "rule_fidelity", 0.7, 0.0) == set()


def test_outcomes_not_yet_known_stop_the_model_that_learned_from_them(
    world: duckdb.DuckDBPyConnection,
) -> None:
    """The horizon is 30 days: of 31 May the outcomes are known on 30 June, of 1 June they are not."""
    for newest, offends in (("2026-05-31", False), ("2026-06-01", True)):
        measured(world, "churn", "logistic", "auc", 0.8, 0.7)
        world.execute(
            "update predictions.ml_model_version set card = ?",
            [f'{{"training_days": ["2026-04-01", "{newest}"]}}'],
        )
        found = {one.expectation for one in run_suite(world, ("models", "churn"), NIGHT) if not one.success}
        assert found == ({"learned from outcomes that were known"} if offends else set())


@pytest.mark.parametrize(
    ("measure", "rule"),
    [
        ("score", "scores like those of some days ago"),
        ("preferred_hour_score", "scores like those of some days ago"),
        ("orders_28", "features like those of some days ago"),
    ],
)
def test_what_moved_far_since_some_days_ago_is_worth_a_warning(
    world: duckdb.DuckDBPyConnection, measure: str, rule: str
) -> None:
    def told(psi: float, day: date) -> set[str]:
        world.execute(
            f"create or replace table predictions.ml_drift as select 'reach' as model, 'v1' as model_version,"
            f" '{measure}' as measure, {psi}::double as psi, 200 as people_before, 200 as people,"
            f" date '{day}' as as_of"
        )
        return warned(world, "predictions", "ml_drift") & {
            "scores like those of some days ago",
            "features like those of some days ago",
        }

    assert told(0.25, NIGHT.as_of) == set()
    assert told(0.26, NIGHT.as_of) == {rule}
    assert told(0.26, date(2026, 6, 29)) == set(), "of another night"


def test_a_model_that_warns_of_its_predictions_is_worth_a_warning(world: duckdb.DuckDBPyConnection) -> None:
    def told(card: str, day: str) -> bool:
        world.execute(
            f"create or replace table predictions.ml_model_version as select 'value' as model,"
            f" 'v1' as model_version, 'bgnbd' as method, '{card}' as card, date '{day}' as as_of"
        )
        return "no model warns of its predictions" in warned(world, "predictions", "ml_model_version")

    assert told('{"warning": "everybody counts as alive"}', "2026-06-30")
    assert not told('{"reason": "few"}', "2026-06-30")
    assert not told('{"warning": "everybody counts as alive"}', "2026-06-29"), "of another night"


def reached(connection: duckdb.DuckDBPyConnection, channel: str, of_channel: int) -> set[str]:
    """A thousand people, told of by ``channel`` and hour, who were so often of a hundred times in the app."""
    connection.execute(
        f"""
        create or replace table predictions.fct_reach as
        select {channel} as preferred_channel, cast(range % 8 * 3 as integer) as preferred_hour
        from range(1000);
        create or replace table features.ftr_reach_counts as
        select * from (values ('channel', 'app', {of_channel}), ('channel', 'web', 100 - {of_channel}),
            ('hour', '9', 50), ('hour', '18', 50)) as counts(aspect, choice, times)
        """
    )
    return warned(connection, "predictions", "fct_reach") & {
        "hours tell people apart",
        "channels tell people apart",
    }


def test_one_channel_for_all_is_worth_a_warning_where_there_are_others(
    world: duckdb.DuckDBPyConnection,
) -> None:
    assert reached(world, "'app'", 60) == {"channels tell people apart"}
    assert reached(world, "'app'", 95) == set(), "nearly all that was done was done there"
    assert reached(world, "case when range % 2 = 0 then 'app' else 'web' end", 60) == set()
