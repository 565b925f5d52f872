"""Statements of a Maya ASCII file: MEL words, quoted strings, a semicolon. They may span lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(;)|//[^\n]*|([^\s;"]+)', re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Quoted(str):
    """A word that stood in quotes."""

    __slots__ = ()


def statements(text: str) -> Iterator[list[str]]:
    """Returns the words of each statement; quoted ones are `Quoted`."""
    words: list[str] = []
    for match in _TOKEN.finditer(text):
        quoted, end, bare = match.groups()
        if quoted is not None:
            words.append(Quoted(unescape(quoted)))
        elif bare is not None:
            words.append(bare)
        elif end and words:
            yield words
            words = []


def unescape(text: str) -> str:
    """Reads the escapes of a MEL string."""
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), text) if "\\" in text else text


def quote(text: str) -> str:
    """Writes a MEL string."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'


def word(text: str) -> str:
    """Writes a word as it was read."""
    return quote(text) if isinstance(text, Quoted) else text
