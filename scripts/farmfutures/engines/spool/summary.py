"""How a job ended, in one small file: a list of jobs need not read all that runners wrote for those that are over.

It is a copy, written by whoever sees first that a job is over, and holds as long as nothing was marked, and nothing ran, since.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass

from ...errors import SealError
from ...guard import write_private
from ...job import State
from ...spool import marks, runs
from ...spool.layout import JobFolder
from ...spool.marks import Marks
from ...spool.seal import Seal


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list says of a job that is over.

    Attributes:
        engine: The engine's name.
        handle: What that called it, "" where it never got there.
        counts: How many items ended in each state.
        started_s: Unix seconds by the workers' clocks; None where nothing ran.
        finished_s: The same for its end.
        error: A sentence about what could not be used.
        marks: The version of the marks.
        runs: How many runs there were.
    """

    engine: str
    handle: str
    counts: dict[str, int]
    started_s: float | None
    finished_s: float | None
    error: str | None
    marks: int
    runs: int

    @property
    def tally(self) -> Counter[State]:
        """The counts, by states."""
        return Counter({State(state): count for state, count in self.counts.items()})


def write(folder: JobFolder, seal: Seal, summary: Summary) -> None:
    """Writes it; where that can't be done, lists take longer.

    Raises:
        OSError: It can't be written.
    """
    write_private(folder.summary, seal.close(f"summary {folder.number}", json.dumps(asdict(summary)).encode()))


def read(folder: JobFolder, seal: Seal) -> tuple[Summary, Marks] | None:
    """Returns it, with the marks, where it still holds.

    Raises:
        OSError: The folder can't be read.
    """
    try:
        data = seal.open(f"summary {folder.number}", folder.summary.read_bytes(), folder.summary)
        found, wanted = Summary(**json.loads(data)), marks.read(folder, seal)
    except (FileNotFoundError, SealError, ValueError, TypeError):
        return None  # All of it follows from the other files, which say what is wrong with them.
    holds = found.marks == wanted.version and found.runs == len(runs.names(folder))
    return (found, wanted) if holds else None
