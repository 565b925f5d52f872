"""farmfutures: hand calls over to a farm, get `concurrent.futures` futures back.

executor   Executor, Batch
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

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from . import _vendor
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
from .job import WorkerInfo as WorkerInfo
from .settings import Settings as Settings
from .worker.context import current_ids as current_ids
from .worker.context import progress as progress

__version__ = "0.1.0"

__all__ = [
    "Batch", "Executor", "Farm", "FarmFuturesError", "Future", "ItemInfo", "JobInfo", "Progress", "Settings", "State",
    "WorkerInfo", "as_completed", "current_ids", "map", "progress", "submit", "submit_ext",
]  # fmt: skip

_vendor.offer()

_lock = threading.Lock()
_default: Executor | None = None


def _executor() -> Executor:
    """The default executor, made on first use: importing this package starts nothing."""
    global _default
    with _lock:
        if _default is None or _default._closed:
            _default = Executor()
        return _default


def submit(fn: Callable[..., Any] | str, /, *args: Any, **kwargs: Any) -> Future:
    """`Executor.submit` of a default executor."""
    return _executor().submit(fn, *args, **kwargs)


def submit_ext(
    func: Callable[..., Any] | str, args: Iterable[Any] | None = None, kwargs: Mapping[str, Any] | None = None, **extra: Any
) -> Future:
    """`Executor.submit_ext` of a default executor."""
    return _executor().submit_ext(func, args, kwargs, **extra)


def map(fn: Callable[..., Any] | str, *iterables: Iterable[Any], **extra: Any) -> Iterator[Any]:
    """`Executor.map` of a default executor."""
    return _executor().map(fn, *iterables, **extra)


for _public in (
    Batch,
    Executor,
    Farm,
    Future,
    ItemInfo,
    JobInfo,
    Progress,
    Settings,
    State,
    WorkerInfo,
    as_completed,
    current_ids,
    progress,
):
    _public.__module__ = __name__
