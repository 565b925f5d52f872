"""Whose word counts for a work item, where an engine ran its chunk more than once, in turn or at the same time.

Before a run starts any of its items it takes them over: its first report says which outcomes of other runs it goes on from,
and what those write later about these items is refused by everybody, whenever they look. Two runs that begin in the same
moment agree by their names: the one with the lower number waits for what the other one says.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from ..errors import SealError
from . import items as texts
from . import runs
from .layout import JobFolder
from .runs import Run
from .seal import Seal

FIRST_WORD_S = 5.0
"""A run that has said nothing for so long after it began, by the clock of whoever looks, is dead."""

_LOOK_S = 0.05


class Fences:
    """Tells outcomes that count from those of runs that were taken over.

    Args:
        found: Reports of runs, each once.
    """

    def __init__(self, found: Iterable[Run] = ()) -> None:
        self._taken: dict[str, list[tuple[frozenset[int], int]]] = {}
        for run in found:
            self.add(run)

    def add(self, run: Run) -> None:
        """Takes in what a run goes on from."""
        works = frozenset(texts.parse(run.items)) if run.accepted else frozenset[int]()
        for name, count in run.accepted.items():
            self._taken.setdefault(name, []).append((works, count))

    def counts(self, run: str, bundle: int, work: int) -> bool:
        """Whether what this bundle of a run says of a work item counts."""
        return all(bundle < count for works, count in self._taken.get(run, ()) if work in works)

    def lost(self, run: Run) -> frozenset[int]:
        """Returns the work items of a run that later ones have taken over."""
        taken = frozenset[int]().union(*(works for works, _ in self._taken.get(run.name, ())))
        return taken.intersection(texts.parse(run.items))


def take_over(folder: JobFolder, seal: Seal, run: Run, wait_s: float = FIRST_WORD_S) -> list[Run]:
    """Has a run that only began go on from the other runs of its items. Its first report, which is to follow, says so.

    Args:
        folder: The job's folder.
        seal: The user's seal.
        run: The run; its `accepted` is set.
        wait_s: How long a run that began in the same moment is waited for, in seconds.

    Returns:
        The others, as far as they have said anything. What they have taken over from this one is not its own any more.

    Raises:
        OSError: The folder can't be read.
    """
    deadline = time.monotonic() + wait_s
    others, silent = others_of(folder, seal, run)
    while any(_key(name) > _key(run.name) for name in silent) and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
        others, silent = others_of(folder, seal, run)
    run.accepted = dict.fromkeys(silent, 0)
    run.accepted |= {other.name: other.bundles for other in others if run.name not in other.accepted}
    return others


def others_of(folder: JobFolder, seal: Seal, run: Run) -> tuple[list[Run], list[str]]:
    """Returns the reports of all other runs of a run's work items, and the names of those that have said nothing yet.

    Raises:
        OSError: The folder can't be read.
    """
    wanted = set(texts.parse(run.items))
    found: list[Run] = []
    silent: list[str] = []
    for name in runs.names(folder):
        if name == run.name or not runs.may_share(name, wanted):
            continue
        try:
            other = runs.read(folder, seal, name)
        except SealError:
            other = None  # Whatever somebody made of it: nothing counts of what it wrote.
        if other is None:
            silent.append(name)
        elif not wanted.isdisjoint(texts.parse(other.items)):
            found.append(other)
    return found, silent


def _key(name: str) -> tuple[int, str]:
    items, _, number = name.rpartition(".")
    return int(number), items
