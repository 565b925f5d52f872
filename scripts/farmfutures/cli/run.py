"""``farmfutures run``: one call from the shell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

import farmfutures

from . import calling, logs
from .farm import engine_option, open_farm
from .render import emit, note


@dataclass(frozen=True)
class Wanted:
    """What the options of the command ask for, besides the call."""

    wait: bool
    verbose: bool
    show_repr: bool
    as_json: bool


@click.command()
@engine_option
@click.option("-w", "--wait", is_flag=True, help="Wait, show what the call prints, and print its result.")
@click.option("-v", "--verbose", is_flag=True, help='Print "Job ID n".')
@click.option("-r", "--repr", "show_repr", is_flag=True, help="Print the repr() of the result; waits, too.")
@calling.options
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def run(wait: bool, verbose: bool, show_repr: bool, as_json: bool, **call: Any) -> int:
    """Run SOURCE on a worker.

    SOURCE is an expression, whose value comes back; or package.module:function, which is called; or statements, which
    have a line break or a semicolon in them and return what they leave in a variable named result; or - for source on
    standard input. Several words are joined by spaces. The current folder is importable, as with python -m.
    """
    wanted = Wanted(wait or show_repr, verbose, show_repr, as_json)
    future = _submit(calling.Call.of(**call))
    if verbose and not as_json:
        click.echo(f"Job ID {future.job_id}")
    if wanted.wait:
        return _wait(future, wanted)
    if as_json:
        emit({"job_id": future.job_id, "work_id": future.work_id, "name": future.name})
    else:
        note(f"submitted as job {future.job_id}; wait for it with  farmfutures wait {future.job_id}")
    return 0


def _submit(call: calling.Call) -> farmfutures.Future:
    executor = call.executor()
    if call.is_function:
        return executor.submit_ext(call.text.strip(), **call.job)
    return executor.submit_ext(calling.EVALUATE, call.arguments(), **call.job)


def _wait(future: farmfutures.Future, wanted: Wanted) -> int:
    """Shows what the call prints while it runs, and its result or how it failed."""
    job, item = future.job_id, future.work_id
    try:
        if not wanted.as_json:
            logs.copy(open_farm(), job, item, _to_stderr, follow=True)
        result = future.result()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"interrupted; job {job} goes on: farmfutures wait {job}, or farmfutures cancel -k {job}"
        ) from None
    except Exception as error:
        return _failed(future, error, wanted)
    if wanted.as_json:
        emit(
            {
                "job_id": job,
                "work_id": item,
                "state": future.status(),
                "result": result,
                "repr": repr(result),
                "error": None,
            }
        )
    elif wanted.show_repr:
        click.echo(repr(result))
    elif result is not None:
        click.echo(str(result))
    return 0


def _to_stderr(text: str, nl: bool = True) -> None:
    click.echo(text, nl=nl, err=True)


def _failed(future: farmfutures.Future, error: Exception, wanted: Wanted) -> int:
    what = f"{type(error).__name__}: {error}"
    if wanted.as_json:
        status = future.status()
        ids = {"job_id": future.job_id, "work_id": future.work_id}
        emit({**ids, "state": status, "result": None, "repr": None, "error": what})
    else:
        note(f"the call failed: {what}  (farmfutures logs {future.job_id} {future.work_id})")
    return 1
