"""Source text as a call: what ``farmfutures run`` sends. Imported on the worker, so it needs nothing but Python."""

from __future__ import annotations

import linecache
import re
from collections.abc import Mapping, Sequence
from typing import Any

FILE = "<farmfutures run>"

_FUNCTION = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


def is_function(text: str) -> bool:
    """Returns whether this is ``package.module:function``."""
    return _FUNCTION.fullmatch(text) is not None


def is_statements(text: str) -> bool:
    """Returns whether this is executed rather than evaluated: it has a line break or a semicolon inside."""
    return any(mark in text.strip() for mark in "\n;")


def evaluate(text: str, imports: Sequence[str] = (), names: Mapping[str, Any] | None = None) -> Any:
    """Evaluates an expression, or executes statements.

    Args:
        text: The source.
        imports: What is imported before: ``math``, ``os.path``, ``numpy as np``.
        names: What else is there, by name.

    Returns:
        The value of the expression; of statements, what they leave in ``result``, if anything.
    """
    _show_in_tracebacks(text)
    scope: dict[str, Any] = {"__name__": "farmfutures_run", **(names or {})}
    for name in imports:
        exec(f"import {name}", scope)
    if is_statements(text):
        exec(compile(text, FILE, "exec"), scope)
        return scope.get("result")
    return eval(compile(text.strip(), FILE, "eval"), scope)


def check(text: str, imports: Sequence[str] = ()) -> None:
    """Compiles without running anything, so that a slip of the pen fails here and not on the farm.

    Raises:
        SyntaxError: It is not Python.
    """
    for name in imports:
        compile(f"import {name}", "<--imports>", "exec")
    if not is_function(text):
        mode = "exec" if is_statements(text) else "eval"
        compile(text if mode == "exec" else text.strip(), FILE, mode)


def _show_in_tracebacks(text: str) -> None:
    """Tracebacks then quote the line that failed, as they do for files."""
    linecache.cache[FILE] = (len(text), None, text.splitlines(keepends=True), FILE)
