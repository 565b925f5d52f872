"""What columns the table of jobs has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from farmfutures import JobInfo, State

from .. import look, words
from .eta import Left


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a job at a time, in Unix seconds.

    Attributes:
        job: How it stood when the farm was looked at.
        left: How long it will take still, where somebody knows.
        now_s: For how long it has been running by now.
    """

    job: JobInfo
    left: Left | None
    now_s: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        key: Its name in what is saved.
        title: What its header says.
        text: What a cell says.
        order: What rows are sorted by.
        usual: A text as wide as they usually are; ``{0:,}`` in it is the number of items of the largest job.
        lasts: Of the columns with lower numbers each gives way before, where there is no room for all.
        right: Numbers: they end under one another.
        tip: What the header says when one asks.
    """

    key: str
    title: str
    text: Callable[[Known], str]
    order: Callable[[Known], float | str]
    usual: str
    lasts: int
    right: bool = False
    tip: str = ""


def _number(known: Known) -> str:
    return str(known.job.id)


def _state(known: Known) -> str:
    return look.word(known.job)


_RANKS = {state: place for place, state in enumerate(State)}


def _state_order(known: Known) -> float:
    return _RANKS[known.job.state] + (0.5 if look.is_paused(known.job) else 0)


def _nothing(known: Known) -> str:
    return ""  # It is drawn.


def _done(known: Known) -> str:
    return f"{known.job.done:,} / {known.job.total:,}"


def _failed_count(known: Known) -> float:
    return known.job.counts.get(State.FAILED, 0)


def _running_count(known: Known) -> float:
    return known.job.counts.get(State.RUNNING, 0)


def _count(count: Callable[[Known], float]) -> Callable[[Known], str]:
    """Zeros are left out: the eye is to find what is there."""
    return lambda known: f"{int(found):,}" if (found := count(known)) else ""


def _elapsed_s(known: Known) -> float:
    job = known.job
    return -1.0 if job.started_s is None else max(0.0, (job.finished_s or known.now_s) - job.started_s)


def _elapsed(known: Known) -> str:
    return "" if known.job.started_s is None else words.clock(_elapsed_s(known))


def _left(known: Known) -> str:
    if known.job.state.done:
        return ""
    if known.left is None:
        return "unknown"
    left = known.left.now(known.now_s)
    return words.span(left.low_s, left.high_s) if left.high_s > 0 else "soon"


def _left_order(known: Known) -> float:
    if known.job.state.done:
        return -1.0
    return float("inf") if known.left is None else known.left.now(known.now_s).high_s


COLUMNS = (
    Column("state", "State", _state, _state_order, "cancelled", 75),
    Column("id", "Job", _number, lambda known: known.job.id, "12345", 50, right=True, tip="The job's number"),
    Column("name", "Name", lambda known: known.job.name, lambda known: known.job.name.casefold(), "", 1000),
    Column("progress", "Progress", _nothing, lambda known: known.job.fraction, "", 90, tip="Work items by their states"),
    Column("done", "Done", _done, lambda known: known.job.done, "{0:,} / {0:,}", 60, right=True, tip="Items that are over"),
    Column("failed", "Failed", _count(_failed_count), _failed_count, "{0:,}", 80, right=True, tip="Items that failed"),
    Column("running", "Running", _count(_running_count), _running_count, "128", 45, right=True, tip="Items that run now"),
    Column("left", "Time left", _left, _left_order, "50 - 80 min", 70, right=True,
           tip="From how long this job's items took: it holds four times out of five"),
    Column("elapsed", "Elapsed", _elapsed, _elapsed_s, "12:34:56", 40, right=True, tip="Since its first item began"),
    Column("priority", "Priority", lambda known: str(known.job.priority), lambda known: known.job.priority, "100", 30, right=True,
           tip="Higher goes first"),
    Column("user", "User", lambda known: known.job.user, lambda known: known.job.user, "maraberger", 25),
    Column("engine", "Engine", lambda known: known.job.engine, lambda known: known.job.engine, "local", 10),
    Column("submitted", "Submitted", lambda known: words.when(known.job.submitted_s, known.now_s),
           lambda known: known.job.submitted_s, "30 Sep 23:59", 20, right=True),
)  # fmt: skip

KEYS = tuple(column.key for column in COLUMNS)
NAME, STATE, PROGRESS, SUBMITTED = (KEYS.index(key) for key in ("name", "state", "progress", "submitted"))


def tip(job: JobInfo) -> str:
    """Returns what there is no column for, in some lines."""
    counts = ", ".join(f"{count:,} {state}" for state, count in job.counts.items() if count)
    who = f"submitted {words.when(job.submitted_s)} by {job.user or 'nobody'}, priority {job.priority}, engine {job.engine}"
    lines = [f"{job.id}: {job.name}", who, counts, "paused: no more items begin" if look.is_paused(job) else "", job.error]
    return "\n".join(line for line in lines if line)
