"""Whether this process tells of what happens to its jobs, and the `Herald` of each engine that does. It loads without PySide6.

The plug-in switches it on in a Maya with an interface, `farmfutures panel` in a window of its own; elsewhere nobody is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .notify import Herald

_on = False
_heralds: dict[str, Herald] = {}


def switch_on() -> None:
    """From now on somebody is told."""
    global _on
    _on = True


def wake(engine: str = "") -> None:
    """A job was submitted: looks, until it is over. It belongs on the main thread.

    Args:
        engine: Whose job it is; "" is the engine of the settings.
    """
    if not _on:
        return
    if engine not in _heralds:
        from .notify import Herald

        _heralds[engine] = Herald(engine=engine or None)
    _heralds[engine].wake()


def let_go(*, wait_s: float = 0) -> None:
    """Tells nobody any more.

    Args:
        wait_s: How long to wait for its thread, in seconds.
    """
    global _on
    _on = False
    while _heralds:
        import shiboken6

        _, made = _heralds.popitem()
        if shiboken6.isValid(made):
            made.close(wait_s=wait_s)
            shiboken6.delete(made)
