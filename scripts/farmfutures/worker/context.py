"""What a call can ask and say while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable

_QUIET_S = 0.05

_report: Callable[[float, float | None, str], None] | None = None
_last_s = 0.0
_ids: tuple[int, int] | None = None


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


def current_ids() -> tuple[int, int] | None:
    """Returns (job id, work id) of the call that is running in this process, or None outside a worker."""
    return _ids


def set_ids(ids: tuple[int, int] | None) -> None:
    """Tells this module what runs."""
    global _ids
    _ids = ids
