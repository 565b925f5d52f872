"""How a run of a chunk is getting on, for people who look at the task: how far, what it does, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...call import error_line
from ...errors import SealError
from ...job import State
from ...spool import items as texts
from ...spool import outcomes
from ...spool.layout import JobFolder
from ...spool.outcomes import Outcome
from ...spool.runs import Run
from ...spool.seal import Seal


@dataclass(frozen=True, slots=True)
class Tale:
    """What is said of a run.

    Attributes:
        percent: How much is over, from 0 to 100.
        status: A line about it.
        failures: A line about items that failed, "" where none did.
    """

    percent: float
    status: str
    failures: str = ""


class Telling:
    """Turns the reports of a run into tales; each bundle of outcomes is read once.

    Args:
        folder: The job's folder.
        items: The chunk's work items, as text.
    """

    def __init__(self, folder: str | Path, items: str) -> None:
        self._folder = JobFolder.at(folder)
        self._seal = Seal.of(self._folder.key)
        self._wanted = set(texts.parse(items))
        self._bad: dict[int, str] = {}
        self._over: set[int] = set()
        self._read: dict[str, int] = {}

    def tell(self, run: Run) -> Tale:
        """Returns what there is to say now."""
        for outcome in self._new(run):
            self._note(outcome)
        share = (len(self._over) + _fraction(run)) / max(1, len(self._wanted))
        return Tale(round(100 * min(1.0, share), 1), self._status(run), self._failures())

    def _new(self, run: Run) -> Iterator[Outcome]:
        """Yields outcomes that were not read yet: those of earlier runs that count, and of this one."""
        for name, count in {**run.accepted, run.name: run.bundles}.items():
            try:
                while self._read.get(name, 0) < count:
                    yield from outcomes.read(self._folder, self._seal, name, self._read.get(name, 0))
                    self._read[name] = self._read.get(name, 0) + 1
            except (OSError, SealError):
                continue  # It is said for people; the client reads it by itself, and says what is wrong with it.

    def _note(self, outcome: Outcome) -> None:
        if outcome.work not in self._wanted:
            return
        self._over.add(outcome.work)
        if outcome.state in (State.FAILED, State.KILLED):
            self._bad[outcome.work] = (error_line(outcome.payload) if outcome.payload else "") or outcome.state.value

    def _status(self, run: Run) -> str:
        done = f"{len(self._over)} of {len(self._wanted)} items are over"
        if run.running is not None:
            said = run.running.progress
            return f"{done}, item {run.running.work} runs{f': {said[2]}' if said and said[2] else ''}"
        return f"{done}{f' ({run.note})' if run.note else ''}"

    def _failures(self) -> str:
        if not self._bad:
            return ""
        first = min(self._bad)
        text = f"item {first}: {self._bad[first]}"
        return text if len(self._bad) == 1 else f"{text} (and {len(self._bad) - 1} more)"


def _fraction(run: Run) -> float:
    said: Any = run.running.progress if run.running is not None else None
    return min(1.0, max(0.0, said[0] / said[1])) if said and said[1] else 0.0
