"""Pairs of accounts and how likely each is one person, by Splink (Fellegi and Sunter's model).

Run by `python -m matching` in an environment of its own; knows Parquet and Splink, nothing of the project.
What each agreement is worth is learned from the accounts themselves, without any labels.

References
----------
Fellegi, Sunter (1969), A theory for record linkage, JASA 64. Splink: Linacre et al. (2022), IJPDS 7(3).
"""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.parquet as pq
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as compared_by
from splink.internals.exceptions import EMTrainingException

# Splink looks at samples of pairs; the same accounts give the same answer.
SEED, SAMPLED_PAIRS = 1, 1_000_000
# Two accounts are looked at if they share one of these; all pairs of a million would be too many.
LOOKED_AT = (("phone",), ("email",), ("name", "birth_date"), ("birth_date", "city"), ("name", "city"))
# Sharing one of these is nearly always being one person, and about so many of such pairs do share one.
SURE, RECALL = (("email",), ("name", "birth_date"), ("phone", "name")), 0.8
LEARNED_ON = (("phone",), ("birth_date",), ("email",))
PAIRS = pa.schema([("user_id", "string"), ("linked_user_id", "string"), ("probability", "float64")])


def likely(accounts: pa.Table, at_least: float) -> pa.Table:
    """Pairs that are one person with a probability of `at_least`, the lesser id first, in order.

    Parameters
    ----------
    accounts
        Text columns ``user_id`` (unique), ``name``, ``email``, ``phone``, ``birth_date`` (ISO), ``city``;
        null where unknown. A column nobody fills is left out.

    Returns
    -------
    pa.Table
        ``user_id``, ``linked_user_id``, ``probability``; empty where nothing can be learned.
    """
    known = {name for name in accounts.column_names if accounts[name].null_count < len(accounts)}
    looked_at = [block_on(*rule) for rule in LOOKED_AT if known.issuperset(rule)]
    sure = [block_on(*rule) for rule in SURE if known.issuperset(rule)]
    if len(accounts) < 2 or not sure:
        return PAIRS.empty_table()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="user_id",
        blocking_rules_to_generate_predictions=looked_at,
        comparisons=[comparison for name, comparison in _comparisons().items() if name in known],
    )
    linker: Linker | None = None
    learned: list[tuple[str, ...]] = []
    for rule in LEARNED_ON:
        tried = _learned(accounts, settings, sure, [*learned, rule]) if known.issuperset(rule) else None
        if tried is not None:
            linker, learned = tried, [*learned, rule]
    if linker is None:
        return PAIRS.empty_table()
    found = linker.inference.predict(threshold_match_probability=at_least).as_record_list()
    pairs = [(*sorted((pair["user_id_l"], pair["user_id_r"])), pair["match_probability"]) for pair in found]
    return pa.Table.from_pylist(
        [dict(zip(PAIRS.names, pair, strict=True)) for pair in sorted(pairs)], schema=PAIRS
    )


def _learned(
    accounts: pa.Table, settings: SettingsCreator, sure: list[object], rules: list[tuple[str, ...]]
) -> Linker | None:
    """The model learned on pairs that share each of the rules; None where nothing can be learned on the last.

    Among pairs none of which are one person, what a match looks like vanishes to nothing.
    """
    linker = Linker(DuckDBAPI().register(accounts), settings)
    linker.training.estimate_probability_two_random_records_match(sure, recall=RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    try:
        for rule in rules:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    except (EMTrainingException, ValueError):
        return None
    return linker


def _comparisons() -> dict[str, object]:
    name = compared_by.JaroWinklerAtThresholds("name", [0.92])
    return {
        "name": name.configure(term_frequency_adjustments=True),
        "email": compared_by.EmailComparison("email"),
        "phone": compared_by.LevenshteinAtThresholds("phone", 1),
        "birth_date": compared_by.DateOfBirthComparison(
            "birth_date",
            input_is_string=True,
            datetime_thresholds=[1, 1],
            datetime_metrics=["month", "year"],
        ),
        "city": compared_by.ExactMatch("city"),
    }


def main(arguments: list[str]) -> None:
    accounts, pairs, at_least = arguments
    pq.write_table(likely(pq.read_table(accounts), float(at_least)), pairs)


if __name__ == "__main__":
    main(sys.argv[1:])
