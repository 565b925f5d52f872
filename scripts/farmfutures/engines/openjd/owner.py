"""Whoever runs a session on this machine: what was started for it does not outlive it."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from ...worker import processes
from .place import Place

VARIABLE = "FARMFUTURES_OPENJD_HOST"
"""Its pid, where it said that. Others, AWS's worker agent among them, end what they have started themselves."""

PLACE = "FARMFUTURES_OPENJD_PLACE"
"""Where it reads what clients wish."""

_LOOK_S = 1.0
_LEFT = 75


def leave_with() -> None:
    """Has this process end soon after whoever runs its session, whatever it does then."""
    pid, since = _who()
    if since is not None:
        threading.Thread(target=_watch, args=(pid, since), name="farmfutures owner", daemon=True).start()


def place() -> Place | None:
    """Returns where whoever runs this process's session reads wishes; None where there is nobody."""
    path = os.environ.get(PLACE)
    return Place(Path(path)) if path and _who()[1] is not None else None


def _who() -> tuple[int, str | None]:
    pid = int(os.environ.get(VARIABLE) or 0)
    return pid, processes.started(pid) if pid else None


def _watch(pid: int, since: str) -> None:
    while processes.started(pid) == since:
        time.sleep(_LOOK_S)
    os._exit(_LEFT)
