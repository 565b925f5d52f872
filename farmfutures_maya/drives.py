"""Which paths are on a drive that only this machine has."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_REMOTE = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "lustre", "gpfs", "beegfs", "ceph", "glusterfs", "9p", "afs",
    "panfs", "wekafs", "vboxsf", "prl_fs",
})  # fmt: skip
"""File systems of other machines, by the names that mount(8) shows on Linux and macOS."""

_REMOTE_FUSE = ("fuse.sshfs", "fuse.ceph", "fuse.glusterfs", "fuse.juicefs", "fuse.rclone", "fuse.s3fs", "macfuse")
_MOUNT = re.compile(r"^\S+ on (.+?) (?:type (\S+)|\((\w+))")
_WINDOWS_REMOTE = 4  # DRIVE_REMOTE of GetDriveTypeW.


class Drives:
    """The drives of this machine, as they are now.

    Args:
        platform: As ``sys.platform``.
        mounts: What ``mount`` would print; None asks the system.
        drive_type: What ``GetDriveTypeW`` would say of ``"C:\\\\"``; None asks the system.
    """

    def __init__(
        self, platform: str = sys.platform, mounts: str | None = None, drive_type: Callable[[str], int] | None = None
    ) -> None:
        self.platform = platform
        self._drive_type = drive_type or _drive_type
        text = mounts if mounts is not None else "" if platform == "win32" else _mounts(platform)
        found = (_MOUNT.match(line) for line in text.splitlines())
        self._mounts = {match[1]: (match[2] or match[3]) for match in found if match}

    def local_root(self, path: str) -> str:
        """Returns the drive or mount that a full path is on where only this machine has it, else ""."""
        path = path.replace("\\", "/")
        if self.platform == "win32":
            drive = path[:2]
            is_drive = drive[1:] == ":" and drive[0].isalpha()
            return f"{drive}/" if is_drive and self._drive_type(f"{drive}\\") != _WINDOWS_REMOTE else ""
        if not path.startswith("/") or path.startswith("//"):
            return ""
        root = self._mount_of(path)
        kind = self._mounts.get(root, "")
        return "" if kind in _REMOTE or kind.startswith(_REMOTE_FUSE) else root

    def _mount_of(self, path: str) -> str:
        around = (str(folder) for folder in (Path(path), *Path(path).parents))
        return next((folder for folder in around if folder in self._mounts), "/")


def _mounts(platform: str) -> str:
    """Returns what is mounted, a line each, as mount(8) prints it."""
    if platform == "linux":
        try:
            rows = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
        except OSError:
            return ""
        return "\n".join(f"{device} on {folder} type {kind}" for device, folder, kind, *_ in rows).replace("\\040", " ")
    try:
        return subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _drive_type(drive: str) -> int:
    if sys.platform == "win32":
        return int(ctypes.windll.kernel32.GetDriveTypeW(drive))
    return 0
