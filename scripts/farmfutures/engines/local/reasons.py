"""Why something does not run: one sentence, from what the broker goes by itself."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...job import STATES, State
from ...worker.deaths import LAUNCHES
from .ledger import COMPLETE
from .pool import Worker
from .queue import PENDING, RUNNING, Job, Lane
from .schema import item_key, split_key

if TYPE_CHECKING:
    from .requests import Requests

Reason = tuple[str, str, str]
"""Kind, sentence and the verb that helps; "" where none does."""

_NAMED = 3
"""So many jobs are named, others counted."""


class Reasons:
    """Answers one question at a time, inside the broker's turn."""

    def __init__(self, requests: Requests) -> None:
        self.requests = requests
        self.broker = requests.broker

    def on_why(self, job: int, work: int | None) -> dict[str, Any]:
        """Why a job, or one item of it, does not run now: a `Waiting` as plain data."""
        row = self.requests.row(job)
        position = None
        kind, sentence, verb = self._state(job, work) or self._obstacle(row) or ("", "", "")
        live = self.broker.queue.jobs.get(job)
        if not kind and live is not None:
            position = self._ahead(live, work)
            kind, sentence, verb = self._in_line(live, position)
        return {"kind": kind, "sentence": sentence, "position": position, "help": verb}

    # --- what needs no reason

    def _state(self, job: int, work: int | None) -> Reason | None:
        if work is not None:
            item = self.requests.on_item(job, work)
            return _of_item(job, work, item)
        about = self.requests.on_job(job)
        state = State(about["state"])
        if state.done:
            bad = sum(n for name, n in about["counts"].items() if name in ("failed", "killed", "cancelled"))
            return "over", f"Job {job} is over: {state}.", "retry" if bad else ""
        running = about["counts"].get("running", 0)
        waiting = about["counts"].get("pending", 0)
        if running and not waiting:
            return "running", f"All that is left of job {job} runs: {_many(running, 'item')}.", ""
        return None

    # --- what keeps a whole job back

    def _obstacle(self, row: tuple[Any, ...]) -> Reason | None:
        broker, job = self.broker, row[0]
        if broker.store.stuck:
            return "stuck", f"The broker can't write its database ({broker.store.stuck}): free some space, then it goes on.", ""
        if broker.draining:
            return "stopping", "The broker is stopping, and hands out nothing more; the queue stays for the next one.", ""
        if row[8]:
            return "paused", f"Job {job} is paused: nothing more of it starts until it is resumed.", "resume"
        if job not in broker.queue.jobs:
            return "behind", f"Job {job} waits behind {len(broker.queue.jobs):,} others or more.", "priority"
        return None

    # --- where it stands in line

    def _in_line(self, job: Job, position: int) -> Reason:
        lane = self.broker.queue.lane(job.spec)
        mates = self.broker.pool.in_lane(lane)
        return (
            self._refused(lane, mates)
            or self._at_its_limit(job)
            or self._starting(lane, mates, position)
            or self._busy(lane, mates, position)
            or self._no_room(lane, mates)
            or ("next", "It is next: an interpreter takes it in a moment.", "")
        )

    def _refused(self, lane: Lane, mates: list[Worker]) -> Reason | None:
        left = lane.not_before - time.monotonic()
        if left <= 0:
            return None
        what, again = " ".join(lane.launch["interpreter"]), f"the next try is in {left:.0f} s"
        if any(mate.ready for mate in mates):
            return "start_failed", f"Another {what} did not start ({lane.trouble}); {again}. Those that there are go on.", ""
        tries = f"{_many(lane.failures, 'try', 'tries')} of {LAUNCHES}"
        return "start_failed", f"{what} did not start ({lane.trouble}): {tries}, {again}.", ""

    def _at_its_limit(self, job: Job) -> Reason | None:
        cpus = job.spec.cpus
        if cpus is None or len(job.workers) < cpus:
            return None
        many = "The one interpreter" if cpus == 1 else f"All {cpus} interpreters"
        return "cpus", f"{many} that job {job.id} may use at once (cpus={cpus}) {'is' if cpus == 1 else 'are'} at work on it.", ""

    def _starting(self, lane: Lane, mates: list[Worker], position: int) -> Reason | None:
        starting = [mate for mate in mates if not mate.ready]
        if not starting or len(starting) < len(mates):
            return None
        since = max(time.monotonic() - mate.began_s for mate in starting)
        what = " ".join(lane.launch["interpreter"])
        return "starting", f"{what} is starting, for {since:.0f} s so far{_first(position)}.", ""

    def _busy(self, lane: Lane, mates: list[Worker], position: int) -> Reason | None:
        busy = [mate for mate in mates if mate.grants]
        slots = self.broker.pool.settings.slots
        if not busy or len(busy) < len(mates) or len(self.broker.pool.workers) < slots:
            return None
        return "busy", f"{self._taken(busy)}{_first(position)}.", "priority"

    def _no_room(self, lane: Lane, mates: list[Worker]) -> Reason | None:
        workers = list(self.broker.pool.workers.values())
        if mates or len(workers) < self.broker.pool.settings.slots:
            return None
        return "no_room", f"{self._taken(workers)}; one of them has to leave first.", "priority"

    def _taken(self, workers: list[Worker]) -> str:
        jobs = Counter(entry[0].id for worker in workers for grant in worker.grants.values() for entry in grant.items if entry)
        named = [str(job) for job, _ in jobs.most_common(_NAMED)]
        if len(jobs) > _NAMED:
            named.append(f"{len(jobs) - _NAMED} more")
        by = f"with job{'s' * (len(jobs) > 1)} {', '.join(named)}" if jobs else "with nothing that this job could use"
        slots = self.broker.pool.settings.slots
        many = "The one interpreter of this machine is" if slots == 1 else f"All {slots} interpreters of this machine are"
        return f"{many} busy {by}"

    def _ahead(self, job: Job, work: int | None) -> int:
        """About how many items go first: jobs of one priority take turns, so that each has gone as often by then."""
        before = 0 if work is None else _before(job, work)
        count = before
        for other in self._others(job):
            waiting = len(other.ready) + other.total - other.cursor
            count += waiting if other.priority > job.priority else min(waiting, before + 1)
        return count

    def _others(self, job: Job) -> Iterator[Job]:
        lane = self.broker.queue.lane(job.spec)
        for priority, line in lane.lines.items():
            if priority >= job.priority:
                for other in line:
                    if other is job and priority == job.priority:
                        break  # Who stands behind it comes after it.
                    if other is not job:
                        yield other


def _before(job: Job, work: int) -> int:
    """How many items of its own job go before one."""
    key = item_key(job.id, work)
    for place, ready in enumerate(job.ready):
        if ready[0] == key:
            return place
    return len(job.ready) + max(0, split_key(key)[1] - job.cursor)


def _of_item(job: int, work: int, item: dict[str, Any]) -> Reason | None:
    state = State(item["state"])
    if state is STATES[RUNNING]:
        return "running", f"It runs on interpreter {item['worker']}, attempt {item['attempt']} of {item['attempts']}.", ""
    if state is STATES[PENDING]:
        return None
    return "over", f"Work item {work} of job {job} is over: {state}.", "" if state is STATES[COMPLETE] else "retry"


def _first(position: int) -> str:
    return f"; about {_many(position, 'item')} {'goes' if position == 1 else 'go'} first" if position else ""


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"
