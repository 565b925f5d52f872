"""Plain typed data that everyone passes around: no behaviour of an engine in here."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from ._public import public
from .pieces import Pieces


@public
class State(enum.StrEnum):
    """Where a job or a work item stands."""

    BLOCKED = "blocked"
    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KILLED = "killed"

    @property
    def done(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self in _DONE


_DONE = frozenset({State.COMPLETE, State.FAILED, State.CANCELLED, State.KILLED})

STATES = tuple(State)
"""States by the small number that stores and wires use for them."""

CODES = {state: code for code, state in enumerate(STATES)}


@public
@dataclass(frozen=True, slots=True)
class Progress:
    """What a running call said last through `farmfutures.progress`."""

    done: float
    total: float | None = None
    message: str = ""

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1, or None where the total is unknown."""
        return None if not self.total else min(1.0, max(0.0, self.done / self.total))


@dataclass(frozen=True, slots=True)
class Launch:
    """How an interpreter must look before a job's items can run in it.

    Interpreters are shared between jobs whose launches are equal, so everything in here is compared by value.

    Attributes:
        interpreter: Program and first arguments.
        env: Variables that are added to a short list of the system's.
        secrets: More of them, whose values an engine keeps out of all that it writes, but for a file that only the user
            can read.
        sys_path: Folders to import from.
        cwd: The current folder.
        bootstrap: ``"package.module:function"`` that makes the interpreter ready, called with `settings`.
        settings: Plain JSON.
        preflight: Functions that are called after it, before anything of the user's is unpickled.
    """

    interpreter: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    sys_path: tuple[str, ...] = ()
    cwd: str | None = None
    bootstrap: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    preflight: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What a job asks of an engine, apart from its name and its work items."""

    launch: Launch
    priority: int = 50
    cpus: int | None = None
    user: str = ""
    attempts: int = 1
    timeout_s: float | None = None
    detached: bool = True
    level: int = 1
    requirements: str = ""
    groups: tuple[str, ...] = ()
    chunk: int | None = None
    engine_options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class WorkSpec:
    """One call of a job: its bytes, its name and what differs from the job."""

    call: bytes | Pieces
    name: str
    extra: dict[str, Any] = field(default_factory=dict)


@public
@dataclass(frozen=True, slots=True)
class JobInfo:
    """A job as the engine sees it now. Times are Unix seconds; `url` is the engine's own page about it, where it has one."""

    id: int
    name: str
    user: str
    state: State
    priority: int
    cpus: int | None
    total: int
    counts: dict[State, int]
    submitted_s: float
    started_s: float | None
    finished_s: float | None
    engine: str
    error: str | None = None
    paused: bool = False
    url: str | None = None

    @property
    def done(self) -> int:
        """How many items are over, well or badly."""
        return sum(n for state, n in self.counts.items() if state.done)

    @property
    def fraction(self) -> float:
        """Between 0 and 1: items that are over."""
        return self.done / self.total if self.total else 1.0


@public
@dataclass(frozen=True, slots=True)
class ItemInfo:
    """A work item as the engine sees it now. Times are Unix seconds; `host` is the machine, where that may be another."""

    job_id: int
    work_id: int
    name: str
    state: State
    attempt: int
    attempts: int
    worker: int | None
    started_s: float | None
    finished_s: float | None
    progress: Progress | None = None
    error: str | None = None
    log_path: str | None = None
    host: str = ""


@public
@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """An interpreter. `started_s` is in Unix seconds; `host` is its machine, where that may be another."""

    id: int
    pid: int
    interpreter: str
    state: str
    job_id: int | None
    work_id: int | None
    started_s: float
    items_done: int
    host: str = ""


@public
@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a job or a work item does not run now.

    Attributes:
        sentence: For people.
        kind: What keeps it back, in a word: ``paused``, ``busy``, ``no_room``, ``cpus``, ``starting``, ``start_failed``,
            ``next``, ``behind``, ``blocked``, ``stopping``, ``stuck``; or ``running`` and ``over``, when nothing does.
        position: About how many items go first, where the engine knows.
        help: The verb of `Farm` that helps (``resume``, ``priority``, ``retry``), "" where none does.
    """

    sentence: str
    kind: str
    position: int | None = None
    help: str = ""
