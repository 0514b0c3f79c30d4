"""Tell people of a failed night, and of the first good one after it; off until configured."""

from __future__ import annotations

import json
import smtplib
import urllib.request
from email.message import EmailMessage
from http.client import HTTPException
from urllib.parse import unquote, urlsplit

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from orchestration import environment
from orchestration.night import Night
from orchestration.progress import say

TIMEOUT_SECONDS = 10


def send(subject: str, body: str) -> list[str]:
    """Send to every configured channel; returns those that took it.

    An alert that cannot be sent is said, and never fails the night.
    """
    found = environment.read()
    sent = []
    for name, deliver in (("webhook", _webhook), ("e-mail", _email)):
        try:
            if deliver(found, subject, body):
                sent.append(name)
        except (OSError, HTTPException, smtplib.SMTPException, ValueError) as error:
            say(f"alert by {name} could not be sent: {type(error).__name__}")
    return sent


def _webhook(found: environment.Environment, subject: str, body: str) -> bool:
    if not found.webhook_url:
        return False
    if urlsplit(found.webhook_url).scheme not in ("http", "https"):
        raise ValueError("a webhook is an http or https address")
    request = urllib.request.Request(
        found.webhook_url,
        data=json.dumps({"text": f"{subject}\n{body}", "subject": subject, "body": body}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        return True


def _email(found: environment.Environment, subject: str, body: str) -> bool:
    if not (found.smtp_url and found.alert_email):
        return False
    server = urlsplit(found.smtp_url)
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = subject, found.alert_email, found.alert_email
    message.set_content(body)
    kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    with kind(server.hostname or "127.0.0.1", server.port or 0, timeout=TIMEOUT_SECONDS) as smtp:
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(message)
    return True


def after(now: Night, succeeded: bool, instance: DagsterInstance, detail: str = "") -> list[str]:
    """Alert on a failure, and on the first success after one."""
    name = now.tenant.settings.name
    if not succeeded:
        return send(f"{name}: the night of {now.as_of} failed", detail or "The published file is as it was.")
    ended = instance.get_runs(
        RunsFilter(job_name="nightly", statuses=[DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE]),
        limit=2,
    )
    if len(ended) == 2 and ended[1].status is DagsterRunStatus.FAILURE:
        return send(f"{name}: the night of {now.as_of} recovered", detail or "Published again.")
    return []


def of_the_dead(now: Night, ended: int) -> list[str]:
    """Tell of runs whose process ended before they did, which could tell nobody themselves."""
    runs = "1 unfinished run" if ended == 1 else f"{ended} unfinished runs"
    return send(
        f"{now.tenant.settings.name}: {runs} of an earlier process",
        "It was killed, ran out of memory or its machine stopped. The published file is whole, of before or "
        f"after; the night of {now.as_of} takes up what was left.",
    )
