"""What the modules of a session add to its environment, so that it does not travel twice.

A module that travels (its file is found by ``MAYA_MODULE_PATH``, or in a folder that every Maya looks into) adds all of it
on the worker too. Sent along as well it would be there twice, and in two versions as soon as the module changes. Most of it
lies in the module's own folder, and is recognised by that; mGear's ``scripts: ../../../../scripts`` does not.

The grammar is the one of Maya's help, "Distributing Maya Plug-ins: Module Description Files", with what
MHendricks/maya-module-examples found by test: a blank line or a comment ends a module's block.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_FOLDER = re.compile(r"(?:\[r\]\s*)?(?:icons|plug-ins|presets|scripts|resources):\s*(.+)")
_VARIABLE = re.compile(r"(\w+)\s*\+?(:?)=\s*(.*)")


@dataclass(slots=True)
class Additions:
    """What modules add.

    Attributes:
        folders: What is in these, or below, is theirs.
        values: What they put into variables, by name: search path entries and single values.
    """

    folders: list[str] = field(default_factory=list[str])
    values: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


def additions(modules: Iterable[tuple[str, str, str]]) -> Additions:
    """Reads what modules add.

    Args:
        modules: Name, folder and description file of each, as Maya has them. A file that can't be read adds nothing.
    """
    found = Additions()
    for name, folder, file in modules:
        if folder:
            found.folders.append(folder)
            for line in _block(file, name, folder):
                _add(found, folder, line)
    return found


def _block(file: str, name: str, folder: str) -> Iterator[str]:
    """Yields the lines of a module that was found in this folder; its blocks for other versions have others."""
    try:
        with open(file, encoding="utf-8", errors="replace") as text:
            lines = text.read().splitlines()
    except OSError:
        return
    inside = False
    for line in map(str.strip, lines):
        if line.startswith("+ "):
            inside = _is_head(line, file, name, folder)
        elif not line or line.startswith(("#", "//")):
            inside = False
        elif inside:
            yield line


def _is_head(line: str, file: str, name: str, folder: str) -> bool:
    """Returns whether ``+ MAYAVERSION:2026 PLATFORM:linux rig 1.0 ../rig`` begins this module."""
    words = [word for word in line[2:].split() if not word.startswith(("MAYAVERSION:", "PLATFORM:", "LOCALE:"))]
    path = os.path.join(os.path.dirname(file), " ".join(words[2:]))
    return words[:1] == [name] and os.path.realpath(path) == os.path.realpath(folder)


def _add(found: Additions, folder: str, line: str) -> None:
    if place := _FOLDER.fullmatch(line):
        found.folders.append(_below(folder, place[1]))
    elif variable := _VARIABLE.fullmatch(line):
        name, relative, value = variable.groups()
        found.values.setdefault(name, set()).add(_below(folder, value) if relative else value)


def _below(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, path.replace("\\", "/"))).replace("\\", "/")
