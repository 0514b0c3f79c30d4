"""The public interface: what BI and programs rely on, and so what the gates hold the tables to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Public:
    """A public table: its key, and the columns that must be there whatever else is."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


def _public(key: str, columns: str) -> Public:
    return Public(tuple(key.split()), (*columns.split(), "as_of"))


_USER = (
    "user_key registered_at first_seen_at last_active_at country region city gender age_band language"
    " platform acquisition_channel lifecycle_state activity_level favourite_category is_activated"
    " is_converted marketing_consent"
)
_ORDER = (
    "order_id user_key ordered_at status gross_amount refunded_amount revenue is_first_order"
    " coupon_code channel"
)

PUBLIC: Mapping[str, Public] = MappingProxyType(
    {
        "dim_users": _public("user_key", _USER),
        "dim_user_profiles": _public(
            "user_key",
            f"{_USER} value_tier rfm_class clv segment_name churn_probability churn_band"
            " preferred_channel preferred_hour next_action",
        ),
        "dim_tags": _public("tag", "tag name_en name_zh kind owner coverage"),
        "fct_user_tags": _public("user_key tag valid_from", "user_key tag value valid_from valid_to"),
        "dim_identities": _public(
            "identifier_key linked_identifier_key evidence entity feed linked_at",
            "user_key identifier_key id_type linked_identifier_key linked_id_type evidence feed linked_at"
            " times status",
        ),
        "fct_events": _public(
            "event_id",
            "event_id user_key session_id event_name occurred_at channel platform page item_id"
            " item_category value dwell_seconds feed",
        ),
        "fct_sessions": _public(
            "session_id",
            "session_id user_key started_at ended_at event_count view_count dwell_seconds is_engaged"
            " is_bounce is_converted entry_page exit_page channel utm_source utm_medium utm_campaign",
        ),
        "fct_user_days": _public(
            "user_key day", "user_key day event_count session_count order_count revenue"
        ),
        "rpt_engagement": _public(
            "day", "day dau wau mau stickiness new_users sessions events orders revenue"
        ),
        "rpt_growth_accounting": _public(
            "granularity period_start",
            "granularity period_start active new retained resurrected churned quick_ratio",
        ),
        "rpt_pages": _public(
            "page day",
            "page day views people entries exits bounces median_dwell_seconds click_through_rate",
        ),
        "rpt_clicks": _public("page element day", "page element day clicks people"),
        "rpt_active_hours": _public("weekday hour", "weekday hour events people"),
        "rpt_active_days": _public(
            "month_start active_days", "month_start active_days people share is_complete"
        ),
        "fct_funnel_steps": _public(
            "funnel breakdown user_key step_number",
            "funnel breakdown breakdown_value user_key step_number seconds_from_first",
        ),
        "rpt_funnels": _public(
            "funnel step_number breakdown breakdown_value",
            "funnel step_number step_name breakdown breakdown_value people conversion_from_first"
            " conversion_from_previous median_seconds mean_seconds",
        ),
        "rpt_retention": _public(
            "cohort_basis granularity cohort_start period_number kind",
            "cohort_basis granularity cohort_start period_number kind cohort_size retained"
            " retention_rate is_complete",
        ),
        "rpt_retention_curves": _public(
            "cohort_basis granularity kind period_number",
            "cohort_basis granularity kind period_number cohorts people weighted_rate simple_rate",
        ),
        "rpt_paths": _public(
            "kind from_page to_page", "kind from_page to_page transitions people drop_off_rate"
        ),
        "rpt_path_sequences": _public("length rank", "length rank path sessions people share"),
        "fct_orders": _public("order_id", _ORDER),
        "fct_order_items": _public("order_id line_number", f"{_ORDER} line_number"),
        "fct_user_value": _public(
            "user_key",
            "user_key days_since_last_purchase purchase_count revenue r_score f_score m_score rfm_class"
            " rfm_class_zh clv_frequency clv_recency clv_age clv_monetary_value",
        ),
        "rpt_value": _public(
            "granularity period_start",
            "granularity period_start active buyers orders revenue arpu aov repurchase_rate refund_rate"
            " new_buyer_revenue",
        ),
        "rpt_products": _public("product_id", "product_id buyers orders revenue repurchase_rate"),
        "rpt_product_pairs": _public(
            "product_a product_b",
            "product_a product_b orders_together support confidence_a_to_b confidence_b_to_a lift",
        ),
        "rpt_subscription_bridge": _public(
            "period_start", "period_start opening started expansion contraction churned closing"
        ),
        "fct_lifecycle_spans": _public("user_key from_day", "user_key state state_zh from_day to_day"),
        "rpt_lifecycle_flows": _public(
            "granularity period_start from_state to_state",
            "granularity period_start from_state to_state people",
        ),
        "rpt_acquisition": _public(
            "period_start acquisition_channel campaign_id",
            "period_start acquisition_channel campaign_id registrations activated converted"
            " first_order_revenue retention_30 retention_90 spend payback_days",
        ),
        "fct_consents": _public("user_key purpose", "user_key purpose status changed_at"),
        "fct_churn_scores": _public(
            "user_key",
            "user_key churn_probability churn_band horizon_days method model_version reason_1 reason_2"
            " reason_3",
        ),
        "fct_value_forecasts": _public(
            "user_key",
            "user_key p_alive expected_purchases expected_value clv clv_horizon_days method model_version",
        ),
        "fct_user_segments": _public("user_key", "user_key segment_id segment_name"),
        "dim_segments": _public("segment_id", "segment_id name_en name_zh rule share size"),
        "fct_user_fatigue": _public(
            "user_key channel",
            "user_key channel messages_7 messages_30 last_touch_at unsubscribed_at has_left",
        ),
        "rpt_coupons": _public("coupon_code", "coupon_code orders buyers discount_amount revenue margin"),
        "fct_touches": _public("touch_id", "touch_id campaign_id user_key action occurred_at channel"),
        "fct_attribution": _public(
            "conversion_id touchpoint_id model", "conversion_id campaign_id channel model credit revenue"
        ),
        "fct_channel_effects": _public("channel", "channel removal_effect share method model_version"),
        "rpt_campaigns": _public(
            "campaign_id",
            "campaign_id sent opened clicked conversions attributed_revenue spend roi incremental_roi",
        ),
        "fct_propensities": _public(
            "user_key", "user_key goal probability horizon_days method model_version"
        ),
        "fct_reach": _public(
            "user_key",
            "user_key preferred_channel channel_probability preferred_hour hour_probability method",
        ),
        "fct_recommendations": _public("user_key rank", "user_key rank item_id score method"),
        "fct_feedback": _public(
            "feedback_id",
            "feedback_id user_key submitted_at channel kind score sentiment sentiment_class topic",
        ),
        "rpt_needs": _public("need", "need people value_at_stake severity recency priority"),
        "rpt_satisfaction": _public(
            "period_start subject_type subject_id breakdown breakdown_value",
            "subject_type period_start nps csat ces n",
        ),
        "fct_subscription_churn_scores": _public(
            "user_key",
            "user_key churn_probability churn_band monthly_amount horizon_days method model_version"
            " reason_1 reason_2 reason_3",
        ),
        "fct_uplift_scores": _public("user_key", "user_key experiment_id uplift method model_version"),
        "rpt_experiments": _public(
            "experiment_id metric variant",
            "experiment_id metric variant units mean lift ci_low ci_high p_value p_value_sequential"
            " srm_p_value is_valid verdict",
        ),
        "rpt_experiment_history": _public(
            "as_of experiment_id metric variant",
            "experiment_id metric variant units mean lift ci_low ci_high p_value p_value_sequential"
            " srm_p_value is_valid verdict",
        ),
        "rpt_experiment_segments": _public(
            "experiment_id metric segment segment_value variant",
            "experiment_id metric segment segment_value variant units mean lift ci_low ci_high p_value"
            " is_exploratory",
        ),
        "fct_next_actions": _public(
            "user_key rank", "user_key rank action channel send_hour expected_value reason"
        ),
        "rpt_model_quality": _public(
            "model model_version metric", "model model_version metric value baseline_value method decision"
        ),
        "rpt_model_calibration": _public(
            "model target method bin", "model model_version target method is_published bin foretold happened"
        ),
        "rpt_refusals": _public(
            "feed entity file reason loaded_on", "feed entity file reason loaded_on records"
        ),
        "rpt_night_gates": _public("night layer severity", "night layer severity rules failed"),
        "rpt_data_quality": _public("asset expectation", "asset suite expectation severity success observed"),
        "rpt_loads": _public(
            "feed entity file sha256",
            "feed file sha256 physical accepted quarantined duplicate loaded_at loaded_on",
        ),
    }
)
