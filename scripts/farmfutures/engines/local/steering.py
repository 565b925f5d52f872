"""The verbs: what people change of jobs and items that are on the farm."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ... import call as calls
from .ledger import CANCELLED, COMPLETE, FAILED, KILLED, counts_text
from .queue import DONE, Job, Spec, now_s
from .resubmit import copied
from .schema import item_key, item_range, seal, split_key
from .specs import spec_id

if TYPE_CHECKING:
    from .requests import Requests

_NOTHING = bytes(calls.pack_result(None))


class Steering:
    """Does one verb at a time, inside the broker's turn."""

    def __init__(self, requests: Requests) -> None:
        self.requests = requests
        self.broker = requests.broker

    def _live(self, job: int) -> Job | None:
        """Returns a job of which something is still to do."""
        row = self.requests.row(job)
        queue = self.broker.queue
        if queue.beyond and row[7] and job not in queue.jobs:
            queue.load_one(job)
        return queue.jobs.get(job)

    def on_cancel(self, job: int, works: list[int] | None) -> list[int]:
        """Cancels items that wait; returns the indices."""
        return self._end(job, works, CANCELLED)

    def _end(self, job: int, works: list[int] | None, state: int) -> list[int]:
        live = self._live(job)
        if live is None:
            return []
        held = {split_key(key)[1] for key in self.broker.dispatch.held(live)}
        before = self.broker.store.pending(job, 0, 1 << 24)
        wanted = None if works is None else set(works)
        ended = [split_key(key)[1] for key, _, _ in before]
        ended = [work for work in ended if work not in held and (wanted is None or work in wanted)]
        self.broker.ledger.end_waiting(live, None if works is None else set(ended), state)
        return ended

    def on_kill(self, job: int, works: list[int] | None) -> int:
        """Kills items that run and ends those that wait; returns how many."""
        live = self._live(job)
        if live is None:
            return 0
        running = self.broker.dispatch.kill(live, None if works is None else set(works))
        return running + len(self._end(job, works, KILLED))

    def _over(self, job: int, works: list[int] | None, least: int) -> dict[int, int]:
        """Returns keys and states of items that are over, from state `least` on: all of them, or those of these indices."""
        wanted = None if works is None else set(works)
        rows = self.broker.store.execute(
            f"SELECT id, state FROM items WHERE id>=? AND id<? AND state>={least} ORDER BY id", item_range(job)
        )
        return {key: state for key, state in rows if wanted is None or split_key(key)[1] in wanted}

    def on_retry(self, job: int, works: list[int] | None, complete: bool = False) -> int:
        """Runs items again that are over and not complete (or those of these indices); returns how many.

        Args:
            job: The job.
            works: Indices, or None for all.
            complete: Those that are complete, too.
        """
        live = self._live(job)
        over = self._over(job, works, COMPLETE if complete else FAILED)
        if not over:
            return 0
        store = self.broker.store
        store.change(
            "UPDATE items SET state=1, forgiven=attempt, losses=0, outcome=NULL, blob=NULL, log=NULL WHERE id=?",
            [(key,) for key in over],
        )
        store.change("UPDATE jobs SET open=1, counts=NULL, finished=NULL WHERE id=?", [(job,)])
        self.requests.forget_tally(job)
        self.broker.dispatch.attempts.tried.update(over)
        if live is not None:
            self.broker.queue.put_back(live, over)
        else:
            self.broker.queue.beyond = True
        return len(over)

    def on_mark_done(self, job: int, works: list[int] | None) -> int:
        """Has items that wait, or that are over and not complete, be complete with the result None; returns how many."""
        live = self._live(job)
        bad = self._over(job, works, FAILED)
        self.broker.store.change(
            f"UPDATE items SET state={COMPLETE}, outcome=?, blob=NULL WHERE id=?", [(seal(_NOTHING), key) for key in bad]
        )
        self.requests.forget_tally(job)
        if live is None:
            self._count_again(job)
            return len(bad)
        for state in bad.values():
            live.counts[state] -= 1
            live.counts[COMPLETE] += 1
        return len(bad) + self.broker.ledger.end_waiting(live, None if works is None else set(works), COMPLETE, _NOTHING)

    def _count_again(self, job: int) -> None:
        """A job that is over says how it ended in its own row."""
        counts = self.broker.store.counts(job)
        if counts.keys() <= DONE:
            self.broker.store.change("UPDATE jobs SET counts=? WHERE id=?", [(counts_text(counts), job)])

    def on_reorder(self, job: int, works: list[int]) -> int:
        """Has items go first among those of their job that wait, in this order; returns how many."""
        live = self._live(job)
        return 0 if live is None else self.broker.queue.bring_forward(live, [item_key(job, work) for work in works])

    def on_remove(self, job: int) -> bool:
        """Removes a job that is over, with its logs."""
        if self.requests.row(job)[7]:
            raise ValueError(f"job {job} is not over: cancel or kill it first, or wait until it is.")
        self.broker.ledger.watchers.pop(job, None)
        self.broker.history.remove(job)
        self.requests.forget_tally(job)
        return True

    def on_resubmit(self, job: int, works: list[int] | None, name: str | None, changes: dict[str, Any]) -> int:
        """Submits the calls of a job (or those of these indices) as a new one, which differs by `changes`; returns its id."""
        row = self.requests.row(job)
        store, clients, queue = self.broker.store, self.broker.clients, self.broker.queue
        # Whoever asks may leave at once, and nobody else waits for it.
        text = json.dumps({**self.requests.on_spec(job), **changes, "detached": True}, sort_keys=True)
        keys = self._chosen(row, works)
        number, spec = clients.take_id(), Spec(text)
        items = copied(store, self.broker.folder, keys, number, changes)
        store.add_spec(spec_id(text), text)
        about = (number, spec_id(text), name or row[2], len(items), spec.priority, spec.user, "", now_s())
        store.add(about, items)
        store.write_arrivals()  # They are in no journal, so that this can't wait.
        queue.admit(Job(number, queue.spec(spec_id(text)), about[2], len(items), spec.priority, ""), items)
        return number

    def _chosen(self, row: tuple[Any, ...], works: Collection[int] | None) -> list[int]:
        job, total = row[0], row[3]
        chosen = range(total) if works is None else sorted(set(works))
        strange = [work for work in chosen if not 0 <= work < total]
        if strange or not chosen:
            raise LookupError(f"job {job} has no work item {strange[0] if strange else ''}; it has {total}, counted from 0")
        return [item_key(job, work) for work in chosen]

    def on_pause(self, job: int, paused: bool) -> bool:
        """Pauses or resumes a job; what runs goes on."""
        live = self._live(job)
        self.broker.store.change("UPDATE jobs SET paused=? WHERE id=?", [(int(paused), job)])
        if live is not None:
            live.paused = paused
            if not paused:
                self.broker.queue.lane(live.spec).push(live)
        return live is not None

    def on_priority(self, job: int, priority: int) -> bool:
        """Moves a job up or down; it counts from the job's next turn in line on."""
        live = self._live(job)
        self.broker.store.change("UPDATE jobs SET priority=? WHERE id=?", [(priority, job)])
        if live is not None:
            line = self.broker.queue.lane(live.spec).lines.get(live.priority)
            if line is not None and live in line:
                line.remove(live)
                live.queued = False
            live.priority = priority
            self.broker.queue.lane(live.spec).push(live)
        return live is not None

    def on_stop(self, drain: bool = False) -> bool:
        """Ends the broker after this turn, or when what runs is over."""
        self.broker.stop(drain=drain)
        return True
