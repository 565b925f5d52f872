"""``farmfutures maya``: scripts in a Maya."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

import farmfutures

from ..errors import BootstrapError, RemoteSystemExit
from . import logs
from .farm import open_farm
from .render import note

NOT_READY = 3
_PATHS = ("MAYA_MODULE_PATH", "MAYA_PLUG_IN_PATH", "MAYA_SCRIPT_PATH")
"""What a Maya that is started from this terminal would read; a worker's environment has none of it by itself."""


@click.group()
def maya() -> None:
    """Run scripts in a headless Maya."""


@maya.command()
@click.argument("script", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("arguments", nargs=-1, metavar="[-- ARGUMENT...]")
@click.option("--version", metavar="VERSION", help="Which Maya.  [default: the newest]")
@click.option("--scene", type=click.Path(), help="Open this scene before.")
@click.option("--workspace", type=click.Path(), help="Set this project before the scene is opened.")
@click.option("--skip-usersetup", is_flag=True, help="Start faster, without userSetup.py.")
@click.option("--farm", is_flag=True, help="As a job on the farm, instead of on this terminal.")
@click.option("--no-wait", is_flag=True, help="With --farm: print the job's id, and leave.")
def run(
    script: Path, arguments: tuple[str, ...], version: str | None, scene: str | None, workspace: str | None,
    skip_usersetup: bool, farm: bool, no_wait: bool,
) -> int:  # fmt: skip
    """Run SCRIPT in a Maya that was made ready as a worker's is.

    maya.cmds is up and the scene is open when it begins. What it prints goes here, and its exit code is the command's;
    3 means that Maya could not be made ready. It may submit jobs of its own, as deep as recursion_limit allows.
    Arguments of the script come after --.
    """
    import farmfutures.maya

    options: dict[str, Any] = {"version": version, "filename": scene, "workspace": workspace}
    options |= {"skip_usersetup": True} if skip_usersetup else {}
    if farm or no_wait:
        return _on_farm(script.resolve(), arguments, options, wait=not no_wait)
    try:
        return farmfutures.maya.run_here(str(script), arguments, **options)
    except BootstrapError as error:
        note(str(error))
        return NOT_READY


def _on_farm(script: Path, arguments: tuple[str, ...], options: dict[str, Any], *, wait: bool) -> int:
    from farmfutures.maya import Executor

    with Executor(**options) as executor:
        call = [str(script), list(arguments)]
        env = {name: os.environ[name] for name in _PATHS if os.environ.get(name)}
        future = executor.submit_ext("farmfutures.maya:run_script", call, name=script.name, cwd=os.getcwd(), env=env)
        if not wait:
            click.echo(future.job_id)
            return 0
        return _follow(future)


def _follow(future: farmfutures.Future) -> int:
    """Prints what the script prints; returns its exit code."""
    job = future.job_id
    try:
        logs.copy(open_farm(), job, future.work_id, click.echo, follow=True)
        future.result()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"interrupted; the script goes on: farmfutures logs -f {job}, or farmfutures cancel -k {job}"
        ) from None
    except RemoteSystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 1
    except BootstrapError as error:
        note(str(error))
        return NOT_READY
    except Exception as error:
        note(f"the script failed: {type(error).__name__}: {error}  (farmfutures logs {job})")
        return 1
    return 0
