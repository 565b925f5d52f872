"""Lays a pack out on the worker that opens it, and says what its paths are called there.

The scene file is not rewritten: Maya binary can't be, edits of references would be lost, and a digest would not hold for
it any more. Relative paths are right in the tree by themselves; the others go through ``dirmap``, and variables in paths
get values that lead into the tree. What does not go through ``dirmap`` (some plug-ins read their paths by themselves) has
to be relative to the project.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farmfutures.errors import BootstrapError, PackError
from farmfutures.worker import stage

from .manifest import Entry, Manifest, content, is_full, tree_of
from .path_mapping import Pair, PathMapping

_CHUNK_BYTES = 1024 * 1024

_laid_out: dict[str, Unpacked] = {}
"""By manifest: an interpreter lays a pack out once."""


@dataclass(frozen=True)
class Unpacked:
    """A pack that is laid out.

    Attributes:
        root: The folder of the tree.
        manifest: What is in it.
        pairs: What ``dirmap`` is to map.
        environ: Variables of the scene's paths, with values that lead into the tree.
    """

    root: Path
    manifest: Manifest
    pairs: tuple[Pair, ...]
    environ: Mapping[str, str]

    @property
    def scene(self) -> str:
        """The scene."""
        return self.place(self.manifest.scene)

    @property
    def workspace(self) -> str:
        """The project, "" for none."""
        return self.place(tree_of(self.manifest.workspace)) if self.manifest.workspace else ""

    def place(self, path: str) -> str:
        """Returns the full path of a place in the tree."""
        return (self.root / path).as_posix()

    def filename(self, given: str | None) -> str | None:
        """Returns the scene to open for a scene that was named: the packed one, or one that was packed along with it."""
        if not given or given == self.manifest.given:
            return self.scene
        packed = {entry.path for entry in self.manifest.files}
        return self.place(tree_of(given)) if is_full(given) and tree_of(given) in packed else given


def unpack(manifest: str | os.PathLike[str], folder: str | os.PathLike[str]) -> Unpacked:
    """Lays a pack out.

    Args:
        manifest: Its list, in its folder ``manifests``.
        folder: Where to. Nothing outside of it is written.

    Raises:
        PackError: A file is not what it was when it was packed, is missing, or has a name that leads elsewhere.
    """
    path, root = Path(manifest), Path(folder).absolute()
    found = Manifest.read(path)
    for entry in found.files:
        _lay(entry, content(path.parents[1], entry.digest), root / entry.path)
    unpacked = Unpacked(root, found, tuple(_pairs(found, root)), _environ(found, root))
    if unpacked.workspace:
        Path(unpacked.workspace).mkdir(parents=True, exist_ok=True)
    return unpacked


def _lay(entry: Entry, source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        # "x": two names that one disk takes for the same are an error, not one file.
        with source.open("rb") as reader, target.open("xb") as writer:
            while chunk := reader.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                writer.write(chunk)
    except OSError as error:
        raise PackError(f"{entry.original} can't be unpacked from {source} to {target}: {error.strerror or error}.") from error
    if (digest.hexdigest(), size) != (entry.digest, entry.size_bytes):
        target.unlink()
        raise PackError(f"{source}, which is {entry.original}, is damaged: remove it and pack the scene again.")


def _pairs(manifest: Manifest, root: Path) -> list[Pair]:
    """Returns the topmost folders, as the scene and as the tree have them."""
    folders = {entry.original.rpartition("/")[0] + "/" for entry in manifest.files}
    folders |= {f"{manifest.workspace.rstrip('/')}/"} if manifest.workspace else set()
    here = f"{root.as_posix()}/"
    # A folder that the tree lies in would map the tree's own paths, too.
    usable = {folder for folder in folders if folder != "/" and not here.startswith(folder)}
    top = sorted(folder for folder in usable if not any(folder != other and folder.startswith(other) for other in usable))
    pairs = [(folder, f"{here}{tree_of(folder)}/") for folder in top]
    pairs += [
        (entry.original, f"{here}{entry.path}")
        for entry in manifest.files
        if not any(entry.original.startswith(folder) for folder in top)
    ]
    return [*((old, f"{here}{tree_of(new)}/") for old, new in manifest.aliases), *pairs]


def _environ(manifest: Manifest, root: Path) -> dict[str, str]:
    return {name: (root / tree_of(value)).as_posix() if is_full(value) else value for name, value in manifest.variables.items()}


def opened(settings: dict[str, Any], table: PathMapping) -> dict[str, Any]:
    """Lays the pack of a job out, in the worker's folder; returns settings of `bootstrap` whose paths lead into it.

    Args:
        settings: As of `bootstrap`; without ``pack`` they stay as they are.
        table: How the path of the pack is mapped.

    Raises:
        BootstrapError: The pack can't be laid out.
    """
    given = settings.get("pack")
    if not given:
        return settings
    if given not in _laid_out:
        _laid_out[given] = _lay_out(table.path(given))
    pack = _laid_out[given]
    os.environ.update(pack.environ)
    pairs = [*map(list, pack.pairs), *(settings.get("path_mapping") or ())]
    return {
        **settings, "filename": pack.filename(settings.get("filename")), "workspace": pack.workspace, "path_mapping": pairs,
    }  # fmt: skip


def _lay_out(manifest: str) -> Unpacked:
    folder = tempfile.mkdtemp(prefix="farmfutures-pack-", dir=stage.temp_folder())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # A worker's folder goes with it, by whatever end.
    try:
        return unpack(manifest, folder)
    except PackError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise BootstrapError(str(error)) from error
