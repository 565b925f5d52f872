"""An engine that only notes what it is asked, and runners that do what a test says: each step of a fault, one by one."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection
from typing import Any

from farmfutures import __version__
from farmfutures.call import pack_exception, pack_result, unpack_call
from farmfutures.engines.report import Feature, Finding, Report, Support
from farmfutures.engines.spool.launcher import ChunkState, Order, Stand
from farmfutures.errors import EngineUnavailableError, RefusedError
from farmfutures.job import JobSpec, State
from farmfutures.spool import fences, marks, outcomes, package, runs
from farmfutures.spool import items as texts
from farmfutures.spool.layout import JobFolder
from farmfutures.spool.outcomes import Outcome
from farmfutures.spool.runs import Run, Running
from farmfutures.spool.seal import Seal

REPORT = Report(
    "paper",
    {feature: Support(feature is not Feature.ATTACHED, "nobody watches whether a client lives") for feature in Feature},
    {"paper_size": "its size"},
)


class Paper:
    """A launcher that starts nothing."""

    name = "paper"

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.stands: dict[tuple[str, int], Stand] = {}
        self.down = False
        self.refuses = ""
        self.swallows = False
        """It takes an order and its answer is lost."""
        self.said: list[tuple[Any, ...]] = []
        """What it was told, but for launches, and how often it was asked."""

    def report(self) -> Report:
        return REPORT

    def check(self, spec: JobSpec) -> None:
        if spec.engine_options.get("paper_size") == "huge":
            raise RefusedError("no paper is huge: leave paper_size out.")

    def examine(self) -> list[Finding]:
        return [Finding("paper", not self.down, "there is paper")]

    def _must_be_up(self) -> None:
        if self.down:
            raise EngineUnavailableError("the paper mill is closed.")

    def launch(self, order: Order) -> str:
        self._must_be_up()
        if self.refuses:
            raise RefusedError(self.refuses)
        self.orders.append(order)
        for chunk in range(len(order.items)):
            self.stand(ChunkState.WAITING, chunk, len(self.orders) - 1, why="Resources")
        if self.swallows:
            raise EngineUnavailableError("the paper mill hung up.")
        return f"sheet-{len(self.orders) - 1}"

    def find(self, token: str) -> str | None:
        self._must_be_up()
        return next((f"sheet-{n}" for n, order in enumerate(self.orders) if order.token == token), None)

    def look(self, handles: Collection[str]) -> dict[str, dict[int, Stand]]:
        self.said.append(("look", *handles))
        self._must_be_up()
        found: dict[str, dict[int, Stand]] = {}
        for (handle, chunk), stand in self.stands.items():
            if handle in handles:
                found.setdefault(handle, {})[chunk] = stand
        return found

    def cancel(self, handle: str, chunks: Collection[int] | None, *, running: bool) -> None:
        self._must_be_up()
        self.said.append(("cancel", handle, None if chunks is None else sorted(chunks), running))

    def hold(self, handle: str, held: bool) -> None:
        self._must_be_up()
        self.said.append(("hold", handle, held))

    def set_priority(self, handle: str, priority: int) -> None:
        self._must_be_up()
        self.said.append(("priority", handle, priority))

    def url(self, handle: str) -> str | None:
        return f"http://paper/{handle}"

    def close(self) -> None:
        self.said.append(("close",))

    # --- what a test does to it

    def stand(self, state: ChunkState | None, chunk: int = 0, order: int = 0, *, why: str = "") -> None:
        """A chunk stands so from now on; None: it is forgotten."""
        if state is None:
            self.stands.pop((f"sheet-{order}", chunk), None)
        else:
            self.stands[f"sheet-{order}", chunk] = Stand(state, why, "node7")

    def told(self, verb: str) -> list[tuple[Any, ...]]:
        """What it was told with this verb."""
        return [words[1:] for words in self.said if words[0] == verb]


class Actor:
    """A runner that does what a test says.

    Args:
        folder: The job's folder, as the runner sees it.
        seal: The user's seal.
        items: Its chunk.
    """

    def __init__(self, folder: JobFolder, seal: Seal, items: str) -> None:
        self.folder = folder
        self.seal = seal
        self.package = package.read(folder, seal)
        self.run = runs.begin(folder, items)
        self.works = texts.parse(items)

    def start(self, **about: Any) -> Actor:
        """Takes its items over, and says so."""
        fences.take_over(self.folder, self.seal, self.run)
        self.run.host, self.run.pid, self.run.python = socket.gethostname(), os.getpid(), "python"
        self.run.release, self.run.started_s = __version__, time.time()
        return self.say(state=runs.RUNNING, **about)

    def say(self, **about: Any) -> Actor:
        """Writes its report."""
        for name, value in about.items():
            setattr(self.run, name, value)
        runs.write(self.folder, self.seal, self.run)
        return self

    def hear(self) -> Actor:
        """Reads the marks, and says so."""
        return self.say(marks=marks.read(self.folder, self.seal).version)

    def begins(self, work: int, attempt: int = 1, progress: tuple[float, float | None, str] | None = None) -> Actor:
        return self.say(running=Running(work, attempt, time.time(), progress))

    def ends(self, *works: int, attempt: int = 1, say: bool = True) -> Actor:
        """Runs calls, and writes their outcomes as one bundle."""
        return self.writes([self.outcome(work, attempt) for work in works], say=say)

    def outcome(self, work: int, attempt: int = 1) -> Outcome:
        """Runs a call, here and now."""
        call = package.read_calls(self.folder, self.package, [work])[work]
        function, args, kwargs = unpack_call(call if isinstance(call, bytes) else call.read_bytes())
        began = time.time()
        try:
            state, payload = State.COMPLETE, bytes(pack_result(function(*args, **kwargs)))
        except Exception as error:
            state, payload = State.FAILED, pack_exception(error)
        return Outcome(work, attempt, state, began, time.time(), payload)

    def writes(self, found: list[Outcome], *, say: bool = True) -> Actor:
        """Writes outcomes as one bundle."""
        outcomes.write(self.folder, self.seal, self.run.name, self.run.bundles, found)
        self.run.bundles += 1
        self.run.running = None
        return self.say() if say else self

    def over(self, **about: Any) -> Run:
        """Says its last word."""
        self.say(**{"state": runs.OVER, "running": None, **about})
        return self.run
