"""Jobs, items and interpreters as plain data for `farmfutures.Farm`."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ...job import CODES, State
from ...spool.marks import Marks
from ...spool.package import Package
from ...spool.runs import RUNNING, STARTING, Run
from ...worker import logs
from .job import Job
from .summary import Summary
from .view import JobView


def counts(view: JobView) -> Counter[State]:
    """Returns how many items of a job are in each state."""
    found = Counter(view.tally)
    for work in view.marks.done:
        over = view.over.get(work)
        if over is not None:
            found[over.state] -= 1
        found[State.COMPLETE] += 1
    found[State.RUNNING] = len(view.running())
    found[State.PENDING] = view.left - found[State.RUNNING]
    return +found


def job_state(tally: Counter[State], total: int, *, started: bool) -> State:
    """Failed beats killed beats cancelled beats complete, once all items are over."""
    if sum(count for state, count in tally.items() if state.done) < total:
        return State.RUNNING if started else State.PENDING
    return next((state for state in (State.FAILED, State.KILLED, State.CANCELLED) if tally[state]), State.COMPLETE)


def summary(job: Job) -> Summary:
    """Returns what a list says of a job as it is now."""
    view = job.view
    starts = [run.started_s for run in view.runs.values() if run.state != STARTING and run.started_s and not _is_clients(run)]
    ends = [] if view.left else [over.finished_s for over in view.over.values()]
    handle = next((record.handle for record in job.standing.orders if record.handle is not None), "")
    return Summary(
        job.engine, handle, {state.value: count for state, count in counts(view).items()}, min(starts, default=None),
        max(ends, default=None), next(iter(view.trouble.values()), None), view.marks.version, view.listed,
    )  # fmt: skip


def job_row(about: Package, marks: Marks, now: Summary, url: str | None) -> dict[str, Any]:
    """Returns a job."""
    state = job_state(now.tally, len(about), started=now.started_s is not None)
    return {
        "id": about.job, "name": about.name, "user": about.spec["user"], "state": state.value,
        "priority": about.spec["priority"] if marks.priority is None else marks.priority, "cpus": about.spec["cpus"],
        "total": len(about), "counts": now.counts, "submitted_s": about.submitted_s, "started_s": now.started_s,
        "finished_s": now.finished_s, "engine": now.engine, "error": now.error, "paused": marks.paused, "url": url,
    }  # fmt: skip


def unreadable_row(number: int, engine: str, error: str) -> dict[str, Any]:
    """Returns a job of which nothing is known but why."""
    return {
        "id": number, "name": "(can't be read)", "user": "", "state": State.FAILED.value, "priority": 0, "cpus": None, "total": 0,
        "counts": {}, "submitted_s": 0.0, "started_s": None, "finished_s": None, "engine": engine, "error": error,
    }  # fmt: skip


def _is_clients(run: Run) -> bool:
    """Whether a run is a client's word about items that nobody ran."""
    return not run.python


def item_row(job: Job, work: int, running: dict[int, Run]) -> dict[str, Any]:
    """Returns a work item; `running` is of its job's view."""
    view = job.view
    state, over, run = view.ended(work), view.over.get(work), running.get(work)
    row: dict[str, Any] = {
        "job_id": job.number, "work_id": work, "name": view.package.item_name(work), "state": (state or State.PENDING).value,
        "attempt": max(0, over.attempt) if over else tried(view, work), "attempts": attempts(view, work), "worker": None,
        "started_s": over.started_s if over else None, "finished_s": over.finished_s if over else None, "progress": None,
        "log_path": str(view.folder.log(work, over.attempt)) if over and over.logged else None,
        "host": view.runs[over.run].host if over and over.started_s is not None else "",
        "failed": state is State.FAILED or (state is State.KILLED and over is not None and over.started_s is not None),
    }  # fmt: skip
    if run is not None and run.running is not None:
        now = run.running
        row.update(
            state=State.RUNNING.value, attempt=now.attempt, started_s=now.since_s, progress=now.progress,
            worker=numbers(view)[run.name], host=run.host,
            log_path=str(view.folder.user / run.worker / logs.SCRATCH) if run.worker else None,
        )  # fmt: skip
    return row


def attempts(view: JobView, work: int) -> int:
    """Returns how often a work item may run."""
    return int(view.package.extras.get(work, {}).get("attempts", view.package.spec["attempts"]))


def tried(view: JobView, work: int) -> int:
    """Returns how often a work item that is not over has run."""
    return max((run.tries[work][0] for run in view.runs.values() if work in run.tries), default=0)


def states(view: JobView) -> bytes:
    """Returns the state of every item, a byte each, in order."""
    found = bytearray([CODES[State.PENDING]]) * view.total
    for work, over in view.over.items():
        found[work] = CODES[over.state]
    for work in view.marks.done:
        found[work] = CODES[State.COMPLETE]
    for work in view.running():
        found[work] = CODES[State.RUNNING]
    return bytes(found)


def numbers(view: JobView) -> dict[str, int]:
    """Returns the numbers of the interpreters of runs: each lives as long as its run, and is one of its job."""
    return {name: number for number, name in enumerate(sorted(view.runs), 1)}


def worker_rows(job: Job) -> list[dict[str, Any]]:
    """Returns the interpreters of the runs that are at work."""
    view, known = job.view, numbers(job.view)
    done = Counter(over.run for over in view.over.values())
    return [_worker(job, run, known[run.name], done[run.name]) for run in view.live() if view.left]


def _worker(job: Job, run: Run, number: int, done: int) -> dict[str, Any]:
    now = run.running
    state = "running" if now is not None else "idle" if run.state == RUNNING else run.state
    return {
        "id": number, "pid": run.pid, "interpreter": " ".join(job.view.package.spec["launch"]["interpreter"]), "state": state,
        "job_id": job.number, "work_id": now.work if now else None, "started_s": run.started_s, "items_done": done,
        "host": run.host,
    }  # fmt: skip
