"""The batch script of a job array: which command line each of its tasks becomes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from ...errors import OptionError

MOST_BYTES = 3 * 1024 * 1024
"""Slurm takes scripts up to 4 MiB (``max_script_size``)."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def script(commands: Sequence[tuple[str, ...]], env: Mapping[str, str]) -> str:
    """Returns a script for /bin/sh, in which every word of ours is quoted. It becomes the command: signals reach that itself.

    Args:
        commands: The command line of each task, from 0 on.
        env: Variables for all of them.

    Raises:
        OptionError: A shell can't have a variable of such a name, or a word that holds a NUL.
    """
    shared = _shared(commands)
    lines = [f"export {_name(name)}={_quoted(value)}" for name, value in env.items()]
    cases = [f"{task}) set -- {' '.join(map(_quoted, command[shared:]))} ;;" for task, command in enumerate(commands)]
    first = " ".join(map(_quoted, commands[0][:shared]))
    body = [*lines, 'case "$SLURM_ARRAY_TASK_ID" in', *cases, "*) exit 64 ;;", "esac", f'exec {first} "$@"']
    return "\n".join(["#!/bin/sh", "# farmfutures: one task a chunk of work items.", *body, ""])


def _shared(commands: Sequence[tuple[str, ...]]) -> int:
    """How many words all command lines begin with: they stand once in a script of a thousand."""
    shortest = min(map(len, commands))
    return next((place for place in range(shortest) if len({command[place] for command in commands}) > 1), shortest)


def _name(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise OptionError(f"env[{name!r}]: Slurm starts work items by a shell, which has no variables of such names; rename it.")
    return name


def _quoted(word: str) -> str:
    if "\0" in word:
        raise OptionError(f"{word!r}: a command line can't hold a NUL.")
    return shlex.quote(word)


def parts(commands: Sequence[tuple[str, ...]], most: int) -> Iterator[range]:
    """Yields which commands go together: no more than `most`, and no more than fit into one script.

    Args:
        commands: Those of an order.
        most: How many tasks an array may have.
    """
    first, size = 0, 0
    for number, command in enumerate(commands):
        more = sum(len(word.encode("utf-8", "replace")) + 3 for word in command)
        if number > first and (number - first == most or size + more > MOST_BYTES):
            yield range(first, number)
            first, size = number, 0
        size += more
    yield range(first, len(commands))
