"""``farmfutures broker`` and ``workers``: the processes of the local engine."""

from __future__ import annotations

import click

from .farm import open_farm
from .render import duration, emit, note, plain, show_table, table, workers_table

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


@click.group()
def broker() -> None:
    """Look at the local engine's broker, or stop it.

    It starts by itself with the first job, goes on when whoever submitted has gone, and leaves when there is nothing
    to do. Jobs that wait when it is stopped go on when it is back.
    """


@broker.command()
@_JSON
def status(as_json: bool) -> int:
    """Say whether it runs. Exit code 3 if not."""
    found = open_farm("local").broker_status()
    if as_json:
        emit({"running": found is not None, **(found or {})})
    elif found is None:
        click.echo("no broker is running; the next job starts one")
    else:
        view = table("broker", "")
        for name, value in found.items():
            view.add_row(name.removesuffix("_s").replace("_", " "), _cell(name, value))
        show_table(lambda _: view)
    return 0 if found is not None else 3


def _cell(name: str, value: object) -> str:
    return duration(value) if name.endswith("_s") and isinstance(value, (int, float)) else str(plain(value))


@broker.command()
@click.option("--timeout", "timeout_s", type=float, default=10.0, show_default=True, metavar="SECONDS")
@click.option("--drain", is_flag=True, help="Let what runs end first; otherwise it is put back in the queue.")
def stop(timeout_s: float, drain: bool) -> None:
    """Stop it and its interpreters, and wait until they are gone. What is queued stays queued."""
    stopped = open_farm("local").stop_broker(timeout_s=timeout_s, drain=drain)
    click.echo("the broker has stopped" if stopped else "no broker was running")


@broker.command()
def rebuild() -> None:
    """Save what can be read of a damaged database into a new one, and keep the damaged one."""
    saved = open_farm("local").rebuild()
    click.echo(f"saved {saved['jobs']} jobs with {saved['items']} work items")


@click.command()
@_JSON
def workers(as_json: bool) -> None:
    """List the interpreters that are up."""
    farm = open_farm()
    is_up = farm.report.engine != "local" or farm.broker_status() is not None
    found = farm.workers() if is_up else []
    if as_json:
        emit(found)
    elif found:
        show_table(lambda _: workers_table(found))
    else:
        note("no interpreter is up")
