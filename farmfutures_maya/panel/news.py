"""What has happened to the jobs of a user, from one look to the next: finished, failed, first frame done, stuck. No Qt here."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from farmfutures import JobInfo, State

from .words import many

STUCK_S = 900.0
"""A job that runs and brings nothing for so long is told, and no earlier than after `STUCK_TIMES` of what its items took."""

STUCK_TIMES = 5.0

MOST = 3
"""More at once are told in one sentence."""


class Kind(enum.StrEnum):
    """What happened."""

    FIRST = "first"
    FAILING = "failing"
    STUCK = "stuck"
    FAILED = "failed"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happened.

    Attributes:
        kind: What.
        text: A sentence.
        job: The number of the job, 0 where it is about several.
    """

    kind: Kind
    text: str
    job: int = 0


@dataclass(slots=True)
class _Known:
    done: int
    complete: int
    failed: int
    moved_s: float
    told: set[Kind] = field(default_factory=set[Kind])


class News:
    """Compares looks.

    Args:
        user: Whose jobs; those of others are nobody's news here.
    """

    def __init__(self, user: str) -> None:
        self._user = user
        self._known: dict[int, _Known] = {}

    def take(self, jobs: Iterable[JobInfo], now_s: float) -> list[Item]:
        """Returns what is new since the last look. Of what was over before the first one nothing is.

        Args:
            jobs: As they are now.
            now_s: When that is, in Unix seconds.
        """
        found = [item for job in jobs if job.user == self._user for item in self._of(job, now_s)]
        return found if len(found) <= MOST else _in_short(found)

    def _of(self, job: JobInfo, now_s: float) -> list[Item]:
        known = self._known.get(job.id)
        if known is None:
            if not job.state.done:
                self._known[job.id] = _seen(job, now_s)
            return []
        found = self._end_of(job) if job.state.done else self._between(job, known, now_s)
        if job.state.done:
            del self._known[job.id]
            return found
        if (job.done, _failed(job)) != (known.done, known.failed):
            known.done, known.complete, known.failed, known.moved_s = job.done, _complete(job), _failed(job), now_s
            known.told.discard(Kind.STUCK)
        return found

    def _end_of(self, job: JobInfo) -> list[Item]:
        if job.state == State.COMPLETE:
            return [Item(Kind.FINISHED, f"{job.name} is finished: {many(job.total, 'item')}.", job.id)]
        if job.state == State.FAILED:
            return [Item(Kind.FAILED, f"{job.name} failed: {_failed(job):,} of {many(job.total, 'item')}.", job.id)]
        return []  # Somebody ended it, who knows.

    def _between(self, job: JobInfo, known: _Known, now_s: float) -> list[Item]:
        found: list[Item] = []
        if _failed(job) and not known.failed and Kind.FAILING not in known.told:
            known.told.add(Kind.FAILING)
            found.append(
                Item(Kind.FAILING, f"{job.name}: the first item failed, {job.done:,} of {job.total:,} are done.", job.id)
            )
        if _complete(job) and not known.complete and job.total > 1 and Kind.FIRST not in known.told:
            known.told.add(Kind.FIRST)
            found.append(Item(Kind.FIRST, f"{job.name}: the first of {many(job.total, 'item')} is done.", job.id))
        if self._is_stuck(job, known, now_s):
            known.told.add(Kind.STUCK)
            minutes = int((now_s - known.moved_s) // 60)
            found.append(Item(Kind.STUCK, f"{job.name} has brought nothing for {minutes} minutes; its log may say why.", job.id))
        return found

    def _is_stuck(self, job: JobInfo, known: _Known, now_s: float) -> bool:
        if job.state != State.RUNNING or job.paused or Kind.STUCK in known.told or job.done != known.done:
            return False
        usual_s = (known.moved_s - job.started_s) / job.done if job.started_s is not None and job.done else 0.0
        return now_s - known.moved_s > max(STUCK_S, STUCK_TIMES * usual_s)


def _seen(job: JobInfo, now_s: float) -> _Known:
    return _Known(job.done, _complete(job), _failed(job), now_s)


def _failed(job: JobInfo) -> int:
    return job.counts.get(State.FAILED, 0)


def _complete(job: JobInfo) -> int:
    return job.counts.get(State.COMPLETE, 0)


def _in_short(found: list[Item]) -> list[Item]:
    """Many at once are one sentence, the worst of their kinds."""
    kinds = {kind: sum(item.kind == kind for item in found) for kind in Kind}
    words = {
        Kind.FINISHED: "{} finished", Kind.FAILED: "{} failed", Kind.FAILING: "{} with a first failure",
        Kind.FIRST: "{} with a first item", Kind.STUCK: "{} stuck",
    }  # fmt: skip
    parts = [words[kind].format(many(count, "job")) for kind, count in kinds.items() if count]
    worst = next(kind for kind in (Kind.FAILED, Kind.STUCK, Kind.FAILING, Kind.FINISHED, Kind.FIRST) if kinds[kind])
    return [Item(worst, f"{', '.join(parts)}.")]


@dataclass(frozen=True, slots=True)
class Sum:
    """How far the jobs of a user are.

    Attributes:
        jobs: How many are not over.
        fraction: How much of them is done, from 0 to 1.
    """

    jobs: int
    fraction: float

    @property
    def words(self) -> str:
        """``"3 jobs, 62 %"``, "" where there is none."""
        return f"{many(self.jobs, 'job')}, {int(self.fraction * 100)} %" if self.jobs else ""

    @property
    def short(self) -> str:
        """The same for an icon: ``"3: 62%"``."""
        percent = f"{int(self.fraction * 100)}%"
        return "" if not self.jobs else percent if self.jobs == 1 else f"{self.jobs}: {percent}"


def sum_of(jobs: Iterable[JobInfo], user: str) -> Sum:
    """Returns how far the jobs of a user are that are not over."""
    going = [job for job in jobs if job.user == user and not job.state.done]
    total = sum(job.total for job in going)
    return Sum(len(going), sum(job.done for job in going) / total if total else 0.0)
