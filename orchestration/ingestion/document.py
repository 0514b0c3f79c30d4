"""What a feed's YAML may say, key by key; unknown keys are refused."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Format = Literal["csv", "ndjson", "parquet", "excel"]
Combine = Literal["sum", "first", "last", "min", "max"]
EPOCHS = ("epoch_seconds", "epoch_milliseconds", "epoch_microseconds")
FORMATS: Mapping[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson",
    ".json": "ndjson", ".parquet": "parquet", ".xlsx": "excel",
}  # fmt: skip


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"{name!r} is not an encoding, such as utf-8, gbk or utf-16") from None


def _time_format(text: str) -> str:
    if text in EPOCHS or ("%" in text and not re.sub(r"%-?[aAbBdfgGHIjmMnpSuyYz%]", "", text).count("%")):
        return text
    raise ValueError(f"{text!r} is neither a strptime format nor one of {', '.join(EPOCHS)}")


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not an IANA time zone, such as Asia/Shanghai")
    return name


def _written(value: object) -> object:
    """A number is an expression too: `amount: 0`."""
    return str(value) if isinstance(value, (int, float)) else value


Text = Annotated[str, BeforeValidator(_written)]


class Strict(BaseModel):
    """Unknown keys are refused: a misspelt option must not be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where the records come from, and how they are written down."""

    kind: Literal["files"]
    path: str = Field(description="folder, file or glob below the landing folder")
    # Without a declared format the path's suffix tells it; `build` fills it in.
    format: Format = Field("csv", description="default: from the path's suffix")
    encoding: Annotated[str, AfterValidator(_codec)] = "utf-8"
    compression: Literal["auto", "none", "gz", "zst"] = "auto"
    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', max_length=1, description="empty: quotes mean nothing")
    header: bool = Field(True, description="false: `columns` names them in order")
    columns: list[str] = Field(default_factory=list, description="all the source's columns")
    sheet: str | None = Field(None, description="Excel sheet; default: the first")
    null_values: list[str] = Field(default_factory=list, description="texts that mean no value")


class Target(Strict):
    """How the source's records become one entity."""

    columns: dict[str, Text]
    one_row_per_key: bool = Field(False, description="group the file's records by the key")
    combine: dict[str, Combine] = Field(default_factory=dict, description="how, per column")
    skip_when: str | None = Field(None, description="records that say nothing for this entity")


class Document(Strict):
    """The YAML as written."""

    feed: str
    description: str = ""
    preset: str | None = Field(None, description="a file of `presets/` that this one is laid over")
    source: Source
    entity: str | None = None
    columns: dict[str, Text] | None = None
    one_row_per_key: bool = False
    combine: dict[str, Combine] = Field(default_factory=dict)
    skip_when: str | None = None
    entities: dict[str, Target] | None = None
    keep: list[str] = Field(default_factory=list, description="source columns kept in JSON though read")
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    time_zone_column: str | None = Field(None, description="column naming each record's zone")
    time_formats: list[Annotated[str, AfterValidator(_time_format)]] = Field(
        default_factory=list, description="strptime formats or epoch_*; empty: ISO 8601"
    )
    ambiguous_times: Literal["earlier", "later", "refuse"] = "earlier"
    nonexistent_times: Literal["refuse", "shift"] = "refuse"
    future_days: int = Field(1, ge=0, description="days past the build's day a time may lie")
    max_quarantine_share: float = Field(0.05, ge=0, le=1)
