"""Feature snapshots from a bare list of purchases, worked out apart from the warehouse.

The warehouse makes the same columns in SQL; here they are made again in pandas, so that a model's
figures on public data do not rest on one implementation.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

WINDOWS = (7, 14, 28, 56, 90, 180, 365)


def cdnow(folder: Path) -> pd.DataFrame:
    """CDNOW's purchases: ``user_key``, ``day``, ``revenue``; one row per purchase."""
    rows = pd.read_csv(
        folder / "CDNOW_master.txt",
        sep=r"\s+",
        skiprows=1,
        names=["user_key", "date", "cds", "revenue"],
        dtype={"user_key": "str", "date": "str"},
    ).drop_duplicates()
    return rows.assign(day=pd.to_datetime(rows["date"], format="%Y%m%d"))[["user_key", "day", "revenue"]]


def cdnow_published(folder: Path) -> pd.DataFrame:
    """CDNOW's published sample: the numbers of weeks 1 to 39, and ``later``, weeks 40 to 78."""
    people = pd.read_csv(folder / "cdnow_customers_summary.csv").set_index("ID")
    rows = pd.read_csv(
        folder / "CDNOW_sample.txt",
        sep=r"\s+",
        names=["master", "ID", "date", "cds", "revenue"],
        usecols=["ID", "date"],
    ).drop_duplicates()
    later = rows[rows["date"] > 19970930].groupby("ID").size()
    return people.assign(later=later.reindex(people.index, fill_value=0).astype("float64"))


def online_retail(folder: Path) -> pd.DataFrame:
    """UCI Online Retail's invoices of known customers, cancellations and gifts left out."""
    lines = _online_retail_lines(folder)
    return lines.groupby(["user_key", "day", "InvoiceNo"], as_index=False)["revenue"].sum()


@lru_cache(maxsize=1)
def _online_retail_lines(folder: Path) -> pd.DataFrame:
    """Read once, since invoices and articles are two views of the same 305 files."""
    lines = pd.concat(
        [pd.read_csv(file, dtype="str") for file in sorted((folder / "by-day").glob("*.csv"))],
        ignore_index=True,
    )
    lines["revenue"] = lines["Quantity"].astype("float64") * lines["UnitPrice"].astype("float64")
    kept = lines[
        lines["CustomerID"].notna() & ~lines["InvoiceNo"].str.startswith("C") & (lines["revenue"] > 0)
    ]
    kept = kept.assign(day=pd.to_datetime(kept["InvoiceDate"]).dt.normalize(), user_key=kept["CustomerID"])
    return kept[["user_key", "day", "InvoiceNo", "StockCode", "revenue"]]


def online_retail_items(folder: Path) -> pd.DataFrame:
    """UCI Online Retail's articles as ``ftr_item_days`` has them: one row per customer, article and day."""
    lines = _online_retail_lines(folder)
    return (
        lines.groupby(["user_key", "StockCode", "day"], as_index=False)
        .size()
        .rename(columns={"StockCode": "item_id", "size": "actions"})
    )


def commits(folder: Path) -> pd.DataFrame:
    """Commits of git and rails up to 2024 as visits, the files touched as their worth."""
    rows = pd.concat([pd.read_parquet(folder / f"commits_{repo}.parquet") for repo in ("git", "rails")])
    day = rows["commit_ts"].dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
    worth = rows["n_files"].astype("float64")
    return pd.DataFrame({"user_key": rows["author_id"], "day": day, "revenue": worth})[day < "2024-07-01"]


def build(
    purchases: pd.DataFrame, dates: Iterable[pd.Timestamp], horizon: int, lookback: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Snapshots and churn labels at each date; labels only where the horizon is over.

    Every row is a purchase, or a visit with as many as its ``orders`` says.
    """
    by_day = (
        (purchases if "orders" in purchases else purchases.assign(orders=1))
        .groupby(["user_key", "day"], as_index=False)
        .agg(orders=("orders", "sum"), revenue=("revenue", "sum"))
        .sort_values(["user_key", "day"])
    )
    end = by_day["day"].max()
    frames, labels = [], []
    for as_of in dates:
        frame = _at(by_day[by_day["day"] <= as_of], as_of, lookback)
        frames.append(frame)
        until = as_of + pd.Timedelta(days=horizon)
        if until <= end:
            came = set(by_day.loc[(by_day["day"] > as_of) & (by_day["day"] <= until), "user_key"])
            outcome = frame.loc[frame["is_eligible"], ["as_of", "user_key"]]
            labels.append(outcome.assign(is_churned=~outcome["user_key"].isin(came)))
    return pd.concat(frames, ignore_index=True), pd.concat(labels, ignore_index=True)


def _at(past: pd.DataFrame, as_of: pd.Timestamp, lookback: int) -> pd.DataFrame:
    """One row per person known by ``as_of``."""
    people = past.groupby("user_key")["day"].agg(["min", "max", "size"])
    age = (as_of - past["day"]).dt.days
    columns: dict[str, pd.Series] = {}
    for window in WINDOWS:
        inside = past[age < window].groupby("user_key")
        counts, sums = inside.size(), inside[["orders", "revenue"]].sum()
        for measure, values in (
            ("active_days", counts),
            ("orders", sums["orders"]),
            ("revenue", sums["revenue"]),
        ):
            columns[f"{measure}_{window}"] = values.reindex(people.index, fill_value=0).astype("float64")
        for measure in ("events", "sessions"):
            columns[f"{measure}_{window}"] = pd.Series(0.0, index=people.index)
    totals = past.groupby("user_key")[["orders", "revenue"]].sum()
    bought = past[past["orders"] > 0].groupby("user_key")["day"].agg(["min", "max", "size"])
    bought = bought.reindex(people.index)
    silent = (as_of - people["max"]).dt.days.astype("float64")
    tenure = (as_of - people["min"]).dt.days.astype("float64")
    repeats = (people["size"] - 1).astype("float64")
    gap = (tenure - silent) / repeats.where(repeats > 0)
    frame = pd.DataFrame(columns).assign(
        is_eligible=silent < lookback,
        days_since_last_active=silent,
        days_since_last_order=(as_of - bought["max"]).dt.days.astype("float64"),
        tenure_days=tenure,
        active_days_all=people["size"].astype("float64"),
        orders_all=totals["orders"].astype("float64"),
        revenue_all=totals["revenue"],
        mean_gap_days=gap,
        gap_ratio=silent / gap.replace(0, np.nan),
        repeat_purchase_days=bought["size"] - 1.0,
        purchase_recency_days=(bought["max"] - bought["min"]).dt.days.astype("float64"),
        purchase_age_days=(as_of - bought["min"]).dt.days.astype("float64"),
        touches_clicked_90=0.0,
        feedback_365=0.0,
        as_of=as_of,
    )
    return frame.rename_axis("user_key").reset_index()
