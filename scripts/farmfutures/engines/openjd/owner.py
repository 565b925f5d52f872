"""Whoever runs a session on this machine: what was started for it does not outlive it."""

from __future__ import annotations

import os
import threading
import time

from ...worker import processes

VARIABLE = "FARMFUTURES_OPENJD_HOST"
"""Its pid, where it said that. Others, AWS's worker agent among them, end what they have started themselves."""

_LOOK_S = 1.0
_LEFT = 75


def leave_with() -> None:
    """Has this process end soon after whoever runs its session, whatever it does then."""
    pid = int(os.environ.get(VARIABLE) or 0)
    since = processes.started(pid) if pid else None
    if since is not None:
        threading.Thread(target=_watch, args=(pid, since), name="farmfutures owner", daemon=True).start()


def _watch(pid: int, since: str) -> None:
    while processes.started(pid) == since:
        time.sleep(_LOOK_S)
    os._exit(_LEFT)
