"""What the client wants of a run, and what other runs have taken from it: looked at now and then, and done."""

from __future__ import annotations

import os
import sys
import time

from ..errors import SealError
from ..job import State
from ..spool import items as texts
from ..spool import marks, runs
from ..spool.layout import JobFolder
from ..spool.marks import Marks
from ..spool.runs import Run
from ..spool.seal import Seal
from .chunk import Chunk
from .interpreter import Interpreter
from .outbox import Outbox
from .settle import Settle

_TAKEN_S = 5.0
"""How often it is looked whether another run has taken items over: what it missed until then is work for nothing."""


class Wishes:
    """Looks at the marks of a job, and at the other runs of its items.

    Args:
        folder: The job's folder.
        seal: The user's seal.
        run: The run's report.
        found: The marks as they were when the run began.
        poll_s: How often marks are looked at, in seconds.
    """

    def __init__(self, folder: JobFolder, seal: Seal, run: Run, found: Marks, poll_s: float) -> None:
        self._folder = folder
        self._seal = seal
        self._run = run
        self._poll_s = poll_s
        self._works = frozenset(texts.parse(run.items))
        self._known = set(run.accepted) | {run.name}
        self._looked_s = self._taken_s = time.monotonic()
        self._trouble = ""
        self.marks = found

    @property
    def due_s(self) -> float:
        """When it is to be looked next, in seconds of `time.monotonic`."""
        return self._looked_s + self._poll_s

    def look(self, now: float) -> bool:
        """Reads the marks, where it is time; returns whether they are other ones."""
        if now < self.due_s:
            return False
        self._looked_s = now
        try:
            with os.scandir(self._folder.root):  # Over NFS a folder that was opened shows what is in it now (close-to-open).
                found = marks.read(self._folder, self._seal)
        except (SealError, OSError) as error:
            self._say(str(error))
            return False
        changed = found.version != self.marks.version
        self.marks = found
        return changed

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            print(f"farmfutures: the marks can't be read now: {trouble}", file=sys.stderr, flush=True)

    def apply(self, chunk: Chunk, settle: Settle, interpreter: Interpreter, outbox: Outbox) -> None:
        """Does what the marks say, for all items that have not ended yet."""
        wanted = self.marks
        chunk.forgiven = wanted.forgiven
        self.settle_waiting(chunk, settle)
        chunk.bring_forward(wanted.first)
        asked = interpreter.there and bool(chunk.held) and self._recall(chunk, interpreter)
        if not asked:
            self.confirm(settle, outbox)

    def _recall(self, chunk: Chunk, interpreter: Interpreter) -> bool:
        """Calls back what is with the interpreter and is not wanted now; returns whether its supervisor will answer."""
        wanted = self.marks
        stops = wanted.paused or any(wanted.stops(held.work) for held in chunk.held.values())
        asked = stops or (len(chunk.held) > 1 and bool(wanted.first))
        if asked:
            interpreter.revoke()
        for grant in [grant for grant, held in chunk.held.items() if held.work in wanted.killed]:
            interpreter.kill(grant)
        return asked

    def confirm(self, settle: Settle, outbox: Outbox) -> None:
        """Says that the marks were seen: what they stop and is not said to run will not do so any more."""
        if self._run.marks != self.marks.version:
            settle.notice(float("inf"))
            self._run.marks = self.marks.version
            outbox.say(now=True)

    def settle_waiting(self, chunk: Chunk, settle: Settle) -> None:
        """Takes out what waits and is not to start. What somebody called done needs no outcome of ours."""
        stopped = chunk.stopped(self.marks)
        killed = [work for work in stopped if work in self.marks.killed]
        settle.none_ran(killed, State.KILLED)
        settle.none_ran([work for work in stopped if work in self.marks.cancelled and work not in killed], State.CANCELLED)

    def taken(self, now: float) -> set[int]:
        """Returns the items that other runs have taken over since the last time."""
        if now - self._taken_s < _TAKEN_S:
            return set()
        self._taken_s = now
        found: set[int] = set()
        try:
            for name in set(runs.names(self._folder)) - self._known:
                found |= self._taken_by(name)
        except OSError:
            return found  # The next look sees it.
        return found

    def _taken_by(self, name: str) -> set[int]:
        if not runs.may_share(name, self._works):
            self._known.add(name)
            return set()
        try:
            other = runs.read(self._folder, self._seal, name)
        except SealError:
            other = None
        if other is None:
            return set()  # It has only begun.
        self._known.add(name)
        return set(texts.parse(other.items)) & self._works if self._run.name in other.accepted else set()
