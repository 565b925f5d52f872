"""How things look: states, tables, times, JSON. Standard output is for answers, standard error for everything else."""

from __future__ import annotations

import dataclasses
import enum
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import click
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from ..job import ItemInfo, JobInfo, State, WorkerInfo


class Look(NamedTuple):
    """How a state is told from the others: by colour, by sign and by word, so that any one of them may be missing."""

    sign: str
    ascii: str
    style: str


LOOKS = {
    State.BLOCKED: Look("◌", ".", "dim"),
    State.PENDING: Look("○", "o", "default"),
    State.STARTING: Look("◔", "~", "cyan"),
    State.RUNNING: Look("●", ">", "bold blue"),
    State.COMPLETE: Look("✔", "+", "green"),
    State.FAILED: Look("✘", "x", "bold red"),
    State.CANCELLED: Look("⊘", "-", "yellow"),
    State.KILLED: Look("■", "!", "magenta"),
}
"""Colours by the terminal's own names, which fit light backgrounds and dark ones."""

_BAR_CELLS = 12


def out() -> Console:
    """The console for answers. Made anew, so that it writes where ``sys.stdout`` leads now."""
    return Console(highlight=False, soft_wrap=False)


def err() -> Console:
    """The console for everything else."""
    return Console(stderr=True, highlight=False)


def note(text: str) -> None:
    """Says one sentence on standard error. Never wrapped, so that paths in it can be copied."""
    err().print(Text.assemble(("farmfutures: ", "bold"), text), soft_wrap=True)


def emit(value: object) -> None:
    """Prints JSON for programs."""
    click.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def plain(value: object) -> Any:
    """Returns a value as what JSON can hold; what it can't is its ``repr``."""
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
        return {**fields, **{name: getattr(value, name) for name in ("done", "fraction") if hasattr(value, name)}}
    if isinstance(value, dict):
        return {str(plain(key)): plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


def unicode_ok(console: Console) -> bool:
    """Whether signs beyond ASCII can be shown there."""
    return console.encoding.lower().startswith("utf")


def state_text(console: Console, state: State, *, paused: bool = False) -> Text:
    """Returns a state as sign, word and colour."""
    look = LOOKS[state]
    text = Text(f"{look.sign if unicode_ok(console) else look.ascii} {state.value}", style=look.style)
    return text.append(" (paused)", style="dim") if paused else text


def bar(console: Console, job: JobInfo) -> Text:
    """Returns how far a job is as a short bar, red from the right for what went wrong."""
    full, half = ("━", "─") if unicode_ok(console) else ("#", ".")
    good = job.counts.get(State.COMPLETE, 0)
    cells = [round(_BAR_CELLS * n / job.total) if job.total else 0 for n in (good, job.done)]
    text = Text(full * cells[0], style="green").append(full * (cells[1] - cells[0]), style="red")
    return text.append(half * (_BAR_CELLS - cells[1]), style="dim")


def duration(seconds: float | None) -> str:
    """Returns a length of time as people say it: ``340 ms``, ``8.2 s``, ``3 min 20 s``, ``2 h 05 min``."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours < 48 else f"{hours // 24} d {hours % 24:02d} h"


def took(started_s: float | None, finished_s: float | None) -> str:
    """Returns how long something ran, or has been running."""
    return "" if started_s is None else duration((finished_s or time.time()) - started_s)


def ago(at_s: float | None) -> str:
    """Returns when something was: the time today, else the date too."""
    if at_s is None:
        return ""
    at, now = time.localtime(at_s), time.localtime()
    return time.strftime("%H:%M:%S" if at[:3] == now[:3] else "%Y-%m-%d %H:%M", at)


def table(*columns: Column | str, title: str | None = None) -> Table:
    """Returns an empty table in the one manner that all of ours have."""
    return Table(
        *columns, title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False,
        header_style="dim", show_edge=False,
    )  # fmt: skip


def right(name: str) -> Column:
    """A column of numbers."""
    return Column(name, justify="right", no_wrap=True)


def jobs_table(console: Console, jobs: Sequence[JobInfo]) -> Table:
    """Returns jobs, one a line."""
    name = Column("name", ratio=1, overflow="ellipsis", no_wrap=True, min_width=8)
    view = table(right("job"), name, Column("state", no_wrap=True), "", right("done"), "user", "submitted", right("took"))
    for job in jobs:
        view.add_row(
            str(job.id), first_line(job.name), state_text(console, job.state, paused=job.paused), bar(console, job),
            f"{job.done}/{job.total}", job.user, ago(job.submitted_s), took(job.started_s, job.finished_s),
        )  # fmt: skip
    return view


def items_table(console: Console, items: Sequence[ItemInfo]) -> Table:
    """Returns work items, one a line, with what each said last."""
    last = Column("last words", ratio=1, overflow="ellipsis", no_wrap=True)
    name = Column("name", overflow="ellipsis", no_wrap=True, max_width=40)
    view = table(right("item"), name, Column("state", no_wrap=True), right("try"), right("worker"), right("took"), last)
    for item in items:
        view.add_row(
            str(item.work_id), first_line(item.name), state_text(console, item.state), f"{item.attempt}/{item.attempts}",
            "" if item.worker is None else str(item.worker), took(item.started_s, item.finished_s), last_words(item),
        )  # fmt: skip
    return view


def workers_table(workers: Sequence[WorkerInfo]) -> Table:
    """Returns interpreters, one a line."""
    path = Column("interpreter", ratio=1, overflow="fold")
    view = table(right("worker"), right("pid"), "state", right("runs"), right("items done"), right("up for"), path)
    for worker in workers:
        runs = "" if worker.job_id is None else f"{worker.job_id}/{worker.work_id}"
        up = took(worker.started_s, None)
        view.add_row(str(worker.id), str(worker.pid), worker.state, runs, str(worker.items_done), up, worker.interpreter)
    return view


def last_words(item: ItemInfo) -> str:
    """Returns the error of an item, else its progress."""
    if item.error:
        return item.error
    if item.progress is None:
        return ""
    share = item.progress.fraction
    number = f"{item.progress.done:g}" if share is None else f"{share:.0%}"
    return f"{number} {item.progress.message}".strip()


def first_line(text: str) -> str:
    """Returns the first line of a name, and whether there are more."""
    lines = text.strip().splitlines()
    return "" if not lines else lines[0] + (" ..." if len(lines) > 1 else "")


def show_table(make: Callable[[Console], Table]) -> None:
    """Prints a table; into a file or a pipe without cutting long cells."""
    console = out()
    if not console.is_terminal:
        console = Console(highlight=False, width=200, file=sys.stdout)
    console.print(make(console))
