"""Polite mode: while Maya plays back or renders, the farm is not looked at, and nothing is drawn."""

from __future__ import annotations

from .. import _cmds_ui, main_thread


def still() -> str:
    """Returns why the panel is to hold still now, or "". It is asked on the main thread, some times a second."""
    if not main_thread.is_interactive():
        return ""
    if _cmds_ui.is_playing():
        return "Maya is playing back: the farm is looked at again afterwards."
    if _cmds_ui.is_rendering():
        return "Maya is rendering: the farm is looked at again afterwards."
    return ""
