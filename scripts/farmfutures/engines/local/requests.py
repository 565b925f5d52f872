"""What people and programs ask the broker: pages of jobs and items, states, failures. Verbs are in `steering`."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ... import __version__
from ... import call as calls
from ...job import CODES, STATES, State
from . import wire
from .ledger import COMPLETE, FAILED
from .queue import DONE, PENDING, RUNNING
from .reasons import Reasons
from .schema import item_key, item_range, split_key, unseal
from .steering import Steering
from .store import passes

if TYPE_CHECKING:
    from .broker import Broker

_ITEM = (
    "id, state, name, extra, attempt, worker, started, finished, log, blob IS NOT NULL, "
    f"CASE WHEN state>{COMPLETE} THEN outcome END"
)


class Requests:
    """Answers one request at a time, inside the broker's turn."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._answered: dict[tuple[str, int], None] = {}
        self._tallies: dict[int, dict[int, int]] = {}
        self._rooms = (self, Steering(self), Reasons(self))

    def answer(self, client: str, header: dict[str, Any]) -> None:
        """Runs what was asked and sends the answer, or the error as type and sentence."""
        if self._came_twice((client, header["req"])):
            return
        reply: dict[str, Any] = {"req": header["req"]}
        blobs: list[bytes] = []
        try:
            self._check(header["op"])
            value = self._find(header["op"])(**header["args"])
            if isinstance(value, bytes):
                blobs, value = [value], None
            reply["value"] = value
        except sqlite3.OperationalError as error:
            if not passes(error):
                raise
            reply["error"] = ["OperationalError", f"its database can't be read now ({error})"]
        except sqlite3.DatabaseError:
            raise  # It is damaged, and nothing that it says can be relied on.
        except Exception as error:
            reply["error"] = [type(error).__name__, str(error.args[0] if error.args else error)]
        self.broker.send(client, "reply", reply, blobs, now=True)

    def _came_twice(self, asked: tuple[str, int]) -> bool:
        """Whether this was answered before: a verb that is done twice is not always the same as once."""
        if asked in self._answered:
            return True
        self._answered[asked] = None
        if len(self._answered) > _REMEMBERED:
            del self._answered[next(iter(self._answered))]
        return False

    def _check(self, op: str) -> None:
        stuck = self.broker.store.stuck
        if stuck and op in _CHANGES:
            raise ValueError(f"its database can't be written now ({stuck}); free some space, it tries again by itself.")

    def _find(self, op: str) -> Callable[..., Any]:
        for room in self._rooms:
            found: Callable[..., Any] | None = getattr(room, f"on_{op}", None)
            if found is not None:
                return found
        raise ValueError(f"it knows no request {op!r}; it may be older than whoever asks: stop it, the next one is as new.")

    def row(self, job: int) -> tuple[Any, ...]:
        """Returns the row of a job, see `_JOB`.

        Raises:
            LookupError: There is none.
        """
        self.broker.ledger.write()
        for again in (False, True):
            if again:  # Perhaps its client died before it could ring.
                self.broker.clients.catch_up()
            row = self.broker.store.execute(f"SELECT {_JOB} FROM jobs WHERE id=?", (job,)).fetchone()
            if row is not None:
                return tuple(row)
        raise LookupError(f"there is no job {job}")

    # --- looking

    def on_jobs(self, limit: int, offset: int, state: str | None, user: str | None, search: str | None) -> list[Any]:
        """One page of jobs, newest first."""
        self.broker.ledger.write()
        where, values = ["1"], []
        if user:
            where.append("user=?")
            values.append(user)
        if search:
            where.append("name LIKE ?")
            values.append(f"%{search}%")
        sql = f"SELECT {_JOB} FROM jobs WHERE {' AND '.join(where)} ORDER BY id DESC"
        execute = self.broker.store.execute
        if state is None:
            return [self._job(row) for row in execute(f"{sql} LIMIT ? OFFSET ?", (*values, limit, offset))]
        # What state a job is in follows from its items, so that those in another state are looked at, too.
        chosen = (info for info in map(self._job, execute(sql, values)) if info["state"] == state)
        return list(itertools.islice(chosen, offset, offset + limit))

    def on_job(self, job: int) -> dict[str, Any]:
        """One job."""
        return self._job(self.row(job))

    def _job(self, row: tuple[Any, ...]) -> dict[str, Any]:
        with _sense_in(f"the row of job {row[0]}"):
            return self._describe(row)

    def _describe(self, row: tuple[Any, ...]) -> dict[str, Any]:
        number, spec, name, total, priority, user, submitted, is_open, paused, started, finished, counts, error = row
        live = self.broker.queue.jobs.get(number)
        if live is not None:
            tally, started = {code: n for code, n in enumerate(live.counts) if n}, live.started
        else:
            tally = {int(code): n for code, n in json.loads(counts).items()} if counts else self._count(number, total, is_open)
        return {
            "id": number, "name": name, "user": user, "state": _job_state(tally, total, started), "priority": priority,
            "cpus": self.broker.queue.spec(spec & (1 << 64) - 1).cpus, "total": total,
            "counts": {STATES[code].value: n for code, n in tally.items()}, "submitted_s": submitted, "started_s": started,
            "finished_s": finished, "engine": "local", "error": error, "paused": bool(paused),
        }  # fmt: skip

    def forget_tally(self, job: int) -> None:
        """Something of a job was changed by hand."""
        self._tallies.pop(job, None)

    def _count(self, number: int, total: int, is_open: int) -> dict[int, int]:
        if not is_open:
            return self.broker.store.counts(number)
        if total == 1:
            return {PENDING: 1}
        # An open job that is not in memory does not change until it is, and counting a million items takes its time.
        if number not in self._tallies:
            if len(self._tallies) > _MOST_TALLIES:
                self._tallies.clear()
            self._tallies[number] = self.broker.store.counts(number)
        return self._tallies[number]

    def on_items(self, job: int, limit: int, offset: int, state: str | None) -> list[Any]:
        """One page of a job's items."""
        row = self.row(job)
        first, end = item_range(job)
        running = self._running(job)
        where = "id>=? AND id<?"
        values: list[Any] = [first, end]
        if state:
            code = CODES[State(state)]
            where += " AND state=?"
            values.append(PENDING if code == RUNNING else code)
        rows = self.broker.store.execute(
            f"SELECT {_ITEM} FROM items WHERE {where} ORDER BY id LIMIT ? OFFSET ?", (*values, limit, offset)
        )
        with _sense_in(f"a row of the items of job {job}"):
            items = [self._item(found, running, row[1]) for found in rows]
        return [item for item in items if state is None or item["state"] == state]

    def on_item(self, job: int, work: int) -> dict[str, Any]:
        """One item."""
        row = self.row(job)
        found = self.broker.store.execute(f"SELECT {_ITEM} FROM items WHERE id=?", (item_key(job, work),)).fetchone()
        if found is None:
            raise _no_item(row, work)
        with _sense_in(f"the row of work item {job}:{work}"):
            return self._item(found, self._running(job), row[1])

    def _running(self, job: int) -> dict[int, tuple[Any, int]]:
        return {
            entry[1][0]: (worker, grant.attempts[place])
            for worker in self.broker.pool.workers.values()
            for grant in worker.grants.values()
            for place, entry in enumerate(grant.items)
            if entry is not None and entry[0].id == job
        }

    def _item(self, row: tuple[Any, ...], running: dict[int, tuple[Any, int]], spec: int) -> dict[str, Any]:
        key, state, name, extra, attempt, worker, started, finished, log, in_file, outcome = row
        job, work = split_key(key)
        attempts = self.broker.queue.spec(spec & (1 << 64) - 1).attempts
        if key in running:
            holder, attempt = running[key]
            state, worker, log = RUNNING, holder.id, str(holder.folder / "out.log")
        return {
            "job_id": job, "work_id": work, "name": name or str(work + 1), "state": STATES[state].value, "attempt": attempt,
            "attempts": json.loads(extra).get("attempts", attempts) if extra else attempts, "worker": worker,
            "started_s": started, "finished_s": finished, "progress": self.broker.dispatch.progress.get(key),
            "log_path": log, "failed": bool(in_file) and state > COMPLETE,
            "error": calls.error_line(unseal(outcome)) if outcome else None,
        }  # fmt: skip

    def on_states(self, job: int) -> bytes:
        """The state of every item, a byte each, in order."""
        total = self.row(job)[3]
        rows = self.broker.store.execute("SELECT state FROM items WHERE id>=? AND id<? ORDER BY id", item_range(job))
        with _sense_in(f"a state of the items of job {job}"):
            states = bytearray(state for (state,) in rows)
            if len(states) != total or max(states, default=0) >= len(STATES):
                raise ValueError(f"{len(states)} of {total} are there")
        for key in self._running(job):
            states[split_key(key)[1]] = RUNNING
        return bytes(states)

    def on_errors(self, job: int, limit: int, offset: int) -> list[tuple[int, str]]:
        """Index and traceback of one page of a job's failed items."""
        self.row(job)
        rows = self.broker.store.execute(
            f"SELECT id, outcome, blob FROM items WHERE id>=? AND id<? AND state={FAILED} ORDER BY id LIMIT ? OFFSET ?",
            (*item_range(job), limit, offset),
        )
        return [(split_key(key)[1], calls.error_text(self._outcome(outcome, blob)) or "") for key, outcome, blob in rows]

    def _outcome(self, outcome: bytes | None, blob: str | None) -> bytes:
        try:
            return self.broker.folder.blob(blob).read_bytes() if blob else unseal(outcome)
        except OSError as error:
            return f"tits outcome can't be read: {error}".encode()

    def on_outcome(self, job: int, work: int) -> Any:
        """The packed outcome, or the name of the file that holds it."""
        about = self.row(job)
        row = self.broker.store.execute("SELECT outcome, blob FROM items WHERE id=?", (item_key(job, work),)).fetchone()
        if row is None:
            raise _no_item(about, work)
        return row[1] if row[1] else unseal(row[0])

    def on_call(self, job: int, work: int) -> Any:
        """The packed call, or the name of the file that holds it."""
        about = self.row(job)
        row = self.broker.store.execute("SELECT call, extra FROM items WHERE id=?", (item_key(job, work),)).fetchone()
        if row is None:
            raise _no_item(about, work)
        file = json.loads(row[1]).get("call_file") if row[1] else None
        return file or unseal(row[0])

    def on_spec(self, job: int) -> dict[str, Any]:
        """The specification of a job; of its secrets the names only."""
        number = self.row(job)[1] & (1 << 64) - 1
        found: dict[str, Any] = json.loads(self.broker.store.spec(number) or "{}")
        return found

    def on_extra(self, job: int, work: int) -> dict[str, Any]:
        """What differs for one item from its job."""
        self.row(job)
        row = self.broker.store.db.execute("SELECT extra FROM items WHERE id=?", (item_key(job, work),)).fetchone()
        if row is None:
            raise LookupError(f"job {job} has no work item {work}")
        return dict(json.loads(row[0])) if row[0] else {}

    def on_workers(self) -> list[dict[str, Any]]:
        """The interpreters."""
        return [_worker(worker) for worker in self.broker.pool.workers.values()]

    def on_status(self) -> dict[str, Any]:
        """The broker itself."""
        broker = self.broker
        return {
            "pid": os.getpid(), "release": __version__, "version": wire.VERSION, "endpoint": broker.door.endpoint,
            "state": str(broker.folder.root), "workers": len(broker.pool.workers), "open_jobs": len(broker.queue.jobs),
            "clients": len(broker.clients.all), "stuck": broker.store.stuck,
        }  # fmt: skip


_MOST_TALLIES = 1000
_REMEMBERED = 1000
"""So many requests are known again."""

_CHANGES = frozenset({"cancel", "kill", "retry", "pause", "priority", "mark_done", "reorder", "remove", "resubmit"})

_JOB = "id, spec, name, total, priority, user, submitted, open, paused, started, finished, counts, error"


@contextmanager
def _sense_in(what: str) -> Iterator[None]:
    """What we have written can be read; where it can't, something else was written over it."""
    try:
        yield
    except (ValueError, TypeError, LookupError) as error:
        raise sqlite3.DatabaseError(f"{what} makes no sense: {error}") from error


def _no_item(job: tuple[Any, ...], work: int) -> Exception:
    number, total = job[0], job[3]
    if 0 <= work < total:
        return sqlite3.DatabaseError(f"the row of work item {number}:{work} is missing")
    return LookupError(f"job {number} has no work item {work}; it has {total}, counted from 0")


def _worker(worker: Any) -> dict[str, Any]:
    held = next((entry[1][0] for grant in worker.grants.values() for entry in grant.items if entry), None)
    job, work = split_key(held) if held is not None else (None, None)
    state = "leaving" if worker.leaving else "running" if worker.grants else "idle" if worker.ready else "starting"
    return {
        "id": worker.id, "pid": worker.pid, "interpreter": " ".join(worker.lane.launch["interpreter"]), "state": state,
        "job_id": job, "work_id": work, "started_s": worker.started_s, "items_done": worker.items_done,
    }  # fmt: skip


def _job_state(tally: dict[int, int], total: int, started: float | None) -> str:
    """Failed beats killed beats cancelled beats complete, once all items are over."""
    done = sum(n for code, n in tally.items() if code in DONE)
    if done < total:
        return (State.RUNNING if started else State.PENDING).value
    for state in (State.FAILED, State.KILLED, State.CANCELLED):
        if tally.get(CODES[state]):
            return state.value
    return State.COMPLETE.value
