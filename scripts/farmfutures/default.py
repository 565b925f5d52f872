"""`submit`, `map` and the like of an executor that nobody has to make."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ._public import public
from .executor import Executor
from .future import Future

_lock = threading.Lock()
_default: Executor | None = None


def _executor() -> Executor:
    """The default executor, made on first use."""
    global _default
    with _lock:
        if _default is None or _default._closed:
            _default = Executor()
        return _default


@public
def submit(fn: Callable[..., Any] | str, /, *args: Any, **kwargs: Any) -> Future:
    """`Executor.submit` of a default executor."""
    return _executor().submit(fn, *args, **kwargs)


@public
def submit_ext(
    func: Callable[..., Any] | str, args: Iterable[Any] | None = None, kwargs: Mapping[str, Any] | None = None, **extra: Any
) -> Future:
    """`Executor.submit_ext` of a default executor."""
    return _executor().submit_ext(func, args, kwargs, **extra)


@public
def map(fn: Callable[..., Any] | str, *iterables: Iterable[Any], **extra: Any) -> Iterator[Any]:
    """`Executor.map` of a default executor."""
    return _executor().map(fn, *iterables, **extra)
