"""What is wrong with an installation and how to mend it: `python -m orchestration.doctor`.

Looks and changes nothing. Exit code 0 when all is well, 1 when something has to be mended.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from orchestration import damage, environment, home, nightly, preflight, pseudonym_key
from orchestration.damage import Finding
from orchestration.errors import Unusable
from orchestration.night import Night

PYTHONS = ((3, 11), (3, 13))


def _python() -> Iterator[Finding]:
    version = sys.version_info[:2]
    wrong = not PYTHONS[0] <= version <= PYTHONS[1]
    yield f"Python {version[0]}.{version[1]}", "use Python 3.11 to 3.13: make clean, PYTHON=" if wrong else ""


def _packages() -> Iterator[Finding]:
    needed = locked(environment.PROJECT_ROOT / "requirements.lock")
    other = [
        f"{name} {found or 'is not installed'}, locked is {version}"
        for name, version in needed.items()
        if (found := _installed(name)) != version
    ]
    said = f"{len(needed)} packages as locked" if not other else f"not as locked: {'; '.join(other[:5])}"
    yield said, "install them again: remove .venv, then any make command" if other else ""


def locked(lock: Path, where: dict[str, str] | None = None) -> dict[str, str]:
    """The version a lock holds of each package, for this interpreter and machine or the markers given."""
    pins = re.findall(r"^([A-Za-z0-9][^\\\n]*==[^\\\n]*)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    # A package may have a pin for each of several interpreters, told apart by their markers.
    asked = [pin for pin in map(Requirement, pins) if pin.marker is None or pin.marker.evaluate(where)]
    return {pin.name: str(pin.specifier).removeprefix("==") for pin in asked}


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _key(now: Night) -> Iterator[Finding]:
    given, path = environment.read().pseudonym_key, pseudonym_key.key_path(now.tenant.name)
    if given:
        yield "pseudonym key given by the environment", ""
    elif not path.exists():
        if (now.data / "tenant.json").exists():
            yield "the pseudonym key is gone", f"put back .secrets/{path.name}: DATA was built with it"
        else:
            yield "no pseudonym key yet: the first night makes one", ""
    else:
        open_to_others = path.stat().st_mode & 0o077
        yield f"pseudonym key in .secrets/{path.name}", f"chmod 600 {path}" if open_to_others else ""


def _folder(now: Night) -> Iterator[Finding]:
    place = now.data
    while not place.exists():
        place = place.parent
    writable = os.access(place, os.W_OK | os.X_OK)
    new = "" if now.data.exists() else ", which the first night makes"
    yield f"DATA={now.data}{new}", "" if writable else f"let this user write to {place}"
    landing = now.landing.is_dir() or now.tenant.folder.name == "demo"
    yield f"landing files in {now.landing}", "" if landing else "create that folder, or give LANDING="
    wanted, free = preflight.needed(now), shutil.disk_usage(place).free
    said = f"{free / 1e6:,.0f} MB free, a night may need {wanted / 1e6:,.0f} MB"
    yield said, "" if free >= wanted else "free some space there"


def _files(now: Night) -> Iterator[Finding]:
    if not now.data.exists():
        return
    try:
        home.hold(now.data, wait_seconds=0)
    except home.Busy:
        yield "a night is being written: its files are looked at when it has ended", ""
        return
    try:
        for check in (damage.of_loads, damage.of_models, damage.of_databases):
            yield from check(now)
    finally:
        home.release(now.data)


def examine(now: Night) -> Iterator[Finding]:
    """Every finding, in the order in which to mend."""
    checks: tuple[Callable[[Night], Iterator[Finding]], ...] = (_key, _folder, _files, damage.of_generations)
    yield from _python()
    yield from _packages()
    for check in checks:
        try:
            yield from check(now)
        except (Unusable, OSError) as error:
            yield check.__name__.removeprefix("_"), str(error)


def main(argv: list[str] | None = None) -> int:
    options = nightly.arguments(__doc__ or "").parse_args(argv)

    def command() -> int:
        wrong = 0
        for said, mend in examine(nightly.settle(options)):
            wrong += bool(mend)
            print(f"{'WRONG' if mend else 'well '}  {said}" + (f"\n       mend: {mend}" if mend else ""))
        print(f"{wrong} things to mend" if wrong else "all is well")
        return nightly.FAILED if wrong else 0

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())
