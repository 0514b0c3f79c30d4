"""Alerts go out when configured, and one that cannot be sent never fails a night."""

from __future__ import annotations

import socketserver
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from orchestration import alerts, environment, home
from orchestration.night import Night
from tests.orchestration.hook import Hook, served

Tonight = Callable[[date], Night]
DAY = date(2026, 3, 10)


class Mail(socketserver.ThreadingTCPServer):
    """A mail server that takes everything."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.envelopes: list[str] = []
        super().__init__(("127.0.0.1", 0), _MailHandler)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _MailHandler(socketserver.StreamRequestHandler):
    server: Mail

    def _answer(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self._answer("220 mail.example.test")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self._answer("354 go on")
                letter = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    letter.append(text)
                self.server.letters.append("\n".join(letter))
            elif word in ("MAIL", "RCPT"):
                self.server.envelopes.append(line)
            self._answer("221 bye" if word == "QUIT" else "250 fine")
            if word == "QUIT":
                return


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    with served(server):
        yield server


@pytest.fixture
def mail() -> Iterator[Mail]:
    server = Mail()
    with served(server):
        yield server


def test_nothing_is_sent_until_configured() -> None:
    assert alerts.send("subject", "body") == []


def test_both_channels_take_an_alert(hook: Hook, mail: Mail) -> None:
    environment.write("webhook_url", hook.url)
    environment.write("smtp_url", mail.url)
    environment.write("alert_email", "ops@example.test")
    assert alerts.send("Corner shop: the night failed", "gate: 3 rows 坏") == ["webhook", "e-mail"]
    assert hook.told == [
        {
            "text": "Corner shop: the night failed\ngate: 3 rows 坏",
            "subject": "Corner shop: the night failed",
            "body": "gate: 3 rows 坏",
        }
    ]
    (letter,) = mail.letters
    assert "Subject: Corner shop: the night failed" in letter
    assert "To: ops@example.test" in letter
    assert [line.split(":")[0] for line in mail.envelopes] == ["mail FROM", "rcpt TO"]


def test_mail_without_an_address_to_send_it_to_is_not_configured(mail: Mail) -> None:
    environment.write("smtp_url", mail.url)
    assert alerts.send("subject", "body") == []
    assert mail.letters == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook_url", "http://127.0.0.1:9/s3cret"),
        ("webhook_url", "http://no-such-host.invalid/s3cret"),
        ("webhook_url", "file:///etc/hostname?s3cret"),
        ("webhook_url", "s3cret"),
        ("smtp_url", "smtp://user:s3cret@127.0.0.1:9"),
        ("smtp_url", "smtp://user:s3cret@127.0.0.1:port"),
    ],
)
def test_an_address_nobody_answers_at_is_said_and_fails_nothing(
    name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.write(name, value)
    environment.write("alert_email", "ops@example.test")
    assert alerts.send("subject", "body") == []
    said = capsys.readouterr().err
    assert "could not be sent" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("server", [Hook(status=500), Hook(raw=b"not http at all\r\n\r\n"), Hook(raw=b"")])
def test_an_answer_that_makes_no_sense_fails_nothing(
    server: Hook, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(server):
        environment.write("webhook_url", server.url)
        assert alerts.send("subject", "body") == []
    assert "alert by webhook could not be sent" in capsys.readouterr().err
    assert len(server.told) == 1


def test_one_channel_down_does_not_silence_the_other(mail: Mail) -> None:
    environment.write("webhook_url", "http://127.0.0.1:9/")
    environment.write("smtp_url", mail.url)
    environment.write("alert_email", "ops@example.test")
    assert alerts.send("subject", "body") == ["e-mail"]


def _job(fails: bool) -> dg.JobDefinition:
    @dg.op
    def build() -> None:
        if fails:
            raise RuntimeError

    @dg.job(name="nightly", executor_def=dg.in_process_executor)
    def nightly() -> None:
        build()

    return nightly


def test_a_failure_and_the_first_success_after_it_are_told(hook: Hook, tonight: Tonight, data: Path) -> None:
    environment.write("webhook_url", hook.url)
    night = tonight(DAY)
    home.dagster_home(data)
    with home.instance() as instance:
        for fails in (False, True, True, False, False):
            ended = _job(fails).execute_in_process(instance=instance, raise_on_error=False)
            alerts.after(night, ended.success, instance)
    assert [told["subject"] for told in hook.told] == [
        "corner_shop: the night of 2026-03-10 failed",
        "corner_shop: the night of 2026-03-10 failed",
        "corner_shop: the night of 2026-03-10 recovered",
    ]


def test_whoever_died_without_a_word_is_told_of(hook: Hook, tonight: Tonight) -> None:
    environment.write("webhook_url", hook.url)
    assert alerts.of_the_dead(tonight(DAY), 2) == ["webhook"]
    (told,) = hook.told
    assert told["subject"] == "corner_shop: 2 unfinished runs of an earlier process"
    assert "the night of 2026-03-10 takes up" in told["body"]
