"""Which paths are on a drive that only this machine has."""

from __future__ import annotations

import sys

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures_maya.drives import Drives

LINUX = """\
/dev/sda1 on / type ext4
server:/projects on /mnt/projects type nfs4
//nas/tex on /mnt/tex with blanks type cifs
/dev/sdb1 on /mnt/projects/scratch type xfs
me@host:/x on /home/me/remote type fuse.sshfs
tmpfs on /tmp type tmpfs
"""
MACOS = """\
/dev/disk3s1 on / (apfs, sealed, local)
//me@nas/projects on /Volumes/projects (smbfs, nodev, nosuid)
/dev/disk5 on /Volumes/USB (exfat, local)
server:/tex on /Volumes/tex (nfs)
"""


@pytest.mark.parametrize(
    ("platform", "mounts", "path", "expected"),
    [
        ("linux", LINUX, "/home/me/a.png", "/"),
        ("linux", LINUX, "/mnt/projects/a.png", ""),
        ("linux", LINUX, "/mnt/projects/scratch/a.png", "/mnt/projects/scratch"),
        ("linux", LINUX, "/mnt/projects2/a.png", "/"),
        ("linux", LINUX, "/mnt/tex with blanks/a.png", ""),
        ("linux", LINUX, "/home/me/remote/a.png", ""),
        ("linux", LINUX, "/tmp/a.png", "/tmp"),
        ("linux", LINUX, "sourceimages/a.png", ""),
        ("darwin", MACOS, "/Users/me/a.png", "/"),
        ("darwin", MACOS, "/Volumes/projects/a.png", ""),
        ("darwin", MACOS, "/Volumes/tex/a.png", ""),
        ("darwin", MACOS, "/Volumes/USB/a.png", "/Volumes/USB"),
        ("win32", "", "C:\\tex\\a.png", "C:/"),
        ("win32", "", "C:/tex/a.png", "C:/"),
        ("win32", "", "P:/tex/a.png", ""),
        ("win32", "", "//nas/tex/a.png", ""),
        ("win32", "", "\\\\nas\\tex\\a.png", ""),
    ],
)
def test_which_paths_are_local(platform: str, mounts: str, path: str, expected: str) -> None:
    drives = Drives(platform, mounts, lambda drive: 4 if drive == "P:\\" else 3)
    assert drives.local_root(path) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such folder")
def test_this_machine_says_something() -> None:
    assert Drives().local_root("/") in ("/", "")
