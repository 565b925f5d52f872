"""``farmfutures install`` and ``uninstall``: the module for Maya."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from . import render
from .render import emit, note

if TYPE_CHECKING:
    import farmfutures.maya

_FOLDER = click.Path(file_okay=False, path_type=Path)
_SITE = click.option(
    "--site", type=_FOLDER, metavar="DIR", help="A folder of modules that many share; it has to be on MAYA_MODULE_PATH."
)
_USER = click.option("--user", is_flag=True, help="The folder of modules in your own Maya folder: the default.")


@click.command()
@click.option(
    "--maya", "versions", multiple=True, metavar="VERSION", help="For this Maya only; may be repeated.  [default: 2025 to 2027]"
)
@_USER
@_SITE
@click.option("--wheels", type=_FOLDER, metavar="DIR", help="Take pyzmq and cloudpickle from this folder, without a network.")
@click.option("--undo", is_flag=True, help="Take it away again, as `farmfutures uninstall` does.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def install(versions: tuple[str, ...], user: bool, site: Path | None, wheels: Path | None, undo: bool, as_json: bool) -> int:
    """Put FarmFutures where Maya finds it.

    Copies the module, with pyzmq and cloudpickle for Maya's Python, and writes the .mod file that Maya reads. Nothing
    that is there is changed, and whoever has a pyzmq or cloudpickle of their own keeps it. Run it again to update, or
    to add a version of Maya.
    """
    import farmfutures.maya

    folder = _folder(user, site)
    if undo:
        return _undo(folder, as_json)
    done = farmfutures.maya.install(folder, versions, wheels=wheels)
    if as_json:
        emit({"mod": str(done.mod), "version": done.version, "mayas": done.mayas, "packages": dict(done.packages)})
    else:
        _show(render.out(), done, site is not None)
    return 0


@click.command()
@_USER
@_SITE
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def uninstall(user: bool, site: Path | None, as_json: bool) -> int:
    """Take away what `farmfutures install` wrote.

    And nothing else: what was changed since stays, and is named. Exit code 1 if something was left.
    """
    return _undo(_folder(user, site), as_json)


def _folder(user: bool, site: Path | None) -> Path:
    import farmfutures.maya

    if user and site is not None:
        raise click.UsageError("--user and --site name two places: give one of them", click.get_current_context())
    return Path(os.path.abspath(site)) if site is not None else farmfutures.maya.user_folder()


def _undo(folder: Path, as_json: bool) -> int:
    import farmfutures.maya

    left = farmfutures.maya.uninstall(folder)
    if as_json:
        emit({"folder": str(folder), "left": [str(path) for path in left]})
    else:
        click.echo(f"removed farmfutures from {folder}")
        for path in left:
            note(f"left {path}, which was changed since or is not ours")
    return 1 if left else 0


def _show(console: Console, done: farmfutures.maya.Installation, shared: bool) -> None:
    years = ", ".join(map(str, done.mayas))
    view = Table.grid(padding=(0, 2))
    view.add_row("module", Text(str(done.mod), overflow="fold"))
    for name, packages in done.packages.items():
        view.add_row(name.partition("-")[0], ", ".join(packages))
    console.print(Text.assemble((f"installed farmfutures {done.version}", "bold"), f" for Maya {years}"))
    console.print(view)
    steps = Table.grid(padding=(0, 2))
    for what, why in _steps(done, shared).items():
        steps.add_row(Text(f"  {what}", style="cyan", overflow="fold"), Text(why, style="dim"))
    console.print("\n[bold]what next[/]")
    console.print(steps)


def _steps(done: farmfutures.maya.Installation, shared: bool) -> dict[str, str]:
    site = f" --site {done.folder}" if shared else ""
    first = {f"MAYA_MODULE_PATH={done.folder}": "where your studio sets up Maya"} if shared else {}
    return {
        **first,
        "farmfutures doctor": "says whether everything fits",
        "Plug-in Manager": "load farmfutures_plugin in a Maya that you start anew",
        f"farmfutures uninstall{site}": "takes all of it away",
    }
