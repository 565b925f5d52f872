"""MEL, as far as anybody here uses it."""

from __future__ import annotations

import re
from typing import Any

from mayasim.flags import COMMANDS
from mayasim.tokens import Quoted, statements
from mayasim.world import world

_NUMBER = re.compile(r"-?\d+(\.\d*)?([eE]-?\d+)?")
_GETENV = re.compile(r'\s*getenv\s*\(?\s*"(\w+)"\s*\)?\s*;?\s*$')


def eval(source: str) -> Any:
    """Runs a line of MEL: ``getenv``, variables, or commands with their flags.

    Raises:
        RuntimeError: There is no such procedure.
    """
    match = _GETENV.match(source)
    if match:
        return world.getenv(match[1])
    result = None
    variables: dict[str, str] = {}
    for words in statements(source if source.rstrip().endswith(";") else source + ";"):
        if words[0] in ("int", "float", "string") and len(words) == 4 and words[2] == "=":
            variables[words[1]] = words[3]
            continue
        words = [variables.get(word, word) for word in words]
        if words[0] not in COMMANDS:
            raise RuntimeError(f'Cannot find procedure "{words[0]}".')
        plain = getattr(COMMANDS[words[0]], "mel", None)
        result = plain(*words[1:]) if plain else _run(words)
    return result


def _run(words: list[str]) -> Any:
    args: list[Any] = []
    flags: dict[str, Any] = {}
    rest = list(words[1:])
    while rest:
        word = rest.pop(0)
        if word.startswith("-") and not word[1:2].isdigit():
            takes = bool(rest) and not rest[0].startswith("-") and word not in ("-q", "-query", "-e", "-edit")
            flags[word[1:]] = rest.pop(0) if takes and len(rest) > 0 else True
        else:
            args.append(_value(word))
    return COMMANDS[words[0]](*args, **flags)


def _value(word: str) -> Any:
    """A word that is a number is one, unless it stood in quotes."""
    if isinstance(word, Quoted) or not _NUMBER.fullmatch(word):
        return word
    return float(word) if "." in word or "e" in word.lower() else int(word)
