"""Run Python source on a worker: what the ``farmSubmit`` command, the shelf and people without a module hand over."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from . import _cmds

_NAMED = re.compile(r"[^\W\d][\w.]*:[^\W\d][\w.]*")


def evaluate(source: str) -> Any:
    """Runs source where ``cmds`` and ``mel`` are Maya's.

    Args:
        source: ``"package.module:function"``, which is called; an expression, whose value is returned; or statements.
            Statements return what they leave in ``result``, if anything.

    Returns:
        See above.
    """
    return evaluate_in(source, {})


def evaluate_at(frame: int, source: str) -> Any:
    """Goes to a frame and runs source there.

    Args:
        frame: Which one; ``frame`` in the source.
        source: As of `evaluate`; ``"package.module:function"`` is called with the frame.

    Returns:
        As `evaluate`.
    """
    if _cmds.in_maya():
        _cmds.set_current_time(frame)
    return evaluate_in(source, {"frame": frame})


def evaluate_in(source: str, names: dict[str, Any]) -> Any:
    """Runs source where these are names, too; ``"package.module:function"`` is called with their values."""
    source = source.strip()
    if _NAMED.fullmatch(source):
        module, _, path = source.partition(":")
        found: Any = import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
        return found(*names.values())
    scope = {**_scope(), **names}
    try:
        code = compile(source, "<farm>", "eval")
    except SyntaxError:
        exec(compile(source, "<farm>", "exec"), scope)  # Running source is what this is for.
        return scope.get("result")
    return eval(code, scope)


def _scope() -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "__farm__"}
    try:
        from maya import cmds, mel
    except ImportError:
        return scope
    return {**scope, "cmds": cmds, "mel": mel}
