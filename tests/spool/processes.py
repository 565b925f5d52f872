"""An engine that is real, small and full of faults: it starts command lines as processes of this machine.

`Farm` is the engine. It lives in the process of the test, which can lose chunks, forget handles and be down; other
processes reach it, as the test does, through a socket that a `Processes` launcher calls for each of its questions.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Any

import psutil

from farmfutures.engines.report import Feature, Finding, Report, Support
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.engines.spool.launcher import ChunkState, Order, Stand
from farmfutures.errors import EngineUnavailableError, RefusedError
from farmfutures.job import JobSpec
from farmfutures.settings import Settings

KEY = b"a farm of this test's own"
GRACE_S = 5.0
ADDRESS = "FARMFUTURES_TEST_FARM"
"""The variable that says where the farm is."""


@dataclass
class Chunk:
    """One command line, and how it stands."""

    handle: str
    number: int
    command: tuple[str, ...]
    env: Mapping[str, str]
    priority: int
    held: bool
    most: int | None
    """So many of its order may run at once."""
    stand: Stand = Stand(ChunkState.WAITING, "Resources")
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    preempted: bool = False


@dataclass
class Faults:
    """What is wrong with the farm now."""

    down: bool = False
    refuses: str = ""
    deaf: bool = False
    """It starts what it is told to and does not get round to saying so: the client gets an error."""
    questions: list[str] = field(default_factory=list)
    """What it was asked, in order."""


class Farm:
    """Starts at most `most` command lines at once, the highest priority first.

    Args:
        most: How many.
        log: Where they print to.
    """

    def __init__(self, most: int, log: Path) -> None:
        self.most = most
        self.log = log
        self.faults = Faults()
        self.chunks: dict[str, list[Chunk]] = {}
        self.tokens: dict[str, str] = {}
        self.killed = 0
        """How many processes it had to kill, or a test did: these leave files behind."""
        self._lock = threading.RLock()
        self._waiters: list[threading.Thread] = []
        self._closed = False

    # --- what a launcher asks

    def launch(self, order: Order) -> str:
        with self._lock:
            self._must_answer("launch")
            if self.faults.refuses:
                raise RefusedError(self.faults.refuses)
            handle = f"h{len(self.tokens) + 1}"
            self.tokens[order.token] = handle
            self.chunks[handle] = [
                Chunk(handle, number, command, order.env, order.spec.priority, order.held, order.spec.cpus)
                for number, command in enumerate(order.commands)
            ]
            self._staff()
            if self.faults.deaf:
                raise EngineUnavailableError("the farm hung up before it said anything.")
            return handle

    def find(self, token: str) -> str | None:
        with self._lock:
            self._must_answer("find")
            return self.tokens.get(token)

    def look(self, handles: Collection[str]) -> dict[str, dict[int, Stand]]:
        with self._lock:
            self._must_answer("look")
            known = {handle: self.chunks[handle] for handle in handles if handle in self.chunks}
            return {handle: {chunk.number: chunk.stand for chunk in chunks} for handle, chunks in known.items()}

    def cancel(self, handle: str, numbers: Collection[int] | None, running: bool) -> None:
        with self._lock:
            self._must_answer("cancel")
            for chunk in self.chunks.get(handle, []):
                if numbers is None or chunk.number in numbers:
                    self._cancel(chunk, running=running)

    def hold(self, handle: str, held: bool) -> None:
        with self._lock:
            self._must_answer("hold")
            for chunk in self.chunks.get(handle, []):
                chunk.held = held
            self._staff()

    def set_priority(self, handle: str, priority: int) -> None:
        with self._lock:
            self._must_answer("set_priority")
            for chunk in self.chunks.get(handle, []):
                chunk.priority = priority

    def examine(self) -> str:
        with self._lock:
            self._must_answer("examine")
            return f"{self.most} places"

    def _must_answer(self, question: str) -> None:
        self.faults.questions.append(question)
        if self.faults.down:
            raise EngineUnavailableError("the farm is down.")

    def _cancel(self, chunk: Chunk, *, running: bool) -> None:
        if chunk.stand.state is ChunkState.WAITING:
            chunk.stand = Stand(ChunkState.CANCELLED, "by its user")
        elif chunk.stand.state is ChunkState.RUNNING and running:
            chunk.stand = Stand(ChunkState.CANCELLED, "by its user")
            self._stop(chunk)

    # --- what it does by itself

    def _staff(self) -> None:
        """Starts what there is room for."""
        waiting = [chunk for chunks in self.chunks.values() for chunk in chunks]
        waiting = [chunk for chunk in waiting if chunk.stand.state is ChunkState.WAITING and not chunk.held]
        waiting.sort(key=lambda chunk: -chunk.priority)
        for chunk in waiting:
            mates = sum(mate.process is not None for mate in self.chunks[chunk.handle])
            if self._busy() < self.most and (chunk.most is None or mates < chunk.most):
                self._start(chunk)

    def _busy(self) -> int:
        return sum(chunk.process is not None for chunks in self.chunks.values() for chunk in chunks)

    def _start(self, chunk: Chunk) -> None:
        if self._closed:
            return
        chunk.starts += 1
        chunk.stand = Stand(ChunkState.RUNNING, where=os.uname().nodename if hasattr(os, "uname") else "here")
        with self.log.open("ab") as log:
            chunk.process = subprocess.Popen(
                chunk.command, env={**os.environ, **chunk.env}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        waiter = threading.Thread(target=self._wait, args=(chunk, chunk.process), name="farm-waiter")
        self._waiters.append(waiter)
        waiter.start()

    def _wait(self, chunk: Chunk, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        with self._lock:
            if chunk.process is process:
                chunk.process = None
                if chunk.stand.state is ChunkState.RUNNING:
                    took = chunk.preempted and code
                    chunk.stand = Stand(ChunkState.LOST if took else ChunkState.OVER, f"exit {code}")
            self._staff()

    def _stop(self, chunk: Chunk) -> None:
        process = chunk.process
        if process is not None:
            process.terminate()
            late = threading.Timer(GRACE_S, self._kill, (process,))
            late.daemon = True
            late.start()
            self._waiters.append(late)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            self.killed += 1
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    # --- what a test does to it

    def still(self) -> contextlib.AbstractContextManager[bool]:
        """Keeps it from doing anything by itself for a moment."""
        return self._lock

    def all(self) -> list[Chunk]:
        """Every chunk that was ever handed over."""
        with self._lock:
            return [chunk for chunks in self.chunks.values() for chunk in chunks]

    def runs(self, number: int = 0) -> bool:
        """Whether a chunk runs now."""
        with self._lock:
            return len(self.all()) > number and self.all()[number].process is not None

    def lose(self, chunk: Chunk) -> None:
        """The machine that runs it dies."""
        with self._lock:
            chunk.stand = Stand(ChunkState.LOST, "NODE_FAIL")
            assert chunk.process is not None
            below = psutil.Process(chunk.process.pid).children(recursive=True)
            self._kill(chunk.process)
            for process in below:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()

    def preempt(self, chunk: Chunk) -> None:
        """Somebody else needs the place: the chunk is asked to leave, however far it is."""
        with self._lock:
            chunk.preempted = True
            self._stop(chunk)

    def requeue(self, chunk: Chunk, *, kill: bool = True) -> None:
        """The engine starts a chunk again by itself; without `kill` the first process goes on, which happens."""
        with self._lock:
            old, chunk.process = chunk.process, None
            if kill and old is not None:
                self._kill(old)
            self._start(chunk)

    def delete(self, handle: str) -> None:
        """An administrator takes a job away."""
        with self._lock:
            for chunk in self.chunks[handle]:
                self._cancel(chunk, running=True)

    def forget(self) -> None:
        """It knows nothing any more of what it was handed; what runs goes on."""
        with self._lock:
            self.chunks, self.tokens = {}, {}

    def close(self) -> None:
        """Ends what runs, as an engine does: it is told, and gets some time."""
        with self._lock:
            self._closed = True
            for chunk in self.all():
                self._stop(chunk)
        for waiter in self._waiters:
            if not isinstance(waiter, threading.Timer):
                waiter.join()
        for waiter in self._waiters:
            if isinstance(waiter, threading.Timer):
                waiter.cancel()
            waiter.join()


class Door:
    """Lets other processes ask a farm.

    Args:
        farm: The farm.
        address: A path for its socket.
    """

    def __init__(self, farm: Farm, address: str) -> None:
        self.farm = farm
        self._listener = Listener(address, authkey=KEY)
        self.address = address
        self._thread = threading.Thread(target=self._serve, name="farm-door")
        self._thread.start()

    def _serve(self) -> None:
        while True:
            with contextlib.suppress(OSError, EOFError), self._listener.accept() as line:
                question, args = line.recv()
                if question == "close":
                    return
                line.send(self._answer(question, args))

    def _answer(self, question: str, args: tuple[Any, ...]) -> tuple[Any, BaseException | None]:
        try:
            return getattr(self.farm, question)(*args), None
        except (EngineUnavailableError, RefusedError) as error:
            return None, error

    def close(self) -> None:
        with Client(self.address, authkey=KEY) as line:
            line.send(("close", ()))
        self._thread.join()
        self._listener.close()


class Processes:
    """A launcher for the farm that the variable `ADDRESS` names."""

    name = "processes"

    def __init__(self, address: str | None = None) -> None:
        self.address = address or os.environ[ADDRESS]

    def _ask(self, question: str, *args: Any) -> Any:
        try:
            with Client(self.address, authkey=KEY) as line:
                line.send((question, args))
                value, error = line.recv()
        except (OSError, EOFError) as problem:
            raise EngineUnavailableError(f"the farm at {self.address} can't be reached: {problem}.") from problem
        if error is not None:
            raise error
        return value

    def report(self) -> Report:
        can = {feature: Support(True) for feature in Feature}
        can[Feature.ATTACHED] = Support(False, "nobody watches whether a client lives")
        return Report(self.name, can, {"processes_nice": "how nice its processes are"})

    def check(self, spec: JobSpec) -> None:
        if spec.requirements:
            raise RefusedError(f"processes have no requirements={spec.requirements!r}: leave them out.")

    def examine(self) -> list[Finding]:
        return [Finding("farm", True, self._ask("examine"))]

    def launch(self, order: Order) -> str:
        handle: str = self._ask("launch", order)
        return handle

    def find(self, token: str) -> str | None:
        found: str | None = self._ask("find", token)
        return found

    def look(self, handles: Collection[str]) -> dict[str, dict[int, Stand]]:
        found: dict[str, dict[int, Stand]] = self._ask("look", list(handles))
        return found

    def cancel(self, handle: str, chunks: Collection[int] | None, *, running: bool) -> None:
        self._ask("cancel", handle, chunks, running)

    def hold(self, handle: str, held: bool) -> None:
        self._ask("hold", handle, held)

    def set_priority(self, handle: str, priority: int) -> None:
        self._ask("set_priority", handle, priority)

    def url(self, handle: str) -> str | None:
        return None

    def close(self) -> None:
        """There is no connection that stays."""


def engine(settings: Settings) -> SpoolEngine:
    """What an entry point names."""
    return SpoolEngine(settings, Processes())


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to this in time"
        time.sleep(0.005)
