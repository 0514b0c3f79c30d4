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
    keyed = _keyed(frame)
    keys = list(keyed.columns)
    if keyed.duplicated().any():
        measured = {name: floats(frame[name]).to_numpy()[keyed.index] for name in wanted if name in frame}
        keyed = keyed.assign(**measured).sort_values([*keys, *measured], na_position="last", kind="stable")
        keyed = keyed.drop_duplicates(keys, keep="first")[keys]
    keyed = keyed.sort_values(keys, kind="stable")
    # Filled column by column: a million rows are never held twice.
    values = np.full((len(wanted), len(keyed)), np.nan)
    for row, name in zip(values, wanted, strict=True):
        if name in frame:
            row[:] = floats(frame[name]).to_numpy()[keyed.index]
    clean = pd.DataFrame(values.T, columns=wanted, copy=False)
    for place, key in enumerate(keys):
        clean.insert(place, key, keyed[key].array)
    return clean


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """The day and person of rows that have both, by the place of the row in the frame."""
    people = frame["user_key"]
    if not isinstance(people.dtype, pd.StringDtype):
        people = people.astype("object")
    keyed = pd.DataFrame({"as_of": days(frame["as_of"]).array, "user_key": people.array})
    keyed = keyed[keyed["as_of"].notna() & keyed["user_key"].notna()]
    return keyed.assign(user_key=keyed["user_key"].astype(str))


def typed(columns: Mapping[str, str], values: Mapping[str, object] | None = None) -> pd.DataFrame:
    """A frame of exactly these columns and types; without values, an empty one."""
    given = values or {}
    types = {name: _DTYPES[kind] for name, kind in columns.items()}
    found = {name: given.get(name, []) for name in columns}
    for name, value in found.items():
        if types[name] == "object" and isinstance(value, np.ndarray):
            # Else each text would be copied into a table of texts, and made anew out of it.
            found[name] = pd.Series(value, dtype="object")
    return pd.DataFrame(found).astype(types)
