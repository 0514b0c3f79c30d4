"""The tables experiments are told in, and rows as frames of exactly their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_REPORT = {
    "experiment_id": "varchar",
    "name": "varchar",
    "metric": "varchar",
    "name_en": "varchar",
    "name_zh": "varchar",
    "kind": "varchar",
    "goal": "varchar",
    "is_primary": "boolean",
    "is_guardrail": "boolean",
    "variant": "varchar",
    "control": "varchar",
    "is_control": "boolean",
    "intended_share": "double",
    "units": "bigint",
    "mean": "double",
    "deviation": "double",
    "lift": "double",
    "ci_low": "double",
    "ci_high": "double",
    "difference": "double",
    "difference_low": "double",
    "difference_high": "double",
    "p_value": "double",
    "p_value_adjusted": "double",
    "p_value_sequential": "double",
    "sequential_low": "double",
    "sequential_high": "double",
    "lift_unadjusted": "double",
    "p_value_unadjusted": "double",
    "variance_reduction": "double",
    "cap": "double",
    "srm_p_value": "double",
    "multiple_share": "double",
    "undeclared_units": "bigint",
    "outside_units": "bigint",
    "started_at": "timestamp",
    "ended_at": "timestamp",
    "is_valid": "boolean",
    "is_over": "boolean",
    "verdict": "varchar",
    "reason": "varchar",
    "reason_zh": "varchar",
    "as_of": "date",
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "rpt_experiments": _REPORT,
    "rpt_experiment_history": _REPORT,
    "rpt_experiment_segments": {
        "experiment_id": "varchar",
        "metric": "varchar",
        "segment": "varchar",
        "segment_value": "varchar",
        "variant": "varchar",
        "units": "bigint",
        "control_units": "bigint",
        "mean": "double",
        "lift": "double",
        "ci_low": "double",
        "ci_high": "double",
        "difference": "double",
        "p_value": "double",
        "is_exploratory": "boolean",
        "as_of": "date",
    },
}
_DTYPES = {
    "varchar": "object",
    "boolean": "boolean",
    "bigint": "Int64",
    "double": "Float64",
    "timestamp": "datetime64[us]",
    "date": "datetime64[us]",
}


def framed(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as the table's columns; what is not a number is missing, not NaN."""
    import pandas as pd

    columns = TABLES[table]
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=_DTYPES[kind]) for name, kind in columns.items()}
    )
