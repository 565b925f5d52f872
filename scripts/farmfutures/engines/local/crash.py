"""Named points at which a test has the broker die. Compiled in, off unless ``FARMFUTURES_CRASH`` names one.

``FARMFUTURES_CRASH=flush:7:/tmp/mark`` ends the process, as ``kill -9`` would, when it comes to the point ``flush`` for the
7th time, and makes the file; where the file is there already, it has happened.
"""

from __future__ import annotations

import os

_wanted, _count, _mark = (os.environ.get("FARMFUTURES_CRASH") or ":0:").split(":", 2)
_left = int(_count)

POINTS = (
    "swept", "recovered", "announced", "woken", "heard", "read", "loaded", "claimed", "handed out", "written", "booked", "told",
    "committing", "committed", "flush", "flushed",
)  # fmt: skip
"""In the order in which a broker comes to them."""


def point(name: str) -> None:
    """Dies here, if that is asked for."""
    global _left
    if _wanted == name:
        _left -= 1
        if _left <= 0 and not os.path.exists(_mark):
            os.close(os.open(_mark, os.O_CREAT | os.O_EXCL))
            os._exit(137)
