"""Take copies of scenes out of their store when nobody needs them any more, and never before.

A scene stays while a job that uses it is not over. Whether it is over only the job's own engine knows: it is asked, with
the state folder that the job was submitted with and on that machine, or, where machines share a folder, on any that does.
Uses that can't be asked about hold their scene until somebody who can ask does: a scene too many is disk space, a scene too
few is a failed job. After the last job it stays for a while, since a failed job may be run again.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from farmfutures.engines.engine import Engine, shared
from farmfutures.errors import FarmFuturesError, NoSuchJobError
from farmfutures.job import State

from .reach import place, shared_folder
from .store import Store
from .uses import Use, uses

EVERY_S = 24 * 3600.0
"""A store is looked through once a day at most, whoever uses it."""

_STAMP = ".pruned"
_ABANDONED_S = 24 * 3600.0
_PAGE = 1

EndedS = Callable[[Use], float | None]
"""Says when a use was over, in Unix seconds; None where it is not, or nobody knows."""


def prune(store: Store, ended_s: EndedS, unused_s: float) -> list[Path]:
    """Removes the scenes that nobody needs, and what is left of writers that died.

    Args:
        store: Where.
        ended_s: Whom to ask about uses.
        unused_s: Seconds that a scene stays after it was stored, or after its last job was over.

    Returns:
        The folders that were removed.
    """
    _remove_abandoned(store)
    removed: list[Path] = []
    for folder in store.folders():
        with contextlib.suppress(OSError):  # Somebody else prunes too, or reads it (Windows): the next time will do.
            if _is_free(folder, ended_s, unused_s) and _remove(store, folder, ended_s, unused_s):
                removed.append(folder)
    return removed


def _is_free(folder: Path, ended_s: EndedS, unused_s: float) -> bool:
    touched = max((scene.stat().st_mtime for scene in _scenes(folder)), default=0.0)
    limit = time.time() - unused_s
    if touched > limit:
        return False  # Young: no need to ask anybody.
    ends = [ended_s(use) for use in uses(folder).values()]
    return all(end is not None and end <= limit for end in ends)


def _scenes(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


def _remove(store: Store, folder: Path, ended_s: EndedS, unused_s: float) -> bool:
    """Moves it out of the way first: nobody can begin to use it after the second look."""
    gone = store.claim(folder)
    if not _is_free(gone, ended_s, unused_s):
        store.restore(gone)  # Somebody noted a use while we looked.
        return False
    shutil.rmtree(gone, ignore_errors=True)
    return True


def _remove_abandoned(store: Store) -> None:
    """What was being written, or pruned, by a process that was killed."""
    for folder in store.unfinished():
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime > time.time() - _ABANDONED_S:
                continue
            if uses(folder):
                store.restore(folder)
            else:
                shutil.rmtree(folder, ignore_errors=True)


def asking(engine: Engine) -> EndedS:
    """Returns what asks this engine about uses; of other engines and other machines it knows nothing."""
    here = (engine.name, place(engine))
    anywhere = shared_folder(engine) is not None

    def ended_s(use: Use) -> float | None:
        if (use.engine, use.state) != here or not (anywhere or use.host == socket.gethostname()):
            return None
        try:
            return _ended_s(engine, use)
        except (FarmFuturesError, OSError):
            return None  # It does not answer: nobody knows.

    return ended_s


def _ended_s(engine: Engine, use: Use) -> float | None:
    if use.job is None:
        return None if _may_be_there(engine, use) else use.since_s
    try:
        row = engine.request("job", job=use.job)
    except NoSuchJobError:
        return use.since_s  # Over so long that its engine has forgotten it.
    return (row["finished_s"] or time.time()) if State(row["state"]).done else None


def _may_be_there(engine: Engine, use: Use) -> bool:
    """Its submitter may be about to hand it over, or have died after it did: then it is one of those not over."""
    # Imported late: most processes never prune.
    from farmfutures.worker import processes

    if use.host != socket.gethostname():
        return True  # Nobody here can tell whether that process lives.
    if processes.started(use.pid) is not None and use.started in ("", processes.started(use.pid)):
        return True
    return any(engine.request("jobs", limit=_PAGE, offset=0, state=state.value, user=None, search=None) for state in _NOT_OVER)


_NOT_OVER = tuple(state for state in State if not state.done)


def prune_later(store: Store, engine: Engine, unused_s: float) -> threading.Thread | None:
    """Prunes in a thread where that was not done today; returns the thread.

    Nobody waits for it, and a process that ends meanwhile loses nothing: each scene goes as a whole.
    """
    if not unused_s or not _is_due(store.root / _STAMP):
        return None
    shared.keep(engine)  # Whoever submitted may be done with it before we are: an engine that is closed is not to be asked.
    thread = threading.Thread(target=_prune_and_close, args=(store, engine, unused_s), name="farmfutures prune", daemon=True)
    thread.start()
    return thread


def _prune_and_close(store: Store, engine: Engine, unused_s: float) -> None:
    try:
        prune(store, asking(engine), unused_s)
    except OSError:
        pass  # The share went away, say. Tomorrow is another day.
    finally:
        shared.close(engine)


def _is_due(stamp: Path) -> bool:
    try:
        if stamp.stat().st_mtime > time.time() - EVERY_S:
            return False
    except FileNotFoundError:
        pass
    except OSError:
        return False
    try:
        stamp.touch()
    except OSError:
        return False  # Read-only for us: somebody else prunes.
    return True
