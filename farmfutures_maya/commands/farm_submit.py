"""``farmSubmit``: hands Python to the farm."""

from __future__ import annotations

from typing import Any

import maya.api.OpenMaya as om

from .. import submitting

_STRINGS = {"name": "-n", "filename": "-fn", "frames": "-f"}
_NUMBERS = {"cpus": "-c", "priority": "-pri", "retries": "-r"}


class FarmSubmit(om.MPxCommand):  # type: ignore[misc, unused-ignore]  # The stubs know nothing of it.
    """``farmSubmit [flags] SOURCE``: submits SOURCE and returns the id of its job.

    SOURCE is an expression, statements or ``package.module:function``. It runs in a copy of the scene as it is on screen.

    | flag | | |
    |---|---|---|
    | ``-name`` | ``-n`` | string: the job's name |
    | ``-frames`` | ``-f`` | string: ``"1-100x2"``; SOURCE runs once a frame, at it, and ``frame`` is its number |
    | ``-cpus`` | ``-c`` | int: how many interpreters work on it at once |
    | ``-priority`` | ``-pri`` | int: higher goes first |
    | ``-retries`` | ``-r`` | int: how often a call that failed is run again |
    | ``-timeout`` | ``-to`` | double: seconds that a call may take |
    | ``-filename`` | ``-fn`` | string: another scene to open instead |
    | ``-noSnapshot`` | ``-nsn`` | the scene as it was saved, not as it is on screen |
    | ``-sticky`` | ``-stk`` | what no flag says is as it was the last time for this scene; SOURCE may be "" |
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
        for name, short in _STRINGS.items():
            syntax.addFlag(short, f"-{name}", om.MSyntax.kString)
        for name, short in _NUMBERS.items():
            syntax.addFlag(short, f"-{name}", om.MSyntax.kLong)
        syntax.addFlag("-to", "-timeout", om.MSyntax.kDouble)
        syntax.addFlag("-nsn", "-noSnapshot", om.MSyntax.kNoArg)
        syntax.addFlag("-stk", "-sticky", om.MSyntax.kNoArg)
        syntax.addArg(om.MSyntax.kString)
        return syntax

    def doIt(self, args: om.MArgList) -> None:
        """Submits; what is wrong goes to the script editor as one sentence."""
        given = om.MArgDatabase(self.syntax(), args)
        options: dict[str, Any] = {}
        for name, short in _STRINGS.items():
            if given.isFlagSet(short):
                options[name] = given.flagArgumentString(short, 0)
        for name, short in _NUMBERS.items():
            if given.isFlagSet(short):
                options[name] = given.flagArgumentInt(short, 0)
        if given.isFlagSet("-to"):
            options["timeout_s"] = given.flagArgumentDouble("-to", 0)
        if given.isFlagSet("-stk"):
            options["sticky"] = True
        if given.isFlagSet("-nsn") or not given.isFlagSet("-stk"):
            options["snapshot"] = not given.isFlagSet("-nsn")
        self.setResult(submitting.submit(given.commandArgumentString(0), **options))

    def isUndoable(self) -> bool:
        """A job that was submitted is not taken back by an undo of the scene."""
        return False
