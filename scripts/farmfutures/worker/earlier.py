"""What earlier runs of a chunk leave to the one that goes on from them: which items are over, and what the others have tried."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..errors import SealError
from ..spool import outcomes, runs
from ..spool.fences import Fences
from ..spool.layout import JobFolder
from ..spool.outcomes import Outcome
from ..spool.runs import Run
from ..spool.seal import Seal
from .page import last_words

_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a run goes on from.

    Attributes:
        over: Items that have an outcome which counts.
        tries: For others how often they ran, and how often of these they were lost.
    """

    over: frozenset[int]
    tries: Mapping[int, tuple[int, int]]


def inherit(
    folder: JobFolder, seal: Seal, run: Run, others: Collection[Run], forgiven: Mapping[int, int], works: Iterable[int],
    delay_s: float,
) -> Inheritance:  # fmt: skip
    """Reads what other runs of a run's items have left.

    Args:
        folder: The job's folder.
        seal: The user's seal.
        run: The run, which has taken its items over.
        others: The others.
        forgiven: For items that are to run again, up to which attempt their outcomes don't count.
        works: The run's items.
        delay_s: How late the folder may show what others wrote, in seconds.

    Raises:
        OSError: An outcome that was written can't be read.
    """
    fences = Fences([*others, run])
    wanted = set(works)
    attempts: dict[int, int] = {}
    for other in others:
        for number, bundle in enumerate(_bundles(folder, seal, other, run, delay_s)):
            for one in bundle:
                if one.work in wanted and fences.counts(other.name, number, one.work):
                    attempts[one.work] = max(attempts.get(one.work, 0), one.attempt)
    over = {work for work, attempt in attempts.items() if attempt > forgiven.get(work, -1)}
    return Inheritance(frozenset(over), _tries(folder, others, wanted - over, attempts, forgiven))


def _bundles(folder: JobFolder, seal: Seal, other: Run, run: Run, delay_s: float) -> Iterable[list[Outcome]]:
    """Yields the bundles of another run that may count, waiting for those that the folder does not show yet."""
    deadline = time.monotonic() + delay_s
    for number in range(min(other.bundles, run.accepted.get(other.name, other.bundles))):
        while True:
            try:
                yield _read(folder, seal, other.name, number)
                break
            except FileNotFoundError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_LOOK_S)


def _read(folder: JobFolder, seal: Seal, run: str, number: int) -> list[Outcome]:
    try:
        return outcomes.read(folder, seal, run, number)
    except SealError as error:
        print(f"farmfutures: {error} Its items run again.", file=sys.stderr, flush=True)
        return []


def _tries(
    folder: JobFolder, others: Collection[Run], works: Collection[int], attempts: Mapping[int, int], forgiven: Mapping[int, int]
) -> dict[int, tuple[int, int]]:
    """Returns what items have behind them; those that runs had in hand when they were lost were lost with them."""
    found = {work: (max(attempts.get(work, 0), forgiven.get(work, 0)), 0) for work in works}
    for other in others:
        for work, (count, lost) in other.tries.items():
            _keep_most(found, work, count, lost, forgiven)
        work, attempt = in_hand(folder, other)
        if work in found and attempt > attempts.get(work, 0):
            _keep_most(found, work, attempt, other.tries.get(work, (0, 0))[1] + 1, forgiven)
    return {work: tried for work, tried in found.items() if tried != (0, 0)}


def _keep_most(
    found: dict[int, tuple[int, int]], work: int, count: int, lost: int, forgiven: Mapping[int, int]
) -> None:  # fmt: skip
    if work in found and count > max(found[work][0], forgiven.get(work, 0)):
        found[work] = count, lost


def in_hand(folder: JobFolder, other: Run) -> tuple[int, int]:
    """Returns the item that a run was lost with, and its attempt; (-1, 0) where it ended in order, or with nothing in hand.

    Its interpreter's page knows best: it is written before an item starts. Where that did not reach the shared disk, the
    report does.
    """
    if other.state in (runs.OVER, runs.REFUSED, runs.LEAVING):
        return -1, 0
    own = folder.user / other.worker if other.worker else folder.worker(other.name)
    now = last_words(own / "page")
    if now.started_s and now.job == folder.number:
        return now.work, now.attempt
    if other.running is not None:
        return other.running.work, other.running.attempt
    return -1, 0
