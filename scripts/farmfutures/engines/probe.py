"""One small job that shows whether an engine runs calls, where, and by what; and if it does not, why."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from typing import Any

from ..checkup import Finding, note, ok, wrong
from ..errors import FarmFuturesError
from ..executor import Executor
from ..farm import Farm
from ..future import Future
from ..job import State

_TELL = f"{__name__}:tell"


def tell(folder: str) -> dict[str, Any]:
    """Says who runs this call; imported and called on the worker.

    Args:
        folder: The engine's folder, as workers should see it, "" where it has none.
    """
    from .. import __version__

    return {
        "host": platform.node(), "pid": os.getpid(), "python": platform.python_version(), "system": platform.system(),
        "release": __version__, "folder": _trouble(folder) if folder else "",
    }  # fmt: skip


def _trouble(folder: str) -> str:
    """Returns what is wrong with a folder, "" where nothing is."""
    try:
        os.listdir(folder)
    except OSError as error:
        return f"{error.strerror or error}"
    return "" if os.access(folder, os.W_OK) else "not writable"


def probe(name: str | None = None, timeout_s: float = 60.0, group: str = "this machine") -> Iterator[Finding]:
    """Runs a call from end to end, and yields what came of it.

    Args:
        name: The engine; the settings say which where it is None.
        timeout_s: How long it may take until the call is back, in seconds. Then it is ended.
        group: What findings are listed under.
    """
    started = time.perf_counter()
    try:
        executor = Executor(name)
        try:
            yield from _call(executor, name, timeout_s, started, group)
        finally:
            executor.shutdown(wait=False)  # What an engine does not end can't be waited for.
    except Exception as error:  # Whatever the call, the worker, or the engine of a third party comes up with.
        yield wrong("a call", f"{type(error).__name__}: {error}", "mend what it names, and look again", group)


def _call(executor: Executor, name: str | None, timeout_s: float, started: float, group: str) -> Iterator[Finding]:
    folder = _folder(executor)
    future = executor.submit_ext(_TELL, [folder], name="farmfutures: is the engine well?")
    try:
        said = future.result(timeout_s)
    except TimeoutError:
        if future.done():
            raise  # It is the call's own.
        yield _late(future, name, timeout_s, group)
    else:
        yield from _judge(said, folder, time.perf_counter() - started, group)


def _folder(executor: Executor) -> str:
    settings = executor.settings
    if executor.report.engine == "local":
        return str(settings.state)
    return settings.spool_seen_as or settings.spool


def _late(future: Future, name: str | None, timeout_s: float, group: str) -> Finding:
    """Ends a call that is not back, and says what keeps it."""
    with Farm(name) as farm:
        try:
            job = farm.job(future.job_id)
            why = farm.why(future.job_id).sentence if job.state is not State.RUNNING else "it is running, and does not end"
        except FarmFuturesError as error:
            why = f"nobody knows why ({error})"
        future.kill()
    text = f"job {future.job_id} was not back after {timeout_s:g} s, and was ended: {why}"
    return wrong("a call", text, "give it longer by --timeout where the engine is only busy; else mend what is said here", group)


def _judge(said: dict[str, Any], folder: str, took_s: float, group: str) -> Iterator[Finding]:
    from .. import __version__

    by = f"pid {said['pid']} on {said['host']}, {said['system']}, Python {said['python']}, farmfutures {said['release']}"
    yield ok("a call", f"was back after {took_s:.2f} s from {by}", group)
    if said["release"] != __version__:
        yield note("release", f"workers have {said['release']}, this is {__version__}", "let both have the same", group)
    if said["folder"]:
        advice = "mount it there, or say in the setting 'spool_seen_as' where workers see it"
        yield wrong("worker's folder", f"the worker on {said['host']} can't use {folder}: {said['folder']}", advice, group)
    elif folder:
        yield ok("worker's folder", f"{folder} is seen there, and can be written", group)
