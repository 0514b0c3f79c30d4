"""The eight layers, in the order data moves, and what builds each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """One layer: a folder, a DuckDB schema, the first part of an asset key and of a suite's path."""

    name: str
    built_by: str
    holds: str


LAYERS = (
    Layer("raw", "feeds", "every accepted record of every feed, typed to the contract"),
    Layer("staging", "dbt", "one table per contract entity, deduplicated and corrected"),
    Layer("intermediate", "dbt", "people, sessions, enriched events and orders"),
    Layer("marts", "dbt", "what people query: dimensions, facts and reports"),
    Layer("features", "dbt", "point-in-time snapshots of every person"),
    Layer("predictions", "models", "what the models say of every person"),
    Layer("activation", "dbt", "profiles and next actions"),
    Layer("published", "publish", "the read-only file for BI"),
)

NAMES = tuple(layer.name for layer in LAYERS)
DBT_LAYERS = tuple(layer.name for layer in LAYERS if layer.built_by == "dbt")

# dbt writes these layers' public tables; marts live in a file of their own so that publishing
# is a file copy, the small ones are added to the copy.
PUBLIC_BESIDE_MARTS = {
    "predictions": (
        "fct_churn_scores",
        "fct_subscription_churn_scores",
        "fct_user_segments",
        "dim_segments",
        "fct_value_forecasts",
        "fct_recommendations",
        "fct_propensities",
        "fct_uplift_scores",
        "fct_reach",
        "rpt_experiment_history",
        "rpt_experiment_segments",
        "fct_channel_effects",
    ),
    "activation": (
        "dim_user_profiles",
        "fct_next_actions",
        "fct_attribution",
        "rpt_campaigns",
        "rpt_experiments",
        "fct_feedback",
        "rpt_satisfaction",
        "rpt_needs",
    ),
}

# Written by the publish step itself, and from what.
MADE_AT_PUBLISH = {
    "rpt_data_quality": ("gate_results",),
    "rpt_night_gates": ("gate_results",),
    "rpt_model_quality": ("ml_metric", "ml_drift", "ml_model_version"),
    "rpt_model_calibration": ("ml_model_version",),
}
