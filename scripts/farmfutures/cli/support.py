"""``farmfutures support-bundle`` and ``replay``: a call that failed here, run again elsewhere."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import farmfutures

from . import logs
from .farm import open_farm
from .render import emit, note

if TYPE_CHECKING:
    import farmfutures.maya

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


@click.command("support-bundle")
@click.argument("job", type=int, required=False)
@click.argument("item", type=int, required=False)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The zip.  [default: farmfutures-support-<time>.zip]"
)
@click.option("--no-call", is_flag=True, help="Leave the call out; it can't be replayed then.")
@click.option("--with-scene", is_flag=True, help="Put the item's scene in, as it is.")
@click.option("--check-maya", is_flag=True, help="Start each Maya for the doctor's answers, too; takes a licence.")
@_JSON
def support_bundle(
    job: int | None, item: int | None, output: Path | None, no_call: bool, with_scene: bool, check_maya: bool, as_json: bool
) -> None:
    """Put into a zip what somebody needs to help you.

    It is about JOB, or about the newest job that failed: versions, settings, the doctor's answers, the ends of logs, what
    the job asked for, and its call, which can be run again by `farmfutures replay`. Secrets and names of users are
    hidden; look into it all the same before you send it.
    """
    import farmfutures.maya

    path = output or Path(time.strftime("farmfutures-support-%Y%m%d-%H%M%S.zip"))
    made = farmfutures.maya.support_bundle(path, job, item, call=not no_call, scene=with_scene, maya=check_maya)
    if as_json:
        emit({"path": str(made.path.resolve()), "about": made.about, "masked": made.masked, "left_out": made.left_out})
        return
    click.echo(made.path)
    note(f"it is about {made.about}")
    for name, why in made.left_out.items():
        note(f"left out {name}: {why}")
    if made.masked is not None:
        note(f"something was hidden in {made.masked} places of the call; look into it before you send it")


@click.command()
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-y", "--yes", is_flag=True, help="You trust who made it: don't ask.")
@click.option("--interpreter", metavar="PATH", help="The Python or mayapy to use.  [default: of the same Maya, else this one]")
@click.option("--scene", type=click.Path(), help="Open this scene instead of the recorded one.")
@click.option("--workspace", type=click.Path(), help="Set this project instead of the recorded one.")
@click.option("--env", multiple=True, metavar="NAME", help="Give the call this variable of yours; may be repeated.")
@_JSON
def replay(bundle: Path, yes: bool, as_json: bool, **options: Any) -> int:
    """Run the call of a support BUNDLE again, on this machine.

    That unpickles the call, which runs code that the author of the bundle has chosen, as you: do it only if you trust
    them. You are asked first, unless you say --yes. Exit code 0 if it succeeds, 1 if it fails, as it did or otherwise.
    """
    import farmfutures.maya

    recorded = farmfutures.maya.read_bundle(bundle)
    _ask(recorded, yes)
    for name in set(recorded.secrets).difference(options["env"]):
        note(f"the job had a secret {name}, which is not in the bundle: --env {name} gives the call yours")
    with tempfile.TemporaryDirectory(prefix="farmfutures-replay-", ignore_cleanup_errors=True) as folder:
        future = farmfutures.maya.replay(recorded, Path(folder), **options)
        return _report(future, recorded, as_json)


def _ask(recorded: farmfutures.maya.Recorded, yes: bool) -> None:
    """Nothing of a bundle is unpickled before somebody has said that they want it."""
    if yes:
        return
    click.echo(f"{recorded.path}\n  {recorded.in_words()}", err=True)
    note("to run this again is to run code that whoever made the bundle has chosen, as you")
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is here to be asked: say --yes if you trust its author", click.get_current_context())
    if not click.confirm("Do you trust them, and want to run it?", err=True):
        raise click.exceptions.Exit(2)


def _report(future: farmfutures.Future, recorded: farmfutures.maya.Recorded, as_json: bool) -> int:
    error = future.exception()
    farm = open_farm()
    line = farm.item(future.job_id, future.work_id).error
    same = recorded.same(line)
    if as_json:
        emit({"job_id": future.job_id, "error": line, "recorded": recorded.error, "same": same})
        return 1 if error else 0
    logs.copy(farm, future.job_id, future.work_id, click.echo, follow=True)
    if same:
        note(f"it ended as it did there: {line or 'it succeeded'}")
    else:
        note(f"it ended otherwise: {line or 'it succeeded'}; there: {recorded.error or 'it succeeded'}")
    return 1 if error else 0
