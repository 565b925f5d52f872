"""The client's own word on how work items ended that nobody runs: cancelled before they started, or given up.

It says so as a runner does, by a run of its own that takes the items over. So it counts for everybody, a runner that starts
later finds nothing to do, and what one wrote that was not seen yet goes first.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection

from ... import __version__
from ...job import State
from ...spool import fences, outcomes, runs
from ...spool import items as texts
from ...spool.fences import Fences
from ...spool.outcomes import Outcome
from .view import JobView

_LOOK_S = 0.05


def settle(view: JobView, works: Collection[int], state: State, payload: bytes = b"") -> list[int]:
    """Says that these work items ended.

    Args:
        view: Their job.
        works: Items that are not over, as far as is known, and that no runner has.
        state: How they ended.
        payload: The packed outcome, b"" where there is none.

    Returns:
        Those that did: others have ended, or begun, in another way in this moment.

    Raises:
        SealError: A report is not ours.
        OSError: The folder can't be written.
    """
    if not works:
        return []
    folder, seal = view.folder, view.seal
    run = runs.begin(folder, texts.as_text(sorted(works)))
    run.state, run.host, run.pid, run.release = runs.OVER, socket.gethostname(), os.getpid(), __version__
    run.started_s, run.note = time.time(), f"{state} by the client"
    others = fences.take_over(folder, seal, run)
    with view.lock:
        view.admit(run)
        view.refresh()
        mine = [work for work in view.missing(sorted(works)) if work not in Fences(others).lost(run)]
        said = [_outcome(view, work, state, payload) for work in mine]
    outcomes.write(folder, seal, run.name, 0, said)
    run.bundles = 1
    runs.write(folder, seal, run)
    view.admit(run)
    lost = _lost(view, run)
    view.refresh()
    return [work for work in mine if work not in lost]


def _outcome(view: JobView, work: int, state: State, payload: bytes) -> Outcome:
    # 0 where it never ran; more only where it was over before, so that this counts and that does not.
    attempt = view.marks.forgiven.get(work, -1) + 1
    return Outcome(work, attempt, state, None, time.time(), payload)


def _lost(view: JobView, run: runs.Run) -> Collection[int]:
    """Returns what runs took over that began together with ours. One that has said nothing yet may still do so."""
    deadline = time.monotonic() + fences.FIRST_WORD_S
    others, silent = fences.others_of(view.folder, view.seal, run)
    while silent and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
        others, silent = fences.others_of(view.folder, view.seal, run)
    return Fences(others).lost(run)
