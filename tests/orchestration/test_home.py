"""A data folder belongs to one tenant and key, and has one writer at a time."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._daemon.monitoring.concurrency import execute_concurrency_slots_iteration

from orchestration import environment, home, tenant
from orchestration.home import DataFolderError

POOL = "warehouse"

HOLDER = """
import sys
from pathlib import Path
from orchestration import home
home.hold(Path(sys.argv[1]), wait_seconds=60)
print("holding", flush=True)
sys.stdin.read()
"""

# A run that takes the pool's only slot and never ends.
ENDLESS = """
import sys, time
from pathlib import Path
import dagster as dg
from orchestration import home

@dg.op(pool="warehouse")
def endless():
    print("started", flush=True)
    time.sleep(600)

@dg.job(executor_def=dg.in_process_executor)
def nightly():
    endless()

home.hold(Path(sys.argv[1]))
home.dagster_home(Path(sys.argv[1]))
with home.instance() as instance:
    nightly.execute_in_process(instance=instance)
"""


def _start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(environment.PROJECT_ROOT)},
    )


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.stderr.read() if process.stderr else ""
    return line


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_folder_is_claimed_once_and_checked_ever_after(
    folder: Path, data: Path, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = tenant.load(str(folder))
    home.claim(owner, data)
    marker = (data / "tenant.json").read_bytes()
    home.claim(owner, data)
    assert (data / "tenant.json").read_bytes() == marker
    assert key.decode() not in marker.decode()
    assert [path.name for path in data.iterdir()] == ["tenant.json"]

    monkeypatch.setenv("USEROPS_PSEUDONYM_KEY", "another key")
    with pytest.raises(DataFolderError, match="was built with another pseudonym key"):
        home.claim(owner, data)
    assert (data / "tenant.json").read_bytes() == marker


def test_a_folder_of_another_tenant_is_refused(folder: Path, data: Path, key: bytes) -> None:
    home.claim(tenant.load(str(folder)), data)
    other = folder.rename(folder.with_name("other_shop"))
    with pytest.raises(DataFolderError, match="belongs to tenant corner_shop"):
        home.claim(tenant.load(str(other)), data)


def test_a_folder_that_cannot_be_written_is_refused(folder: Path, tmp_path: Path, key: bytes) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(DataFolderError, match="cannot be written"):
        home.claim(tenant.load(str(folder)), file / "state")


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.EROFS, DataFolderError), (errno.EACCES, DataFolderError), (errno.ENOSPC, OSError)],
)
def test_run_storage_that_cannot_be_written_is_refused_by_name(
    data: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def copy(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("shutil.copyfile", copy)
    with pytest.raises(kind, match=os.strerror(number)) as told:
        home.dagster_home(data)
    # A full disk is another thing than a closed folder: trying again may do.
    assert (str(data / "dagster") in str(told.value)) == (kind is DataFolderError)


def test_a_second_night_waits_for_the_first_and_then_writes(data: Path) -> None:
    first = _start(HOLDER, data)
    assert _first_line(first) == "holding"
    second = _start(HOLDER, data)
    try:
        assert second.stderr is not None
        assert f"another night is writing (process {first.pid}); waiting for it" in second.stderr.readline()
        first.communicate()
        assert _first_line(second) == "holding"
    finally:
        _end(first)
        _end(second)


def test_a_wait_that_is_over_names_the_process_that_writes(data: Path) -> None:
    first = _start(HOLDER, data)
    try:
        assert _first_line(first) == "holding"
        with pytest.raises(DataFolderError, match=f"process {first.pid}"):
            home.hold(data, wait_seconds=0)
    finally:
        _end(first)


def test_a_killed_writer_frees_the_lock(data: Path) -> None:
    first = _start(HOLDER, data)
    assert _first_line(first) == "holding"
    first.send_signal(signal.SIGKILL)
    first.communicate()
    home.hold(data, wait_seconds=5)
    assert (data / "night.lock").read_text() == str(os.getpid())
    home.hold(data, wait_seconds=0)  # once held, it is held
    home.release(data)
    home.hold(data, wait_seconds=0)


def _unfinished(instance: DagsterInstance) -> list[DagsterRunStatus]:
    return [run.status for run in instance.get_runs() if not run.is_finished]


def test_a_killed_run_is_ended_and_its_slot_is_free(data: Path) -> None:
    night = _start(ENDLESS, data)
    assert _first_line(night) == "started"
    night.send_signal(signal.SIGKILL)
    night.communicate()

    home.hold(data, wait_seconds=5)
    home.dagster_home(data)
    with home.instance() as instance:
        assert _unfinished(instance) == [DagsterRunStatus.STARTED]
        slots = instance.event_log_storage.get_concurrency_info(POOL)
        assert slots.claimed_slots, "the dead run holds the pool's slot"
        assert home.reap(instance) == 1
        assert _unfinished(instance) == []
        assert not instance.event_log_storage.get_concurrency_info(POOL).claimed_slots
        assert home.reap(instance) == 0
        assert _pooled().execute_in_process(instance=instance).success


def test_the_daemon_frees_the_slot_of_a_run_whose_process_died(data: Path) -> None:
    # As the daemon of the UI finds it: the run is told failed, nobody has reaped it, and none starts anew.
    night = _start(ENDLESS, data)
    assert _first_line(night) == "started"
    night.send_signal(signal.SIGKILL)
    night.communicate()

    home.dagster_home(data)
    with home.instance() as instance:
        (run,) = instance.get_runs()
        instance.report_run_failed(run, "told by the daemon")
        assert instance.event_log_storage.get_concurrency_info(POOL).claimed_slots
        time.sleep(instance.run_monitoring_settings["free_slots_after_run_end_seconds"] + 1)
        list(execute_concurrency_slots_iteration(SimpleNamespace(instance=instance), logging.getLogger()))
        assert not instance.event_log_storage.get_concurrency_info(POOL).claimed_slots
        assert _pooled().execute_in_process(instance=instance).success


def _pooled() -> dg.JobDefinition:
    @dg.op(pool=POOL)
    def write() -> None: ...

    @dg.job(executor_def=dg.in_process_executor)
    def next_night() -> None:
        write()

    return next_night


WAITER = """
import sys
from pathlib import Path
from orchestration import home
print("waiting", flush=True)
home.hold(Path(sys.argv[1]), wait_seconds=60, run_id=sys.argv[2])
"""


def test_a_run_that_waits_for_the_lock_is_not_taken_for_dead(data: Path) -> None:
    home.hold(data, wait_seconds=0)
    home.dagster_home(data)
    with home.instance() as instance:
        run = instance.create_run_for_job(_pooled())
        instance.report_dagster_event(
            dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, run.job_name), run.run_id
        )
        waiter = _start(WAITER, data, run.run_id)
        try:
            assert _first_line(waiter) == "waiting"
            sign = data / "dagster" / "attended" / run.run_id
            deadline = time.monotonic() + 20
            while not sign.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(0.2)
            assert home.reap(instance) == 0
            assert _unfinished(instance) == [DagsterRunStatus.STARTED]
        finally:
            _end(waiter)
        assert home.reap(instance) == 1
        assert _unfinished(instance) == []
        assert not sign.exists()


def test_the_ui_ends_dead_runs_only_while_no_night_is_written(data: Path) -> None:
    night = _start(ENDLESS, data)
    try:
        assert _first_line(night) == "started"
        home.dagster_home(data)
        assert home.reap_if_idle(data) == 0
    finally:
        _end(night)
    assert home.reap_if_idle(data, older_than_seconds=60) == 0, "it may just not hold the lock yet"
    assert home.reap_if_idle(data) == 1


def test_run_storage_reports_to_nobody(data: Path) -> None:
    place = home.dagster_home(data)
    assert place == data / "dagster"
    assert os.environ["DAGSTER_HOME"] == str(place)
    with home.instance() as instance:
        assert not instance.telemetry_enabled
        assert instance.get_settings("concurrency")["pools"] == {"default_limit": 1, "granularity": "op"}


@pytest.mark.parametrize("command", ["backup", "doctor", "quarantine", "reload"])
def test_a_command_that_builds_nothing_starts_without_dagster(command: str) -> None:
    found = f"import sys, orchestration.{command}; print('dagster' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
