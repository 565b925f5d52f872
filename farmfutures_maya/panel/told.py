"""Whether this process tells of what happens to its jobs, and the one `Herald` that does. It loads without PySide6.

The plug-in switches it on in a Maya with an interface, `farmfutures panel` in a window of its own; elsewhere nobody is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .notify import Herald

_on = False
_herald: Herald | None = None


def switch_on() -> None:
    """From now on somebody is told."""
    global _on
    _on = True


def wake() -> None:
    """A job was submitted: looks, until it is over. It belongs on the main thread, and never fails: the job is away already."""
    global _herald
    if not _on:
        return
    if _herald is None:
        from .notify import Herald

        _herald = Herald()
    _herald.wake()


def let_go(*, wait_s: float = 0) -> None:
    """Tells nobody any more.

    Args:
        wait_s: How long to wait for its thread, in seconds.
    """
    global _on, _herald
    made, _herald, _on = _herald, None, False
    if made is None:
        return
    import shiboken6

    if shiboken6.isValid(made):
        made.close(wait_s=wait_s)
        shiboken6.delete(made)
