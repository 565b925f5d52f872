"""Packs the open scene with what it needs into a folder that travels, for farms without shared disks.

Files are found as a check finds them (inputs.py, looks.py): references, nested ones too, textures with all their tiles and
frames, caches, and the project's ``workspace.mel``. What files that are not Maya scenes name in their turn (layers of a USD
stage, what a stand-in reads) nobody here knows.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from pathlib import Path

from farmfutures.errors import PackError
from farmfutures.private import must_be_hidden

from . import _cmds_inputs, main_thread
from .aside import run_aside
from .checks import Progress, let_draw, place_here
from .disk import Place
from .environ import variables_in
from .inputs import Collector, Input
from .looks import Looks
from .manifest import Entry, Manifest, content, tree_of, unsafe
from .path_mapping import PathMapping
from .problems import Kind, Problem, Severity
from .scene import snapshot
from .session import require_maya

_CHUNK_BYTES = 1024 * 1024
_INCOMING = ".incoming"


@dataclass
class Packing:
    """What is going to be packed.

    Attributes:
        scene: The scene file, or the copy of the scene.
        place: Where that lies among the others.
        files: Full paths of all files, each once.
        problems: What is not going to be in the pack.
        size_bytes: How much all files hold.
    """

    scene: str
    place: str
    files: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])
    size_bytes: int = 0

    def __str__(self) -> str:
        lacking = f"; {len(self.problems)} problem(s)" if self.problems else ""
        return f"{len(self.files)} file(s), {self.size_bytes:,} bytes{lacking}"


@dataclass(frozen=True)
class Packed:
    """A packed scene.

    Attributes:
        manifest: The list of what is in it: what the option ``pack`` of a job and `unpack` take.
        files: How many files it has.
        size_bytes: How much they hold.
        copied_bytes: How much of that the pack did not hold before.
        problems: What is missing in it.
    """

    manifest: str
    files: int
    size_bytes: int
    copied_bytes: int
    problems: tuple[Problem, ...]


def pack(
    folder: str | os.PathLike[str], *, scene: str | None = None, mapping: PathMapping | None = None,
    confirm: Callable[[Packing], bool] | None = None, progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Packed:  # fmt: skip
    """Packs the open scene and all that it reads. The session stays as it is.

    Args:
        folder: The pack; several scenes may share one, and have what they share in it once.
        scene: The copy of the open scene, or the scene itself as it was saved. None: as it is on screen.
        mapping: Rules by which paths in the scene are found here.
        confirm: Called before anything is copied, with how many files and bytes it is and what is missing; False stops.
        progress: Called now and then with how much is done, of how much, and of what, as text: nodes, then bytes. Maybe in
            a thread.
        cancelled: Asked now and then, maybe in a thread; True stops.

    Returns:
        The pack of this state; the same state packed again is the same one. Files that are missing are in its problems.

    Raises:
        CancelledError: It was stopped. What was copied by then stays in the folder, and is not copied again.
        NotInMayaError: There is no running Maya in this process, or this is not its main thread.
        PackError: A file can't be read or copied.
        SnapshotError: The scene could not be copied.
        WaitCancelledError: Somebody pressed Esc in an interactive Maya.
    """
    require_maya("pack a scene")
    given = scene or snapshot().path
    place = place_here(mapping or PathMapping())
    stop = cancelled or (lambda: False)
    inputs = _collect(progress, stop)
    packing = run_aside(lambda stopped: _find(given, place, inputs, lambda: stop() or stopped()), "Looking for files to pack")
    used = {name: place.environ[name] for name in variables_in([item.path for item in inputs]) if name in place.environ}
    packing.problems += [*_of_unloaded(), *_of_secrets(used)]
    _say(progress, 0, packing.size_bytes, str(packing))
    if confirm is not None and not confirm(packing):
        raise CancelledError(f"packing was not confirmed: {packing}")
    variables = {name: value for name, value in used.items() if not must_be_hidden(name, value)}

    def copy(stopped: Callable[[], bool]) -> Packed:
        return _copy(packing, Path(folder).absolute(), place, variables, progress, lambda: stop() or stopped())

    return run_aside(copy, f"Packing {packing}")


def _say(progress: Progress | None, done: int, total: int, text: str) -> None:
    if progress is not None:
        progress(done, total, text)


def _go_on(stop: Callable[[], bool]) -> None:
    if stop():
        raise CancelledError("packing was stopped before everything was packed")


def _collect(progress: Progress | None, stop: Callable[[], bool]) -> list[Input]:
    collector = Collector()
    with main_thread.mailbox.hold():
        for _ in collector.run():
            _say(progress, collector.seen, 0, "nodes")
            _go_on(stop)
            let_draw(clicks=progress is not None)
    return collector.inputs


def _of_unloaded() -> list[Problem]:
    cause = "the reference is not loaded, so that nobody knows which files it needs"
    return [
        Problem(Kind.REFERENCE, Severity.WARNING, cause, node, "Load it and pack again, if the job needs them.")
        for node in _cmds_inputs.unloaded_references()
    ]


def _of_secrets(used: dict[str, str]) -> list[Problem]:
    cause = "paths in the scene use it and it looks like a secret, so that its value is not in the pack"
    fix = "Name the variable otherwise, or write the paths without it."
    return [
        Problem(Kind.VARIABLE, Severity.ERROR, cause, f"the variable {name}", fix)
        for name, value in sorted(used.items())
        if must_be_hidden(name, value)
    ]


def _find(given: str, place: Place, inputs: list[Input], stop: Callable[[], bool]) -> Packing:
    """Looks for all files; in a thread, without Maya."""
    looks, found = Looks(place), dict.fromkeys([_full(given)])
    base = os.path.join(place.scene_folder or place.workspace or os.path.dirname(given), os.path.basename(given))
    packing = Packing(_full(given), _full(base))
    for wanted in inputs:
        _go_on(stop)
        looked = looks.at_input(wanted)
        packing.problems += looked.problems
        if looked.path:
            found.update(dict.fromkeys(map(_full, looks.disk.find(looked.path))))
    project = os.path.join(place.workspace, "workspace.mel")
    if place.workspace and os.path.isfile(project):
        found[_full(project)] = None
    for path in found:
        _take(packing, path)
    return packing


def _full(path: str) -> str:
    return os.path.abspath(path).replace(os.sep, "/")


def _take(packing: Packing, path: str) -> None:
    why = unsafe(tree_of(_name(packing, path)))
    if why:
        cause = f"its path {why}, so that it can't be laid out on the worker"
        packing.problems.append(Problem(Kind.LOCAL_PATH, Severity.ERROR, cause, path, "Rename the file.", path))
        return
    try:
        packing.size_bytes += os.path.getsize(path)
    except OSError as error:
        raise PackError(f"{path} can't be packed: {error.strerror or error}.") from error
    packing.files.append(path)


def _name(packing: Packing, path: str) -> str:
    """Returns the path under which a file is laid out: the copy of a scene lies where the scene does."""
    return packing.place if path == packing.scene else path


def _copy(
    packing: Packing, folder: Path, place: Place, variables: dict[str, str], progress: Progress | None, stop: Callable[[], bool]
) -> Packed:
    entries: list[Entry] = []
    copied = done = 0
    incoming = folder / _INCOMING / uuid.uuid4().hex  # Others may pack into the same folder, from other machines too.
    try:
        for path in packing.files:
            _go_on(stop)
            entry, more = _keep(path, _name(packing, path), folder, incoming, stop)
            entries.append(entry)
            copied, done = copied + more, done + entry.size_bytes
            _say(progress, done, packing.size_bytes, path)
        scene = tree_of(packing.place)
        aliases = [(old, new) for old, new in place.mapping if any(entry.original.startswith(new) for entry in entries)]
        manifest = Manifest(scene, packing.scene, place.workspace, variables, aliases, tuple(entries)).write(folder)
    except OSError as error:
        raise PackError(f"the scene can't be packed into {folder}: {error}.") from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
        _remove_if_empty(incoming.parent)
    return Packed(manifest.as_posix(), len(entries), done, copied, tuple(packing.problems))


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # Another one packs, too.


def _keep(path: str, name: str, folder: Path, incoming: Path, stop: Callable[[], bool]) -> tuple[Entry, int]:
    """Puts a file's content into the pack, if it is not there; returns how many bytes were copied, too."""
    digest, size = _read(path, None, stop)
    target = content(folder, digest)
    entry = Entry(tree_of(name), name, digest, size)
    if target.is_file() and target.stat().st_size == size:
        return entry, 0
    incoming.mkdir(parents=True, exist_ok=True)
    if _read(path, incoming / digest, stop) != (digest, size):
        raise PackError(f"{path} was written while it was packed: pack again when it is whole.")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(incoming / digest, target)
    return entry, size


def _read(path: str, target: Path | None, stop: Callable[[], bool]) -> tuple[str, int]:
    """Returns digest and size of a file, and copies it while it is read."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as reader, open(target or os.devnull, "wb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            _go_on(stop)
            digest.update(chunk)
            size += len(chunk)
            if target is not None:
                writer.write(chunk)
    return digest.hexdigest(), size
