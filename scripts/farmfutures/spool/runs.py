"""What runners say of themselves: one report for each run of a chunk, written anew whenever something changed.

An engine may run a chunk twice, one after the other or at the same time. Each run says first which outcomes of earlier runs
of its items it goes on from; what those write later is refused by everybody. So whoever looks, and whenever, sees the same
outcome of an item.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from ..guard import open_private, write_private
from . import items as texts
from .layout import JobFolder, not_yet
from .seal import Seal

STARTING, RUNNING, LEAVING, OVER, REFUSED = "starting", "running", "leaving", "over", "refused"


@dataclass(slots=True)
class Running:
    """The work item that a run has in hand. `since_s` is in Unix seconds by the worker's clock; `progress` as a
    `farmfutures.Progress`: done, total, message."""

    work: int
    attempt: int
    since_s: float
    progress: tuple[float, float | None, str] | None = None


@dataclass(slots=True)
class Run:
    """The report of a run.

    Attributes:
        name: The run's name, ``"10-19.0"``.
        items: Its work items as text.
        state: ``starting`` (its interpreter), ``running``, ``leaving`` (the engine wants its place: nothing new starts, and what
            it has in hand is charged nothing if it is ended), ``over`` or ``refused`` (`note` says why).
        host: The machine.
        pid: The runner's process.
        engine_id: What the engine calls it there, ``"1234_5"``.
        release: Of farmfutures there.
        python: The interpreter's path there.
        worker: The interpreter's folder, below the user's folder.
        started_s: Unix seconds by the worker's clock.
        bundles: How many bundles of outcomes it has written.
        accepted: How many bundles of each earlier run of these items count.
        running: What it has in hand.
        tries: For items that are not over: how often they ran, and how often of these they were lost.
        marks: The version of the marks that it has seen.
        left: Items without an outcome, as text, where it is over.
        note: A sentence for people: how its interpreter could not be made ready, why it stopped.
    """

    name: str
    items: str
    state: str = STARTING
    host: str = ""
    pid: int = 0
    engine_id: str = ""
    release: str = ""
    python: str = ""
    worker: str = ""
    started_s: float = 0.0
    bundles: int = 0
    accepted: dict[str, int] = field(default_factory=dict)
    running: Running | None = None
    tries: dict[int, tuple[int, int]] = field(default_factory=dict)
    marks: int = 0
    left: str = ""
    note: str = ""


def begin(folder: JobFolder, items: str) -> Run:
    """Takes the next free number for a run of these items. Until its first report is written it accepts nothing.

    Raises:
        OSError: It can't be made.
    """
    number = 0
    while True:
        path = folder.run(items, number)
        try:
            os.close(open_private(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            return Run(path.name, items)
        except FileExistsError:
            number += 1


def write(folder: JobFolder, seal: Seal, run: Run) -> None:
    """Writes a report.

    Raises:
        OSError: It can't be written.
    """
    body = json.dumps(asdict(run)).encode()
    write_private(folder.runs / run.name, seal.close(f"run {folder.number} {run.name}", body))


def read(folder: JobFolder, seal: Seal, name: str) -> Run | None:
    """Returns a report; None where the run has only begun, or where the folder does not show more of it yet.

    Raises:
        SealError: It is not ours.
        OSError: It can't be read.
    """
    path = folder.runs / name
    try:
        data = path.read_bytes()
    except OSError as error:
        if not_yet(error):
            return None
        raise
    if not data:
        return None
    about = json.loads(seal.open(f"run {folder.number} {name}", data, path))
    running, tries = about.pop("running"), about.pop("tries")
    return Run(
        **about, running=None if running is None else _running(running),
        tries={int(work): (runs, lost) for work, (runs, lost) in tries.items()},
    )  # fmt: skip


def _running(about: dict[str, Any]) -> Running:
    said = about.pop("progress")
    return Running(**about, progress=None if said is None else tuple(said))


def names(folder: JobFolder) -> list[str]:
    """Returns the names of all runs, in no order.

    Raises:
        OSError: The folder can't be read.
    """
    return [name for name in os.listdir(folder.runs) if not name.startswith(".")]


def shared(name: str, wanted: Collection[int]) -> set[int]:
    """Returns those of these work items that a run may have, by its name: where that is a digest, any of them."""
    items = name.rpartition(".")[0]
    return set(wanted) if items.startswith("x") else {work for work in texts.parse(items) if work in wanted}


def may_share(name: str, wanted: Collection[int]) -> bool:
    """Whether a run of this name may have some of these work items: most are told by their name, and need not be read."""
    return bool(shared(name, wanted))
