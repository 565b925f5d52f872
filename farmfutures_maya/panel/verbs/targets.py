"""What a verb is for, and how that stands. No Qt in here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from farmfutures import Farm, JobInfo, State
from farmfutures.job import CODES, STATES


@dataclass(frozen=True, slots=True)
class Target:
    """A job, or some of its items.

    Attributes:
        job: The job as it was seen last.
        works: Indices of items; None for the job as a whole.
        states: How all items of the job stand, a byte each, where that is known.
    """

    job: JobInfo
    works: tuple[int, ...] | None = None
    states: bytes = b""

    def count(self, states: Collection[State]) -> int:
        """Returns how many items of it stand so, as far as is known."""
        if self.works is None:
            return sum(self.job.counts.get(state, 0) for state in states)
        return len(self.among(states))

    def among(self, states: Collection[State]) -> list[int]:
        """Returns the items of it that stand so."""
        codes = frozenset(CODES[state] for state in states)
        works = range(len(self.states)) if self.works is None else self.works
        return [work for work in works if work < len(self.states) and self.states[work] in codes]

    def state(self, work: int) -> State:
        """Returns how an item stands."""
        return STATES[self.states[work]]


def survey(farm: Farm, targets: Sequence[Target]) -> list[Target]:
    """Returns how they stand now. Runs on a thread of the feed."""
    return [Target(farm.job(target.job.id), target.works, farm.states(target.job.id)) for target in targets]
