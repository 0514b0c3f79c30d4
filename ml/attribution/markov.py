"""A first-order Markov chain of channels, and what each of them is worth to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.frames import FloatArray

START, CONVERSION, AWAY = "(start)", "(conversion)", "(null)"


@dataclass(frozen=True)
class Chain:
    """Chances of going on from each state; the start is state 0 and no channel.

    Attributes
    ----------
    channels : tuple of str
        The n channels, in order of name.
    steps : ndarray of shape (n + 1, n + 1)
        Chance of each channel next; row 0 and column 0 are the start.
    converts : ndarray of shape (n + 1,)
        Chance of a purchase next.
    """

    channels: tuple[str, ...]
    steps: FloatArray
    converts: FloatArray


def select(transitions: pd.DataFrame) -> pd.DataFrame:
    """The transitions a chain is made of, in an order of their own."""
    wanted = transitions.loc[transitions["transitions"] > 0, ["from_state", "to_state", "transitions"]]
    return wanted.sort_values(["from_state", "to_state"]).reset_index(drop=True)


def chain_of(transitions: pd.DataFrame) -> Chain:
    """The chain in which every step is as likely as it was frequent.

    Parameters
    ----------
    transitions
        Columns ``from_state``, ``to_state``, ``transitions``; a purchase is ``(conversion)``,
        leaving without one ``(null)``, and every journey comes from ``(start)``.
    """
    named = set(transitions["from_state"]) | set(transitions["to_state"])
    channels = tuple(sorted(named - {START, CONVERSION, AWAY}))
    states = (START, *channels)
    counts = transitions.pivot_table(
        index="from_state", columns="to_state", values="transitions", aggfunc="sum", fill_value=0
    ).reindex(index=states, columns=(*states, CONVERSION, AWAY), fill_value=0)
    chances = counts.to_numpy(dtype="float64")
    chances /= np.maximum(chances.sum(axis=1, keepdims=True), 1.0)
    return Chain(channels, chances[:, : len(states)], chances[:, len(states)])


def conversion_probability(chain: Chain) -> float:
    """Chance that a journey ends in a purchase."""
    reach = np.eye(len(chain.steps)) - chain.steps
    return float(np.linalg.solve(reach, chain.converts)[0])


def removal_effects(chain: Chain) -> FloatArray:
    """Share of purchases lost without each channel, in the order of ``chain.channels``.

    A journey is lost with its first visit to the channel removed. The chance of such a visit is
    N[start, k] / N[k, k], N being the expected visits (the fundamental matrix), and from there it
    would have ended in a purchase with k's own chance; so no chain is solved twice.

    References
    ----------
    Anderl, Becker, von Wangenheim, Schumann (2016), Int. J. of Research in Marketing 33(3).
    Kemeny, Snell (1976), Finite Markov Chains, theorem 3.5.4.
    """
    visits = np.linalg.inv(np.eye(len(chain.steps)) - chain.steps)
    converts = visits @ chain.converts
    if converts[0] <= 0:
        return np.zeros(len(chain.channels))
    own = np.arange(1, len(chain.steps))
    lost: FloatArray = visits[0, own] / visits[own, own] * converts[own] / converts[0]
    return np.clip(lost, 0.0, 1.0)
