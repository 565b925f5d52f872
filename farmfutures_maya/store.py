"""Where copies of scenes are kept, by their content.

    STORE/.incoming/<unique>/shot.ma     while it is written
    STORE/ab/abcdef.../shot.ma           for good; the same state submitted ten times is this one file
    STORE/ab/abcdef.../.uses/            the jobs that need it, see uses.py; prune.py removes what none needs

A copy keeps the scene's own base name, because ``<Scene>`` in image names, XGen files and caches go by it.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path

from farmfutures.errors import SnapshotError

VARIABLE = "FARMFUTURES_STORE"
FOLDER = ".farmfutures"

_INCOMING = ".incoming"
_VOLATILE = (b"//Name:", b"//Last modified:", b'fileInfo "UUID"')
_CHUNK_BYTES = 1024 * 1024


class Store:
    """A folder of scenes by content. Several processes may use it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def incoming(self, base: str) -> Path:
        """Returns a path for a file that is about to be written, in a folder of its own."""
        folder = self.root / _INCOMING / uuid.uuid4().hex
        folder.mkdir(parents=True)
        return folder / base

    def keep(self, incoming: Path) -> tuple[Path, str]:
        """Moves a written file to its place, or drops it where the same content is there already.

        Returns:
            Its path for good, and the digest that it goes by.
        """
        digest = digest_of(incoming)
        final = self.root / digest[:2] / digest / incoming.name
        if not _touch(final):
            _move(incoming, final)
        self.discard(incoming)
        return final, digest

    def discard(self, incoming: Path) -> None:
        """Removes what `incoming` made."""
        shutil.rmtree(incoming.parent, ignore_errors=True)

    def leave(self) -> None:
        """Takes our own folder away again from one that is no store, but where somebody wants a file."""
        with contextlib.suppress(OSError):  # Somebody else writes there.
            (self.root / _INCOMING).rmdir()

    def folders(self) -> list[Path]:
        """Returns the folder of each content; in it are its scene (under each name that it had) and who uses it."""
        return sorted(self.root.glob("[0-9a-f][0-9a-f]/*"))

    def unfinished(self) -> list[Path]:
        """Returns the folders of what is being written, or was when its writer died."""
        return list((self.root / _INCOMING).glob("*"))

    def claim(self, folder: Path) -> Path:
        """Moves one of `folders` out of the way, where nobody finds it; returns where it is."""
        target = self.root / _INCOMING / f"{folder.name}.{uuid.uuid4().hex}"
        target.parent.mkdir(exist_ok=True)
        os.utime(folder)  # Else others would take it for abandoned.
        os.replace(folder, target)
        return target

    def restore(self, claimed: Path) -> None:
        """Moves what was claimed back."""
        digest = claimed.name.partition(".")[0]
        (self.root / digest[:2]).mkdir(exist_ok=True)
        os.replace(claimed, self.root / digest[:2] / digest)

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"


def _touch(scene: Path) -> bool:
    """Makes a scene young, so that it is not pruned now; returns whether it is there."""
    try:
        os.utime(scene)
    except FileNotFoundError:
        return False
    return True


def _move(incoming: Path, final: Path) -> None:
    """Tries twice: between making the folder and moving into it somebody may prune that."""
    for last in (False, True):
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(incoming, final)
            return
        except FileNotFoundError:
            if last:
                raise


def digest_of(path: Path) -> str:
    """Returns what a scene file goes by: SHA-256 of its content.

    Maya writes date, name and a fresh UUID into every Maya ASCII file; these lines are left out, so that writing the
    same scene twice gives the same digest. The codeset counts: it says what the other bytes mean. Maya binary is taken
    as it is.
    """
    state = hashlib.sha256()
    with path.open("rb") as file:
        if file.read(6) == b"//Maya":
            file.seek(0)
            for line in file:
                if not line.startswith(_VOLATILE):
                    state.update(line)
        else:
            file.seek(0)
            while chunk := file.read(_CHUNK_BYTES):
                state.update(chunk)
    return state.hexdigest()


def open_store(
    root: str | os.PathLike[str] | None, *, scene: str, workspace: str, environ: Mapping[str, str], shared: Path | None = None
) -> Store:  # fmt: skip
    """Returns the store for a scene: the first of these folders that can be written.

    1. `root`, if given. 2. ``$FARMFUTURES_STORE``, in which ``{workspace}``, ``{scene_dir}`` and ``{user}`` stand for
    what they say. 3. ``.farmfutures`` in the project. 4. `shared`, or where workers are on this machine a folder of this
    user's among the temporary ones.
    The first two are somebody's wish, so that they are not passed over when they fail.

    Args:
        root: A folder.
        scene: The scene's path, or "".
        workspace: The project's folder, or "".
        environ: The environment to read.
        shared: A folder that workers on other machines see.

    Raises:
        SnapshotError: The folder that was asked for can't be written.
    """
    wish = os.fspath(root) if root is not None else _from_template(environ.get(VARIABLE), scene, workspace)
    if wish:
        problem = _unwritable(Path(wish))
        if problem:
            raise SnapshotError(f"the scene can't be copied to {wish}: {problem}. Choose another folder in {VARIABLE}.")
        return Store(Path(wish).absolute())
    if workspace and os.path.isdir(workspace):
        beside = Path(workspace) / FOLDER / "scenes"
        if not _unwritable(beside):
            return Store(beside)
    own = shared or Path(tempfile.gettempdir()) / f"farmfutures-{_user()}" / "scenes"
    problem = _unwritable(own, private=True)
    if problem:
        raise SnapshotError(f"the scene can't be copied to {own}: {problem}. Set {VARIABLE} to a folder that can be written.")
    return Store(own)


def _from_template(template: str | None, scene: str, workspace: str) -> str:
    if not template:
        return ""
    values = {"workspace": workspace, "scene_dir": os.path.dirname(scene), "user": _user()}
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return os.path.expanduser(os.path.expandvars(template))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # A container's user without a name.
        return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _unwritable(folder: Path, private: bool = False) -> str:
    """Returns why files can't be put there, or "". Tries it: permission bits don't tell on network shares."""
    try:
        if private:
            folder.parent.mkdir(mode=0o700, exist_ok=True)
            if hasattr(os, "getuid") and folder.parent.lstat().st_uid != os.getuid():
                return "it belongs to somebody else"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or str(error)
