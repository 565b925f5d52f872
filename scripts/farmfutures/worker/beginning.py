"""How a run begins: the job is read and checked, its items are taken over, and what is left of them is found."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..errors import OptionError, PackageError, SealError
from ..spool import fences, marks, package, runs
from ..spool import items as texts
from ..spool.fences import Fences
from ..spool.layout import JobFolder
from ..spool.runs import Run
from ..spool.seal import Seal
from .ahead import Ahead
from .chunk import Chunk
from .earlier import inherit
from .outbox import Outbox

_DELAY_S = 30.0
"""As long as the package does not say how late the folder may show what was written."""

_LOOK_S = 0.25
_ENGINE_IDS = ("FARMFUTURES_ENGINE_ID", "SLURM_ARRAY_JOB_ID", "SLURM_JOB_ID")


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has begun."""

    folder: JobFolder
    seal: Seal
    package: package.Package
    run: Run
    chunk: Chunk
    outbox: Outbox
    ahead: Ahead
    marks: marks.Marks
    poll_s: float


def begin(where: str | Path, items: str, told: Callable[[Run], object] | None) -> Begun:
    """Begins a run; see `runner.run_chunk`."""
    folder = JobFolder.at(where)
    seal = _seal(folder)
    try:
        about = _package(folder, seal)
        works = _works(items, about)
    except (SealError, PackageError, OptionError) as error:
        _refuse(folder, seal, items, error)
        raise
    run = _introduced(runs.begin(folder, items))
    run.python = " ".join(about.spec["launch"]["interpreter"])
    others = fences.take_over(folder, seal, run)
    wanted = marks.read(folder, seal)
    delay_s = float(about.limits.get("spool_delay_s", _DELAY_S))
    outbox = Outbox(folder, seal, run, told)
    outbox.say(now=True)
    outbox.write()  # From here on nothing counts that others write about these items.
    left = inherit(folder, seal, run, others, wanted.forgiven, works, delay_s)
    theirs = Fences(others).lost(run)
    chunk = Chunk(about, [work for work in works if work not in left.over and work not in theirs], left.tries)
    run.tries = chunk.tries
    poll_s = float(about.limits.get("spool_poll_s", 0.5))
    return Begun(folder, seal, about, run, chunk, outbox, Ahead(folder, about), wanted, poll_s)


def _introduced(run: Run) -> Run:
    """Returns a report that says who we are."""
    run.host, run.pid, run.release, run.started_s = socket.gethostname(), os.getpid(), __version__, time.time()
    run.engine_id = next((os.environ[name] for name in _ENGINE_IDS if name in os.environ), "")
    if "SLURM_ARRAY_TASK_ID" in os.environ:
        run.engine_id = f"{run.engine_id}_{os.environ['SLURM_ARRAY_TASK_ID']}"
    return run


def _seal(folder: JobFolder) -> Seal:
    if not folder.key.exists():  # One would be made, and nothing that is here would fit it.
        raise SealError(f"there is no key {folder.key}, so that nothing beside it can be trusted: restore it, or submit anew.")
    return Seal.of(folder.key)


def _package(folder: JobFolder, seal: Seal) -> package.Package:
    """Reads the header; a folder over a network may show it a little later than the command line came."""
    deadline = time.monotonic() + _DELAY_S
    while True:
        try:
            return package.read(folder, seal)
        except FileNotFoundError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_S)


def _works(items: str, about: package.Package) -> list[int]:
    works = texts.parse(items)
    if works and max(works) >= len(about):
        raise OptionError(f"--items {items}: job {about.job} has {len(about)} work items, counted from 0.")
    return list(dict.fromkeys(works))


def _refuse(folder: JobFolder, seal: Seal, items: str, error: Exception) -> None:
    """Says in the folder why nothing was run: whoever waits reads it there."""
    with contextlib.suppress(OSError):
        run = _introduced(runs.begin(folder, items))
        run.state, run.note = runs.REFUSED, str(error)
        runs.write(folder, seal, run)
