"""Presets: the mappings of well-known exports, which a tenant's feed is laid over.

A preset is a feed without `feed` and `source.path`. What a tenant writes beside `preset:` wins key by
key, so one column can be replaced while the others stay.
"""

from __future__ import annotations

from pathlib import Path

from orchestration import environment
from orchestration.ingestion import located
from orchestration.ingestion.located import Located

FOLDER = environment.PROJECT_ROOT / "presets"
BESIDE_ENTITY = ("columns", "one_row_per_key", "combine", "skip_when")


def names(folder: Path | None = None) -> list[str]:
    """The presets there are, sorted."""
    return sorted(path.stem for path in (folder or FOLDER).glob("*.yml"))


def completed(document: Located, folder: Path | None = None) -> Located:
    """A tenant's feed laid over the preset it names, or as it is when it names none.

    Raises
    ------
    FeedError
        There is no such preset, or the feed does not fit over it.
    """
    above = document.data
    if not isinstance(above, dict) or "preset" not in above:
        return document
    name, known = above["preset"], names(folder)
    if name not in known:
        raise document.error(("preset",), f"no preset {name!r}", f"one of {', '.join(known)}")
    preset = located.read((folder or FOLDER) / f"{name}.yml")
    if not isinstance(preset.data, dict):
        raise preset.error((), "a preset is a mapping", "start with `entity:` or `entities:`")
    for key in ("feed", "preset"):
        if key in preset.data:
            raise preset.error((key,), f"a preset has no {key!r}", "drop this line")
    source = above.get("source")
    if not isinstance(source, dict) or "path" not in source:
        raise document.error(("source",), "no source.path", 'add `source: {path: "${LANDING}/..."}`')
    _refuse_other_shape(document, above, preset.data)
    return document.over(preset)


def _refuse_other_shape(document: Located, above: dict[str, object], below: dict[str, object]) -> None:
    """What the preset fills is the preset's to say; a tenant says only how."""
    filled = below.get("entities")
    if isinstance(filled, dict):
        fix = f"write it below `entities:`, under {' or '.join(filled)}"
        wrong = [key for key in ("entity", *BESIDE_ENTITY) if key in above]
        given = above.get("entities")
        for entity in given if isinstance(given, dict) else ():
            if entity not in filled:
                raise document.error(("entities", entity), f"the preset does not fill {entity!r}", fix)
    else:
        fix = "write `columns:` and the like at the top, and a feed of its own for another entity"
        wrong = [key for key in ("entity", "entities") if key in above]
    if wrong:
        raise document.error((wrong[0],), f"{wrong[0]!r} does not fit this preset", fix)
