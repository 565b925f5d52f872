"""Runs a chunk: some work items of a job in a shared folder, one after the other, in one interpreter.

This is the one command line that every engine beyond this machine starts, ``python -m farmfutures.worker FOLDER --items 10-19``,
and `run_chunk` is the same for engines that keep a process between chunks (see `interpreter`). One thread, one loop: it
hands items to the interpreter, takes back what became of them (`settle`), writes that into the job's folder (`outbox`), and
looks there for what the client wants (`wishes`).

A run goes on from what earlier runs of its items have left (`earlier`): items that have an outcome are not run again, and
one that a runner was lost with is charged for that. When the engine wants its place back (`Runner.drain`, the first
SIGTERM) nothing new starts; what still runs when it is ended then (`Runner.abort`, the second one) is charged nothing.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import BootstrapError, SealError
from ..job import State
from ..spool import items as texts
from ..spool.runs import LEAVING, OVER, RUNNING, Run
from . import beginning, channel, here
from .interpreter import Interpreter, Need, Places
from .settle import Settle
from .wishes import Wishes

DONE, LEFT = 0, 75
"""Exit codes: all items have outcomes; some are left (EX_TEMPFAIL of sysexits.h)."""

PATIENCE_S = 300.0
"""A shared folder that can't be written at the end is waited for so long."""

_TICK_S = 1.0
_STUCK_S = 0.02
_AHEAD = 64


def run_chunk(
    folder: str | Path, items: str, interpreter: Interpreter | None = None, told: Callable[[Run], object] | None = None
) -> int:
    """Runs a chunk in this thread; make a `Runner` to stop it from another one.

    Args:
        folder: The job's folder, as this machine sees it.
        items: Its work items, ``"10-19"`` or ``"3,7,9-12"``.
        interpreter: A place for one that is kept between chunks; None starts one that ends with the chunk.
        told: Called, in this thread, with each report that the run writes: for engines that want to hear of progress.

    Returns:
        `DONE` where all items have outcomes, else `LEFT`.

    Raises:
        SealError: The job is not what was submitted.
        PackageError: Another release of farmfutures wrote it, and this one can't read that.
        OptionError: There are no such items.
        NoSuchJobError: There is no such folder here.
        OSError: The folder can't be read or written.
    """
    return Runner(folder, items, interpreter, told).run()


class Runner:
    """One run of a chunk; see `run_chunk`. `drain` and `abort` may be called in any thread, and in signal handlers."""

    def __init__(
        self, folder: str | Path, items: str, interpreter: Interpreter | None = None,
        told: Callable[[Run], object] | None = None,
    ) -> None:  # fmt: skip
        self._where = folder, items, told
        self._one = interpreter or Interpreter()
        self._kept = interpreter is not None
        self._draining = self._aborted = self._recycle = False
        self._drained = False
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)

    # --- from other threads

    def drain(self) -> None:
        """Starts no more items; the one that runs may end."""
        self._draining = True
        self._wake_up()

    def abort(self) -> None:
        """Ends what runs, too. It is charged nothing."""
        self._draining = self._aborted = True
        self._wake_up()

    def _wake_up(self) -> None:
        with contextlib.suppress(OSError):  # It was woken often enough, or is over.
            self._wake.send(b"!")

    # --- the run

    def run(self) -> int:
        """Runs it; see `run_chunk`."""
        try:
            begun = self._begun = beginning.begin(*self._where)
            self._run, self._chunk, self._outbox = begun.run, begun.chunk, begun.outbox
            limits = here.limits_of(begun.package)
            self._settle = Settle(begun.folder, begun.run, begun.chunk, begun.outbox, limits.memory_retries)
            self._wishes = Wishes(begun.folder, begun.seal, begun.run, begun.marks, begun.poll_s)
            try:
                self._loop()
            except Exception as error:
                self._run.note = str(error)
                raise
            finally:
                self._end()
            return LEFT if self._run.left else DONE
        finally:
            self._wake.close()
            self._woken.close()

    def _loop(self) -> None:
        self._settle.lost_too_often()
        self._wishes.apply(self._chunk, self._settle, self._one, self._outbox)
        need = None if self._chunk.over else self._prepare()
        while need is not None and not self._over():
            now = time.monotonic()
            self._look(now)
            self._staff(need, now)
            self._settle.notice(now)
            self._outbox.write()
            self._hear(self._wait())

    def _over(self) -> bool:
        return self._chunk.over or (self._draining and not self._chunk.held) or (self._aborted and not self._one.there)

    def _prepare(self) -> Need | None:
        """Returns what the interpreter must be, None where nothing can be; one that is there and does not fit leaves."""
        begun = self._begun
        try:
            need = here.need(begun.folder, begun.seal, begun.package)
        except (BootstrapError, SealError) as error:
            self._settle.launch_failed(begun.run.python, str(error), "", permanent=True)
            return None
        self._run.python = " ".join(need.launch["interpreter"])
        if self._one.there and not self._one.suits(need):
            self._one.close()
        if self._one.there:
            self._one.serve(self._places())
            if self._one.ready:
                self._at_work()
        return need

    def _places(self) -> Places:
        folder = self._begun.folder
        blobs = folder.blobs / self._run.name
        blobs.mkdir(mode=0o700, exist_ok=True)
        own = self._one.kept_at(folder.user / "workers") if self._kept else folder.worker(self._run.name)
        return Places(folder.logs, blobs, own)

    def _at_work(self) -> None:
        """The interpreter is ready."""
        folder = self._one.folder
        assert folder is not None
        self._run.worker = folder.relative_to(self._begun.folder.user).as_posix()
        self._run.state = LEAVING if self._draining else RUNNING
        self._outbox.say(now=True)

    def _end(self) -> None:
        """Writes what is left to be said; an interpreter of our own leaves afterwards, which may take a while."""
        if self._one.there and self._chunk.held:
            self._one.abort()
        self._settle.uncharged()
        self._run.state, self._run.running = OVER, None
        self._run.left = texts.as_text(self._chunk.left())
        self._outbox.say(now=True)
        written = self._outbox.write_all(PATIENCE_S)
        if not self._kept or self._one.leaving:
            self._one.close()
        with contextlib.suppress(OSError):
            (self._begun.folder.blobs / self._run.name).rmdir()  # Where nothing was large.
        if not written:
            raise OSError(f"{self._outbox.trouble} {PATIENCE_S:g} s were not enough: its items run again.")

    # --- what is wanted

    def _look(self, now: float) -> None:
        if self._wishes.look(now):
            self._wishes.apply(self._chunk, self._settle, self._one, self._outbox)
        for grant in self._chunk.drop(self._wishes.taken(now)):
            self._chunk.held.pop(grant)  # Nobody wants to hear of it any more.
            self._one.revoke()
            self._one.kill(grant)
        if self._draining and not self._drained:
            self._drained = True
            self._run.state = LEAVING
            self._outbox.say(now=True)
            if self._one.there and self._chunk.held:
                self._one.revoke()

    # --- to the interpreter

    def _staff(self, need: Need, now: float) -> None:
        """Starts an interpreter where there is none, and hands items to one that takes some."""
        one, idle = self._one, self._draining or self._wishes.marks.paused
        if self._aborted:
            if one.there:
                one.abort()
        elif not one.there:
            if not idle and self._chunk.waiting and now >= self._settle.not_before:
                self._recycle = False
                one.start(need, self._places())
        elif self._recycle or self._settle.heavy:
            if one.ready and not self._chunk.held:
                one.let_go()
        elif one.ready and not one.leaving and not idle:
            self._feed(need.settings.max_items_per_interpreter, now)

    def _feed(self, limit: int, now: float) -> None:
        chunk = self._chunk
        while chunk.waiting and chunk.room() > 0:
            if limit and self._one.items_done + len(chunk.held) >= limit:
                self._recycle = True
                return
            work = chunk.waiting[0]
            try:
                call = self._begun.ahead.take(work, islice(chunk.waiting, 1, _AHEAD))
            except SealError as error:
                chunk.waiting.popleft()
                self._settle.none_ran([work], State.FAILED, error)
                continue
            self._hand_over(work, call, now)

    def _hand_over(self, work: int, call: bytes | Path, now: float) -> None:
        extra = {name: value for name, value in self._chunk.extra(work).items() if name in ("env", "settings")}
        if isinstance(call, Path):
            extra["call_file"], call = str(call), b""
        about, attempt, limit_s = self._begun.package, self._chunk.attempt(work), self._chunk.limit_s(work)
        grant = self._one.run(about.job, work, attempt, about.spec["level"], call, extra, limit_s)
        self._chunk.hand_over(grant, now)

    # --- from the interpreter

    def _wait(self) -> set[int]:
        """Waits until somebody says something, or something is to be done; returns who did."""
        now = time.monotonic()
        due = min(self._outbox.due_s(), self._wishes.due_s, now + _TICK_S)
        if self._settle.not_before > now:
            due = min(due, self._settle.not_before)
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken.fileno(), selectors.EVENT_READ)
            for file in self._one.files:
                stuck = selectors.EVENT_WRITE if file in self._one.stuck else 0
                selector.register(file, selectors.EVENT_READ | stuck)
            ready = {key.fd for key, _ in selector.select(max(0.0, due - now))}
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(64)
        return ready

    def _hear(self, ready: set[int]) -> None:
        one = self._one
        if not one.there:
            return
        if one.stuck:
            one.flush()
        if ready.intersection(one.files):
            self._take_records()
            for word in one.words():
                self._obey(word)
        one.look(time.monotonic())
        if one.gone:
            self._bury()

    def _take_records(self) -> None:
        for record in self._one.records():
            if record.kind == channel.OUTCOME:
                self._one.items_done += self._settle.outcome(record)
            elif record.kind == channel.READY:
                self._one.ready = True
                self._settle.launched()
                self._at_work()
            elif record.kind == channel.PROGRESS:
                self._settle.progress(record.grant, record.payload)
            elif record.kind == channel.STOPPED:
                self._back(record.grant, record.grant, record.ordinal)
            elif record.kind == channel.FAILED:
                permanent = bool(record.flags & channel.ERROR)
                self._launch_failed(record.payload.decode(), self._one.tail(), permanent=permanent)

    def _obey(self, word: dict[str, Any]) -> None:
        """Does what a supervisor says."""
        if word["k"] == "died":
            self._take_records()  # What it wrote before it died counts.
            if not self._one.ready and not self._one.leaving:
                self._launch_failed(word["reason"] or word["launch"], word["tail"], permanent=False)
            self._died(word["g"], word)
        elif word["k"] == "back":
            self._back(word["g"], word["upto"], word["o"])
            self._wishes.confirm(self._settle, self._outbox)
        elif word["k"] == "failed":
            self._launch_failed(word["text"], "", permanent=True)

    def _back(self, first: int, last: int, started: int) -> None:
        """Items that were handed over and have not started come back; of the first grant they are those from `started` on."""
        self._chunk.back(grant for grant in list(self._chunk.held) if first <= grant <= last and (grant > first or not started))
        self._wishes.settle_waiting(self._chunk, self._settle)

    def _launch_failed(self, text: str, tail: str, *, permanent: bool) -> None:
        if not self._one.leaving:
            self._one.leaving = True
            self._settle.launch_failed(self._run.python, text, tail, permanent=permanent)

    def _died(self, grant: int, death: dict[str, Any]) -> None:
        self._one.leaving = True
        if self._aborted:
            self._settle.uncharged()
        else:
            self._settle.died(grant, death)
            self._wishes.settle_waiting(self._chunk, self._settle)
        self._wishes.confirm(self._settle, self._outbox)

    def _bury(self) -> None:
        """The supervisor is gone, too; what it did not say is settled by its page."""
        self._take_records()
        for word in self._one.words():
            self._obey(word)
        if self._chunk.held:
            self._died(*self._one.last_words())
        elif not self._one.ready and not self._one.leaving:
            self._launch_failed("its supervisor ended", self._one.tail(), permanent=False)
        self._one.bury()
