"""Shipped: a function of an importable module, once, for each frame, or on nodes."""

from __future__ import annotations

from typing import Annotated, Any

from farmfutures import call as calls

from .. import _cmds
from .action import action
from .params import Frame, Node

Function = Annotated[str, "package.module:function, importable where it runs"]
Arguments = Annotated[list[str], "Further arguments, as Python writes them: 3, 'left', [1, 2]"]


@action("Call a function", name="function", runs_in="anywhere", group="Scripts")
def call_function(function: Function, frame: Frame | None = None, arguments: Arguments = []) -> Any:  # noqa: B006
    """Calls a function of a module: once, or for each frame with the frame as its first argument."""
    first = () if frame is None else (frame,)
    return calls.resolve(function)(*first, *map(literal, arguments))


@action("Call a function on nodes", name="on_nodes", group="Scripts")
def call_on_nodes(function: Function, node: Node, arguments: Arguments = [], select: bool = True) -> Any:  # noqa: B006
    """Calls a function for each of the chosen nodes, the node being its first argument. It is selected, too, for tools
    that work on what is selected. maya.cmds:nodeType and other commands of Maya are functions as well.
    """
    if select:
        _cmds.set_selection([node])
    return calls.resolve(function)(node, *map(literal, arguments))


def literal(text: str) -> Any:
    """Returns what a text means as Python; what means nothing is the text itself."""
    import ast

    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
