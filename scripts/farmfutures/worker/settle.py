"""What becomes of items: those that came back, those whose interpreter died, and those that never get one."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from .. import call as calls
from ..errors import FarmFuturesError, WorkerDiedError
from ..job import State
from ..spool.layout import JobFolder
from ..spool.outcomes import Outcome
from ..spool.runs import Run, Running
from ..spool.seal import digest_of
from . import channel
from .chunk import Chunk, Held
from .deaths import BACKOFF_S, LAUNCHES, LOSSES, Deaths, not_ready, quoted
from .outbox import LONG_S, Outbox


class Settle:
    """Settles what a run's items come to, and says so.

    Args:
        folder: The job's folder.
        run: The run's report.
        chunk: Its items.
        outbox: Where to say it.
        memory_retries: See `Deaths`.

    Attributes:
        heavy: Whether the interpreter holds more memory than it should.
        not_before: When another interpreter may be started, in seconds of `time.monotonic`.
    """

    def __init__(self, folder: JobFolder, run: Run, chunk: Chunk, outbox: Outbox, memory_retries: int) -> None:
        self._folder = folder
        self._run = run
        self._chunk = chunk
        self._outbox = outbox
        self._deaths = Deaths(memory_retries)
        self._failures = 0
        self.heavy = False
        self.not_before = 0.0

    # --- items that ran

    def outcome(self, record: channel.Record) -> bool:
        """An item came back; returns whether it was one of those that are waited for."""
        took_s = record.finished_s - record.started_s
        held = self._chunk.ended(record.grant, time.monotonic(), took_s)
        if held is None:
            return False
        self.heavy = self.heavy or bool(record.flags & channel.HEAVY)
        self._no_longer(held)
        failed = bool(record.flags & channel.ERROR)
        if failed and self._chunk.may_fail(held):
            self._chunk.charge(held, lost=False)
            self._chunk.again(held)
            self._remove_blob(record)
            return True
        state = State.FAILED if failed else State.COMPLETE
        payload, blob, digest = record.payload, "", ""
        if record.flags & channel.IN_FILE:
            blob = f"{self._run.name}/{record.payload.decode()}"
            payload, digest = b"", digest_of(self._folder.blobs / blob).hex()
        logged = bool(record.flags & channel.LOGGED)
        self._over(Outcome(
            held.work, held.attempt, state, record.started_s, record.finished_s, payload, blob, digest, logged
        ), took_s)  # fmt: skip
        return True

    def _remove_blob(self, record: channel.Record) -> None:
        if record.flags & channel.IN_FILE:
            with contextlib.suppress(OSError):
                (self._folder.blobs / self._run.name / record.payload.decode()).unlink()

    def _over(self, outcome: Outcome, took_s: float) -> None:
        self._deaths.forget(outcome.work)
        self._chunk.tries.pop(outcome.work, None)
        self._outbox.add(outcome, took_s)

    def _no_longer(self, held: Held) -> None:
        if self._run.running is not None and self._run.running.work == held.work:
            self._run.running = None

    def progress(self, grant: int, payload: bytes) -> None:
        """A running item said how far it is."""
        held = self._chunk.held.get(grant)
        if held is not None:
            self._runs(held)
            assert self._run.running is not None
            done, total, message = json.loads(payload)
            self._run.running.progress = done, total, message
            self._outbox.say()

    def notice(self, now: float) -> None:
        """Says that an item runs that has not come back at once; `now` is of `time.monotonic`."""
        held = next(iter(self._chunk.held.values()), None)
        if held is not None and now - held.first_s > LONG_S:
            self._runs(held)

    def _runs(self, held: Held) -> None:
        known = self._run.running
        if known is None or (known.work, known.attempt) != (held.work, held.attempt):
            since_s = time.time() - (time.monotonic() - held.first_s)
            self._run.running = Running(held.work, held.attempt, since_s)
            self._outbox.say()

    # --- items whose interpreter died

    def died(self, grant: int, death: Mapping[str, Any]) -> None:
        """An interpreter died: the item that it ran is charged, the others go back."""
        held = self._chunk.held.pop(grant, None)
        self._chunk.back(list(self._chunk.held))
        if held is None:
            return
        self._no_longer(held)
        error, state, again = self._deaths.verdict(held.work, self._chunk.tried(held), death)
        if again:
            self._chunk.charge(held, lost=True)
            self._chunk.again(held)
            self._outbox.say()
            return
        now = time.time()
        outcome = Outcome(
            held.work, held.attempt, state, death["started"], now, calls.pack_failure(error), logged=bool(death["logged"])
        )
        self._over(outcome, LONG_S)

    def lost_too_often(self) -> None:
        """Items that end the runner, or its machine, each time are not tried for ever."""
        chunk = self._chunk
        for work in [work for work in chunk.waiting if chunk.lost(work) >= max(chunk.allowed(work), LOSSES)]:
            chunk.waiting.remove(work)
            what = quoted(chunk.package.job, work, chunk.package.name, chunk.tries[work][0])
            self.none_ran([work], State.FAILED, WorkerDiedError(
                f"{what}: its runner, or the machine, was lost {chunk.lost(work)} time(s) while it ran. Look what the engine "
                "says of these machines, and into the logs of its runs."
            ))  # fmt: skip

    def uncharged(self) -> None:
        """The interpreter was taken away: what it had goes back as if it had never been handed over."""
        for held in self._chunk.held.values():
            self._no_longer(held)
        self._chunk.back(list(self._chunk.held))

    # --- items that never run

    def launch_failed(self, interpreter: str, text: str, tail: str, *, permanent: bool) -> None:
        """An interpreter could not be made ready; after some tries, or where that is useless, what waits fails."""
        self._failures += 1
        self.not_before = time.monotonic() + BACKOFF_S * self._failures
        self.uncharged()
        self._run.note = f"{interpreter} could not be made ready: {text}"
        self._outbox.say()
        if permanent or self._failures >= LAUNCHES:
            tries = 0 if permanent else self._failures
            self.none_ran(list(self._chunk.waiting), State.FAILED, not_ready(interpreter, text, tail, tries))
            self._chunk.waiting.clear()

    def launched(self) -> None:
        """An interpreter is ready."""
        self._failures, self.not_before, self.heavy = 0, 0.0, False
        self._run.note = ""

    def none_ran(self, works: Iterable[int], state: State, error: FarmFuturesError | None = None) -> None:
        """Items are over without having run (once more); they must wait no longer."""
        payload = b"" if error is None else calls.pack_failure(error)
        for work in works:
            attempt = self._chunk.tries.get(work, (0, 0))[0]
            if attempt <= self._chunk.forgiven.get(work, -1):
                attempt += 1  # Otherwise it would be one of those outcomes that no longer count.
            self._over(Outcome(work, attempt, state, None, time.time(), payload), LONG_S)
