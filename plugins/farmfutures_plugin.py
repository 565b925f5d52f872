"""The Maya plug-in (Python API 2.0): the commands ``farmSubmit`` and ``farmPanel``, and a menu where there is an interface.

From Python and MEL:

    cmds.farmSubmit("cmds.ls(type='mesh')", name="Meshes")
    farmSubmit -name "Meshes" -frames "1-100" "studio.checks:all_meshes";
    farmPanel;
"""

from __future__ import annotations

import importlib
from typing import Any

import maya.api.OpenMaya as om

maya_useNewAPI = True  # Maya looks for this name.

VENDOR = "farmfutures"
VERSION = "0.1.0"

_exit_callback: Any = None
_exiting = False


def initializePlugin(plugin: Any) -> None:
    """Registers the commands, and builds the menu once Maya is idle."""
    _import_ours()
    from farmfutures_maya.commands import COMMANDS

    ours = om.MFnPlugin(plugin, VENDOR, VERSION, "Any")
    for command in COMMANDS:
        ours.registerCommand(command.NAME, command.create, command.syntax_of)
    if om.MGlobal.mayaState() in (om.MGlobal.kInteractive, om.MGlobal.kBaseUIMode):
        _show_interface()


def _show_interface() -> None:
    global _exit_callback
    from maya import utils

    from farmfutures_maya import menu
    from farmfutures_maya.panel import control, told

    told.switch_on()
    menu.build_later()
    utils.executeDeferred(control.fill)  # A control of the last session, where the plug-in is loaded later than it.
    _exit_callback = om.MSceneMessage.addCallback(om.MSceneMessage.kMayaExiting, _on_exit)


def _on_exit(*_: object) -> None:
    """At Maya's exit the control stays, since Maya notes it for the next start; what we put into it goes."""
    global _exiting
    from farmfutures_maya.panel import control, told

    _exiting = True
    told.let_go(wait_s=control.EXIT_S)
    control.let_go(wait_s=control.EXIT_S)


def uninitializePlugin(plugin: Any) -> None:
    """Takes away all that it brought."""
    global _exit_callback
    from farmfutures_maya import menu
    from farmfutures_maya.commands import COMMANDS
    from farmfutures_maya.panel import control, told

    if _exit_callback is not None:
        om.MMessage.removeCallback(_exit_callback)
        _exit_callback = None
    menu.remove()
    told.let_go()
    if not _exiting:
        control.remove()
    ours = om.MFnPlugin(plugin)
    for command in COMMANDS:
        ours.deregisterCommand(command.NAME)


def _import_ours() -> None:
    try:
        importlib.import_module("farmfutures.maya")  # Also makes farmfutures_maya importable.
    except ImportError as error:
        om.MGlobal.displayError(
            f"FarmFutures can't start: {error}. Its module must be on MAYA_MODULE_PATH, with cloudpickle and pyzmq for this "
            "Maya's Python: farmfutures install, in a terminal, does both."
        )
        raise
