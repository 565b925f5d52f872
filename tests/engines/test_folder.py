"""A state folder is private, or it is refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from farmfutures import Executor
from farmfutures.engines.local.folder import Folder
from farmfutures.errors import StateFolderError
from farmfutures.guard import make_private, open_private

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows protects folders by access lists, not by modes")

as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give folders away")


def test_it_is_made_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = Folder(tmp_path / "state").create()
        file = open_private(folder.root / "file", os.O_CREAT | os.O_WRONLY)
        os.close(file)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in folder.root.iterdir() if path.is_dir()} == {0o700}
    assert (folder.root / "file").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o750, 0o707, 0o701, 0o755])
def test_open_to_others(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(StateFolderError, match=f"is open to others \\(mode {mode:04o}\\).*chmod 700"):
        make_private(folder)


def test_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(StateFolderError, match="is a symbolic link"):
        make_private(tmp_path / "link")


def test_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateFolderError, match="can't be made: File exists"):
        make_private(tmp_path / "file")


def test_a_link_in_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").touch()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="ymbolic"):
        open_private(tmp_path / "link", os.O_RDWR)


@as_root
def test_somebody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, 12345)
    monkeypatch.setenv("FARMFUTURES_STATE", str(folder))
    with pytest.raises(StateFolderError, match="belongs to user 12345, not to you"), Executor() as executor:
        executor.submit(abs, 1)


@as_root
def test_not_writable(tmp_path: Path) -> None:
    parent, mine = tmp_path / "closed", tmp_path / "mine"
    parent.mkdir(mode=0o555)
    mine.mkdir(mode=0o500)
    os.chown(mine, 12345, 12345)
    for path in (tmp_path, *tmp_path.parents[:3]):
        path.chmod(path.stat().st_mode | 0o011)
    os.seteuid(12345)
    try:
        with pytest.raises(StateFolderError, match="can't be made: Permission denied. Set FARMFUTURES_STATE"):
            make_private(parent / "state")
    finally:
        os.seteuid(0)


def test_a_long_path_gets_its_socket_elsewhere(tmp_path: Path, own_temp: Path) -> None:
    folder = Folder(tmp_path / ("long" * 40))
    socket = folder.socket()
    assert len(os.fsencode(socket)) < 104
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    socket.parent.rmdir()
