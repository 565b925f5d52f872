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
from ...spool.runs import Run
from .view import JobView

_LOOK_S = 0.05


def settle(view: JobView, works: Collection[int], state: State, payload: bytes = b"", *, gone: bool = False) -> list[int]:
    """Says that these work items ended.

    Args:
        view: Their job.
        works: Items that are not over, as far as is known, and that no runner has.
        state: How they ended.
        payload: The packed outcome, b"" where there is none.
        gone: The engine has said that whoever had them is no more. Otherwise items are left that somebody turns out to have.

    Returns:
        Those that did: others have ended, or begun, in another way in this moment.

    Raises:
        OSError: The folder can't be read or written.
    """
    left = set(works)
    while left:
        run = _begin(view, left, f"{state} by the client")
        others = fences.take_over(view.folder, view.seal, run)
        free = left if gone else left - _busy(view, run, others)
        if free == left:
            return _say(view, run, others, state, payload)
        run.accepted = {}  # It takes nothing over, and says so.
        runs.write(view.folder, view.seal, run)
        left = free
    return []


def _begin(view: JobView, works: Collection[int], note: str) -> Run:
    run = runs.begin(view.folder, texts.as_text(sorted(works)))
    run.state, run.host, run.pid, run.release = runs.OVER, socket.gethostname(), os.getpid(), __version__
    run.started_s, run.note = time.time(), note
    return run


def _busy(view: JobView, run: Run, others: Collection[Run]) -> set[int]:
    """Returns the items that others may be at work on; of those that have said nothing yet all that their names allow."""
    found = {work for other in others for work in view.holds(other)}
    silent = run.accepted.keys() - {other.name for other in others} - view.gone
    wanted = set(texts.parse(run.items))
    return found.union(*(runs.shared(name, wanted) for name in silent))


def _say(view: JobView, run: Run, others: Collection[Run], state: State, payload: bytes) -> list[int]:
    with view.lock:
        view.admit(run)
        view.refresh()
        theirs = Fences(others).lost(run)
        mine = [work for work in view.missing(texts.parse(run.items)) if work not in theirs]
        said = [_outcome(view, work, state, payload) for work in mine]
    outcomes.write(view.folder, view.seal, run.name, 0, said)
    run.bundles = 1
    runs.write(view.folder, view.seal, run)
    view.admit(run)
    lost = _lost(view, run)
    view.refresh()
    return [work for work in mine if work not in lost]


def _outcome(view: JobView, work: int, state: State, payload: bytes) -> Outcome:
    # 0 where it never ran; more only where it was over before, so that this counts and that does not.
    attempt = view.marks.forgiven.get(work, -1) + 1
    return Outcome(work, attempt, state, None, time.time(), payload)


def _lost(view: JobView, run: Run) -> Collection[int]:
    """Returns what runs took over that began together with ours. One that has said nothing yet may still do so."""
    deadline = time.monotonic() + fences.FIRST_WORD_S
    others, silent = fences.others_of(view.folder, view.seal, run)
    while set(silent) - view.gone and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
        others, silent = fences.others_of(view.folder, view.seal, run)
    return Fences(others).lost(run)
