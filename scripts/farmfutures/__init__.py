"""farmfutures: hand calls over to a farm, get `concurrent.futures` futures back.

executor   Executor, Batch
default    submit, map: of an executor that nobody has to make
rehearsal  a job tried before it is submitted
future     Future: ids, status, log, progress, kill
farm       Farm: look at and steer what is on an engine
job        plain data: State, JobInfo, ItemInfo, ...
errors     the error tree, drawn
checkup    whether this machine has what all of this needs
redact     secrets and names taken out of what others see
settings   one settings file and FARMFUTURES_* variables
call       calls and outcomes to bytes and back
engines    where jobs run
worker     what runs the calls
cli        the ``farmfutures`` command
maya       the door to the Maya side
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _vendor

if TYPE_CHECKING:
    from .default import map as map
    from .default import submit as submit
    from .default import submit_ext as submit_ext
    from .engines.registry import Engines as Engines
    from .engines.registry import available_engines as available_engines
    from .engines.report import Feature as Feature
    from .engines.report import Report as Report
    from .engines.report import Support as Support
    from .errors import FarmFuturesError as FarmFuturesError
    from .executor import Batch as Batch
    from .executor import Executor as Executor
    from .farm import Farm as Farm
    from .future import Future as Future
    from .future import as_completed as as_completed
    from .job import ItemInfo as ItemInfo
    from .job import JobInfo as JobInfo
    from .job import Progress as Progress
    from .job import State as State
    from .job import Waiting as Waiting
    from .job import WorkerInfo as WorkerInfo
    from .settings import Settings as Settings
    from .worker.context import current_ids as current_ids
    from .worker.context import progress as progress

__version__ = "0.1.0"

__all__ = [
    "Batch", "Engines", "Executor", "Farm", "FarmFuturesError", "Feature", "Future", "ItemInfo", "JobInfo", "Progress",
    "Report", "Settings", "State", "Support", "Waiting", "WorkerInfo", "as_completed", "available_engines", "current_ids",
    "map", "progress", "submit", "submit_ext",
]  # fmt: skip

_ROOMS = {
    "Batch": "executor", "Engines": "engines.registry", "Executor": "executor", "Farm": "farm", "FarmFuturesError": "errors",
    "Feature": "engines.report", "Future": "future", "ItemInfo": "job", "JobInfo": "job", "Progress": "job",
    "Report": "engines.report", "Settings": "settings", "State": "job", "Support": "engines.report", "Waiting": "job",
    "WorkerInfo": "job", "as_completed": "future", "available_engines": "engines.registry", "current_ids": "worker.context",
    "map": "default", "progress": "worker.context", "submit": "default", "submit_ext": "default",
}  # fmt: skip
"""Rooms are opened when somebody asks for what is in them: a Maya that starts pays for none."""

_vendor.offer()


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{_ROOMS[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
