"""Shelves: files ``shelf_<Name>.mel`` on MAYA_SHELF_PATH, with a procedure of that name that makes buttons."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .tokens import Quoted, statements

_PROC = re.compile(r"global\s+proc\s+(shelf_(\w+))\s*\(\s*\)\s*\{(.*)\}\s*$", re.DOTALL)


def found(path: str) -> dict[str, list[dict[str, str]]]:
    """Returns the flags of the buttons of each shelf; of two of the same name the first one counts."""
    shelves: dict[str, list[dict[str, str]]] = {}
    for folder in filter(None, path.split(os.pathsep)):
        for file in sorted(Path(folder).glob("shelf_*.mel")):
            match = _PROC.match(file.read_text(encoding="utf-8"))
            if match is None or match[1] != file.stem:
                raise RuntimeError(f"{file}: it must hold the procedure {file.stem}, and nothing else.")
            shelves.setdefault(match[2], _buttons(match[3]))
    return shelves


def _buttons(body: str) -> list[dict[str, str]]:
    buttons = []
    for words in statements(body):
        if words[0] == "shelfButton":
            flags: dict[str, str] = {}
            name = ""
            for word in words[1:]:
                if not isinstance(word, Quoted) and re.fullmatch(r"-[a-zA-Z]\w*", word):
                    name = word[1:]
                    flags[name] = ""
                else:
                    flags[name] = f"{flags[name]} {word}".strip()
            buttons.append(flags)
    return buttons
