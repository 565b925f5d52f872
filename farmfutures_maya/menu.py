"""The menu in Maya's main window: what hands work to the farm, and what shows it."""

from __future__ import annotations

from . import _cmds_ui, submitting
from ._cmds import is_batch

MENU = "FarmFuturesMenu"

_ASK = "Python that runs on the farm, in a copy of this scene\n(an expression, statements, or package.module:function):"
_ITEMS = (
    (
        "Submit to the Farm...",
        "Hand work to the farm: a script, frames of this scene, a cache, an action of your studio",
        "import farmfutures.maya; from farmfutures_maya.panel import control; control.submit()",
        "farmSubmit.png",
    ),
    (
        "Run Python on the Farm...",
        "Run Python in headless Maya, in a copy of the open scene as it is on screen",
        "import farmfutures.maya; from farmfutures_maya import menu; menu.ask_and_submit()",
        "farmSubmit.png",
    ),
    (
        "Render All Layers",
        "Render each renderable layer through each renderable camera in headless Maya, a work item a frame",
        "import farmfutures.maya; from farmfutures_maya import menu; menu.render()",
        "farmSubmit.png",
    ),
    (
        "Farm Panel",
        "See and steer what is on the farm, and hand work to it",
        "import farmfutures.maya; farmfutures.maya.show_panel()",
        "farmPanel.png",
    ),
)

_wanted = False


def build_later() -> None:
    """Adds the menu once Maya is idle: the main window is not there yet while plug-ins load at start-up."""
    global _wanted
    from maya import utils

    _wanted = True
    utils.executeDeferred(_build_if_wanted)


def _build_if_wanted() -> None:
    if _wanted:  # The plug-in may have been unloaded in between.
        build()


def build() -> None:
    """Adds the menu to the main window. Without an interface it does nothing."""
    if is_batch():
        return
    _cmds_ui.remove_menu(MENU)
    _cmds_ui.make_menu(MENU, "FarmFutures")
    for label, annotation, command, image in _ITEMS:
        _cmds_ui.add_item(MENU, label, annotation, command, image)


def remove() -> None:
    """Takes the menu away, if it is there, or will be."""
    global _wanted
    _wanted = False
    _cmds_ui.remove_menu(MENU)


def ask_and_submit() -> int | None:
    """Asks for Python source, runs it on the farm and says in the script editor which job it is.

    Returns:
        The id of the job, or None if nothing was asked for.
    """
    source = _cmds_ui.ask_for_text(_ASK, submitting.last_source())
    if not source or not source.strip():
        return None
    return _said(submitting.submit(source))


def render() -> int:
    """Renders all layers of the open scene on the farm and says in the script editor which job it is."""
    return _said(submitting.render())


def _said(job: int) -> int:
    print(f"farmfutures: job {job} was submitted; follow it in FarmFutures > Farm Panel")
    return job
