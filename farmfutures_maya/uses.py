"""Who needs a stored scene: a small file beside it for each job, which is its reference count.

    STORE/ab/abcdef.../shot.ma
    STORE/ab/abcdef.../.uses/4f0c....json      one job that opens it

A count in one file would have to be locked, which network shares do badly; a file for each job is made and removed
without asking anybody. It is written *before* the job is handed over and gets the job's id afterwards, so that there is
no moment in which a job's scene looks unused, whatever dies.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import socket
import time
import uuid
from collections.abc import Generator, Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from farmfutures.errors import SceneNotFoundError

from .atomic import write_text

FOLDER = ".uses"

_DIGEST_LETTERS = 64


@dataclass(frozen=True, slots=True)
class Use:
    """One job that needs a scene.

    Attributes:
        host: The machine that submitted it. Where its engine has no other, only there it can be asked.
        engine: The name of the engine.
        state: The engine's state folder, or the folder that its machines share.
        job: The job's id; None until it was handed over.
        pid: The process that submits it.
        started: What tells that process from a later one with the same id, "" where the system doesn't say.
        since_s: When it was noted, in Unix seconds.
    """

    host: str
    engine: str
    state: str
    job: int | None = None
    pid: int = 0
    started: str = ""
    since_s: float = 0.0

    @classmethod
    def of_this_process(cls, engine: str, state: str | os.PathLike[str]) -> Use:
        """Returns a use by a job that this process is about to submit."""
        pid = os.getpid()
        return cls(socket.gethostname(), engine, os.fspath(state), None, pid, _started(pid), time.time())


@functools.lru_cache(1)
def _started(pid: int) -> str:
    # Imported late: most processes never submit a stored scene.
    from farmfutures.worker import processes

    return processes.started(pid) or ""


def is_stored(scene: str | os.PathLike[str]) -> bool:
    """Returns whether this is the path of a scene in a store, by the look of it."""
    folder = Path(scene).parent
    return len(folder.name) == _DIGEST_LETTERS and folder.parent.name == folder.name[:2]


@contextlib.contextmanager
def noted(scenes: Iterable[str], use: Use) -> Generator[list[Path], None, None]:
    """Notes a use of each stored scene; takes it back where the job was not handed over.

    Args:
        scenes: Paths; those that are in no store are passed over.
        use: Who needs them.

    Returns:
        In the ``with`` block, the files that say so: give them to `confirm` with the job's id.

    Raises:
        SceneNotFoundError: A scene is gone from its store.
    """
    notes: list[Path] = []
    try:
        for scene in sorted({scene for scene in scenes if is_stored(scene)}):
            notes.append(_note(Path(scene), use))
        yield notes
    except Exception:  # After a KeyboardInterrupt nobody knows whether the job was handed over: the notes stay.
        for note in notes:
            note.unlink(missing_ok=True)
        raise


def _note(scene: Path, use: Use) -> Path:
    note = scene.parent / FOLDER / f"{uuid.uuid4().hex}.json"
    with contextlib.suppress(FileNotFoundError):  # Nothing to count where there is no scene, which is said below.
        note.parent.mkdir(exist_ok=True)
        _write(note, use)
    if not scene.is_file():  # Looked at after it was noted: from there on nobody prunes it.
        note.unlink(missing_ok=True)
        raise SceneNotFoundError(
            f"the copy of the scene {scene} is not there any more: call create_tempfile() again, and submit again."
        )
    return note


def confirm(notes: Iterable[Path], use: Use, job: int) -> None:
    """Says which job it became. A note that can't be written again stays as it was, and holds the scene no less."""
    for note in notes:
        with contextlib.suppress(OSError):
            _write(note, replace(use, job=job))


def _write(note: Path, use: Use) -> None:
    write_text(note, json.dumps(asdict(use)))


def uses(folder: Path) -> dict[Path, Use]:
    """Returns the uses of the scenes in a folder of a store, by the files that say so."""
    found: dict[Path, Use] = {}
    for note in sorted((folder / FOLDER).glob("*.json")):
        with contextlib.suppress(FileNotFoundError):  # Released meanwhile.
            found[note] = _read(note)
    return found


def _read(note: Path) -> Use:
    known = {item.name for item in fields(Use)}
    try:
        values: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        return Use(**{name: value for name, value in values.items() if name in known})
    except (ValueError, TypeError, AttributeError):
        return Use("unknown", "unknown", "")  # Somebody's that can't be read: it holds, since nobody can be asked.
