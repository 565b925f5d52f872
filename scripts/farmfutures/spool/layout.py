"""Which file is where in the shared folder. Nobody else joins paths; no name comes from outside."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from ..errors import NoSuchJobError, StateFolderError
from ..guard import make_private
from ..worker.logs import item_log
from . import items as texts
from .seal import Seal

ABOUT = "the spool folder", "FARMFUTURES_SPOOL"
_ODD = re.compile(r"[^A-Za-z0-9._-]")


class Spool:
    """One user's folder in the shared folder.

    Args:
        root: The shared folder, the setting ``spool``.
        user: The user as the system knows them.
    """

    def __init__(self, root: Path, user: str) -> None:
        self.shared = Path(os.path.abspath(root))
        self.root = self.shared / (_ODD.sub("_", user).lstrip(".") or "user")
        self.jobs = self.root / "jobs"
        self.key = self.root / "key"
        self.scenes = self.root / "scenes"

    def create(self) -> Spool:
        """Makes the user's folder in the shared one, which must be there: a mount that is missing is not to be filled.

        Raises:
            StateFolderError: There is no shared folder, or the user's can't be made, written or is not private.
        """
        if not self.shared.is_dir():
            raise StateFolderError(
                f"there is no shared folder {self.shared} on this machine: mount it, or name the folder that this machine and "
                "the workers see with the setting 'spool' (FARMFUTURES_SPOOL)."
            )
        for path in (self.root, self.jobs):
            make_private(path, ABOUT)
        return self

    def seal(self) -> Seal:
        """Returns the user's seal.

        Raises:
            StateFolderError: Its key is not the user's alone.
        """
        return Seal.of(self.key)

    def new_job(self) -> JobFolder:
        """Makes the folder of a new job; its number is one more than the highest that there is.

        Raises:
            OSError: It can't be made.
        """
        number = max(self.numbers(), default=0) + 1
        while True:
            folder = self.job(number)
            try:
                folder.root.mkdir(mode=0o700)  # Which is one step on any file system: nobody else gets this number.
            except FileExistsError:
                number += 1
                continue
            folder.create()
            return folder

    def numbers(self) -> list[int]:
        """Returns the numbers of all jobs that lie here."""
        return [int(entry.name) for entry in os.scandir(self.jobs) if entry.name.isdecimal()]

    def job(self, number: int) -> JobFolder:
        """Returns the folder of a job, which need not be there."""
        return JobFolder(self.jobs / str(number))


class JobFolder:
    """The folder of one job.

    Args:
        root: Its path, as this machine sees it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.package = root / "package"
        self.calls = root / "calls"
        self.secrets = root / "secrets"
        self.marks = root / "marks"
        self.summary = root / "summary"
        self.orders = root / "orders"
        self.runs = root / "runs"
        self.outcomes = root / "outcomes"
        self.blobs = root / "blobs"
        self.logs = root / "logs"
        self.workers = root / "workers"

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> JobFolder:
        """Returns the folder that a command line names.

        Raises:
            NoSuchJobError: There is no such folder on this machine, or it is no job's.
        """
        root = Path(os.path.abspath(path))
        if not root.name.isdecimal() or not root.is_dir():
            raise NoSuchJobError(
                f"there is no job folder {root} on this machine ({_host()}): is the shared folder mounted here, at this path? "
                "Where workers see it elsewhere, the setting 'spool_seen_as' says where."
            )
        return cls(root)

    @property
    def number(self) -> int:
        """The job's number."""
        return int(self.root.name)

    @property
    def user(self) -> Path:
        """The folder of the user whose job it is."""
        return self.root.parent.parent

    @property
    def key(self) -> Path:
        """The key of the user whose job it is."""
        return self.user / "key"

    def create(self) -> None:
        """Makes the folders in it."""
        for path in (self.orders, self.runs, self.outcomes, self.blobs, self.logs, self.workers):
            path.mkdir(mode=0o700)

    def large_call(self, work: int) -> Path:
        """A call that is too large to lie among the others."""
        return self.root / f"calls.{work}"

    def order(self, number: int) -> Path:
        """What was handed to the engine, once or again."""
        return self.orders / str(number)

    def handle(self, number: int) -> Path:
        """What the engine calls it."""
        return self.orders / f"{number}.handle"

    def run(self, items: str, number: int) -> Path:
        """What a runner says of itself; its name is the run's name."""
        return self.runs / f"{texts.as_name(items)}.{number}"

    def bundle(self, run: str, number: int) -> Path:
        """Some outcomes."""
        return self.outcomes / f"{run}.{number}"

    def worker(self, run: str) -> Path:
        """The folder of a run's interpreter."""
        return self.workers / run

    def log(self, work: int, attempt: int) -> Path:
        """What one run of a work item printed."""
        return item_log(self.logs, self.number, work, attempt)


_NOT_YET = frozenset({errno.ENOENT, errno.ESTALE}) if hasattr(errno, "ESTALE") else frozenset({errno.ENOENT})


def not_yet(error: OSError) -> bool:
    """Whether a file is not there, or not there any more as it was: over a network that passes."""
    return error.errno in _NOT_YET


Signature = tuple[int, int, int]
"""What changes when a file is replaced: inode, size, and time of change by the server's clock."""


def signature(path: Path) -> Signature | None:
    """Returns what changes when a file is replaced, None where there is none: it may be that it is just being replaced.

    Raises:
        OSError: It can't be asked for.
    """
    try:
        info = os.stat(path)  # Not that of a listing: on Windows it has no inode.
    except OSError as error:
        if not_yet(error):
            return None
        raise
    return info.st_ino, info.st_size, info.st_mtime_ns


def _host() -> str:
    import socket

    return socket.gethostname()
