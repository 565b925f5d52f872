"""Failures by cause: tracebacks that differ only by numbers, addresses and names of files are one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_PLACE = re.compile(r'^\s*File "([^"]*)", line (\d+), in (\S+)', re.MULTILINE)
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_PATH = re.compile(r"(?:[A-Za-z]:)?[\\/](?:[^\s\\/:,;]+[\\/])*[^\s:,;]*")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+\b")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.:]\d+)*(?:[eE][-+]?\d+)?")
_KIND = re.compile(r"^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?::|$)")
_LAST_WORDS = "The last lines of its log:"


@dataclass(slots=True)
class Cause:
    """Why some work items failed.

    Attributes:
        title: The error as one line, with what differs between the items left open.
        place: File, line and function where it was raised, "" where nobody knows.
        traceback: That of the first of the items.
        works: Their indices, in order.
    """

    title: str
    place: str
    traceback: str
    works: list[int] = field(default_factory=list)


def group(errors: Iterable[tuple[int, str]]) -> list[Cause]:
    """Groups failures, those with most work items first.

    Args:
        errors: Index and traceback of work items, as `Farm.errors` has them.
    """
    found: dict[tuple[str, str], Cause] = {}
    alike: dict[tuple[str, str], set[str]] = {}
    for work, text in errors:
        line, place = error_of(text), place_of(text)
        key = signature(line), place
        cause = found.setdefault(key, Cause(line, place, text.strip()))
        cause.works.append(work)
        alike.setdefault(key, set()).add(line)
    for key, cause in found.items():
        if len(alike[key]) > 1:
            cause.title = key[0]
    return sorted(found.values(), key=lambda cause: (-len(cause.works), cause.works[0]))


def error_of(text: str) -> str:
    """Returns the line of a traceback that says what is wrong."""
    lines = [line for line in text.partition(_LAST_WORDS)[0].strip().splitlines() if line.strip()]
    if not lines:
        return "failed"
    ends = [line for line in lines if not line[0].isspace() and _KIND.match(line) and not line.startswith("Traceback ")]
    return (ends or lines)[-1].strip()[:500]


def place_of(text: str) -> str:
    """Returns where it was raised: ``"shading.py:41, in bake"``."""
    places = _PLACE.findall(text)
    if not places:
        return ""
    file, line, function = places[-1]
    name = file.replace("\\", "/").rpartition("/")[2]
    return f"{name}:{line}, in {function}"


def signature(line: str) -> str:
    """Returns an error's line without what differs between frames: numbers, addresses, paths, quoted names."""
    kind, colon, message = line.partition(": ")
    if not colon:
        return line
    for pattern, instead in ((_ADDRESS, "…"), (_QUOTED, "'…'"), (_PATH, "…"), (_NUMBER, "…")):
        message = pattern.sub(instead, message)
    return f"{kind}: {message}"
