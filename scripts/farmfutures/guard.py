"""Folders and files that only this user can read and write.

Whoever can write where we keep work and results can run code as the user (both are pickles), so a folder that others can
write to, or that somebody else owns, is refused.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import StateFolderError

STATE = "the state folder", "FARMFUTURES_STATE"
"""What a folder is, for people, and the variable that names another one."""


def user_id() -> int | str:
    """Returns what tells this user from others on this machine."""
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "user")
    return os.getuid()


def make_private(path: Path, about: tuple[str, str] = STATE) -> Path:
    """Makes a folder that only this user can enter, or checks that an existing one is so.

    Args:
        path: The folder.
        about: What it is, for people, and the variable that names another one.

    Raises:
        StateFolderError: It can't be made or written, is a link, is not a folder, or is open to or owned by others.
    """
    what, variable = about
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = path.lstat()
    except OSError as error:
        raise StateFolderError(f"{what} {path} can't be made: {error.strerror}. Set {variable} to a folder of yours.") from error
    if stat.S_ISLNK(info.st_mode):
        raise StateFolderError(f"{what} {path} is a symbolic link; name the folder itself in {variable}.")
    if sys.platform != "win32":
        _check_owner(path, info, about)
    if not os.access(path, os.W_OK | os.X_OK):
        raise StateFolderError(f"{what} {path} is not writable; mend its mode or set {variable}.")
    return path


def _check_owner(path: Path, info: os.stat_result, about: tuple[str, str]) -> None:
    what, variable = about
    if info.st_uid != user_id():
        raise StateFolderError(
            f"{what} {path} belongs to user {info.st_uid}, not to you ({user_id()}): whoever owns it could run "
            f"code as you. Set {variable} to a folder of your own."
        )
    if info.st_mode & 0o077:
        raise StateFolderError(
            f"{what} {path} is open to others (mode {stat.S_IMODE(info.st_mode):04o}): whoever can write there "
            f"could run code as you. Run 'chmod 700 {path}' after looking at what is in it, or set {variable}."
        )


def check_private_file(path: Path) -> None:
    """Refuses a file that somebody else may have written or may read.

    Raises:
        StateFolderError: It is a link, belongs to somebody else or is open to others.
    """
    info = path.lstat()
    if stat.S_ISLNK(info.st_mode):
        raise StateFolderError(f"{path} is a symbolic link, which we never make: look at where it leads and remove it.")
    if sys.platform != "win32" and (info.st_uid != user_id() or info.st_mode & 0o077):
        raise StateFolderError(
            f"{path} belongs to user {info.st_uid} and has mode {stat.S_IMODE(info.st_mode):04o}; it must be yours alone (0600): "
            "others may know it. Stop the broker and remove it; a new one is made."
        )


def open_private(path: Path, flags: int) -> int:
    """Opens a file that only this user can read, from its first moment on, following no link."""
    # O_NOFOLLOW and O_CLOEXEC are absent on Windows, where the folder's own access list protects the file.
    extra = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags | extra, 0o600)


def write_private(path: Path, data: bytes) -> None:
    """Writes a file in one step; nobody sees half of it, and nobody else any of it.

    Raises:
        OSError: It can't be written; a file that was there before is as it was.
    """
    with _beside(path, data) as temporary:
        os.replace(temporary, path)


def write_new(path: Path, data: bytes) -> None:
    """Does the same where there is no file yet; of two machines that do this at once, one does.

    Raises:
        FileExistsError: There is one.
        OSError: It can't be written.
    """
    with _beside(path, data) as temporary:
        os.link(temporary, path)  # os.rename would replace the other one's.
        temporary.unlink()


@contextmanager
def _beside(path: Path, data: bytes) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        file = open_private(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        with open(file, "wb") as stream:
            stream.write(data)
        yield temporary
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
