"""What an engine does for a job that lies in a shared folder: it starts one command line for each chunk, and no more.

Results never travel through it: runners write outcomes into the job's folder. Its word on a chunk matters only as long as
an outcome is missing, and what it does not know is never taken for a failure.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ...job import JobSpec
from ..report import Finding as Finding
from ..report import Report


class ChunkState(enum.StrEnum):
    """How a chunk stands with the engine."""

    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"
    """Its command line ended by itself, whatever its exit code."""
    CANCELLED = "cancelled"
    """Somebody took it away, by us or behind our back."""
    LOST = "lost"
    """Its node or worker died, and the engine will not start it again by itself."""
    UNKNOWN = "unknown"
    """The engine does not know it (any more), or can't be asked now."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a chunk stands: our word, and in `why` the engine's own words for people (``"Resources"``, ``"JobHeldUser"``)."""

    state: ChunkState
    why: str = ""
    where: str = ""
    """The host that runs it, where that is known."""


@dataclass(frozen=True, slots=True)
class Order:
    """Chunks of one job to be started.

    Attributes:
        job: Our number of the job.
        name: The job's name, for people; may hold anything (quote it!).
        token: A name for this order that is unique in the shared folder, safe in file names and command lines, and by which
            `Launcher.find` finds what was started by a client that died before it could note the handle.
        folder: The job's folder, as this machine sees it.
        commands: For each chunk the command line, as workers see it.
        items: For each chunk its work items, ``"10-19"`` or ``"3,7,9-12"``, as they stand in the command line.
        env: Variables that the command needs, no secrets among them.
        spec: What the job asks for. ``spec.engine_options`` holds the engine's own options.
        held: Do not start it before it is released: the job is paused.
    """

    job: int
    name: str
    token: str
    folder: str
    commands: Sequence[tuple[str, ...]]
    items: Sequence[str]
    env: Mapping[str, str]
    spec: JobSpec
    held: bool = False


class Launcher(Protocol):
    """An engine that starts command lines. All methods may be called in any thread, and none waits for work to end.

    A *handle* is a string that outlives the client: any process that sees the shared folder can use it. Chunks are numbered
    from 0 as in the order.
    """

    name: str

    def report(self) -> Report:
        """What it can do; asks nobody."""
        ...

    def check(self, spec: JobSpec) -> None:
        """Refuses what it can't honour, before anything is written.

        Raises:
            RefusedError: With a sentence that names the option and what to do.
            OptionError: An option of the engine's own has a bad value.
        """

    def examine(self) -> list[Finding]:
        """Looks whether the engine can be used from here: commands there, service answers, settings make sense."""
        ...

    def launch(self, order: Order) -> str:
        """Starts the chunks and returns the handle.

        Raises:
            EngineUnavailableError: It can't be reached; nothing was started.
            RefusedError: It refuses, in its own words.
        """
        ...

    def find(self, token: str) -> str | None:
        """Returns the handle of an order by its token, None where it was not started."""
        ...

    def look(self, handles: Collection[str]) -> dict[str, dict[int, Stand]]:
        """Returns how chunks stand, all handles in one question. What the engine does not know is left out.

        Raises:
            EngineUnavailableError: It can't be reached now.
        """
        ...

    def cancel(self, handle: str, chunks: Collection[int] | None, *, running: bool) -> None:
        """Takes chunks away (None: all): those that wait, and with `running` those that run too."""

    def hold(self, handle: str, held: bool) -> None:
        """Keeps what waits from starting, or lets it start again."""

    def set_priority(self, handle: str, priority: int) -> None:
        """Moves what waits up or down."""

    def url(self, handle: str) -> str | None:
        """A page for people about it, None where there is none."""
        ...

    def close(self) -> None:
        """Lets go of connections; what was started goes on."""
