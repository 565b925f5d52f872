"""A job as its folder shows it: what is new is read, and what was read is kept.

A look costs one listing of the runs, and for each run that is not over one question whether its report changed. Outcomes of a
run whose items another one is just taking over are left until that one has said from where it goes on.
"""

from __future__ import annotations

import functools
import logging
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from ...errors import SealError
from ...job import State
from ...spool import items as texts
from ...spool import marks, outcomes, package, runs
from ...spool.fences import FIRST_WORD_S, Fences
from ...spool.layout import JobFolder, Signature, not_yet, signature
from ...spool.outcomes import Outcome
from ...spool.runs import Run
from ...spool.seal import Seal

log = logging.getLogger("farmfutures.spool")

ENDED = frozenset({runs.OVER, runs.REFUSED})
"""States of runs that say no more."""

_T = TypeVar("_T")


class Over(NamedTuple):
    """How a work item ended, and in which bundle its outcome lies. Times are in Unix seconds by the worker's clock."""

    run: str
    bundle: int
    state: State
    attempt: int
    started_s: float | None
    finished_s: float
    logged: bool


class News:
    """What looks brought: outcomes, reports, and items that somebody called done."""

    __slots__ = ("done", "over", "reports")

    def __init__(self) -> None:
        self.over: dict[int, Outcome] = {}
        self.reports: dict[str, Run] = {}
        self.done: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self.over or self.reports or self.done)


class JobView:
    """What is known of one job. Use it from any thread, with `lock` held for more than one thing.

    Args:
        folder: The job's folder.
        seal: The user's seal.
        delay_s: How late the folder may show what was written, in seconds.
        about: The job's package, where it was just written.

    Raises:
        SealError: The package is not ours.
        PackageError: Another release wrote it.
        OSError: It is not there.
    """

    def __init__(self, folder: JobFolder, seal: Seal, delay_s: float, about: package.Package | None = None) -> None:
        self.folder = folder
        self.seal = seal
        self.package = about or package.read(folder, seal)
        self.total = len(self.package)
        self.lock = threading.RLock()
        self.marks = marks.Marks()
        self.runs: dict[str, Run] = {}
        self.listed = 0
        """How many runs there are, whatever they said."""
        self.over: dict[int, Over] = {}
        self.tally: Counter[State] = Counter()
        """How many items are over, by how they ended."""
        self.fences = Fences()
        self.silent: dict[str, float] = {}
        """Runs that have only begun, and when that was seen first by our own clock."""
        self.gone: set[str] = set()
        """Runs that are no more, as the engine says, though their last reports know nothing of it."""
        self.trouble: dict[str, str] = {}
        """What could not be used, by its path, and why."""
        self.news: News | None = None
        """What looks bring, whoever looks, where somebody wants to know."""
        self._of_chunk: dict[str, list[str]] = {}
        """The names of the runs of each chunk, in the order in which they were seen."""
        self._delay_s = delay_s
        self._signatures: dict[str, Signature | None] = {}
        self._read: Counter[str] = Counter()
        """How many bundles of each run were read."""
        self._behind: set[str] = set()
        """Runs that wrote more."""
        self._missing: dict[tuple[str, int], float] = {}
        """Bundles that should be there, and since when they have not been."""

    # --- looking

    def refresh(self) -> None:
        """Reads what is new.

        Raises:
            OSError: The folder can't be read now, or is gone.
        """
        with self.lock:
            self._read_marks()
            found = runs.names(self.folder)
            self.listed = len(found)
            self._read_reports(found)
            if self._behind:
                # Who begins after this listing reads the reports that we have read, and goes on from the same outcomes.
                self._read_reports(name for name in runs.names(self.folder) if name not in self.runs)
            for name in list(self._behind):
                self._read_bundles(self.runs[name])

    def _read_marks(self) -> None:
        known = self._signatures.get("")
        now = self._signatures[""] = signature(self.folder.marks)
        if now is None or now == known:
            return
        found = self._try(self.folder.marks, marks.read, self.folder, self.seal)
        if found is None or found.version <= self.marks.version:
            return
        old, self.marks = self.marks, found
        for work, attempt in found.forgiven.items():
            over = self.over.get(work)
            if over is not None and over.attempt <= attempt:
                self._drop(work)
        if self.news is not None:
            self.news.done |= found.done - old.done

    def _read_reports(self, names: Iterable[str]) -> None:
        for name in names:
            known = self.runs.get(name)
            if known is not None and known.state in ENDED:
                continue
            path = self.folder.runs / name
            now = signature(path)
            if known is not None and now in (None, self._signatures.get(name)):
                continue
            run = self._try(path, runs.read, self.folder, self.seal, name)
            if run is None:
                if name not in self.gone:
                    self.silent.setdefault(name, time.monotonic())
                continue
            self._signatures[name] = now
            self.admit(run)

    def admit(self, run: Run) -> None:
        """Takes in a report; with its first one a run may take items over from others."""
        with self.lock:
            self.silent.pop(run.name, None)
            if run.name not in self.runs:
                self._of_chunk.setdefault(run.items, []).append(run.name)
                self.fences.add(run)
                for work in texts.parse(run.items) if run.accepted else ():
                    over = self.over.get(work)
                    if over is not None and not self.fences.counts(over.run, over.bundle, work):
                        self._drop(work)
            self.runs[run.name] = run
            if run.bundles > self._read[run.name]:
                self._behind.add(run.name)
            if self.news is not None:
                self.news.reports[run.name] = run

    def _read_bundles(self, run: Run) -> None:
        while not self._in_question(run):
            number = self._read[run.name]
            if number >= run.bundles:
                self._behind.discard(run.name)
                break
            path = self.folder.bundle(run.name, number)
            bundle = self._try(path, outcomes.read, self.folder, self.seal, run.name, number)
            if bundle is None and not self._given_up(run.name, number):
                break
            self._read[run.name] += 1
            for one in bundle or ():
                self._take(run.name, number, one)

    def _in_question(self, run: Run) -> bool:
        """Whether another run has begun that may be taking items over from this one."""
        if not self.silent:
            return False
        now, works = time.monotonic(), _works(run.items)
        return any(now - since < FIRST_WORD_S and runs.may_share(name, works) for name, since in self.silent.items())

    def _given_up(self, run: str, number: int) -> bool:
        """Whether a bundle that its run says it wrote has been missing, or no good, for too long."""
        since = self._missing.setdefault((run, number), time.monotonic())
        return time.monotonic() - since > self._delay_s

    def _take(self, run: str, bundle: int, one: Outcome) -> None:
        """Takes in an outcome, where it counts."""
        known = self.over.get(one.work)
        if known is not None and known.attempt >= one.attempt:
            return
        if one.attempt <= self.marks.forgiven.get(one.work, -1) or not self.fences.counts(run, bundle, one.work):
            return
        self._drop(one.work)
        self.over[one.work] = Over(run, bundle, one.state, one.attempt, one.started_s, one.finished_s, one.logged)
        self.tally[one.state] += 1
        if self.news is not None:
            self.news.over[one.work] = one

    def _drop(self, work: int) -> None:
        known = self.over.pop(work, None)
        if known is not None:
            self.tally[known.state] -= 1

    def _try(self, path: object, read: Callable[..., _T], *args: Any) -> _T | None:
        """Returns what a file says; None where it is not there (yet), or is no good, which is said once."""
        try:
            return read(*args)
        except OSError as error:
            if not_yet(error):
                return None
            raise
        except (SealError, ValueError, LookupError, TypeError, struct.error) as error:
            if str(path) not in self.trouble:
                self.trouble[str(path)] = str(error)
                log.warning("%s", error)
            return None

    # --- what follows from it

    def ended(self, work: int) -> State | None:
        """Returns how a work item ended, None where it has not."""
        over = self.over.get(work)
        if work in self.marks.done:
            return State.COMPLETE
        return None if over is None else over.state

    @property
    def left(self) -> int:
        """How many items are not over."""
        return self.total - len(self.over) - sum(work not in self.over for work in self.marks.done)

    @property
    def all_complete(self) -> bool:
        """Whether nothing of it will ever run again, unless somebody wants that."""
        return not self.left and all(over.state is State.COMPLETE or work in self.marks.done for work, over in self.over.items())

    def missing(self, works: Iterable[int]) -> list[int]:
        """Returns those of these items that are not over."""
        return [work for work in works if work not in self.over and work not in self.marks.done]

    def outcomes(self, works: Iterable[int]) -> Iterator[Outcome]:
        """Reads the outcomes of those of these items that are over once more.

        Raises:
            SealError: One is not ours any more.
            OSError: One can't be read.
        """
        bundles: dict[tuple[str, int], set[int]] = {}
        for work in works:
            if work in self.over:
                bundles.setdefault(self.over[work][:2], set()).add(work)
        for (run, number), wanted in bundles.items():
            for one in outcomes.read(self.folder, self.seal, run, number):
                if one.work in wanted:
                    yield one

    def bury(self, items: str) -> None:
        """The engine says that a chunk is gone: so are its runs, whatever they said last."""
        with self.lock:
            self.gone.update(run.name for run in self.of_chunk(items))
            for name in [name for name in self.silent if name.rpartition(".")[0] == texts.as_name(items)]:
                self.gone.add(name)
                del self.silent[name]

    def is_behind(self, items: str) -> bool:
        """Whether a run of a chunk wrote outcomes that are not to be seen here yet."""
        return not self._behind.isdisjoint(self._of_chunk.get(items, ()))

    def of_chunk(self, items: str) -> list[Run]:
        """Returns the runs of a chunk, in the order in which they were seen."""
        return [self.runs[name] for name in self._of_chunk.get(items, ())]

    def holds(self, run: Run) -> frozenset[int]:
        """Returns the items that a run may be at work on."""
        if run.state in ENDED or run.name in self.gone:
            return frozenset()
        return _works(run.items) - self.fences.lost(run)

    def live(self) -> list[Run]:
        """Returns the runs that may be at work."""
        return [run for run in self.runs.values() if run.state not in ENDED and self.holds(run)]

    def running(self) -> dict[int, Run]:
        """Returns the items that run, and which run has each in hand."""
        found: dict[int, Run] = {}
        for run in self.live():
            if run.running is not None:
                work = run.running.work
                if self.ended(work) is None and work in self.holds(run):
                    found[work] = run
        return found


@functools.lru_cache(maxsize=20_000)
def _works(text: str) -> frozenset[int]:
    return frozenset(texts.parse(text))
