"""Which jobs are shown, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from farmfutures import JobInfo, State

KINDS = ("running", "waiting", "paused", "failed", "complete", "stopped")
"""What people sort jobs by; ``waiting`` is what has not begun, ``stopped`` what was cancelled or killed."""

_KIND_OF = {
    State.BLOCKED: "waiting", State.PENDING: "waiting", State.STARTING: "waiting", State.RUNNING: "running",
    State.COMPLETE: "complete", State.FAILED: "failed", State.CANCELLED: "stopped", State.KILLED: "stopped",
}  # fmt: skip


def kind(job: JobInfo) -> str:
    """Returns which of `KINDS` a job is of. One that still runs and in which something failed already is running."""
    return "paused" if job.paused and not job.state.done else _KIND_OF[job.state]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a job must have to be shown.

    Attributes:
        text: Words, each of which is in its number, name, user or engine; in any case of letters.
        kinds: One of these; any where there are none.
        user: Whose it is; "" is anybody's.
    """

    text: str = ""
    kinds: frozenset[str] = frozenset()
    user: str = ""

    def found(self, jobs: Iterable[JobInfo]) -> list[JobInfo]:
        """Returns those that have it, but for their kind: what the counts of the kinds are taken of."""
        words = self.text.casefold().split()
        return [job for job in jobs if (not self.user or job.user == self.user) and (not words or _has(job, words))]

    def of_kind(self, jobs: Iterable[JobInfo]) -> list[JobInfo]:
        """Returns those that are of one of the kinds."""
        return [job for job in jobs if kind(job) in self.kinds] if self.kinds else list(jobs)


def _has(job: JobInfo, words: list[str]) -> bool:
    text = f"{job.id} {job.name} {job.user} {job.engine}".casefold()
    return all(word in text for word in words)


def count(jobs: Iterable[JobInfo]) -> dict[str, int]:
    """Returns how many there are of each kind."""
    counts = Counter(kind(job) for job in jobs)
    return {name: counts[name] for name in KINDS}
