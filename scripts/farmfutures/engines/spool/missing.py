"""What becomes of work items whose chunk is gone: ordered again as long as that helps, cancelled where somebody took it away.

Nothing is done before the engine has said so, and the folder had the time to show what was written. What the engine does not
know is never taken for a failure.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ... import call as calls
from ...errors import FarmFuturesError, RefusedError, WorkerDiedError
from ...job import State
from ...spool import items as texts
from ...spool import orders
from ...spool.orders import OrderRecord
from ...spool.runs import OVER, Run
from .launcher import ChunkState
from .settle import settle
from .standing import Gone

if TYPE_CHECKING:
    from .handover import Handover
    from .job import Job

log = logging.getLogger("farmfutures.spool")

LOSSES = 3
"""A chunk that came to nothing so often in a row is given up."""

INTERRUPTIONS = 10
"""One that was lost with its machine, or that had to make room for somebody else, is given more time; so is one whose job
has more attempts."""


def mend(job: Job, handover: Handover, delay_s: float) -> None:
    """Does what is to be done about chunks that are gone.

    Raises:
        EngineUnavailableError: The engine can't be reached; it is tried again.
        OSError: The folder can't be read or written.
    """
    gone = job.standing.gone(delay_s)
    if not gone:
        return
    job.view.refresh()
    gone = [one for one in gone if not job.view.is_behind(one.text)]
    for one in gone:
        job.view.bury(one.text)
    marks = job.view.marks
    left = [work for one in gone for work in one.left]
    settle(job.view, [work for work in left if work in marks.killed], State.KILLED, gone=True)
    settle(job.view, [work for work in left if work in marks.cancelled - marks.killed], State.CANCELLED, gone=True)
    taken = [one for one in gone if one.stand.state is ChunkState.CANCELLED]
    settle(job.view, job.view.missing(work for one in taken for work in one.left), State.CANCELLED, gone=True)
    lost = [one for one in gone if one.stand.state is not ChunkState.CANCELLED and job.view.missing(one.left)]
    if lost and not marks.paused:
        _order_again(job, handover, lost)


def _order_again(job: Job, handover: Handover, lost: list[Gone]) -> None:
    again = []
    for one in lost:
        left = job.view.missing(one.left)
        _count(job.barren, one, left, {over.run for work in texts.parse(one.text) if (over := job.view.over.get(work))})
        if max(job.barren[work] for work in left) < _limit(job, one):
            again.append(texts.as_text(left))
        else:
            fail(job, left, WorkerDiedError(_given_up(job, one)))
    if again:
        log.warning("job %d: %s ended without all of its outcomes; ordered again", job.number, ", ".join(again[:5]))
        order(job, handover, again)


def _count(barren: Counter[int], one: Gone, left: Collection[int], runs: Collection[str]) -> None:
    """Counts for items that are left how often in a row their chunk brought no outcome at all."""
    fruitful = any(run.rpartition(".")[0] == texts.as_name(one.text) for run in runs)
    for work in left:
        barren[work] = 0 if fruitful else barren[work] + 1


def _limit(job: Job, one: Gone) -> int:
    """Returns how often a chunk may come to nothing. An item that takes its machine along is charged for that by runners."""
    last = _last_run(job, one)
    made_room = last is not None and last.state == OVER and bool(last.left) and not last.note
    if one.stand.state is ChunkState.LOST or made_room:
        return max(INTERRUPTIONS, int(job.view.package.spec["attempts"]))
    return LOSSES


def _last_run(job: Job, one: Gone) -> Run | None:
    return next(reversed(job.view.of_chunk(one.text)), None)


def order(job: Job, handover: Handover, items: Sequence[str], *, insist: bool = False) -> None:
    """Orders chunks once more.

    Args:
        job: The job.
        handover: Gives the order.
        items: The chunks.
        insist: Do so whatever others ordered in this moment. Otherwise what is missing is to be looked at again then.

    Raises:
        EngineUnavailableError: The engine can't be reached; the order is noted, and given when it can.
        OSError: The order can't be noted.
    """
    record = _intend(job, items)
    while record is None and insist:
        record = _intend(job, items)
    if record is None:
        return
    job.own.add(record.number)
    job.standing.add(record)
    give(job, handover)


def _intend(job: Job, items: Sequence[str]) -> OrderRecord | None:
    """Notes an order; None where another client, or thread, has just noted another one."""
    job.standing.reload()
    try:
        return orders.intend(job.view.folder, job.view.seal, job.engine, items, len(job.standing.orders))
    except FileExistsError:
        return None


def give(job: Job, handover: Handover, delay_s: float = 0.0) -> None:
    """Gives orders that were noted, and have no handle: their client died, or the engine was down.

    Args:
        job: The job.
        handover: Gives them.
        delay_s: How long another client is given to note the handle of its own order, in seconds.

    Raises:
        EngineUnavailableError: The engine can't be reached.
        OSError: The handle can't be noted.
    """
    with job.giving:
        for number in job.ungiven(delay_s):
            record = job.standing.orders[number]
            try:
                job.standing.add(handover.give_again(job.view, record))
            except RefusedError as error:
                job.standing.refuse(number)
                fail(job, job.view.missing(work for text in record.items for work in texts.parse(text)), error)


def fail(job: Job, works: Collection[int], error: FarmFuturesError) -> None:
    """Has work items fail with an error of ours."""
    settle(job.view, works, State.FAILED, calls.pack_failure(error), gone=True)


def _given_up(job: Job, one: Gone) -> str:
    last, engine = _last_run(job, one), job.engine
    times = max(job.barren[work] for work in one.left)
    what = f"items {one.text} of job {job.number} ({job.view.package.name}) were handed to {engine} {times} times"
    if last is None:
        return (
            f"{what}, and no worker ever said anything ({one.stand.why or one.stand.state}): 'farmfutures engines check "
            f"{engine}' looks whether workers see the folder {job.view.folder.root} and have a Python with farmfutures."
        )
    note = last.note or one.stand.why or f"{engine} says no more than {one.stand.state.value!r}"
    return f"{what}, and each time ended without an outcome, last on {last.host or 'an unknown host'}: {note}"
