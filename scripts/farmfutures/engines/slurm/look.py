"""How chunks stand: one question for all of them, and a second one only for what Slurm has forgotten."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...errors import EngineUnavailableError
from ..spool.launcher import ChunkState, Stand
from . import commands, states
from .handles import Array, Handle, Part
from .output import Output
from .states import Row

_QUEUE = ("squeue", "--me", "--noheader", "--states=all")
"""By user, which the controller sorts out. With a list of jobs it would send those of everybody."""

_HISTORY = ("sacct", "--noheader", "--parsable2", "--allocations")
_DAYS = 14
"""So old an order may be, and be found by its token; a client looks for it when it starts anew."""

_FORGOTTEN = Stand(ChunkState.OVER, "Slurm no longer knows it")
_TAKEN_AWAY = Stand(ChunkState.CANCELLED, "taken away before it started")


class Watch:
    """Looks, and remembers what waited.

    Of a task of an array that is cancelled before it starts Slurm keeps no record. But what ended is remembered for a while
    (``MinJobAge``): so a task that waited until less than that ago, and has left no trace, can't have run.

    Args:
        keep_s: MinJobAge in seconds; 0 is for ever.
        accounting: Whether there is a database that remembers what the controller has forgotten.
        output: Where the last words of those are that failed.
    """

    def __init__(self, keep_s: float, *, accounting: bool, output: Output | None = None) -> None:
        self._keep_s = keep_s or math.inf
        self._accounting = accounting
        self._output = output
        self._lock = threading.Lock()
        self._waited: dict[str, dict[int, float]] = {}
        self._taken: dict[str, set[int]] = {}

    def note(self, text: str, handle: Handle) -> None:
        """Remembers that all of a new order waits."""
        with self._lock:
            self._waited[text] = dict.fromkeys((chunk for array in handle.arrays for chunk in array.chunks), time.monotonic())

    def stands(self, handles: Mapping[str, Handle]) -> dict[str, dict[int, Stand]]:
        """Returns how the chunks of handles stand, all of the cluster that is asked.

        Raises:
            EngineUnavailableError: Slurm can't be reached now.
        """
        asked_s = time.monotonic()
        found = _by_job(states.rows(_text([*_QUEUE, f"--format={states.FORMAT}"])))
        known = {text: _known(handle, found) for text, handle in handles.items()}
        with self._lock:
            for text, stands in known.items():
                self._remember(text, stands, asked_s)
                stands.update((chunk, _TAKEN_AWAY) for chunk in self._taken.get(text, ()) if chunk not in stands)
        self._ask_history(handles, known)
        return {text: self._whole(handle, known[text]) for text, handle in handles.items()}

    def _remember(self, text: str, stands: Mapping[int, Stand], now_s: float) -> None:
        waited = self._waited.setdefault(text, {})
        for chunk in [chunk for chunk in waited if chunk not in stands]:
            if now_s - waited.pop(chunk) < self._keep_s:
                self._taken.setdefault(text, set()).add(chunk)
        for chunk, stand in stands.items():
            if stand.state is ChunkState.WAITING:
                waited[chunk] = now_s
            else:
                waited.pop(chunk, None)

    def _ask_history(self, handles: Mapping[str, Handle], known: Mapping[str, dict[int, Stand]]) -> None:
        """Adds what the database knows of what the controller has forgotten."""
        lacking = {text: handle for text, handle in handles.items() if len(known[text]) < handle.count}
        if not lacking or not self._accounting:
            return
        jobs = ",".join(str(array.job) for handle in lacking.values() for array in handle.arrays)
        told = _by_job(states.sacct_rows(_text([*_HISTORY, f"--format={states.SACCT_FORMAT}", f"--jobs={jobs}"])))
        for text, handle in lacking.items():
            known[text].update({**_known(handle, told), **known[text]})

    def _whole(self, handle: Handle, known: Mapping[int, Stand]) -> dict[int, Stand]:
        return {
            array.first + task: self._said(array.job, task, known.get(array.first + task, _FORGOTTEN))
            for array in handle.arrays
            for task in range(array.count)
        }

    def _said(self, job: int, task: int, stand: Stand) -> Stand:
        """Adds to a chunk that failed what its command said last."""
        if self._output is None or not stand.why.startswith("FAILED"):
            return stand
        line = self._output.last_line(job, task)
        return replace(stand, why=f"{stand.why}: {line}") if line else stand


def _known(handle: Handle, found: Mapping[int, list[Row]]) -> dict[int, Stand]:
    return {array.first + task: stand for array in handle.arrays for task, stand in _tasks(found, array).items()}


def _tasks(found: Mapping[int, list[Row]], array: Array) -> dict[int, Stand]:
    """How the tasks of an array stand. A line without numbers is for all that have no line of their own."""
    rows = found.get(array.job, [])
    known = {task: row.stand for row in rows if row.tasks is None for task in range(array.count)}
    known.update((task, row.stand) for row in rows if row.tasks is not None for task in row.tasks)
    return known


def _by_job(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.job].append(row)
    return found


def named(token: str, *, accounting: bool) -> dict[int, Part]:
    """Returns the jobs that have a token in their names, and what these say.

    Raises:
        EngineUnavailableError: Slurm can't be reached now.
    """
    found = _with_token(token, _text([*_QUEUE, f"--format={states.NAMES}"]))
    if found or not accounting:
        return found
    return _with_token(token, _text([*_HISTORY, f"--format={states.SACCT_NAMES}", f"--starttime=now-{_DAYS}days"]))


def _with_token(token: str, text: str) -> dict[int, Part]:
    parts = ((job, Part.of(name)) for job, name in states.names(text))
    return {job: part for job, part in parts if part is not None and part.token == token}


def _text(command: Sequence[str]) -> str:
    answer = commands.run(command)
    if answer.code:
        raise EngineUnavailableError(f"Slurm did not answer {command[0]}: {answer.complaint}")
    return answer.text
