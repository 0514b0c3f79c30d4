"""What is published of the models: each has its figures, or a row that says why there are none."""

from __future__ import annotations

from datetime import date

import duckdb

from orchestration import drift, modelling, publishing

DAY = date(2026, 3, 9)


def test_a_model_without_figures_says_why_and_what_it_warns_of() -> None:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as private; create schema private.predictions; use private")
        for table in (modelling.VERSIONS, modelling.METRICS, drift.TABLE):
            connection.execute(table)
        connection.execute(
            """
            insert into predictions.ml_model_version values
                ('churn', 'v1', 'blend', '{"decision": "kept", "reason": "trees are few"}', '2026-03-09'),
                ('churn', 'v0', 'logistic', '{}', '2026-03-08'),
                ('experiments', 'v2', 'computed', '{"reason": "not learned"}', '2026-03-09'),
                ('segments', 'v3', 'none', '{}', '2026-03-08'),
                ('value', 'v4', 'rule:bgnbd', '{"reason": "few", "warning": "all alive"}', '2026-03-09');
            insert into predictions.ml_metric values
                ('churn', 'v1', 'auc', 0.7, 0.6, '2026-03-09'),
                ('churn', 'v0', 'auc', 0.5, 0.6, '2026-03-08');
            insert into predictions.ml_drift values
                ('churn', 'v1', 'score', 0.1, 200, 200, '2026-03-09');
            use memory;
            create schema marts; create schema private.quality;
            create table private.quality.gate_results as
            select null::text as asset, null::text as suite, null as expectation,
                null as column_name, null::text as severity, null::boolean as success,
                null as observed, null::date as as_of;
            """
        )
        publishing._write_quality(connection, DAY)
        told = connection.execute("from marts.rpt_model_quality").fetchall()
    assert told == [
        ("churn", "v1", "auc", 0.7, 0.6, "blend", "kept; trees are few", DAY),
        ("churn", "v1", "psi_score", 0.1, 0.25, "blend", "kept; trees are few", DAY),
        ("experiments", "v2", "none", None, None, "computed", "not learned", DAY),
        ("value", "v4", "none", None, None, "rule:bgnbd", "few; all alive", DAY),
    ]
