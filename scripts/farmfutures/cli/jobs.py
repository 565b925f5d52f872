"""``farmfutures jobs``, ``show`` and ``wait``: look at what is on the farm."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click
from rich.console import Console, Group
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

import farmfutures

from ..job import ItemInfo, JobInfo, State
from . import render
from .farm import open_farm
from .render import emit, note

POLL_S = 0.1
_ERRORS_SHOWN = 3
_LABEL_LIMIT = 44

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
_STATE = click.option("-s", "--state", type=click.Choice([state.value for state in State]), help="Only those.")


@click.command()
@click.option("-n", "--limit", default=20, show_default=True, metavar="N", help="So many, the newest first.")
@click.option("--offset", default=0, metavar="N", help="Leave out the newest N.")
@_STATE
@click.option("-u", "--user", help="Only this user's.")
@click.option("--search", metavar="TEXT", help="Only those whose name has this in it.")
@_JSON
def jobs(limit: int, offset: int, state: str | None, user: str | None, search: str | None, as_json: bool) -> None:
    """List jobs."""
    found = open_farm().jobs(limit, offset, state=State(state) if state else None, user=user, search=search)
    if as_json:
        emit(found)
    elif found:
        render.show_table(lambda console: render.jobs_table(console, found))
    else:
        note("there are no such jobs" if state or user or search or offset else "there are no jobs yet")


@click.command()
@click.argument("job", type=int)
@click.argument("item", type=int, required=False)
@click.option("-n", "--limit", default=30, show_default=True, metavar="N", help="So many items.")
@click.option("--offset", default=0, metavar="N", help="Leave out the first N items.")
@_STATE
@_JSON
def show(job: int, item: int | None, limit: int, offset: int, state: str | None, as_json: bool) -> None:
    """Show JOB and its work items, or one ITEM."""
    farm = open_farm()
    info = farm.job(job)
    wanted = State(state) if state else None
    items = farm.items(job, limit, offset, state=wanted) if item is None else [farm.item(job, item)]
    if as_json:
        emit({**render.plain(info), "items": items} if item is None else items[0])
        return
    console = render.out()
    console.print(_headline(console, info))
    render.show_table(lambda console: render.items_table(console, items))
    for line in _under(info, items, item, limit, offset, wanted):
        console.print(line, soft_wrap=True)


def _headline(console: Console, job: JobInfo) -> Group:
    counts = ", ".join(f"{n} {state.value}" for state, n in job.counts.items() if n)
    state = render.state_text(console, job.state, paused=job.paused)
    lines = [
        Text.assemble((f"job {job.id}  ", "dim"), (job.name, "bold"), "  ", state),
        Text.assemble(render.bar(console, job), f" {job.done} of {job.total} done", (f"   {counts}", "dim")),
        Text(
            f"user {job.user}   priority {job.priority}   cpus {job.cpus or 'all'}   engine {job.engine}   "
            f"submitted {render.ago(job.submitted_s)}   took {render.took(job.started_s, job.finished_s) or '-'}",
            style="dim",
        ),
    ]
    return Group(*lines, Text(job.error, style="red")) if job.error else Group(*lines)


def _under(job: JobInfo, items: Sequence[ItemInfo], item: int | None, limit: int, offset: int, state: State | None) -> list[Text]:
    if item is not None:
        info = items[0]
        return [Text(line) for line in (info.error, f"log: {info.log_path}" if info.log_path else None) if line]
    total = job.total if state is None else job.counts.get(state, 0)
    left = total - offset - len(items)
    return [Text(f"... {left} more: --offset {offset + limit}", style="dim")] if left > 0 and items else []


@click.command()
@click.argument("wanted", type=int, nargs=-1, required=True, metavar="JOB...")
@click.option("--timeout", "timeout_s", type=float, metavar="SECONDS", help="Give up after that; exit code 5.")
@_JSON
def wait(wanted: tuple[int, ...], timeout_s: float | None, as_json: bool) -> int:
    """Wait until every JOB is over. Exit code 1 if anything in them failed."""
    farm = open_farm()
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    numbers = list(dict.fromkeys(wanted))
    found = _watch(farm, numbers, deadline, silent=as_json)
    if as_json:
        emit(found)
    over = [job for job in found if job.state.done]
    if not as_json:
        for job in over:
            _verdict(farm, job)
    if len(over) < len(found):
        note(f"gave up waiting after {render.duration(timeout_s)}; the jobs go on")
        return 5
    return 0 if all(job.state is State.COMPLETE for job in over) else 1


def _watch(farm: farmfutures.Farm, numbers: Sequence[int], deadline: float | None, *, silent: bool) -> list[JobInfo]:
    """Shows a bar for each job until all are over; returns them as they are then."""
    found = [farm.job(number) for number in numbers]
    for number in numbers:
        farm.look_after(number)
    bars = progress_bars(disable=silent)
    with bars:
        tasks = [bars.add_task(_label(job), total=job.total, state="") for job in found]
        while True:
            for task, job in zip(tasks, found, strict=True):
                bars.update(task, completed=job.done, total=job.total, state=_bar_state(bars.console, job))
            if all(job.state.done for job in found) or (deadline is not None and time.monotonic() > deadline):
                return found
            time.sleep(POLL_S)
            found = [job if job.state.done else farm.job(job.id) for job in found]


def _label(job: JobInfo) -> str:
    name = f"job {job.id}  {render.first_line(job.name)}"
    return escape(name if len(name) <= _LABEL_LIMIT else name[: _LABEL_LIMIT - 3] + "...")


def progress_bars(*, disable: bool = False) -> Progress:
    """Returns the live bars of ``wait`` and of the demo: on standard error, and only where that is a terminal."""
    console = render.err()
    return Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=32), MofNCompleteColumn(), TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(), console=console, disable=disable or not console.is_terminal,
    )  # fmt: skip


def _bar_state(console: Console, job: JobInfo) -> str:
    failed = job.counts.get(State.FAILED, 0)
    extra = f" [red]{failed} failed[/]" if failed else ""
    look = render.LOOKS[job.state]
    sign = look.sign if render.unicode_ok(console) else look.ascii
    return f"[{look.style}]{sign} {job.state.value}[/]{extra}"


def _verdict(farm: farmfutures.Farm, job: JobInfo) -> None:
    """Prints how a job ended, and the first errors with where to read on."""
    took = render.took(job.submitted_s, job.finished_s)
    console = render.out()
    counts = ", ".join(f"{n} {state.value}" for state, n in job.counts.items() if n)
    console.print(Text.assemble(f"job {job.id} ", render.state_text(console, job.state), f": {counts}, {took}"))
    failed = farm.items(job.id, _ERRORS_SHOWN, state=State.FAILED) if job.counts.get(State.FAILED) else []
    for item in failed:
        note(f"item {item.work_id} failed: {item.error}  (farmfutures logs {job.id} {item.work_id})")
    more = job.counts.get(State.FAILED, 0) - len(failed)
    if more > 0:
        note(f"and {more} more: farmfutures show {job.id} --state failed")
