"""How long a job will still take: a range that holds four times out of five, from how long its finished items took.

What is known is little: the last items that are complete, how many are left, how many run at once. So the rest is played through
some dozen times, each time with other items drawn from those, and what eight of ten plays say is the answer. Before three items
are complete, or while nothing runs, the answer is None: nobody knows.
"""

from __future__ import annotations

import heapq
import math
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import farmfutures
from farmfutures import ItemInfo, JobInfo, State

SAMPLE = 100
"""So many of the last complete items are looked at."""

FEWEST = 3
"""With fewer of them there is no answer."""

AGAIN_S = 5.0
"""A job's items are asked for so often at most."""

AT_ONCE = 5
"""And those of so many jobs in one look; what is left of the others is what was left before, less the time since."""

_PLAYS = 60
_LOW, _HIGH = 0.08, 0.92
"""A little more than four times out of five: some dozen items say less of the next ones than the plays believe."""

_DRAWN_ONE_BY_ONE = 60
"""The sum of more items than this is drawn as one number: it is a bell."""

_DOUBT = 0.04
"""The machine is a little faster or slower than before, which no sample tells."""

_LEAST_BUSY = 0.2  # Of the time between items no more than this is believed to be work.


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a job, in seconds from `at_s` on: at least, and at most, four times out of five."""

    low_s: float
    high_s: float
    at_s: float

    def now(self, at_s: float) -> Left:
        """Returns what is left of it later, at a time in Unix seconds."""
        gone = at_s - self.at_s
        return Left(max(0.0, self.low_s - gone), max(0.0, self.high_s - gone), at_s)


@dataclass(frozen=True, slots=True)
class Sample:
    """How long items took, in seconds, and which part of the time between the first and the last of them was work."""

    durations_s: tuple[float, ...]
    busy: float = 1.0


def sample_of(items: Iterable[ItemInfo], at_once: int) -> Sample:
    """Looks at items that are complete.

    Args:
        items: Others are left out.
        at_once: How many ran at the same time.
    """
    spans = [
        (item.started_s, item.finished_s)
        for item in items
        if item.state is State.COMPLETE and item.started_s is not None and item.finished_s is not None
    ]
    durations = tuple(max(0.0, end - begin) for begin, end in spans)
    if len(spans) < FEWEST:
        return Sample(durations)
    took = max(end for _, end in spans) - min(begin for begin, _ in spans)
    whole = 1 + at_once / len(spans)  # At both ends of that time some worked on items that are not among these.
    busy = whole * sum(durations) / (took * max(1, at_once)) if took > 0 else 1.0
    return Sample(durations, min(1.0, max(_LEAST_BUSY, busy)))


def estimate(sample: Sample, waiting: int, running: int, seed: int = 0) -> tuple[float, float] | None:
    """Plays the rest of a job through.

    Args:
        sample: How long its items took so far.
        waiting: How many have not begun.
        running: How many run now, and will run at once.
        seed: The same one gives the same answer.

    Returns:
        Seconds, at least and at most, four times out of five; None where nobody knows.
    """
    if len(sample.durations_s) < FEWEST or running < 1:
        return None
    dice = random.Random(seed)
    plays = sorted(
        _play(dice, sample.durations_s, waiting, running) * dice.lognormvariate(0, _DOUBT) / sample.busy for _ in range(_PLAYS)
    )
    return plays[int(_LOW * _PLAYS)], plays[math.ceil(_HIGH * _PLAYS) - 1]


def _play(dice: random.Random, durations: Sequence[float], waiting: int, running: int) -> float:
    """Plays it once: the items that are left are like those that were, of which another sample might have been taken."""
    like = dice.choices(durations, k=len(durations))
    ends = [dice.choice(like) * dice.random() for _ in range(running)]  # Those that run have run for a while.
    if waiting > _DRAWN_ONE_BY_ONE:
        mean = sum(like) / len(like)
        spread = math.sqrt(sum((one - mean) ** 2 for one in like) / len(like))
        bulk = waiting - _DRAWN_ONE_BY_ONE
        work = max(0.0, dice.gauss(mean * bulk, spread * math.sqrt(bulk)))
        ends = [end + work / running for end in ends]
        waiting = _DRAWN_ONE_BY_ONE
    heapq.heapify(ends)
    for duration in dice.choices(like, k=waiting):
        heapq.heappush(ends, heapq.heappop(ends) + duration)
    return max(ends)


@dataclass
class Estimates:
    """The estimates of the jobs that run, each a little older than the last look: a farm is not asked for all of them at once."""

    _samples: dict[int, tuple[float, Sample]] = field(default_factory=dict[int, tuple[float, Sample]])
    _known: dict[int, tuple[int, Left]] = field(default_factory=dict[int, tuple[int, Left]])

    def of(self, farm: farmfutures.Farm, jobs: Sequence[JobInfo]) -> dict[int, Left]:
        """Returns what is left of those of the jobs of which it is known. Asks the farm: never on Maya's main thread."""
        active = [job for job in jobs if _moves(job)]
        now = time.monotonic()
        old = sorted(active, key=lambda job: self._samples.get(job.id, (0.0,))[0])
        for job in old[:AT_ONCE]:
            if now - self._samples.get(job.id, (-AGAIN_S,))[0] >= AGAIN_S:
                self._samples[job.id] = (now, _ask(farm, job))
            self._play(job)
        self._forget({job.id for job in active})
        return {job.id: self._known[job.id][1] for job in active if job.id in self._known}

    def _forget(self, active: set[int]) -> None:
        for known in (self._samples, self._known):
            for gone in known.keys() - active:
                del known[gone]

    def _play(self, job: JobInfo) -> None:
        """Plays it through again where something has ended since; that takes milliseconds, so that it is not done for all."""
        if job.id in self._known and self._known[job.id][0] == job.done:
            return
        running = job.counts.get(State.RUNNING, 0)
        found = estimate(self._samples[job.id][1], job.total - job.done - running, running, job.id)
        if found is not None:
            self._known[job.id] = (job.done, Left(*found, time.time()))


def _moves(job: JobInfo) -> bool:
    return not job.state.done and bool(job.counts.get(State.RUNNING)) and job.counts.get(State.COMPLETE, 0) >= FEWEST


def _ask(farm: farmfutures.Farm, job: JobInfo) -> Sample:
    complete = job.counts.get(State.COMPLETE, 0)
    items = farm.items(job.id, SAMPLE, max(0, complete - SAMPLE), state=State.COMPLETE)
    return sample_of(items, job.counts.get(State.RUNNING, 1))
