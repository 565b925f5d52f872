"""What plug-ins with commands, and watchers of scenes, need of Maya's Python API 2.0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mayasim.flags import COMMANDS
from mayasim.world import world


class MSyntax:
    """Flags and arguments of a command."""

    kInvalidArgType, kNoArg, kBoolean, kLong, kDouble, kString = range(6)

    def __init__(self) -> None:
        self.enableQuery = False
        self.enableEdit = False
        self.flags: dict[str, tuple[str, int]] = {}
        self.arguments: list[int] = []

    def addFlag(self, short: str, long: str, kind: int = kNoArg) -> None:
        """Adds a flag."""
        if len(short.lstrip("-")) > 3 or len(long.lstrip("-")) < 4:
            raise RuntimeError(f"Short names have up to three letters, long ones four and more: {short} {long}")
        self.flags[short] = (long, kind)

    def addArg(self, kind: int) -> None:
        """Adds an argument."""
        self.arguments.append(kind)


class MArgList(list[str]):
    """The words of a line."""


class MArgDatabase:
    """A line, taken apart."""

    def __init__(self, syntax: MSyntax, words: MArgList) -> None:
        self._values: dict[str, list[str]] = {}
        self._arguments: list[str] = []
        short_of = {name: short for short, (long, _) in syntax.flags.items() for name in (short, long)}
        self.isQuery = syntax.enableQuery and not {"-q", "-query"}.isdisjoint(words)
        self.isEdit = syntax.enableEdit and not {"-e", "-edit"}.isdisjoint(words)
        modes = ["-q", "-query"] * self.isQuery + ["-e", "-edit"] * self.isEdit
        rest = [word for word in words if word not in modes]
        while rest:
            word = rest.pop(0)
            if word in short_of:
                takes = syntax.flags[short_of[word]][1] != MSyntax.kNoArg and not self.isQuery
                self._values[short_of[word]] = [rest.pop(0)] if takes else []
            elif word.startswith("-"):
                raise TypeError(f"Invalid flag '{word.lstrip('-')}'")
            else:
                self._arguments.append(word)
        if len(self._arguments) != len(syntax.arguments) and not self.isQuery:
            raise RuntimeError("Wrong number of arguments.")

    def isFlagSet(self, flag: str) -> bool:
        """Whether a flag was given."""
        return flag in self._values

    def flagArgumentString(self, flag: str, index: int) -> str:
        """The text behind a flag."""
        return self._values[flag][index]

    def flagArgumentInt(self, flag: str, index: int) -> int:
        """The number behind a flag."""
        return int(self._values[flag][index])

    def flagArgumentBool(self, flag: str, index: int) -> bool:
        """The switch behind a flag."""
        return self._values[flag][index] in ("1", "true", "on", "yes", "True")

    def flagArgumentDouble(self, flag: str, index: int) -> float:
        """The number behind a flag."""
        return float(self._values[flag][index])

    def commandArgumentString(self, index: int) -> str:
        """An argument."""
        return self._arguments[index]


class MPxCommand:
    """The base of commands."""

    _syntax: Any = None
    _result: Any = None

    def syntax(self) -> MSyntax:
        """What it was registered with."""
        found: MSyntax = self._syntax
        return found

    def setResult(self, result: Any) -> None:
        """What the caller gets."""
        self._result = result


class MFnPlugin:
    """Registers what a plug-in brings."""

    def __init__(self, plugin: Any, vendor: str = "Unknown", version: str = "Unknown", api: str = "Any") -> None:
        self._about = world.plugins.setdefault(str(plugin), {})
        if vendor != "Unknown":
            self._about.update(vendor=vendor, version=version)

    def registerCommand(self, name: str, creator: Callable[[], MPxCommand], syntax: Callable[[], MSyntax] | None = None) -> None:
        """Adds a command to ``maya.cmds`` and to MEL."""
        from maya import cmds

        if name in COMMANDS:
            raise RuntimeError(f"(kFailure): Unexpected Internal Failure: the command {name} is there already")
        made = syntax() if syntax else MSyntax()

        def run(*words: str) -> Any:
            command = creator()
            command._syntax = made
            command.doIt(MArgList(words))  # type: ignore[attr-defined]
            return command._result

        def from_python(*args: Any, **flags: Any) -> Any:
            longs = {long.lstrip("-"): kind for long, kind in made.flags.values()}
            shorts = {short.lstrip("-"): kind for short, (_, kind) in made.flags.items()}
            modes = ("q", "query") * made.enableQuery + ("e", "edit") * made.enableEdit
            shorts.update(dict.fromkeys(modes, MSyntax.kNoArg))
            asked = made.enableQuery and bool(flags.get("q") or flags.get("query"))
            words: list[str] = []
            for flag, value in flags.items():
                if flag not in longs and flag not in shorts:
                    raise TypeError(f"Invalid flag '{flag}'")
                alone = asked or {**shorts, **longs}[flag] == MSyntax.kNoArg
                words += [f"-{flag}"] if alone and value else [] if alone else [f"-{flag}", str(value)]
            return run(*words, *map(str, args))

        from_python.mel = run  # type: ignore[attr-defined]
        from_python.__name__ = name
        from_python.__module__ = "maya.cmds"
        COMMANDS[name] = from_python
        setattr(cmds, name, from_python)

    def deregisterCommand(self, name: str) -> None:
        """Takes it away."""
        from maya import cmds

        del COMMANDS[name]
        delattr(cmds, name)


class MGlobal:
    """State and messages."""

    kInteractive, kBatch, kLibraryApp, kBaseUIMode = range(4)

    @staticmethod
    def mayaState() -> int:
        """``kLibraryApp`` in mayapy, not ``kBatch``."""
        return MGlobal.kLibraryApp if world.batch else MGlobal.kInteractive

    @staticmethod
    def mayaVersion() -> str:
        """Says the version, before Maya is initialised too."""
        return world.version

    @staticmethod
    def displayError(text: str) -> None:
        """Says that something went wrong."""
        import sys

        print(f"Error: {text}", file=sys.stderr)

    @staticmethod
    def displayWarning(text: str) -> None:
        """Says that something may be wrong."""
        world.warn(text)

    @staticmethod
    def displayInfo(text: str) -> None:
        """Says something."""
        print(text)


class MSceneMessage:
    """Calls when something happens to the scene."""

    kBeforeNew, kAfterNew, kBeforeOpen, kAfterOpen = "kBeforeNew", "kAfterNew", "kBeforeOpen", "kAfterOpen"
    kBeforeSave, kAfterSave, kBeforeExport, kAfterExport = "kBeforeSave", "kAfterSave", "kBeforeExport", "kAfterExport"
    kBeforeSaveCheck, kBeforeExportCheck, kExportStarted = "kBeforeSaveCheck", "kBeforeExportCheck", "kExportStarted"
    kMayaExiting, kAfterImport = "kMayaExiting", "kAfterImport"

    @staticmethod
    def addCallback(message: str, function: Callable[..., object], data: Any = None) -> Any:
        """Asks to be called; returns what `MMessage.removeCallback` takes."""
        entry = (message, function, data)
        world.callbacks.append(entry)
        return entry

    addCheckCallback = addCallback
    """Of the messages that end in Check: the function returns whether the file may be written."""


class MMessage:
    """Callbacks."""

    @staticmethod
    def removeCallback(entry: Any) -> None:
        """Calls no more."""
        world.callbacks.remove(entry)
