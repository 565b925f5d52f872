"""Changes to the scene that are one step for the artist who takes them back."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from . import _cmds


@contextmanager
def undo_step(name: str = "FarmFutures results") -> Generator[None, None, None]:
    """Makes all that its block does to the scene one step of undo, also when the block fails midway.

    Blocks may be nested; the outermost one is the step.

    Args:
        name: What the step is called in *Edit > Undo*.

    Raises:
        RuntimeError: This is not Maya's main thread.

    Example:
        >>> with farmfutures.maya.undo_step("Heights from the farm"):
        ...     for node, future in heights.items():
        ...         cmds.setAttr(f"{node}.translateY", future.result())
    """
    _cmds.open_undo_chunk(name)
    try:
        yield
    finally:
        _cmds.close_undo_chunk()
