"""What a call can ask and say while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from .._public import public

Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]
"""Positional and keyword arguments of a call."""

_QUIET_S = 0.05

_report: Callable[[float, float | None, str], None] | None = None
_last_s = 0.0
_ids: tuple[int, int] | None = None
_remarks: tuple[str, ...] = ()
_translate: Callable[[tuple[Any, ...], dict[str, Any]], Arguments] | None = None


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a bootstrap may return, beside a plain function that is called before the process ends.

    Attributes:
        goodbye: Called before the process ends, bounded in time.
        before_item: Called before each item that keeps the job's settings: puts back what the item before has changed. What
            it raises is the outcome of the item.
        before_item_s: Seconds that `before_item`, or a bootstrap for an item's own settings, may take. They are not part of
            the item's ``timeout_s``.
    """

    goodbye: Callable[[], object] | None = None
    before_item: Callable[[], object] | None = None
    before_item_s: float = 0.0


@public
def progress(done: float, total: float | None = None, message: str = "") -> None:
    """Says how far the running call is. Outside a worker it does nothing.

    More than 20 a second are left out, the last of all (``done == total``) never.

    Args:
        done: What is done, in any unit: frames, samples, bytes.
        total: All there is, in the same unit; None where that isn't known.
        message: A few words for people.
    """
    global _last_s
    if _report is None:
        return
    now = time.monotonic()
    if now - _last_s >= _QUIET_S or done == total:
        _last_s = now
        _report(done, total, message)


def on_progress(report: Callable[[float, float | None, str], None] | None) -> None:
    """Tells this module where progress of the running call goes."""
    global _report, _last_s
    _report, _last_s = report, 0.0


@public
def current_ids() -> tuple[int, int] | None:
    """Returns (job id, work id) of the call that is running in this process, or None outside a worker."""
    return _ids


def set_ids(ids: tuple[int, int] | None) -> None:
    """Tells this module what runs."""
    global _ids
    _ids = ids


def remarks() -> tuple[str, ...]:
    """Returns what the bootstrap found amiss with this interpreter's surroundings; calls that fail carry it as notes."""
    return _remarks


def set_remarks(texts: tuple[str, ...]) -> None:
    """Tells this module what is amiss. Each text is a sentence for people: a missing texture, say."""
    global _remarks
    _remarks = texts


def on_arguments(translate: Callable[[tuple[Any, ...], dict[str, Any]], Arguments] | None) -> None:
    """Has all calls from now on get their arguments through a function: a bootstrap maps the paths among them so."""
    global _translate
    _translate = translate


def arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
    """Returns the arguments of a call as this worker is to see them."""
    return (args, kwargs) if _translate is None else _translate(args, kwargs)
