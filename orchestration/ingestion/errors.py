"""What can go wrong with a source, one type per thing a person can do about it."""

from __future__ import annotations

from orchestration.errors import Unusable


class FeedError(Unusable):
    """A feed's YAML is wrong: mend the line it names.

    Parameters
    ----------
    file : str
        The YAML, as a person would name it.
    line : int
        Where in it, from 1.
    problem : str
        What is wrong there.
    fix : str
        What to write instead.
    """

    def __init__(self, file: str, line: int, problem: str, fix: str) -> None:
        self.file, self.line, self.problem, self.fix = file, line, problem, fix
        super().__init__(f"{file}, line {line}: {problem}; {fix}")


class LandingError(Unusable):
    """A landing folder or file may not or cannot be read: mend the folder, then run again."""


class ChangedFileError(LandingError):
    """A landing file was written to while it was read: wait for its writer, then run again."""


class LostRawError(Unusable):
    """A raw file that was loaded is gone: put it back, or let its landed file be loaded again."""


class UnreadableFileError(Exception):
    """A file cannot be taken apart into records; the loader quarantines it whole.

    Parameters
    ----------
    reason : str
        The typed quarantine reason.
    detail : str
        What was found, without any of the file's values.
    """

    def __init__(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}")
