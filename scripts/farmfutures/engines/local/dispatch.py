"""Hands items to workers, and takes back what became of them."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from ... import call as calls
from ...job import CODES
from ...worker import channel
from ...worker.deaths import BACKOFF_S, LAUNCHES, lost_with_supervisor, not_ready, quote
from ...worker.page import last_words
from . import crash
from .attempts import Attempts
from .ledger import COMPLETE, FAILED, KILLED, Ledger
from .pool import Grant, Pool, SecretsLostError, Worker
from .queue import BUNDLE_ITEMS, PENDING, RUNNING, Job, Lane, Queue, Ready, now_s
from .schema import WORK_MASK, split_key
from .store import Store

log = logging.getLogger("farmfutures.broker")

_REFUSED_S = 30.0
"""So long no more interpreters are tried for a job that has some: there are no more licences, say."""

_STUCK_S = 0.05
_NOTICE_S = 0.01
_TURN_S = 2.0


class Dispatch:
    """The broker's side of its workers."""

    def __init__(self, store: Store, queue: Queue, ledger: Ledger, pool: Pool, send: Callable[..., None]) -> None:
        self.store = store
        self.queue = queue
        self.ledger = ledger
        self.pool = pool
        self.send = send
        self.next_grant = int(time.time() * 1000)
        self.progress: dict[int, list[Any]] = {}
        self.attempts = Attempts(store, pool.settings)
        self._doomed: set[int] = set()
        """Keys of items that were to be killed and may not have started yet."""
        ledger.holder = self.held  # type: ignore[method-assign]

    def held(self, job: Job) -> set[int]:
        """Keys of a job's items that workers hold."""
        return {
            entry[1][0]
            for worker in self.pool.workers.values()
            for grant in worker.grants.values()
            for entry in grant.items
            if entry is not None and entry[0] is job
        }

    # --- out

    def hand_out(self) -> None:
        """Gives every interpreter that has room a bundle, and starts interpreters where they are missing."""
        for worker in list(self.pool.workers.values()):
            if worker.ready and worker.lane.lines and not worker.leaving and self._has_room(worker):
                self._grant(worker)
        self._staff()

    def _has_room(self, worker: Worker) -> bool:
        """One bundle runs, and for short items another waits in the pipe, so that nobody idles for a round trip."""
        if not worker.grants:
            return True
        if len(worker.grants) > 1:
            return False
        (grant,) = worker.grants.values()
        return not grant.revoked and len(grant.items) > 1 and time.monotonic() - grant.granted_s < _STUCK_S

    def _grant(self, worker: Worker) -> None:
        lane = worker.lane
        mates = len(self.pool.in_lane(lane))
        waiting = lane.wanted(BUNDLE_ITEMS * 2 * mates)
        most = max(1, min(BUNDLE_ITEMS, waiting // (2 * mates)))
        limit = self.pool.settings.max_items_per_interpreter
        if limit:
            most = max(1, min(most, limit - worker.items_done))
        taken = self.queue.take(lane, worker.id, most)
        if not taken:
            return
        self.next_grant += 1
        attempts = [self.attempts.number(ready) for _, ready in taken]
        grant = Grant(self.next_grant, list(taken), attempts, time.monotonic(), len(taken))
        worker.grants[grant.id] = grant
        crash.point("claimed")
        self._send_run(worker, grant, taken)

    def _send_run(self, worker: Worker, grant: Grant, taken: list[tuple[Job, Ready]]) -> None:
        started = now_s()
        for job, _ in taken:
            job.counts[PENDING] -= 1
            job.counts[RUNNING] += 1
            job.started = job.started or started
        # Sent before this turn's commit: it runs while we write. A crash in between leaves the journal, and it runs again.
        worker.data.send(channel.pack_run(
            grant.id, [job.id for job, _ in taken], [ready[0] & WORK_MASK for _, ready in taken], grant.attempts,
            [job.spec.level for job, _ in taken], [ready[2] for _, ready in taken], *_extras(taken),
        ))  # fmt: skip

    def _staff(self) -> None:
        """Starts interpreters for lanes that need more, makes room for lanes that have none."""
        now = time.monotonic()
        for lane in self.queue.active():
            if lane.not_before > now:
                continue
            mates = self.pool.in_lane(lane)
            idle = sum(1 for worker in mates if not worker.grants)
            missing = lane.wanted(self.pool.settings.slots) - idle
            if lane.not_before:
                missing = min(missing, 1 - sum(1 for worker in mates if not worker.ready))  # One finds out for all.
            free = self.pool.settings.slots - len(self.pool.workers)
            for _ in range(min(missing, free)):
                self._start(lane)
            if missing > 0 and free <= 0:
                self._make_room(lane, bool(mates), now)

    def _start(self, lane: Lane) -> None:
        try:
            self.pool.start(lane)
        except SecretsLostError as error:
            self._fail_lane(lane, str(error))

    def _make_room(self, lane: Lane, has_some: bool, now: float) -> None:
        if any(worker.leaving for worker in self.pool.workers.values()):
            return
        for worker in sorted(self.pool.workers.values(), key=lambda worker: worker.idle_since):
            if worker.lane is lane or not worker.ready:
                continue
            spare = not worker.grants and not worker.lane.lines
            had_turn = now - worker.ready_since > max(_TURN_S, 2 * worker.took_s)
            if spare or (not has_some and had_turn and (lane.top() or 0) >= (worker.lane.top() or 0)):
                self.leave(worker)
                return

    def leave(self, worker: Worker) -> None:
        """Lets an interpreter finish what it has, and go."""
        if not worker.leaving:
            worker.leaving = True
            if worker.grants:
                worker.order("revoke", g=max(worker.grants))
            else:
                worker.let_go()

    # --- in

    def hear(self, worker: Worker) -> None:
        """Takes what an interpreter sends."""
        now = time.monotonic()
        for record in worker.data.receive():
            kind, number, place, flags, _, _, payload = record
            if kind == channel.OUTCOME:
                grant = worker.grants.get(number)
                entry = grant.items[place] if grant is not None else None
                # Otherwise it is fenced: given to somebody else meanwhile, and that one's outcome counts.
                if grant is not None and entry is not None:
                    self._outcome(worker, grant, entry, record, now)
            elif kind == channel.READY:
                self._ready(worker, number)
            elif kind == channel.PROGRESS:
                self._progress(worker, record)
            elif kind == channel.STOPPED:
                self._back(worker, number, place)
            elif kind == channel.FAILED:
                permanent = bool(flags & channel.ERROR)
                self._launch_failed(worker, payload.decode(), worker.tail(), permanent=permanent)

    def obey(self, worker: Worker) -> None:
        """Takes what a supervisor says."""
        for header, _ in worker.control.receive():
            if header["k"] == "died":
                self.hear(worker)  # What it wrote before it died counts.
                self._died(worker, header)
            elif header["k"] == "back":
                for number in [number for number in worker.grants if header["g"] <= number <= header["upto"]]:
                    self._back(worker, number, header["o"] if number == header["g"] else 0)
            elif header["k"] == "failed":
                self._launch_failed(worker, header["text"], "", permanent=True)

    def _ready(self, worker: Worker, pid: int) -> None:
        worker.ready, worker.pid = True, pid
        worker.ready_since = worker.idle_since = time.monotonic()
        worker.took_s = worker.ready_since - worker.began_s
        worker.lane.failures, worker.lane.not_before = 0, 0.0

    def _outcome(self, worker: Worker, grant: Grant, entry: tuple[Job, Ready], record: channel.Record, now: float) -> None:
        job, ready = entry
        _, _, place, flags, started, finished, payload = record
        worker.items_done += 1
        worker.lane.learn(job.name, finished - started)
        attempt = grant.attempts[place]
        self._doomed.discard(ready[0])
        self.attempts.deaths.forget(ready[0])
        if flags & channel.HEAVY:
            worker.heavy = True
        self._free(worker, grant, place, now)
        failed = flags & channel.ERROR
        if failed and self.attempts.left(job, ready, attempt):
            self._again(job, ready, losses=0)
            return
        if self.progress:
            self.progress.pop(ready[0], None)
        blob = payload.decode() if flags & channel.IN_FILE else None
        path = str(self.pool.folder.log(*split_key(ready[0]), attempt)) if flags & channel.LOGGED else None
        self.ledger.over(
            job, ready, FAILED if failed else COMPLETE, 1, worker.id, started, finished, b"" if blob else payload, blob, path,
            attempt=attempt,
        )  # fmt: skip

    def _again(self, job: Job, ready: Ready, *, losses: int, tries: int = 1) -> None:
        """Puts an item back in line."""
        if ready[0] in self._doomed:
            self._doomed.discard(ready[0])
            self.ledger.over(job, ready, KILLED, tries, None, None, now_s())
            return
        if tries:
            self.attempts.charge(ready[0], tries, losses)
        job.counts[RUNNING] -= 1
        job.counts[PENDING] += 1
        self.ledger.tell(job, ready[0], PENDING, 0)
        self.queue.give_back(job, ready)

    def _free(self, worker: Worker, grant: Grant, ordinal: int, now: float) -> None:
        """An item of a grant is no longer with its worker."""
        entry = grant.items[ordinal]
        grant.items[ordinal] = None
        grant.left -= 1
        grant.granted_s, grant.told = now, -1
        if entry is not None:
            self.queue.release(entry[0], worker.id)
        if not grant.left:
            worker.grants.pop(grant.id, None)
            worker.idle_since = now
            limit = self.pool.settings.max_items_per_interpreter
            if worker.leaving:
                if not worker.grants:
                    worker.let_go()
            elif worker.heavy or (limit and worker.items_done >= limit):
                self.leave(worker)

    def _back(self, worker: Worker, number: int, first: int) -> None:
        """Items from `first` on did not start; nothing is charged."""
        grant = worker.grants.get(number)
        if grant is None:
            return
        for ordinal in reversed(range(first, len(grant.items))):
            entry = grant.items[ordinal]
            if entry is not None:
                self._free(worker, grant, ordinal, time.monotonic())
                self._again(*entry, losses=0, tries=0)

    def _progress(self, worker: Worker, record: channel.Record) -> None:
        grant = worker.grants.get(record.grant)
        entry = grant.items[record.ordinal] if grant else None
        if entry is not None:
            job, ready = entry
            said = self.progress[ready[0]] = json.loads(record.payload)
            number, work = split_key(ready[0])
            for client in {job.client, *self.ledger.watchers.get(job.id, ())}:
                self.send(client, "progress", {"j": number, "w": work, "said": said})

    # --- death

    def _died(self, worker: Worker, header: dict[str, Any]) -> None:
        if not worker.ready and not worker.leaving:
            self._launch_failed(worker, header["reason"] or header["launch"], header["tail"], permanent=False)
        elif header["code"] and not worker.grants:
            log.warning("worker %d: %s", worker.id, _end_without_work(header, worker.leaving))
        worker.leaving = True
        self._bury(worker, header["g"], header["o"], header)

    def _bury(self, worker: Worker, number: int, ordinal: int, header: dict[str, Any]) -> None:
        """Charges the item that ran, and gives back the others."""
        for grant in list(worker.grants.values()):
            for place in reversed(range(len(grant.items))):
                entry = grant.items[place]
                if entry is None:
                    continue
                self._free(worker, grant, place, time.monotonic())
                if (grant.id, place) == (number, ordinal):
                    self._blame(worker, grant.attempts[place], entry, header)
                else:
                    self._again(*entry, losses=0, tries=0)

    def _blame(self, worker: Worker, attempt: int, entry: tuple[Job, Ready], header: dict[str, Any]) -> None:
        job, ready = entry
        self._doomed.discard(ready[0])
        error, state, again = self.attempts.verdict(job, ready, attempt, header)
        if again:
            self._again(job, ready, losses=1)
            return
        self.attempts.deaths.forget(ready[0])
        path = str(self.pool.folder.log(*split_key(ready[0]), attempt)) if header["logged"] else None
        self.progress.pop(ready[0], None)
        self.ledger.over(
            job, ready, CODES[state], 1, worker.id, header["started"], now_s(), calls.pack_failure(error), log=path,
            attempt=attempt,
        )  # fmt: skip

    def _launch_failed(self, worker: Worker, text: str, tail: str, *, permanent: bool) -> None:
        lane = worker.lane
        if worker.leaving:
            return
        worker.leaving = True
        lane.trouble = text
        log.warning("worker %d did not start: %s", worker.id, text)
        if not permanent and self._may_try_again(worker):
            return
        self._fail_lane(lane, text, tail, 0 if permanent else lane.failures)

    def _fail_lane(self, lane: Lane, text: str, tail: str = "", tries: int = 0) -> None:
        """Nothing that waits for this kind of interpreter can run."""
        error = not_ready(" ".join(lane.launch["interpreter"]), text, tail, tries)
        lane.failures, lane.not_before = 0, 0.0
        for job in list(self.queue.in_lane(lane)):
            self.ledger.fail_waiting(job, error)

    def _may_try_again(self, worker: Worker) -> bool:
        """Counts a start that failed; returns whether its lane has another try."""
        lane, now = worker.lane, time.monotonic()
        if any(mate.ready for mate in self.pool.in_lane(lane)):
            lane.not_before = now + _REFUSED_S  # The work goes on with those that there are.
            return True
        if worker.began_s > lane.failed_s:  # Otherwise it was started together with one that failed: the same try.
            lane.failures += 1
            lane.failed_s = now
            lane.not_before = now + BACKOFF_S * lane.failures
        return lane.failures < LAUNCHES

    # --- from time to time

    def look_after(self) -> None:
        """Notices the dead, the idle and the stuck."""
        for worker in self.pool.ended():
            self._gone(worker)
        now = time.monotonic()
        self.pool.look_for_stopped(now)
        for worker in self.pool.workers.values():
            if worker.grants:
                self._notice(worker, now)
            elif worker.ready and not worker.leaving and now - worker.idle_since > self.pool.settings.interpreter_idle_s:
                self.leave(worker)

    def _gone(self, worker: Worker) -> None:
        """A supervisor ended, by itself or killed; what it held and did not report is settled by its page."""
        if worker.grants:
            now = last_words(worker.folder / "page")
            death = lost_with_supervisor(now.started_s)
            self._bury(worker, now.grant if now.started_s else 0, now.ordinal, death)
        elif not worker.ready and not worker.leaving:
            self._launch_failed(worker, "its supervisor ended", worker.tail(), permanent=False)
        self.pool.drop(worker)
        self.pool.sweep_strays()

    def settled(self) -> bool:
        """Whether only something that somebody says can change anything soon."""
        now = time.monotonic()
        if any(lane.not_before > now for lane in self.queue.active()):
            return False
        for worker in self.pool.workers.values():
            if not worker.ready or worker.leaving:
                return False
            grant = next(iter(worker.grants.values()), None)
            if grant is not None and (grant.told < 0 or not (grant.revoked or (grant.left == 1 == len(worker.grants)))):
                return False
        return True

    def _notice(self, worker: Worker, now: float) -> None:
        """Says that items run that have not come back at once, and frees those that wait behind a long one."""
        grant = next(iter(worker.grants.values()))
        waited = now - grant.granted_s
        if waited > _NOTICE_S:
            # Outcomes come in order, so that the first item without one is the one that runs.
            place = next(place for place, entry in enumerate(grant.items) if entry is not None)
            entry = grant.items[place]
            if grant.told != place and entry is not None:
                grant.told = place
                self.ledger.tell(entry[0], entry[1][0], RUNNING, grant.attempts[place])
        if waited > _STUCK_S and not grant.revoked and (grant.left > 1 or len(worker.grants) > 1):
            for other in worker.grants.values():
                other.revoked = True
            worker.order("revoke", g=max(worker.grants))

    def kill(self, job: Job, works: set[int] | None) -> int:
        """Kills the job's items that workers hold; returns how many."""
        count = 0
        for worker in self.pool.workers.values():
            for grant in worker.grants.values():
                for ordinal, entry in enumerate(grant.items):
                    if entry and entry[0] is job and (works is None or split_key(entry[1][0])[1] in works):
                        count += 1
                        self._doomed.add(entry[1][0])
                        worker.order("kill", g=grant.id, o=ordinal, reason="killed")
            if worker.grants:
                worker.order("revoke", g=max(worker.grants))  # Those that have not started come back, and end then.
        return count

    def drain(self) -> None:
        """Nothing new starts; who is done leaves."""
        for worker in self.pool.workers.values():
            self.leave(worker)


def _extras(taken: list[tuple[Job, Ready]]) -> tuple[dict[str, Any], dict[str, float]]:
    """Returns what differs for single items, and their limits in seconds, by their places as JSON has them."""
    extras: dict[str, Any] = {}
    limits: dict[str, float] = {}
    for place, (job, (_, extra, _)) in enumerate(taken):
        limit = job.spec.timeout_s
        if extra:
            extras[str(place)] = more = json.loads(extra)
            limit = more.get("timeout_s", limit)
        if limit is not None:
            limits[str(place)] = limit
    return extras, limits


def _end_without_work(header: dict[str, Any], leaving: bool) -> str:
    """Says how an interpreter ended that ran nothing: no item is charged for it."""
    when = "as it left" if leaving else "while it had nothing to do"
    how = header["reason"] if header["reason"].startswith("it ") else f"it {header['exit']} {when}"
    return f"{how}. All of its results were in before, so that nothing is lost.{quote(header['tail'])}"
