"""The Maya plug-in (Python API 2.0): the ``farmSubmit`` command, and a menu where there is an interface.

From Python and MEL:

    cmds.farmSubmit("cmds.ls(type='mesh')", name="Meshes")
    farmSubmit -name "Meshes" "studio.checks:all_meshes";
"""

from __future__ import annotations

import importlib
from typing import Any

import maya.api.OpenMaya as om

maya_useNewAPI = True  # Maya looks for this name.

VENDOR = "farmfutures"
VERSION = "0.1.0"


class FarmSubmit(om.MPxCommand):  # type: ignore[misc, unused-ignore]  # The stubs know nothing of it.
    """``farmSubmit [-name STRING] [-cpus INT] [-filename STRING] [-noSnapshot] SOURCE``: returns the job's id.

    SOURCE is an expression, statements or ``package.module:function``. It runs in a copy of the scene as it is on
    screen; with ``-noSnapshot`` in the scene as it was saved, with ``-filename`` in another one.
    """

    NAME = "farmSubmit"

    @staticmethod
    def create() -> FarmSubmit:
        """Makes one, for one call of the command."""
        return FarmSubmit()

    @staticmethod
    def syntax_of() -> om.MSyntax:
        """Returns flags and arguments."""
        syntax = om.MSyntax()
        syntax.addFlag("-n", "-name", om.MSyntax.kString)
        syntax.addFlag("-c", "-cpus", om.MSyntax.kLong)
        syntax.addFlag("-fn", "-filename", om.MSyntax.kString)
        syntax.addFlag("-nsn", "-noSnapshot", om.MSyntax.kNoArg)
        syntax.addArg(om.MSyntax.kString)
        return syntax

    def doIt(self, args: om.MArgList) -> None:
        """Submits; what is wrong goes to the script editor as one sentence."""
        from farmfutures_maya import menu

        given = om.MArgDatabase(self.syntax(), args)
        self.setResult(
            menu.submit(
                given.commandArgumentString(0),
                name=given.flagArgumentString("-n", 0) if given.isFlagSet("-n") else None,
                cpus=given.flagArgumentInt("-c", 0) if given.isFlagSet("-c") else None,
                filename=given.flagArgumentString("-fn", 0) if given.isFlagSet("-fn") else None,
                snapshot=not given.isFlagSet("-nsn"),
            )
        )

    def isUndoable(self) -> bool:
        """A job that was submitted is not taken back by an undo of the scene."""
        return False


def initializePlugin(plugin: Any) -> None:
    """Registers the command, and builds the menu once Maya is idle."""
    _import_ours()
    om.MFnPlugin(plugin, VENDOR, VERSION, "Any").registerCommand(FarmSubmit.NAME, FarmSubmit.create, FarmSubmit.syntax_of)
    if om.MGlobal.mayaState() == om.MGlobal.kInteractive:
        from maya import utils

        from farmfutures_maya import menu

        utils.executeDeferred(menu.build)  # The main window is not there yet while plug-ins load at start-up.


def uninitializePlugin(plugin: Any) -> None:
    """Takes menu and command away."""
    from farmfutures_maya import menu

    menu.remove()
    om.MFnPlugin(plugin).deregisterCommand(FarmSubmit.NAME)


def _import_ours() -> None:
    try:
        importlib.import_module("farmfutures.maya")  # Also makes farmfutures_maya importable.
    except ImportError as error:
        om.MGlobal.displayError(
            f"FarmFutures can't start: {error}. Its module must be on MAYA_MODULE_PATH (module.mod), and cloudpickle "
            "and pyzmq be installed for this Maya: mayapy -m pip install cloudpickle pyzmq."
        )
        raise
