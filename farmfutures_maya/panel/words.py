"""How numbers and times are said in the panel: short, and the same everywhere."""

from __future__ import annotations

import time

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def clock(seconds: float) -> str:
    """Returns a length of time with its seconds: ``0:07``, ``12:30``, ``1:02:03``."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // _MINUTE, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def about(seconds: float) -> str:
    """Returns a length of time as one would say it: ``8 s``, ``12 min``, ``3.5 h``, ``2 d``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * _MINUTE:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < 36 * _HOUR:
        return f"{seconds / _HOUR:.3g} h" if seconds < 10 * _HOUR else f"{seconds / _HOUR:.0f} h"
    return f"{seconds / _DAY:.0f} d"


def span(low_s: float, high_s: float) -> str:
    """Returns a range of time: ``8 - 12 min``, ``about 5 s``; the unit once where both have the same."""
    low, high = about(low_s), about(high_s)
    if low == high:
        return f"about {high}"
    number, _, unit = low.partition(" ")
    return f"{number} - {high}" if unit == high.partition(" ")[2] else f"{low} - {high}"


def age(at_s: float, now_s: float | None = None) -> str:
    """Returns how long ago something was: ``now``, ``8 s ago``, ``12 min ago``."""
    gone = (time.time() if now_s is None else now_s) - at_s
    return "now" if gone < 2 else f"{about(gone)} ago"


def when(at_s: float, now_s: float | None = None) -> str:
    """Returns a point in time: its hour today, its day before that."""
    there, here = time.localtime(at_s), time.localtime(now_s)
    if there[:3] == here[:3]:
        return time.strftime("%H:%M", there)
    return time.strftime("%d %b %H:%M" if there.tm_year == here.tm_year else "%d %b %Y", there)


def many(count: int, thing: str) -> str:
    """Returns a count with its noun: ``1 job``, ``2,000 jobs``."""
    return f"{count:,} {thing}{'s' * (count != 1)}"
