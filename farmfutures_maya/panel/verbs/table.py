"""The verbs: what each is for, how it is done, and how it is undone. No Qt in here; deeds run on threads of the feed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from farmfutures import Farm, State
from farmfutures.errors import FarmFuturesError

from . import orders
from .targets import Target, survey

WAITING = frozenset({State.PENDING, State.BLOCKED})
ACTIVE = WAITING | {State.STARTING, State.RUNNING}
BAD = frozenset({State.FAILED, State.KILLED, State.CANCELLED})
OVER = BAD | {State.COMPLETE}

Undo = Callable[[Farm], object]


@dataclass(slots=True)
class Done:
    """What came of a verb.

    Attributes:
        count: How many items, or jobs, it changed.
        jobs: How many jobs these are, or are of.
        undo: What takes it back, in order.
        refused: Why something of it was not done.
    """

    count: int = 0
    jobs: int = 0
    undo: list[Undo] = field(default_factory=list[Undo])
    refused: list[str] = field(default_factory=list[str])


Deed = Callable[[Farm, Target], tuple[int, "Undo | None"]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One of them.

    Attributes:
        name: For programs.
        text: What it says on a button; the count follows.
        past: What was done, behind the count.
        deed: Does it to one target; returns how many it changed, and what takes that back.
        states: Items in these states are what it is for; empty for verbs on whole jobs.
        fits: Jobs that it is for, where it is for whole jobs.
        how: ``"now"``; ``"confirm"``: only after the exact counts were confirmed; ``"later"``: after some seconds in which it
            can be taken back.
        warning: What is lost by it.
    """

    name: str
    text: str
    past: str
    deed: Deed
    states: Collection[State] = ()
    fits: Callable[[Target], bool] = lambda target: True
    how: str = "now"
    warning: str = ""

    def count(self, targets: Sequence[Target]) -> int:
        """Returns for how many items (or jobs) it is."""
        fitting = [target for target in targets if self.fits(target)]
        return sum(target.count(self.states) for target in fitting) if self.states else len(fitting)

    @property
    def thing(self) -> str:
        """What it counts."""
        return "item" if self.states else "job"


def run(verb: Verb, targets: Sequence[Target], farm: Farm) -> Done:
    """Does it to all targets; what one of them refuses is said, and the others go on."""
    done = Done()
    for target in survey(farm, targets):
        if not verb.fits(target):
            continue
        try:
            count, undo = verb.deed(farm, target)
        except FarmFuturesError as error:
            done.refused.append(str(error))
            continue
        done.count += count
        done.jobs += bool(count)
        if undo is not None and count:
            done.undo.append(undo)
    return done


def take_back(done: Done, farm: Farm) -> int:
    """Undoes it; returns how many deeds that were."""
    for undo in reversed(done.undo):
        undo(farm)
    return len(done.undo)


# --- deeds


def _pause(farm: Farm, target: Target) -> tuple[int, Undo | None]:
    job = target.job.id
    farm.pause(job)
    return 1, lambda farm: farm.resume(job)


def _resume(farm: Farm, target: Target) -> tuple[int, Undo | None]:
    job = target.job.id
    farm.resume(job)
    return 1, lambda farm: farm.pause(job)


def set_priority(value: Callable[[int], int]) -> Deed:
    """Returns the deed that gives a job another priority, from its old one."""

    def deed(farm: Farm, target: Target) -> tuple[int, Undo | None]:
        job, before = target.job.id, target.job.priority
        farm.set_priority(job, value(before))
        return 1, lambda farm: farm.set_priority(job, before)

    return deed


def _cancel(farm: Farm, target: Target) -> tuple[int, Undo | None]:
    """Whoever takes it back wants those that were cancelled, and not what failed meanwhile."""
    job, works = target.job.id, target.among(WAITING)
    farm.cancel(job, works)
    after = farm.states(job)
    cancelled = Target(target.job, tuple(works), after).among([State.CANCELLED])
    return len(cancelled), lambda farm: farm.retry(job, cancelled)


def _kill(farm: Farm, target: Target) -> tuple[int, Undo | None]:
    return farm.kill(target.job.id, target.among(ACTIVE)), None


def _retry(farm: Farm, target: Target) -> tuple[int, Undo | None]:
    return farm.retry(target.job.id, target.among(BAD)), None


def _again(farm: Farm, target: Target) -> tuple[int, Undo | None]:
    return farm.retry(target.job.id, target.among(OVER), complete=True), None


def _mark_done(farm: Farm, target: Target) -> tuple[int, Undo | None]:
    return farm.mark_done(target.job.id, target.among(WAITING | BAD)), None


def _remove(farm: Farm, target: Target) -> tuple[int, Undo | None]:
    return int(farm.remove(target.job.id)), None


def _reorder(order: orders.Order, farm: Farm, target: Target) -> tuple[int, Undo | None]:
    waiting = Target(target.job, None, target.states).among(WAITING)
    chosen = target.among(WAITING)
    farm.reorder(target.job.id, order(waiting, chosen))
    return len(chosen), lambda farm: farm.reorder(target.job.id, waiting)


# --- the table


def _open(target: Target) -> bool:
    return not target.job.state.done


PAUSE = Verb("pause", "Pause", "paused", _pause, fits=lambda target: _open(target) and not target.job.paused)
RESUME = Verb("resume", "Resume", "resumed", _resume, fits=lambda target: _open(target) and target.job.paused)
RAISE = Verb("raise", "Raise Priority of", "raised by 10", set_priority(lambda old: old + 10), fits=_open)
LOWER = Verb("lower", "Lower Priority of", "lowered by 10", set_priority(lambda old: old - 10), fits=_open)
CANCEL = Verb("cancel", "Cancel", "cancelled", _cancel, WAITING)
KILL = Verb("kill", "Kill", "killed", _kill, ACTIVE, how="confirm", warning="What they have done so far is lost.")
RETRY = Verb("retry", "Retry", "run again", _retry, BAD)
AGAIN = Verb("again", "Run Again", "run again", _again, OVER, how="confirm", warning="Their results and logs are replaced.")
MARK_DONE = Verb(
    "mark_done", "Mark Done", "marked done", _mark_done, WAITING | BAD, how="confirm",
    warning="They never run, their errors are forgotten, and their result is None.",
)  # fmt: skip
REMOVE = Verb(
    "remove", "Delete from History", "deleted", _remove, fits=lambda target: target.job.state.done, how="later",
    warning="with all results and logs",
)  # fmt: skip
FIRST = Verb("first", "First", "put first", partial(_reorder, orders.first), WAITING)
LAST = Verb("last", "Last", "put last", partial(_reorder, orders.last), WAITING)
SCOUTS = Verb(
    "scouts", "First, Middle, Last of", "in line, the first, the middle and the last of them ahead",
    partial(_reorder, orders.scouts), WAITING,
)  # fmt: skip

VERBS = {
    verb.name: verb
    for verb in (PAUSE, RESUME, RAISE, LOWER, CANCEL, KILL, RETRY, AGAIN, MARK_DONE, REMOVE, FIRST, LAST, SCOUTS)
}  # fmt: skip
