"""What runs next: the part of the queue that the broker holds in memory.

The database holds every item; memory holds a window of it, so that a million queued items cost no more than ten thousand.
Jobs whose launches are equal share a lane, because they share interpreters. In a lane the higher priority goes first, and
jobs of one priority take turns, so that one of 10,000 items does not starve one of a single item.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...job import CODES, STATES, State
from .journal import Item
from .schema import item_key, split_key
from .store import Store

WINDOW_JOBS = 50_000
KEEP_ITEMS = 1_000
"""Jobs of up to so many items stay in memory from the start; of larger ones, so many are read at a time."""

ROOM_ITEMS = 100_000
"""So many items of large jobs stay in memory from the start, too: they need not be read back from the database."""

BUNDLE_S = 0.005
"""A worker is handed as many items as fit this, by what their like took before."""

BUNDLE_ITEMS = 500

PENDING, RUNNING, COMPLETE = CODES[State.PENDING], CODES[State.RUNNING], CODES[State.COMPLETE]
DONE = frozenset(code for state, code in CODES.items() if state.done)

Ready = tuple[int, str, bytes]
"""Key, extras as JSON or empty, call."""


class Spec:
    """A specification, parsed once for all jobs that share it."""

    __slots__ = ("attempts", "cpus", "detached", "lane", "launch", "launch_key", "level", "priority", "timeout_s", "user")

    def __init__(self, text: str) -> None:
        data = json.loads(text)
        self.launch: dict[str, Any] = data["launch"]
        self.launch_key = hashlib.sha256(json.dumps(self.launch, sort_keys=True).encode()).hexdigest()
        self.attempts: int = data["attempts"]
        self.cpus: int | None = data["cpus"]
        self.detached: bool = data["detached"]
        self.level: int = data["level"]
        self.priority: int = data["priority"]
        self.timeout_s: float | None = data["timeout_s"]
        self.user: str = data["user"]
        self.lane: Lane | None = None
        """Where its jobs run, as soon as there is one."""


class Job:
    """A job of which something is still to do."""

    __slots__ = (
        "client", "counts", "cursor", "early", "id", "left", "name", "parked", "paused", "priority", "queued", "ready",
        "room_taken", "spec", "started", "total", "workers",
    )  # fmt: skip

    def __init__(self, number: int, spec: Spec, name: str, total: int, priority: int, client: str) -> None:
        self.id = number
        self.spec = spec
        self.name = name
        self.total = total
        self.priority = priority
        self.client = client
        self.paused = False
        self.parked = False
        self.queued = False
        self.started: float | None = None
        self.cursor = 0
        self.early: frozenset[int] = frozenset()
        """Keys of items behind the cursor that were read before their turn."""
        self.room_taken = 0
        self.ready: deque[Ready] = deque()
        self.workers: dict[int, int] = {}
        self.counts = [0] * len(STATES)
        self.counts[PENDING] = self.left = total

    @property
    def waiting(self) -> bool:
        """Whether items of it could be handed out."""
        return bool(self.ready) or self.cursor < self.total

    @property
    def over(self) -> bool:
        """Whether all of its items are."""
        return not self.left

    def room(self, worker: int) -> bool:
        """Whether another interpreter, or this one again, may work on it."""
        cpus = self.spec.cpus
        return cpus is None or worker in self.workers or len(self.workers) < cpus


class Lane:
    """The jobs that one kind of interpreter can run."""

    def __init__(self, key: str, launch: dict[str, Any]) -> None:
        self.key = key
        self.launch = launch
        self.lines: dict[int, deque[Job]] = {}
        self.estimates: dict[str, float] = {}
        self.failures = 0
        self.failed_s = 0.0
        self.trouble = ""
        """Why an interpreter did not start the last time."""
        self.not_before = 0.0
        self._limited = False
        """Whether a job that was ever in line had a limit of interpreters."""

    def push(self, job: Job, *, first: bool = False) -> None:
        """Puts a job in line, once."""
        if job.queued or job.paused or not job.waiting:
            return
        job.queued, job.parked = True, False
        self._limited = self._limited or job.spec.cpus is not None
        line = self.lines.get(job.priority)
        if line is None:
            line = self.lines[job.priority] = deque()
        if first:
            line.appendleft(job)
        else:
            line.append(job)

    def top(self) -> int | None:
        """The highest priority in line."""
        return max((priority for priority, line in self.lines.items() if line), default=None)

    def wanted(self, most: int) -> int:
        """How many interpreters there is work for, counted up to `most`."""
        if not self._limited and sum(map(len, self.lines.values())) >= most:
            return most  # Each has something that waits; there may be thousands, so that nobody looks at them one by one.
        count = 0
        for line in self.lines.values():
            for job in line:
                left = len(job.ready) + job.total - job.cursor
                cpus = job.spec.cpus
                count += left if cpus is None else max(0, min(left, cpus - len(job.workers)))
                if count >= most:
                    return most
        return count

    def estimate(self, job: Job) -> float:
        """What an item of this job takes, in seconds, as far as is known."""
        return self.estimates.get(job.name, BUNDLE_S) if job.spec.timeout_s is None else BUNDLE_S

    def learn(self, name: str, took_s: float) -> None:
        """Notes what an item took."""
        known = self.estimates.get(name)
        if known is None and len(self.estimates) > 10_000:
            self.estimates.clear()
        self.estimates[name] = took_s if known is None else known + (took_s - known) * (0.5 if took_s > known else 0.1)


class Queue:
    """All lanes, and the window onto the database."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.jobs: dict[int, Job] = {}
        self.lanes: dict[str, Lane] = {}
        self.specs: dict[int, Spec] = {}
        self.beyond = False
        """Whether the database holds open jobs that are not in memory."""
        self._room = ROOM_ITEMS
        """How many more items of large jobs fit into memory."""

    def spec(self, number: int) -> Spec:
        """Returns a specification that was added before."""
        if number not in self.specs:
            text = self.store.spec(number)
            if text is None:
                raise sqlite3.DatabaseError(f"specification {number} is missing")
            self.specs[number] = Spec(text)
        return self.specs[number]

    def lane(self, spec: Spec) -> Lane:
        """Returns the lane for a specification."""
        if spec.lane is None:
            spec.lane = self.lanes.setdefault(spec.launch_key, Lane(spec.launch_key, spec.launch))
        return spec.lane

    def admit(self, job: Job, items: list[tuple[int, Item]]) -> None:
        """Takes in a job that was just stored, with its (key, item) pairs, where the window has room for it."""
        if len(self.jobs) >= WINDOW_JOBS or self.beyond:
            self.beyond = True
            return
        if len(items) <= KEEP_ITEMS or self._take_room(job, len(items)):
            job.ready.extend([(key, extra, call) for key, (call, _, extra) in items])
            job.cursor = job.total
        self.jobs[job.id] = job
        self.lane(job.spec).push(job)

    def _take_room(self, job: Job, items: int) -> bool:
        job.room_taken = items if items <= self._room else 0
        self._room -= job.room_taken
        return bool(job.room_taken)

    def load(self) -> None:
        """Moves the window on, when much of it is done."""
        if not self.beyond or len(self.jobs) > WINDOW_JOBS // 2:
            return
        rows = self.store.open_jobs(WINDOW_JOBS + len(self.jobs))
        self.beyond = len(rows) >= WINDOW_JOBS + len(self.jobs)
        self._bring_in(rows)

    def load_one(self, number: int) -> None:
        """Brings in an open job whose turn is far away: somebody wants something of it."""
        self._bring_in(self.store.open_job(number))

    def _bring_in(self, rows: list[tuple[Any, ...]]) -> None:
        singles: dict[int, Job] = {}
        for number, spec, name, total, priority, _user, client, paused, started in rows:
            if number not in self.jobs:
                job = self.jobs[number] = Job(number, self.spec(spec & (1 << 64) - 1), name, total, priority, client)
                job.paused, job.started = bool(paused), started
                if total == 1:
                    singles[item_key(number, 0)] = job
                else:
                    self._count(job)
                    self.lane(job.spec).push(job)
        self._load_singles(singles)

    def _count(self, job: Job) -> None:
        for state, count in self.store.counts(job.id).items():
            job.counts[state] = count
        job.left = job.total - sum(job.counts[code] for code in DONE)
        job.counts[PENDING] = job.left

    def _load_singles(self, jobs: dict[int, Job]) -> None:
        """Reads the items of open jobs that have only one, all at once."""
        for key, extra, call in self.store.pending_among(jobs):
            job = jobs[key]
            job.ready.append((key, extra or "", call))
            job.cursor = 1
            self.lane(job.spec).push(job)

    def refill(self, job: Job) -> None:
        """Reads the next items of a large job."""
        rows = self.store.pending(job.id, job.cursor, KEEP_ITEMS)
        job.ready.extend((key, extra or "", call) for key, extra, call in rows if key not in job.early)
        job.cursor = split_key(rows[-1][0])[1] + 1 if len(rows) == KEEP_ITEMS else job.total

    def put_back(self, job: Job, ended: Mapping[int, int]) -> None:
        """Has items of a job that goes on run again: keys, with the states in which they ended."""
        for state in ended.values():
            job.counts[state] -= 1
        job.counts[PENDING] += len(ended)
        job.left += len(ended)
        # The others are read when their turn comes.
        passed = [key for key in ended if split_key(key)[1] < job.cursor or key in job.early]
        job.ready.extend((key, extra or "", call) for key, extra, call in self.store.pending_among(passed))
        self.lane(job.spec).push(job)

    def bring_forward(self, job: Job, keys: Sequence[int]) -> int:
        """Puts items that wait at the head of their job, in this order; returns how many do."""
        waiting = {ready[0]: ready for ready in job.ready}
        behind = [key for key in keys if split_key(key)[1] >= job.cursor and key not in job.early]
        read = {key: (key, extra or "", call) for key, extra, call in self.store.pending_among(behind)}
        job.early |= read.keys()
        waiting.update(read)
        chosen = {key: waiting.pop(key) for key in keys if key in waiting}
        job.ready = deque([*chosen.values(), *(ready for key, ready in waiting.items() if key not in read)])
        self.lane(job.spec).push(job)
        return len(chosen)

    def take(self, lane: Lane, worker: int, most: int) -> list[tuple[Job, Ready]]:
        """Takes a bundle for a worker: what fits a few milliseconds, at least one item where there is any."""
        taken: list[tuple[Job, Ready]] = []
        budget = BUNDLE_S
        for priority in sorted(lane.lines, reverse=True):
            line = lane.lines[priority]
            while line and budget > 0 and len(taken) < most:
                budget = self._take_from(lane, line.popleft(), worker, most, budget, taken)
            if not line:
                del lane.lines[priority]
        return taken

    def _take_from(self, lane: Lane, job: Job, worker: int, most: int, budget: float, taken: list[tuple[Job, Ready]]) -> float:
        job.queued = False
        if job.paused or not job.room(worker):
            job.parked = not job.paused
            return budget
        cost = max(lane.estimate(job), 1e-6)
        before = len(taken)
        while budget > 0 and len(taken) < most:
            if not job.ready:
                if job.cursor >= job.total:
                    break
                self.refill(job)
                continue
            ready = job.ready.popleft()
            taken.append((job, ready))
            budget -= BUNDLE_S if ready[1] and '"timeout_s"' in ready[1] else cost
        if len(taken) > before:
            job.workers[worker] = job.workers.get(worker, 0) + len(taken) - before
        if job.ready or job.cursor < job.total:
            lane.push(job)
        return budget

    def release(self, job: Job, worker: int) -> None:
        """A worker is done with one item of a job."""
        left = job.workers.get(worker, 0) - 1
        if left > 0:
            job.workers[worker] = left
        else:
            job.workers.pop(worker, None)
            if job.parked:
                self.lane(job.spec).push(job, first=True)

    def give_back(self, job: Job, ready: Ready) -> None:
        """Puts an item back at the head of its job."""
        job.ready.appendleft(ready)
        self.lane(job.spec).push(job, first=True)

    def forget(self, job: Job) -> None:
        """Drops a job that is over; lines drop it when they come to it."""
        job.ready.clear()
        job.cursor = job.total
        self._room += job.room_taken
        job.room_taken = 0
        self.jobs.pop(job.id, None)

    def active(self) -> Iterable[Lane]:
        """Lanes with somebody in line."""
        return [lane for lane in self.lanes.values() if lane.lines]

    def in_lane(self, lane: Lane) -> Iterator[Job]:
        """Every job in memory that runs in this lane."""
        return (job for job in list(self.jobs.values()) if job.spec.launch_key == lane.key)


def now_s() -> float:
    """Unix seconds, for the record; clocks that decide something are monotonic."""
    return time.time()
