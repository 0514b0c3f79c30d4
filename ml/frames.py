"""Frames as models want them: clean keys, plain floats, one row per person and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]

_DTYPES = {
    "varchar": "object",
    "double": "float64",
    "decimal(18, 4)": "float64",
    "integer": "int64",
    "date": "datetime64[us]",
}


def days(values: pd.Series) -> pd.Series:
    """Dates, timestamps or ISO text as midnights; what is none of these becomes NaT."""
    parsed = pd.to_datetime(values, errors="coerce", utc=False)
    return parsed.dt.normalize().astype("datetime64[us]")


def floats(values: pd.Series) -> pd.Series:
    """Any numeric column (nullable, decimal, boolean, text) as float64; infinities are unknowns."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def tidy(frame: pd.DataFrame, measures: Iterable[str]) -> pd.DataFrame:
    """One row per (as_of, user_key), in that order, with the measures as float64.

    Rows without a day or a person are left out; a measure the frame lacks is unknown for all.
    Of rows with the same key the smallest stays, so the order of arrival cannot matter.
    """
    wanted = list(measures)
    clean = pd.DataFrame(
        {
            "as_of": days(frame["as_of"]),
            "user_key": frame["user_key"].astype("object"),
            **{name: floats(frame[name]) if name in frame else np.nan for name in wanted},
        }
    )
    clean = clean[clean["as_of"].notna() & clean["user_key"].notna()]
    clean["user_key"] = clean["user_key"].astype(str)
    keys = ["as_of", "user_key"]
    if clean.duplicated(keys).any():
        clean = clean.sort_values([*keys, *wanted], na_position="last", kind="stable")
        clean = clean.drop_duplicates(keys, keep="first")
    clean = clean.sort_values(keys, kind="stable").reset_index(drop=True)
    return clean.astype(dict.fromkeys(wanted, "float64"))


def typed(columns: Mapping[str, str], values: Mapping[str, object] | None = None) -> pd.DataFrame:
    """A frame of exactly these columns and types; without values, an empty one."""
    given = values or {}
    return pd.DataFrame({name: given.get(name, []) for name in columns}).astype(
        {name: _DTYPES[kind] for name, kind in columns.items()}
    )
