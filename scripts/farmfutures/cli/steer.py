"""``farmfutures cancel``, ``retry``, ``pause`` and the like: change what is on the farm; ``why`` says what keeps it back."""

from __future__ import annotations

import click

from ..farm import Farm
from .farm import open_farm
from .render import emit, note

_ITEMS = click.argument("items", type=int, nargs=-1, metavar="[ITEM]...")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
_JOB = click.argument("job", type=int)


@click.command()
@_JOB
@_ITEMS
@click.option("-k", "--kill", is_flag=True, help="Kill what is running, too.")
@_JSON
def cancel(job: int, items: tuple[int, ...], kill: bool, as_json: bool) -> None:
    """Cancel what has not started of JOB, or of some ITEMs of it."""
    farm = open_farm()
    chosen = list(items) or None
    counts = {"cancelled": farm.cancel(job, chosen), "killed": farm.kill(job, chosen) if kill else 0}
    _report(farm, job, counts, as_json)


@click.command()
@_JOB
@_ITEMS
@_JSON
def retry(job: int, items: tuple[int, ...], as_json: bool) -> None:
    """Run what failed, was cancelled or was killed of JOB once more."""
    farm = open_farm()
    _report(farm, job, {"retried": farm.retry(job, list(items) or None)}, as_json)


@click.command()
@_JOB
def pause(job: int) -> None:
    """Start nothing more of JOB; what runs goes on."""
    open_farm().pause(job)


@click.command()
@_JOB
def resume(job: int) -> None:
    """Undo pause."""
    open_farm().resume(job)


@click.command()
@_JOB
@click.argument("value", type=int)
def priority(job: int, value: int) -> None:
    """Set the priority of JOB: higher goes first, 50 is usual."""
    open_farm().set_priority(job, value)


@click.command()
@_JOB
@click.argument("item", type=int, required=False)
@_JSON
def why(job: int, item: int | None, as_json: bool) -> None:
    """Say why JOB, or one ITEM of it, does not run."""
    found = open_farm().why(job, item)
    if as_json:
        emit(found)
        return
    click.echo(found.sentence)
    if found.help:
        value = " 80" if found.help == "priority" else ""
        note(f"what helps: farmfutures {found.help} {job}{value}")


@click.command("mark-done")
@_JOB
@_ITEMS
@_JSON
def mark_done(job: int, items: tuple[int, ...], as_json: bool) -> None:
    """Have what waits or failed of JOB, or some ITEMs of it, be complete without running."""
    farm = open_farm()
    _report(farm, job, {"marked done": farm.mark_done(job, list(items) or None)}, as_json)


@click.command()
@_JOB
@click.option("-y", "--yes", is_flag=True, help="Don't ask.")
def remove(job: int, yes: bool) -> None:
    """Remove JOB, which is over, with its results and logs. This can't be undone."""
    farm = open_farm()
    info = farm.job(job)
    if not yes:
        items = f"{info.total} item{'s' * (info.total != 1)}"
        click.confirm(f"Remove job {job} ({info.name}, {items}) with its results and logs?", abort=True, err=True)
    farm.remove(job)
    click.echo(f"job {job} removed")


def _report(farm: Farm, job: int, counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        emit({"job_id": job, **counts})
        return
    done = [f"{n} {'item' if n == 1 else 'items'} {what}" for what, n in counts.items() if n]
    state = farm.job(job).state.value
    click.echo(f"job {job}: {', '.join(done)}" if done else f"job {job} is {state}: there was nothing to change")
