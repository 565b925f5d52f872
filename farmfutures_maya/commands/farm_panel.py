"""``farmPanel``: the panel."""

from __future__ import annotations

import maya.api.OpenMaya as om

from ..panel import control


class FarmPanel(om.MPxCommand):  # type: ignore[misc, unused-ignore]  # The stubs know nothing of it.
    """``farmPanel [flags]``: opens the panel, or brings it to the front, and returns the name of its control.

    | flag | | |
    |---|---|---|
    | ``-visible`` | ``-vis`` | boolean, also queried: show it, or hide it |
    | ``-close`` | ``-cl`` | take it away |
    | ``-exists`` | ``-ex`` | queried: whether there is one |
    """

    NAME = "farmPanel"

    @staticmethod
    def create() -> FarmPanel:
        """Makes one, for one call of the command."""
        return FarmPanel()

    @staticmethod
    def syntax_of() -> om.MSyntax:
        """Returns flags and arguments."""
        syntax = om.MSyntax()
        syntax.addFlag("-vis", "-visible", om.MSyntax.kBoolean)
        syntax.addFlag("-cl", "-close", om.MSyntax.kNoArg)
        syntax.addFlag("-ex", "-exists", om.MSyntax.kNoArg)
        syntax.enableQuery = True
        syntax.enableEdit = True
        return syntax

    def doIt(self, args: om.MArgList) -> None:
        """Does it. In a Maya without interface it says so; a query answers there, too."""
        given = om.MArgDatabase(self.syntax(), args)
        if given.isQuery:
            self.setResult(control.is_visible() if given.isFlagSet("-vis") else control.exists())
            return
        control.require_interface()
        if given.isFlagSet("-cl"):
            control.remove()
        elif given.isFlagSet("-vis"):
            control.set_visible(given.flagArgumentBool("-vis", 0))
        else:
            control.show_panel()
        self.setResult(control.NAME)

    def isUndoable(self) -> bool:
        """It changes nothing of the scene."""
        return False
