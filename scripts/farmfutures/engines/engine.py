"""What an engine must do, and the engines that are open in this process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from ..job import JobSpec, WorkSpec
from ..settings import Settings
from .registry import make
from .report import Finding, Report

if TYPE_CHECKING:
    from ..future import Future


class Engine(Protocol):
    """Where jobs run. It owns a job from `submit` on, and outlives the process that submitted it.

    To make one is cheap: it reaches out, and imports what is large, when it is first used.
    """

    name: str
    settings: Settings

    def report(self) -> Report:
        """What it can do; asks nobody. A job that wants what it can't is refused before `check` is asked."""
        ...

    def check(self, spec: JobSpec) -> None:
        """Refuses what it can do in general, but not as this job wants it; nothing was written yet.

        Raises:
            RefusedError: With a sentence that names the option and what to do.
            OptionError: An option that only this engine has is of a bad value.
        """

    def examine(self) -> list[Finding]:
        """Looks whether jobs can be handed over from here, for ``farmfutures engines check``; submits nothing."""
        ...

    def connect(self) -> bool:
        """Makes sure that the engine can be reached."""
        ...

    def submit(self, spec: JobSpec, name: str, works: list[WorkSpec], futures: list[Future]) -> int:
        """Hands a job over and returns its id; it is safe when this returns."""
        ...

    def request(self, op: str, **args: Any) -> Any:
        """Asks or steers; see `farmfutures.Farm` for the words."""

    def payload(self, what: str, job: int, work: int) -> bytes:
        """Returns the packed ``"call"`` or ``"outcome"`` of a work item, b"" where there is none."""
        ...

    def attach(self, job: int, futures: list[Future]) -> None:
        """Has futures resolve with the outcomes of a job that somebody submitted."""

    def close(self) -> None:
        """Lets go; what was submitted goes on."""


class Shared:
    """Engines of this process, one for each name, state folder and shared folder, closed with their last user."""

    def __init__(self) -> None:
        # Executors are also closed by the garbage collector, which may come while this very thread opens another.
        self._lock = threading.RLock()
        self._engines: dict[tuple[str, str, str], tuple[Engine, int]] = {}

    def open(self, name: str, settings: Settings) -> Engine:
        """Returns the engine, made on first use."""
        key = (name, str(settings.state), settings.spool)
        with self._lock:
            engine, users = self._engines.get(key, (None, 0))
            engine = engine or make(name, settings)
            self._engines[key] = (engine, users + 1)
        return engine

    def keep(self, engine: Engine) -> None:
        """Says that an engine that is open has one more user, who will close it in turn."""
        with self._lock:
            for key, (known, users) in self._engines.items():
                if known is engine:
                    self._engines[key] = (engine, users + 1)

    def close(self, engine: Engine) -> None:
        """Says that one user is done with it."""
        with self._lock:
            key = next((key for key, (known, _) in self._engines.items() if known is engine), None)
            if key is None:
                return
            users = self._engines[key][1] - 1
            if users:
                self._engines[key] = (engine, users)
                return
            del self._engines[key]
        engine.close()


shared = Shared()
