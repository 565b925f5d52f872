"""What the plug-in shows in an interactive Maya: a menu whose entries hand work to the farm."""

from __future__ import annotations

from typing import Any, cast

from . import _cmds

MENU = "FarmFuturesMenu"

_MAIN_WINDOW = "MayaWindow"
_ASK = "Python that runs on the farm, in a copy of this scene\n(an expression, statements, or package.module:function):"


def build() -> None:
    """Adds the menu to the main window. Without an interface it does nothing."""
    from maya import cmds

    if _cmds.is_batch():
        return
    remove()
    cmds.menu(MENU, label="FarmFutures", parent=_MAIN_WINDOW, tearOff=True)
    cmds.menuItem(
        label="Run Python on the Farm...",
        annotation="Run Python in headless Maya, in a copy of the open scene as it is on screen",
        command="import farmfutures.maya; from farmfutures_maya import menu; menu.ask_and_submit()",
        sourceType="python",
        parent=MENU,
    )


def remove() -> None:
    """Takes the menu away, if it is there."""
    from maya import cmds

    if not _cmds.is_batch() and cmds.menu(MENU, exists=True):
        cmds.deleteUI(MENU, menu=True)


def ask_and_submit() -> int | None:
    """Asks for Python source, runs it on the farm and says in the script editor which job it is.

    Returns:
        The id of the job, or None if nothing was asked for.
    """
    from maya import cmds

    answer = cmds.promptDialog(
        title="FarmFutures",
        message=_ASK,
        button=["Run", "Cancel"],
        defaultButton="Run",
        cancelButton="Cancel",
        scrollableField=True,
    )
    source = cast("str", cast("Any", cmds.promptDialog(query=True, text=True))) if answer == "Run" else ""
    if not source.strip():
        return None
    job = submit(source)
    print(f"farmfutures: job {job} was submitted; follow it with: farmfutures wait {job}")
    return job


def submit(
    source: str, *, name: str | None = None, cpus: int | None = None, snapshot: bool = True, filename: str | None = None
) -> int:
    """Submits source to run in Maya on a worker, and does not wait for it.

    Args:
        source: As of `farmfutures.maya.evaluate`.
        name: The job's name.
        cpus: How many interpreters work on it at once.
        snapshot: Send the scene as it is on screen; else the one that was saved.
        filename: Another scene to open instead.

    Returns:
        The id of the job.
    """
    import farmfutures.maya

    options: dict[str, Any] = {"name": name or f"FarmFutures: {source.strip().splitlines()[0][:60]}"}
    if cpus:
        options["cpus"] = cpus
    copy = snapshot and filename is None
    executor = farmfutures.maya.Executor(clone_environ=True, create_tempfile=copy, filename=filename)
    try:
        future = executor.submit_ext("farmfutures.maya:evaluate", [source], **options)
        return int(future.job_id)
    finally:
        executor.shutdown(wait=False)
