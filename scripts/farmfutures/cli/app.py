"""The command itself: errors as one sentence on standard error, and exit codes that a script can trust.

0    done, and what was waited for went well
1    a call failed, or was cancelled or killed; an installation or a check failed
2    the command line or the submission was wrong; nothing was submitted
3    the engine is not there: no broker, or its state folder can't be used
4    there is no such job or work item
5    gave up waiting (``--timeout`` of ``wait``)
130  interrupted; jobs go on
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from .. import __version__
from ..errors import EngineError, FarmFuturesError, NoSuchJobError, SubmitError
from . import broker, demo, doctor, engines, export, install, jobs, logs, maya, panel, steer, support
from . import run as run_room
from .farm import engine_option
from .render import note

CODES: tuple[tuple[type[BaseException], int], ...] = (
    (NoSuchJobError, 4),
    (EngineError, 3),
    (SubmitError, 2),
    (KeyboardInterrupt, 130),
    (FarmFuturesError, 1),
)
"""The first that fits counts."""

_HELP: type[click.ClickException] | tuple[()] = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""What click 8.2 and later raise where a group is named without a command; older ones print the help by themselves."""


class Group(click.Group):
    """Lists its commands in the order in which people meet them, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names as they were added."""
        return list(self.commands)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="farmfutures %(version)s")
@engine_option
@click.option("--debug", is_flag=True, help="Show the traceback of an error, too.")
def cli(debug: bool) -> None:
    """Hand calls to workers, on this machine or beyond, and look after them.

    A job that was submitted goes on when this command, or the shell, has ended.

    Exit codes: 0 done, 1 a call or a check failed, 2 bad usage, 3 the engine is not there, 4 no such job, 5 gave up waiting,
    130 interrupted.
    """


for _command in (
    demo.demo, run_room.run, export.export, jobs.jobs, jobs.show, logs.logs, jobs.wait, panel.panel,
    steer.cancel, steer.retry, steer.pause, steer.resume, steer.priority, steer.why,
    steer.mark_done, steer.remove, broker.workers, broker.broker,
    engines.engines, maya.maya, install.install, install.uninstall, doctor.doctor, support.support_bundle, support.replay,
):  # fmt: skip
    cli.add_command(_command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code. See the module for their meaning."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # Not cli.main(), which has ideas of its own about broken pipes.
        with cli.make_context("farmfutures", [*words] or ["--help"]) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except BrokenPipeError:
        _forget_stdout()
        return 0  # The reader had enough, as in `farmfutures jobs | head`.
    except (click.exceptions.Abort, KeyboardInterrupt) as error:
        return _fail(KeyboardInterrupt(*error.args), words)
    except (click.ClickException, FarmFuturesError) as error:
        return _fail(error, words)


def _fail(error: BaseException, words: Sequence[str]) -> int:
    if "--debug" in words[:1]:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, _HELP):
        click.echo(error.format_message(), err=True)
        return 2
    if isinstance(error, click.ClickException):
        note(_usage(error))
        return error.exit_code
    note(str(error) or "interrupted")
    return next(code for kind, code in CODES if isinstance(error, kind))


def _usage(error: click.ClickException) -> str:
    """Says what is wrong with the command line, and where help is, in one line."""
    text = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    if context is None:
        return text
    return f"{text.rstrip('.')}. See  {context.command_path} --help"


def _forget_stdout() -> None:
    """Keeps Python from complaining about the same pipe once more when it leaves."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)
