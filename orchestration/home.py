"""A data folder's own state: whose it is, who is writing, and where Dagster keeps its runs."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from orchestration import environment, pseudonym_key
from orchestration.errors import NotNow, Unusable
from orchestration.ingestion.ledger import RAW
from orchestration.progress import say
from orchestration.tenant import Tenant

# Commands that only hold the lock need none of it: half of their start.
if TYPE_CHECKING:
    import dagster as dg

WAIT_SECONDS = 3600.0
NIGHTS_SHOWN = 7
LOCKED = {errno.EROFS, errno.EACCES, errno.EPERM}


class DataFolderError(Unusable):
    """The data folder cannot be used: another tenant's, another key's, not writable, or busy."""


class Busy(DataFolderError, NotNow):
    """Another night is writing."""


def claim(owner: Tenant, data: Path) -> None:
    """Mark the folder as this tenant's and key's at the first night, and check it ever after.

    Raises
    ------
    DataFolderError
        The folder belongs to another tenant, was built with another key, or cannot be written.
    """
    marker = data / "tenant.json"
    beside = data / f".tenant.{os.getpid()}.json"
    try:
        data.mkdir(parents=True, exist_ok=True)
        key = pseudonym_key.load_key(owner.name)
        mine = {"tenant": owner.name, "key": hashlib.sha256(b"fingerprint" + key).hexdigest()[:16]}
        # Renamed into place: a night killed here leaves no half-written marker.
        beside.write_text(json.dumps(mine) + "\n")
        if not marker.exists():
            beside.replace(marker)
        beside.unlink(missing_ok=True)
    except OSError as error:
        raise DataFolderError(f"DATA={data} cannot be written: {error.strerror}") from error
    found = json.loads(marker.read_text())
    if found["tenant"] != mine["tenant"]:
        raise DataFolderError(f"DATA={data} belongs to tenant {found['tenant']}: choose another")
    if found["key"] != mine["key"]:
        raise DataFolderError(
            f"DATA={data} was built with another pseudonym key; give the same key "
            f"({environment.PREFIX}PSEUDONYM_KEY or .secrets/{owner.name}.key) or a new folder"
        )


def inhabited(data: Path) -> None:
    """Raise DataFolderError unless a night has left something there: a misspelt DATA is not an empty one."""
    if not any((data / name).is_dir() for name in (RAW, "published")):
        lacks = "holds neither raw/ nor published/" if data.is_dir() else "is not there"
        raise DataFolderError(f"DATA={data} {lacks}: mend its name, or run `make nightly` first")


_held: dict[Path, IO[str]] = {}


def hold(data: Path, wait_seconds: float = WAIT_SECONDS, run_id: str | None = None) -> bool:
    """Hold the one writer's lock until this process ends; the kernel frees it however it ends.

    A second night waits for the first, so nights launched together run one after another.

    Parameters
    ----------
    run_id : str, optional
        The Dagster run that waits, so that the night it waits for does not reap it as dead.

    Returns
    -------
    bool
        Whether it was not held before.

    Raises
    ------
    Busy
        Another night is still running after the wait; names its process.
    """
    if data in _held:
        return False
    if run_id is not None:
        _attend(data / "dagster", run_id)
    lock = open(data / "night.lock", "a+")  # noqa: SIM115 - held until the process ends
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            if time.monotonic() >= deadline:
                lock.close()
                raise Busy(
                    f"another night is writing to {data} (process {holder}); run again when it has ended"
                ) from error
            if not told:
                say(f"another night is writing (process {holder}); waiting for it")
                told = True
            time.sleep(0.5)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    _held[data] = lock
    return True


def release(data: Path) -> None:
    """Let the lock go before the process ends."""
    lock = _held.pop(data, None)
    if lock is not None:
        lock.close()


def dagster_home(data: Path) -> Path:
    """Prepare DAGSTER_HOME inside DATA and point this process at it.

    Raises
    ------
    DataFolderError
        It cannot be written.
    """
    home = data / "dagster"
    try:
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(environment.PROJECT_ROOT / "orchestration" / "dagster.yaml", home / "dagster.yaml")
    except OSError as error:
        # Any other error is of the machine, a full disk for one, and may be over at the next try.
        if error.errno not in LOCKED:
            raise
        raise DataFolderError(f"{home} cannot be written: {error.strerror}") from error
    environment.silence_telemetry(home)
    return home


def unfinished() -> dg.RunsFilter:
    """Runs that have or had a process: a queued one may still get it, and the daemon sees to that."""
    import dagster as dg

    return dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])


def reap(instance: dg.DagsterInstance, older_than_seconds: float = 0) -> int:
    """End the runs a killed process left behind and free their slots; the lock must be held.

    Parameters
    ----------
    older_than_seconds : float
        Leave alone what started since: a run just launched has not reached for the lock yet.

    Returns
    -------
    int
        How many runs were ended.
    """
    ended = 0
    for record in instance.get_run_records(unfinished()):
        run = record.dagster_run
        age = time.time() - (record.start_time or 0)
        if age < older_than_seconds or _is_attended(Path(instance.root_directory), run.run_id):
            continue
        instance.report_run_failed(run, "its process ended before the run did")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        ended += 1
    return ended


def reap_if_idle(data: Path, older_than_seconds: float = 0) -> int:
    """End dead runs unless a night is being written: one left STARTED would block the queue."""
    try:
        hold(data, wait_seconds=0)
    except Busy:
        return 0
    try:
        with instance() as found:
            return reap(found, older_than_seconds)
    finally:
        release(data)


_attended: dict[Path, IO[str]] = {}


def _attend(home: Path, run_id: str) -> None:
    """Show that a run's process lives, by a lock that the kernel drops however it ends."""
    path = home / "attended" / run_id
    if path in _attended:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    sign = open(path, "w")  # noqa: SIM115 - held until the process ends
    fcntl.flock(sign, fcntl.LOCK_EX)
    _attended[path] = sign


def _is_attended(home: Path, run_id: str) -> bool:
    path = home / "attended" / run_id
    if not path.exists():
        return False
    with open(path) as sign:
        try:
            fcntl.flock(sign, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    path.unlink()
    return False


@dataclass(frozen=True)
class Ended:
    """How one night of the folder ended."""

    night: str
    status: str
    seconds: float | None
    run: str


def last_nights() -> list[Ended]:
    """The last nights of DAGSTER_HOME, the latest first."""
    import dagster as dg

    with instance() as found:
        records = found.get_run_records(dg.RunsFilter(job_name="nightly"), limit=NIGHTS_SHOWN)
    return [
        Ended(
            record.dagster_run.tags.get("dagster/partition", "-"),
            record.dagster_run.status.value.lower(),
            record.end_time - record.start_time if record.start_time and record.end_time else None,
            record.dagster_run.run_id,
        )
        for record in records
    ]


def instance() -> dg.DagsterInstance:
    """The instance of DAGSTER_HOME."""
    import dagster as dg

    return dg.DagsterInstance.get()
