"""``farmfutures run``: one call from the shell."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from typing import Any

import click

import farmfutures

from ..errors import CallError
from . import logs, source
from .farm import engine_option, open_farm
from .render import emit, note

EVALUATE = f"{source.evaluate.__module__}:{source.evaluate.__qualname__}"
_NAME_LIMIT = 400


@dataclass(frozen=True)
class Wanted:
    """What the options of the command ask for, besides options of the job."""

    text: str
    imports: tuple[str, ...]
    wait: bool
    verbose: bool
    show_repr: bool
    as_json: bool


@click.command()
@engine_option
@click.argument("words", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-c", "--cpus", type=click.IntRange(1), default=1, show_default=True, help="Interpreters at once.")
@click.option("-n", "--name", help="The job's name.  [default: the source]")
@click.option("-u", "--user", help="In whose name.  [default: yours]")
@click.option("-w", "--wait", is_flag=True, help="Wait, show what the call prints, and print its result.")
@click.option("-v", "--verbose", is_flag=True, help='Print "Job ID n".')
@click.option("-r", "--repr", "show_repr", is_flag=True, help="Print the repr() of the result; waits, too.")
@click.option("-i", "--imports", multiple=True, metavar="MODULE", help="Import this before; may be repeated.")
@click.option("--timeout", "timeout_s", type=float, metavar="SECONDS", help="Kill the call if it runs longer.")
@click.option("--retries", type=click.IntRange(0), metavar="N", help="Run it so many times more if it fails.")
@click.option("--priority", type=int, metavar="N", help="Higher goes first; 50 is usual.")
@click.option("--interpreter", metavar="PATH", help="The Python that runs the call.  [default: this one]")
@click.option("--maya", "version", metavar="VERSION", help="Run it in mayapy of this version; cmds and mel are there.")
@click.option("--scene", type=click.Path(), help="Open this scene before; runs in mayapy.")
@click.option("--workspace", type=click.Path(), help="Set this Maya project before; runs in mayapy.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def run(
    words: tuple[str, ...], imports: tuple[str, ...], wait: bool, verbose: bool, show_repr: bool, as_json: bool,
    version: str | None, scene: str | None, workspace: str | None, **job: Any,
) -> int:  # fmt: skip
    """Run SOURCE on a worker.

    SOURCE is an expression, whose value comes back; or package.module:function, which is called; or statements, which
    have a line break or a semicolon in them and return what they leave in a variable named result; or - for source on
    standard input. Several words are joined by spaces. The current folder is importable, as with python -m.
    """
    wanted = Wanted(_read(words), imports, wait or show_repr, verbose, show_repr, as_json)
    maya = {"version": version, "filename": scene, "workspace": workspace}
    future = _submit(wanted, {name: value for name, value in job.items() if value is not None}, maya)
    if verbose and not as_json:
        click.echo(f"Job ID {future.job_id}")
    if wanted.wait:
        return _wait(future, wanted)
    if as_json:
        emit({"job_id": future.job_id, "work_id": future.work_id, "name": future.name})
    else:
        note(f"submitted as job {future.job_id}; wait for it with  farmfutures wait {future.job_id}")
    return 0


def _read(words: tuple[str, ...]) -> str:
    text = " ".join(words)
    if text.strip() == "-":
        text = sys.stdin.read()
    if not text.strip():
        raise click.UsageError("there is no source to run", click.get_current_context())
    return text


def _submit(wanted: Wanted, job: dict[str, Any], maya: dict[str, str | None]) -> farmfutures.Future:
    """Submits the call to Python, or to Maya where an option asks for it."""
    in_maya = any(maya.values())
    imports = (*(["maya.cmds as cmds", "maya.mel as mel"] if in_maya else []), *wanted.imports)
    try:
        source.check(wanted.text, imports)
    except SyntaxError as error:
        raise CallError(f"the source is not Python: {error.msg} (line {error.lineno}): {_line(error)}") from error
    here = os.getcwd()
    options = {"name": _name(wanted.text), "cwd": here, "sys_path": [here, *_python_path()], **job}
    if "interpreter" in options:
        options["interpreter"] = _command(options["interpreter"])
    executor = _maya_executor(maya) if in_maya else farmfutures.Executor()
    click.get_current_context().call_on_close(lambda: executor.shutdown(wait=False))
    if source.is_function(wanted.text.strip()):
        return executor.submit_ext(wanted.text.strip(), **options)
    return executor.submit_ext(EVALUATE, [wanted.text, list(imports)], **options)


def _python_path() -> list[str]:
    """What this shell makes importable. Not our own ``sys.path``: the call may run in another Python."""
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def _maya_executor(maya: dict[str, Any]) -> farmfutures.Executor:
    import farmfutures.maya

    return farmfutures.maya.Executor(**maya)


def _line(error: SyntaxError) -> str:
    return (error.text or "").strip()


def _name(text: str) -> str:
    """The source is the job's name; a whole program is a bit long for one."""
    text = text.strip()
    return text if len(text) <= _NAME_LIMIT else text[: _NAME_LIMIT - 3] + "..."


def _command(interpreter: str) -> str | list[str]:
    """A path, or a command line such as ``rez-env maya-2026 -- mayapy``."""
    return interpreter if os.path.exists(interpreter) else shlex.split(interpreter, posix=sys.platform != "win32")


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
