"""Shipped: a script of Python or MEL, once, or for each frame or each line of a list."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from .. import _cmds, _cmds_actions
from ..source import evaluate_in
from .action import action
from .params import Code, Frame, Item


@action("Run a script", name="script", runs_in="anywhere", group="Scripts")
def run_script(
    source: Annotated[str, Code(), "An expression, statements that leave a result, or package.module:function"],
    frame: Frame | None = None,
    item: Item | None = None,
    language: Literal["Python", "MEL"] = "Python",
) -> Any:
    """Runs Python or MEL in a copy of the scene: once, or for each frame, or for each line of a list.

    The script finds the frame as `frame` and the line as `item` ($frame and $item in MEL). In Python, `cmds` and `mel` are
    Maya's; an expression is the result, statements leave it in `result`.
    """
    names: dict[str, Any] = {name: value for name, value in (("frame", frame), ("item", item)) if value is not None}
    if language == "MEL":
        if not _cmds.in_maya():
            raise RuntimeError("MEL needs a Maya: choose one under Maya, or write the script in Python.")
        return _cmds_actions.evaluate_mel(source, names)
    return evaluate_in(source, names)
