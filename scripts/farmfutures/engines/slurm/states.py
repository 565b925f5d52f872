"""What ``squeue`` and ``sacct`` print, in our words.

Text with a format of our own, and not ``--json``: its letters are the same in every release since 2.6, while the JSON changes
with each (a state is a word in 22.05, and a list of words since 23.11). And tasks that wait are one line a job array, which
keeps a look at ten thousand of them short.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..spool.launcher import ChunkState, Stand

FORMAT = "%F|%K|%T|%N|%r"
"""Number of the array, its tasks, state, nodes, reason."""

SACCT_FORMAT = "JobID,State,NodeList,Reason"

NAMES, SACCT_NAMES = "%F|%j", "JobID,JobName"

_STATES = {
    ChunkState.WAITING: (
        "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT", "EXPEDITING",
    ),
    ChunkState.RUNNING: ("RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"),
    ChunkState.OVER: ("COMPLETED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY", "DEADLINE"),
    ChunkState.CANCELLED: ("CANCELLED", "REVOKED"),
    # Without --requeue, or where the cluster forbids it: else they wait again.
    ChunkState.LOST: ("NODE_FAIL", "BOOT_FAIL", "PREEMPTED"),
}  # fmt: skip
_OURS = {theirs: ours for ours, several in _STATES.items() for theirs in several}
_SELF_EVIDENT = ("PENDING", "RUNNING", "COMPLETED", "CANCELLED")
_NOTHING_SAID = ("", "None", "(null)", "N/A")
_RANGE = re.compile(r"(\d+)(?:-(\d+)(?::(\d+))?)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: tasks of a job array that stand alike. `tasks` is None where it stands for all that have no line of their own."""

    job: int
    tasks: tuple[int, ...] | None
    stand: Stand


def rows(text: str) -> Iterator[Row]:
    """Reads lines of ``squeue``; what is none is left out."""
    for line in text.splitlines():
        words = line.split("|", 4)
        if len(words) == 5 and words[0].isdigit():
            job, tasks, state, node, reason = words
            yield Row(int(job), numbers(tasks), stand(state, reason, node))


def sacct_rows(text: str) -> Iterator[Row]:
    """Reads lines of ``sacct --parsable2 --allocations``; of a task that ran more than once the last is true."""
    for line in text.splitlines():
        words = line.split("|", 3)
        job, _, tasks = words[0].partition("_")
        if len(words) == 4 and job.isdigit():
            # A job that was cancelled before any of its tasks started has one line, as the whole.
            yield Row(int(job), numbers(tasks.strip("[]")), stand(words[1].split(" ")[0], words[3], words[2]))


def names(text: str) -> Iterator[tuple[int, str]]:
    """Reads lines of either that give names: numbers of jobs, and what they are called, which may hold anything."""
    for line in text.splitlines():
        job, _, name = line.partition("|")
        number = job.partition("_")[0]
        if number.isdigit():
            yield int(number), name


def numbers(text: str) -> tuple[int, ...] | None:
    """Reads ``"3,5-9"``, ``"0-8:2"`` or ``"6-9%4"``; None where no numbers are given."""
    found: list[int] = []
    for part in text.partition("%")[0].split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            return None
        low = int(match[1])
        found += range(low, int(match[2] or low) + 1, int(match[3] or 1))
    return tuple(found)


def stand(state: str, reason: str = "", node: str = "") -> Stand:
    """Returns our word for a state of Slurm's, and its own for people."""
    ours = _OURS.get(state, ChunkState.UNKNOWN)
    words = [] if state in _SELF_EVIDENT else [state]
    words += [] if reason in _NOTHING_SAID else [reason]
    where = node if node not in _NOTHING_SAID and node != "None assigned" else ""
    return Stand(ours, ", ".join(words), where)
