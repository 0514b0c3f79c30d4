"""Attribution: what would be lost without a channel, by the removal effect in a Markov chain.

People are taken to go from channel to channel, into a purchase or away, by chance that depends on the
channel they are at. A channel's removal effect is the share of purchases lost when whoever reaches it
leaves instead. It is a statement about everybody's journeys; `fct_attribution` shares it out over each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ml.spec import Frames, ModelSpec, Picture, Trained

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

_READS = "int_campaigns__transitions"


def _parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _select(frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame:
    from ml.attribution.markov import select

    return select(frames[_READS])


def _train(frames: Frames, settings: Mapping[str, Any]) -> Trained:
    from ml.attribution.training import train

    return train(frames[_READS])


def _score(trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]:
    from ml.attribution.training import score

    return {"fct_channel_effects": score(trained, as_of)}


def _picture(transitions: pd.DataFrame) -> str:
    from ml.attribution.picture import paths

    return paths(transitions)


SPEC = ModelSpec(
    name="attribution",
    purpose="analytics",
    needs=("intermediate.int_campaigns__transitions",),
    tables={
        "fct_channel_effects": {
            "channel": "varchar",
            "removal_effect": "double",
            "share": "double",
            "method": "varchar",
            "model_version": "varchar",
            "as_of": "date",
        }
    },
    pictured={"fct_channel_effects": Picture(_picture, reads="intermediate.int_campaigns__transitions")},
    select=_select,
    train=_train,
    score=_score,
    parameters=_parameters,
    revision=1,
    is_anchored=False,
)
