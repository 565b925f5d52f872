"""Calls that a command line names, for ``run`` and ``export``: source, what it needs, and options of the job."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click

import farmfutures

from ..errors import CallError
from . import source

EVALUATE = f"{source.evaluate.__module__}:{source.evaluate.__qualname__}"
_NAME_LIMIT = 400

_OPTIONS = (
    click.argument("words", nargs=-1, required=True, metavar="SOURCE..."),
    click.option("-c", "--cpus", type=click.IntRange(1), default=1, show_default=True, help="Interpreters at once."),
    click.option("-n", "--name", help="The job's name.  [default: the source]"),
    click.option("-u", "--user", help="In whose name.  [default: yours]"),
    click.option("-i", "--imports", multiple=True, metavar="MODULE", help="Import this before; may be repeated."),
    click.option("--timeout", "timeout_s", type=float, metavar="SECONDS", help="Kill the call if it runs longer."),
    click.option("--retries", type=click.IntRange(0), metavar="N", help="Run it so many times more if it fails."),
    click.option("--priority", type=int, metavar="N", help="Higher goes first; 50 is usual."),
    click.option("--interpreter", metavar="PATH", help="The Python that runs the call.  [default: this one]"),
    click.option("--maya", "version", metavar="VERSION", help="Run it in mayapy of this version; cmds and mel are there."),
    click.option("--scene", type=click.Path(), help="Open this scene before; runs in mayapy."),
    click.option("--workspace", type=click.Path(), help="Set this Maya project before; runs in mayapy."),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command SOURCE, and the options of its job."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Call:
    """What a command line asks to be called, checked.

    Attributes:
        text: The source.
        imports: What is imported before.
        job: Options of the job.
        maya: Options of an executor for Maya, {} where it is for Python.
    """

    text: str
    imports: tuple[str, ...]
    job: dict[str, Any]
    maya: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, words: tuple[str, ...], imports: tuple[str, ...], version: str | None, scene: str | None, workspace: str | None,
        **job: Any,
    ) -> Call:  # fmt: skip
        """Reads the options.

        Raises:
            CallError: The source is not Python.
        """
        text = _read(words)
        maya = {"version": version, "filename": scene, "workspace": workspace} if any((version, scene, workspace)) else {}
        imports = (*(["maya.cmds as cmds", "maya.mel as mel"] if maya else []), *imports)
        _check(text, imports)
        here = os.getcwd()
        given = {name: value for name, value in job.items() if value is not None}
        if "interpreter" in given:
            given["interpreter"] = _command(given["interpreter"])
        return cls(text, imports, {"name": _name(text), "cwd": here, "sys_path": [here, *_python_path()], **given}, maya)

    @property
    def is_function(self) -> bool:
        """Whether it names a function."""
        return source.is_function(self.text.strip())

    def executor(self, **more: Any) -> farmfutures.Executor:
        """Returns an executor for it, which ends with the command."""
        executor = _maya_executor(**self.maya, **more) if self.maya else farmfutures.Executor(**more)
        click.get_current_context().call_on_close(lambda: executor.shutdown(wait=False))
        return executor

    def arguments(self, **names: Any) -> list[Any]:
        """Returns what `source.evaluate` gets, for source that is no function; `names` are there in it."""
        return [self.text, list(self.imports), *([names] if names else [])]


def _maya_executor(**options: Any) -> farmfutures.Executor:
    import farmfutures.maya

    return farmfutures.maya.Executor(**options)


def _check(text: str, imports: tuple[str, ...]) -> None:
    try:
        source.check(text, imports)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise CallError(f"the source is not Python: {error.msg} (line {error.lineno}): {line}") from error


def _read(words: tuple[str, ...]) -> str:
    text = " ".join(words)
    if text.strip() == "-":
        text = sys.stdin.read()
    if not text.strip():
        raise click.UsageError("there is no source to run", click.get_current_context())
    return text


def _python_path() -> list[str]:
    """What this shell makes importable. Not our own ``sys.path``: the call may run in another Python."""
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def _name(text: str) -> str:
    """The source is the job's name; a whole program is a bit long for one."""
    text = text.strip()
    return text if len(text) <= _NAME_LIMIT else text[: _NAME_LIMIT - 3] + "..."


def _command(interpreter: str) -> str | list[str]:
    """A path, or a command line such as ``rez-env maya-2026 -- mayapy``."""
    return interpreter if os.path.exists(interpreter) else shlex.split(interpreter, posix=sys.platform != "win32")
