"""What a model is: a name, how it is trained, how it scores, what it reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

#: What a model file holds: estimators, arrays and plain values, never a class of this project,
#: so that the allow-list of a model stays a list of library types.
Payload = dict[str, Any]

#: What a model is given: the tables of its ``needs`` by their bare names.
Frames = Mapping[str, "pd.DataFrame"]


@dataclass(frozen=True)
class Trained:
    """A fitted model, or the reason there is none.

    Attributes
    ----------
    name, version
        Model name, and the content hash of what it was trained from (empty until known).
    model
        The payload; empty when nothing could be fitted.
    method
        What is published: a candidate's name, ``rule:<baseline>``, or ``none``.
    metrics
        Columns ``metric``, ``value``, ``baseline_value``.
    card
        What a reader of the model should know; JSON-serialisable.
    """

    name: str
    model: Payload
    method: str
    metrics: pd.DataFrame
    card: dict[str, Any]
    version: str = ""

    @property
    def reason(self) -> str:
        """Why the method is not the full model; empty when it is."""
        return str(self.card.get("reason", ""))

    @property
    def warning(self) -> str:
        """What a reader of its predictions must know before acting on them; empty when nothing."""
        return str(self.card.get("warning", ""))

    @property
    def decision(self) -> str:
        """How what is published came to replace its champion, or did not; empty where none is kept."""
        return str(self.card.get("decision", ""))


class Select(Protocol):
    """Cuts the rows a model may learn from; nothing later than its anchor passes."""

    def __call__(self, frames: Frames, settings: Mapping[str, Any]) -> pd.DataFrame: ...


class Train(Protocol):
    """Fits, tests out of time, and chooses what is published."""

    def __call__(self, frames: Frames, settings: Mapping[str, Any]) -> Trained: ...


class Score(Protocol):
    """Turns the frames of one day into the model's tables, keyed by table name."""

    def __call__(self, trained: Trained, frames: Frames, *, as_of: date) -> dict[str, pd.DataFrame]: ...


@dataclass(frozen=True)
class Picture:
    """What is shown beside a table a model writes.

    Attributes
    ----------
    draw
        Draws it, as SVG.
    reads
        The table it is drawn from, ``<layer>.<table>``; empty: the one it stands beside.
    per
        Columns to count rows by, in ``count``; none: the rows themselves.
    """

    draw: Callable[[pd.DataFrame], str]
    reads: str = ""
    per: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watched:
    """What of a model is compared with some days ago, so that a drift is seen.

    Attributes
    ----------
    score
        ``<table>.<column>`` of what the model says of each person.
    per
        A column of that table whose values are compared apart.
    values
        Columns of that table that are compared by value: what is said that is no amount.
    rows
        Which rows of that table are compared, of the frames it was made from; None: all.
    windows
        A table the model needs, by its bare name, whose columns over a window of days (``orders_28``)
        are compared; what counts from the first day on, or since the last one, drifts as time passes.
    earlier
        Makes the frames of an earlier day of tonight's, where its tables tell themselves what was known then;
        None: their rows of that day are read.
    asked
        The table of those it is asked of, where what it says of one rests on what everybody did: of very
        many people only this one is thinned. Empty: every table.
    """

    score: str
    per: str = ""
    values: tuple[str, ...] = ()
    rows: Callable[[Frames, pd.DataFrame], pd.DataFrame] | None = None
    windows: str = ""
    earlier: Callable[[Frames, date], Frames] | None = None
    asked: str = ""


@dataclass(frozen=True)
class ModelSpec:
    """One model, as the orchestrator sees it.

    Attributes
    ----------
    name
        Folder name, also the registry's folder and the last part of the asset key.
    purpose
        The consent purpose people must have granted to be in the frames.
    needs
        Tables read: ``<layer>.<table>``. One with a ``user_key`` comes without the people who
        have not granted the purpose; one with an ``as_of`` is cut to that day for scoring.
    columns
        Of wide tables of ``needs``, by their bare names, the columns the model reads beside ``as_of`` and
        ``user_key``: of a million rows the others are hundreds of megabytes. Tables not named come with all.
    whole
        Those of them given with everybody in them: they say who there is, not what anyone did.
    tables
        Tables written: table name to its columns and portable SQL types.
    select, train, score
        See the protocols above. ``select`` returns exactly the rows ``train`` learns from, so
        its bytes decide the version.
    parameters
        The settings that change the fit, defaults included.
    revision
        Raised by hand when the code of the model changes what a fit gives.
    is_anchored
        Whether it learns from what was known on its last retraining day; else from all that is known tonight.
    trusted
        Types its file may hold beyond those the model-file library trusts by itself.
    pictured
        The picture beside some of its tables.
    kept
        Those of its tables that keep what other nights said, by their ``as_of``.
    watched
        What is compared with some days ago; None where nothing is said of people.
    """

    name: str
    purpose: str
    needs: tuple[str, ...]
    tables: Mapping[str, Mapping[str, str]]
    select: Select
    train: Train
    score: Score
    parameters: Callable[[Mapping[str, Any]], dict[str, Any]]
    revision: int
    trusted: tuple[str, ...] = field(default=())
    columns: Callable[[], Mapping[str, tuple[str, ...]]] = dict
    whole: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    pictured: Mapping[str, Picture] = field(default_factory=dict)
    watched: Watched | None = None
    is_anchored: bool = True

    @property
    def reads_snapshots(self) -> bool:
        """Whether it learns from snapshots of past days."""
        return any(table.endswith("_snapshots") for table in self.needs)
