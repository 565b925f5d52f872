"""What a plug-in with one command needs of Maya's Python API 2.0."""

from __future__ import annotations

from typing import Any

COMMANDS: dict[str, Any] = {}
"""Registered commands: name to a function that takes the words of a MEL line."""


class MSyntax:
    """Flags and the number of arguments."""

    kNoArg, kLong, kString = 1, 3, 5

    def __init__(self) -> None:
        self.flags: dict[str, tuple[str, int]] = {}

    def addFlag(self, short: str, long: str, kind: int) -> None:
        assert len(short) <= 4, "Maya refuses short names of more than three letters"
        self.flags[short] = (long, kind)

    def addArg(self, kind: int) -> None:
        pass


class MArgDatabase:
    """A parsed line."""

    def __init__(self, syntax: MSyntax, words: list[str]) -> None:
        self.values: dict[str, list[str]] = {}
        self.arguments: list[str] = []
        words = list(words)
        names = {name: short for short, (long, _) in syntax.flags.items() for name in (short, long)}
        while words:
            word = words.pop(0)
            if word in names:
                takes = syntax.flags[names[word]][1] != MSyntax.kNoArg
                self.values[names[word]] = [words.pop(0)] if takes else []
            else:
                self.arguments.append(word)

    def isFlagSet(self, flag: str) -> bool:
        return flag in self.values

    def flagArgumentString(self, flag: str, index: int) -> str:
        return self.values[flag][index]

    def flagArgumentInt(self, flag: str, index: int) -> int:
        return int(self.values[flag][index])

    def commandArgumentString(self, index: int) -> str:
        return self.arguments[index]


class MPxCommand:
    """The base of commands."""

    made_by: Any = None
    result: Any = None

    def syntax(self) -> MSyntax:
        return self.made_by()

    def setResult(self, result: Any) -> None:
        self.result = result


class MFnPlugin:
    """Registers commands."""

    def __init__(self, *about: Any) -> None:
        self.about = about

    def registerCommand(self, name: str, creator: Any, syntax: Any) -> None:
        def run(*words: str) -> Any:
            command = creator()
            command.made_by = syntax
            command.doIt(list(words))
            return command.result

        COMMANDS[name] = run

    def deregisterCommand(self, name: str) -> None:
        del COMMANDS[name]


class MGlobal:
    """State and messages."""

    kInteractive, kBatch, kLibraryApp = 0, 1, 2
    state = kLibraryApp
    errors: list[str] = []

    @classmethod
    def mayaState(cls) -> int:
        return cls.state

    @classmethod
    def displayError(cls, text: str) -> None:
        cls.errors.append(text)
