"""On each Dask worker: owns the processes that run chunks, keeps them between chunks, ends them when they are not wanted.

A plugin of the worker, made by the first task of ours that comes; workers that run nothing of ours never hear of it. Dask
can't interrupt a task, so that a cancelled one is asked to stop from here, and a killed one ended with all that it started.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from distributed.diagnostics.plugin import WorkerPlugin

from ... import __version__
from .runner import Runner, is_kept, kind

if TYPE_CHECKING:
    from distributed import Worker

NAME = "farmfutures"
GOODBYE_S = 25.0
"""A Maya that is told to leave may take so long."""

NOT_STARTED = 127
"""The exit code that a shell gives a program that is not there."""

LEAVE_S, LAST_S = 20.0, 5.0
"""A worker that was told to leave waits so long for what it runs, and then so long for that to be ended."""


@dataclass(frozen=True, slots=True)
class Idle:
    """A process without work, and what ends it when it has been that for too long."""

    runner: Runner
    timer: threading.Timer


class Station(WorkerPlugin):
    """The processes of one worker.

    Args:
        threads: How many tasks it runs at once.
    """

    name = NAME
    idempotent = True

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.host = socket.gethostname()
        self.closing = False
        self._lock = threading.Lock()
        self._running: dict[str, Runner] = {}
        self._unwanted: set[str] = set()
        self._idle: list[Idle] = []

    @classmethod
    def of(cls, worker: Worker) -> Station:
        """Returns the worker's station, which is made on first use. For the threads that run tasks."""
        if NAME not in worker.plugins:
            adding = worker.plugin_add(plugin=cls(worker.state.nthreads), name=NAME)
            loop: Any = worker.loop
            asyncio.run_coroutine_threadsafe(adding, loop.asyncio_loop).result()
        return cast(Station, worker.plugins[NAME])

    # --- for the threads that run tasks

    def run(self, key: str, command: Sequence[str], env: Mapping[str, str], idle_s: float) -> tuple[int, str]:
        """Runs a command line to its end; returns its exit code, and how it ended in words."""
        try:
            runner = self._take(key, command, env)
        except OSError as error:
            return NOT_STARTED, f"its Python {command[0]} can't be started ({error.strerror})"
        if runner is None:
            return 0, "it was taken away before it began"
        try:
            return runner.run(key, command)
        finally:
            self._give_back(key, runner, idle_s)

    def _take(self, key: str, command: Sequence[str], env: Mapping[str, str]) -> Runner | None:
        """Returns a process for a command line: a warm one of the same job, another warm one, or a new one."""
        self._make_room(command, env)
        with self._lock:
            if self.closing or key in self._unwanted:
                self._unwanted.discard(key)
                return None
            fit = [idle for idle in self._idle if idle.runner.kind == kind(command, env) and idle.runner.usable]
            fit.sort(key=lambda idle: idle.runner.job == command[3])
            if fit and is_kept(command):
                fit[-1].timer.cancel()
                self._idle.remove(fit[-1])
            runner = self._running[key] = fit[-1].runner if fit and is_kept(command) else Runner(command, env)
            return runner

    def _make_room(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Ends what is warm and of no use, so that there are never more interpreters than threads that run tasks."""
        with self._lock:
            wanted = [idle for idle in self._idle if is_kept(command) and idle.runner.kind == kind(command, env)]
            spare = [idle for idle in self._idle if idle not in wanted]
            too_many = len(self._idle) + len(self._running) + (not wanted) - self.threads
            ending = spare[: max(0, too_many)]
            self._idle = [idle for idle in self._idle if idle not in ending]
        for idle in ending:
            idle.timer.cancel()
            idle.runner.leave(GOODBYE_S)

    def _give_back(self, key: str, runner: Runner, idle_s: float) -> None:
        with self._lock:
            del self._running[key]
            self._unwanted.discard(key)
            if runner.usable and not self.closing and idle_s > 0:
                idle = Idle(runner, threading.Timer(idle_s, self._expire, [runner]))
                idle.timer.daemon = True
                idle.timer.start()
                self._idle.append(idle)
                return
        runner.leave(GOODBYE_S)

    def _expire(self, runner: Runner) -> None:
        with self._lock:
            mine = [idle for idle in self._idle if idle.runner is runner]
            self._idle = [idle for idle in self._idle if idle.runner is not runner]
        for idle in mine:
            idle.runner.leave(GOODBYE_S)

    # --- for the worker's own thread

    def transition(self, key: Any, start: str, finish: str, **kwargs: Any) -> None:
        """A task that runs here is not wanted any more: what it has begun may end, and nothing new is to start."""
        if start in ("executing", "long-running") and finish == "released":
            with self._lock:
                runner = self._running.get(key)
                if runner is None:
                    self._unwanted.add(key)
                else:
                    runner.stop()

    def kill(self, keys: Collection[str]) -> None:
        """Ends tasks that run here with all that they started."""
        with self._lock:
            for key in keys:
                if key in self._running:
                    self._running[key].kill()
                else:
                    self._unwanted.add(key)

    async def teardown(self, worker: Worker) -> None:
        """The worker leaves: what runs may end within limits."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._lock:
            self.closing = True
            running, idle, self._idle = list(self._running.values()), self._idle, []
        for runner in running:
            runner.stop()
        for one in idle:
            one.timer.cancel()
            one.runner.leave(GOODBYE_S)
        deadline = time.monotonic() + LEAVE_S
        late = [runner for runner in running if not runner.ends_by(deadline)]
        for runner in late:
            runner.stop()  # The second time it ends what runs.
        deadline = time.monotonic() + LAST_S
        for runner in late:
            if not runner.ends_by(deadline):
                runner.kill()


# What runs on a worker for a client, by `distributed.Client.run`.


def kill(keys: list[str], dask_worker: Worker) -> None:
    """See `Station.kill`."""
    if NAME in dask_worker.plugins:
        cast(Station, dask_worker.plugins[NAME]).kill(keys)


def about(dask_worker: Worker, folder: str) -> dict[str, Any]:
    """Returns what is to be known of a worker: our release there, and whether it sees a folder."""
    import os
    import sys

    seen = os.access(folder, os.R_OK | os.W_OK | os.X_OK) if folder else True
    return {"release": __version__, "seen": seen, "host": socket.gethostname(), "python": sys.version_info[:2]}
