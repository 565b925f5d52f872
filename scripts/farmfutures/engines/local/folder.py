"""The state folder: every path of the local engine, and whether the folder is safely ours.

Whoever can write in here can run code as the user (results are pickles), so a folder that others can write to, or that
somebody else owns, is refused.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

from ...errors import StateFolderError
from ...guard import make_private, user_id
from ...settings import default_state
from ...worker.logs import item_log

_LONGEST_SOCKET = 90
"""Unix socket paths end at 104 bytes on macOS, 108 on Linux; some room for a suffix."""


class Folder:
    """The paths of one state folder. Nobody else joins paths."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))
        self.lock = self.root / "broker.lock"
        self.database = self.root / "farm.db"
        self.damaged = self.root / "farm.db.damaged"
        self.connection = self.root / "broker.json"
        self.broker_log = self.root / "broker.log"
        self.journals = self.root / "journals"
        self.blobs = self.root / "blobs"
        self.jobs = self.root / "jobs"
        self.workers = self.root / "workers"
        self.keys = self.root / "keys"
        self.secrets = self.root / "secrets"

    def create(self) -> Folder:
        """Makes the folder and what it holds, private to this user.

        Raises:
            StateFolderError: It can't be made, can't be written or is not private.
        """
        check_local(self.root)
        for path in (self.root, self.journals, self.blobs, self.jobs, self.workers, self.keys, self.secrets):
            make_private(path)
        return self

    def journal(self, client: str, number: int) -> Path:
        """A file that a client appends its submissions to."""
        return self.journals / f"{client}.{number}.journal"

    def client_lock(self, client: str) -> Path:
        """Held as long as a client lives."""
        return self.journals / f"{client}.lock"

    def blob(self, name: str) -> Path:
        """A payload that is too large for the database."""
        return self.blobs / name

    def worker(self, worker: int) -> Path:
        """The working folder of one interpreter."""
        return self.workers / str(worker)

    def log(self, job: int, work: int, attempt: int) -> Path:
        """The log of one run of a work item."""
        return item_log(self.jobs, job, work, attempt)

    def socket(self) -> Path:
        """The broker's unix socket: in the folder, or where that path is too long in a private temporary one."""
        path = self.root / "broker.sock"
        if len(os.fsencode(path)) <= _LONGEST_SOCKET:
            return path
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        base = make_private(Path(tempfile.gettempdir()) / f"farmfutures-{user_id()}")
        return base / f"{digest}.sock"


NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "afs", "ncpfs", "9p", "ceph", "lustre", "gpfs", "beegfs", "glusterfs",
    "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "panfs", "pvfs2", "ocfs2", "afpfs", "webdav",
})  # fmt: skip
"""Filesystems on which SQLite's locks and shared memory can't be relied on (sqlite.org/wal.html, sqlite.org/faq.html#q5)."""


def check_local(path: Path, mounts: str | None = None) -> None:
    """Refuses a folder on a network filesystem.

    Args:
        path: The folder, which need not be there yet.
        mounts: Instead of what this system has mounted, in the format of /proc/mounts.

    Raises:
        StateFolderError: It is on one.
    """
    text = mounts if mounts is not None else _mounts()
    longest, kind = "", ""
    for line in text.splitlines():
        place, _, rest = line.partition(" ")[2].partition(" ")
        place = place.replace("\\040", " ")
        inside = str(path) == place or str(path).startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(longest):
            longest, kind = place, rest.partition(" ")[0]
    if kind in NETWORK:
        raise StateFolderError(
            f"the state folder {path} is on a network filesystem ({kind} at {longest}), where a database is not safe. Leave "
            f"FARMFUTURES_STATE unset for {default_state()}, or name a folder on a disk of this machine."
        )


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text() if sys.platform == "linux" else ""
    except OSError:
        return ""
