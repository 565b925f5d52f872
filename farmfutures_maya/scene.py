"""Copy the open scene, leaving the session as it was.

The scene is *exported*, never renamed, saved and renamed back: that clears the modified flag, so that the artist loses
work without being asked; it fires save callbacks, on which pipelines release locks and write ids into nodes; and it
gives a name to an untitled scene. ``exportAll`` does none of this. Its type stays what it is: changing it fails as soon
as a scene holds nodes of plug-ins that are not there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from farmfutures.errors import SnapshotError

from . import _cmds
from .session import require_maya
from .store import Store, digest_of, open_store

_EXTENSIONS = {"mayaAscii": ".ma", "mayaBinary": ".mb"}
_SIDE_FILES = ("xgmPalette", "pgYetiMaya", "HairFromGuidesNode")
"""Node types whose tools write files of their own when a scene is *saved*; an export does not make them do so."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a scene.

    Attributes:
        path: The copy.
        digest: What its content goes by.
        type: ``"mayaAscii"`` or ``"mayaBinary"``.
        size_bytes: Its size.
        source: The scene that it is a copy of, "" if that was untitled.
        exported: True if Maya wrote it; False if the file of a saved scene was copied.
        warnings: What the copy may lack, in sentences.
    """

    path: str
    digest: str
    type: str
    size_bytes: int
    source: str
    exported: bool
    warnings: tuple[str, ...] = ()


def snapshot(target: str | os.PathLike[str] | None = None, shared: Path | None = None) -> Snapshot:
    """Copies the open scene as it is on screen.

    Args:
        target: A folder to keep copies in, or a path that ends in ``.ma`` or ``.mb``: then the copy is exactly there.
        shared: A folder that workers on other machines see, for want of a better one.

    Raises:
        NotInMayaError: There is no running Maya in this process, or this is not its main thread.
        SnapshotError: It could not be written; the session is as it was.
    """
    require_maya("create a tempfile")
    file = None if target is None or not os.fspath(target).lower().endswith((".ma", ".mb")) else Path(target).absolute()
    name, kind = _cmds.scene_name(), _cmds.scene_type()
    if kind not in _EXTENSIONS:
        kind = "mayaAscii"  # The scene was opened from another format: FBX, for one. Maya would save it so too.
    if file is not None and file.suffix.lower() != _EXTENSIONS[kind]:
        raise SnapshotError(
            f"the scene is {kind}, so that its copy can't be {file.name}: give it the ending {_EXTENSIONS[kind]}."
        )
    beside, tools = _found_beside(name), _side_file_tools()
    if (beside or tools) and target is None and _is_saved(name):
        # Submitted as it is: from its folder these references and files are found, from the store's they are not.
        path = Path(name)
        return Snapshot(name, digest_of(path), kind, path.stat().st_size, name, exported=False)
    store = _store(None if file is not None else target, file, name, shared)
    incoming = store.incoming(file.name if file is not None else _base(name, kind))
    try:
        exported = _write(name, kind, incoming)
        path, digest = _place(store, incoming, file)
    except OSError as error:
        raise SnapshotError(f"the scene can't be copied to {store.root}: {error.strerror or error}.") from error
    finally:
        store.discard(incoming)
        if file is not None:
            store.leave()
    warnings = tuple(_warnings(exported, beside, tools))
    return Snapshot(os.fspath(path), digest, kind, path.stat().st_size, name, exported, warnings)


def _is_saved(name: str) -> bool:
    """Returns whether nothing is in memory that the scene's file does not have."""
    return bool(name) and not _cmds.is_modified() and os.path.isfile(name)


def _found_beside(name: str) -> list[str]:
    """Returns the references that are found because they lie beside the scene, not through the project."""
    if not name:
        return []
    folder, project = os.path.dirname(name), _cmds.workspace_root()
    plain = [path for path in _cmds.references() if not os.path.isabs(path) and "//" not in path and "$" not in path]
    return [
        path for path in plain if os.path.isfile(os.path.join(folder, path)) and not os.path.isfile(os.path.join(project, path))
    ]


def _store(target: str | os.PathLike[str] | None, file: Path | None, name: str, shared: Path | None) -> Store:
    if file is not None:  # Written beside its target, so that it gets there by one rename.
        return open_store(file.parent, scene=name, workspace="", environ={})
    project = _cmds.workspace_root().rstrip("/")
    return open_store(target, scene=name, workspace=project, environ=os.environ, shared=shared)


def _base(name: str, kind: str) -> str:
    return os.path.basename(name) or "untitled" + _EXTENSIONS[kind]


def _place(store: Store, incoming: Path, file: Path | None) -> tuple[Path, str]:
    if file is None:
        return store.keep(incoming)
    digest = digest_of(incoming)
    os.replace(incoming, file)
    return file, digest


def _write(name: str, kind: str, incoming: Path) -> bool:
    """Writes the scene to `incoming`; returns whether Maya did it."""
    if _is_saved(name):  # A copy, not the path: the artist saves over it tomorrow.
        shutil.copyfile(name, incoming)
        return False
    with _undisturbed():
        try:
            _cmds.export_all(incoming.as_posix(), kind)
        except RuntimeError as error:
            raise SnapshotError(_why_not(error)) from error
    if not incoming.is_file():
        raise SnapshotError(f"Maya exported the scene without an error, but {incoming} is not there. Is the disk full?")
    return True


@contextlib.contextmanager
def _undisturbed() -> Generator[None, None, None]:
    """Keeps dialogs closed, and puts back what an export is not supposed to change, whatever happens."""
    name, prompt, modified, selection = _cmds.scene_name(), _cmds.prompt(), _cmds.is_modified(), _cmds.selection()
    with contextlib.ExitStack() as back:  # Each is put back, even where another can't be.
        back.callback(_restore_modified, modified)
        back.callback(_restore_selection, selection)
        back.callback(_cmds.set_prompt, prompt)
        _cmds.set_prompt(False)
        yield
    if _cmds.scene_name() != name:
        raise SnapshotError(
            f"while the scene was copied, something named it {_cmds.scene_name()} (it was {name or 'untitled'}): look for a "
            "callback of an export that renames scenes, and give the scene its name back."
        )


def _restore_modified(modified: bool) -> None:
    if _cmds.is_modified() != modified:
        _cmds.set_modified(modified)


def _restore_selection(selection: list[str]) -> None:
    if _cmds.selection() != selection:
        with _cmds.no_undo():  # The artist did not select anything: there is nothing to undo.
            _cmds.set_selection(selection)


def _why_not(error: RuntimeError) -> str:
    text = str(error).strip()
    unknown = _cmds.unknown_plugins()
    if "unknown data" in text and unknown:
        names = ", ".join(unknown)
        return f"the scene can't be copied: it needs plug-ins that are not loaded ({names}). Maya says: {text}"
    return f"the scene can't be copied; nothing was changed in the session. Maya says: {text}"


def _side_file_tools() -> list[str]:
    return [kind for kind in _SIDE_FILES if _cmds.nodes_of_type(kind)]


def _warnings(exported: bool, beside: list[str], tools: list[str]) -> Iterator[str]:
    if beside:
        yield (
            f"{', '.join(beside)} may not be found from the copy of the scene: these references are relative to the "
            "folder of the scene. Make them relative to the project, or absolute."
        )
    if tools and exported:
        yield (
            f"the scene has {', '.join(tools)} nodes, whose files are written beside it when it is saved, not when it is "
            "copied: save the scene first, and it is submitted as it was saved."
        )
