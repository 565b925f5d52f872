"""The workspace control that the panel lives in.

It is made without Maya's dockable mixin, which breaks classes with more than one base in Maya 2025 and later: the control
is Maya's, and a plain widget is put into it. Maya remembers the control with the workspace and runs its script again at
the next start, once the plug-in is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .. import _cmds_ui, main_thread

if TYPE_CHECKING:
    from .window import Panel

NAME = "FarmFuturesJobs"
PLUGIN = "farmfutures_plugin"
SCRIPT = "import farmfutures.maya; from farmfutures_maya.panel import control; control.fill()"
"""Found by any later start of Maya that has our module, whatever it has done before."""

EXIT_S = 2.0

_widget: Panel | None = None


def require_interface() -> None:
    """Says so where there is nothing to show anything in.

    Raises:
        RuntimeError: This Maya has no interface.
    """
    if not main_thread.is_interactive():
        raise RuntimeError(
            "the panel needs a Maya with an interface. In a terminal, farmfutures panel opens it in a window of its own, and "
            "farmfutures jobs lists jobs."
        )


def show_panel() -> str:
    """Opens the panel in Maya's window, or brings it to the front; returns the name of its workspace control.

    Raises:
        RuntimeError: This Maya has no interface.
    """
    require_interface()
    if _cmds_ui.has_control(NAME):
        _cmds_ui.restore_control(NAME)
        fill()
    else:
        _cmds_ui.make_control(NAME, label="FarmFutures", script=SCRIPT, plugin=PLUGIN)
    return NAME


def submit() -> None:
    """Opens the panel's form to submit from.

    Raises:
        RuntimeError: This Maya has no interface.
    """
    show_panel()
    fill()
    if _widget is not None and _is_alive():
        _widget.submit()


def fill() -> None:
    """Puts the panel into the control, if there is one that lacks it. The control's script calls this."""
    global _widget
    if not _cmds_ui.has_control(NAME) or _is_alive():
        return
    import shiboken6

    from .window import Panel

    control = _qt_util().findControl(NAME)
    if control is not None:
        _widget = Panel()  # Kept here: Python would take it away from under Qt.
        _qt_util().addWidgetToMayaLayout(int(shiboken6.getCppPointer(_widget)[0]), int(control))
        _widget.show()


def _qt_util() -> Any:
    """Returns ``MQtUtil``, of which the stubs know nothing; the Python API 2.0 has none."""
    from maya import OpenMayaUI

    return cast("Any", OpenMayaUI).MQtUtil


def exists() -> bool:
    """Returns whether the panel is there, behind other tabs or not."""
    return _cmds_ui.has_control(NAME)


def is_visible() -> bool:
    """Returns whether the panel is there and not hidden."""
    return _cmds_ui.has_control(NAME) and _cmds_ui.is_control_visible(NAME)


def set_visible(visible: bool) -> None:
    """Shows the panel, or hides it."""
    if visible:
        show_panel()
    elif _cmds_ui.has_control(NAME):
        _cmds_ui.hide_control(NAME)


def remove() -> None:
    """Takes the panel away, with what Maya noted of it."""
    let_go()
    _cmds_ui.remove_control(NAME)


def let_go(*, wait_s: float = 0) -> None:
    """Takes the widget and its thread away and leaves the control, which Maya notes for its next start.

    Widgets of Python that outlive it crash Maya at its exit.

    Args:
        wait_s: How long to wait for the thread, in seconds: at exit, for it to be gone before the interpreter is.
    """
    global _widget
    widget, _widget = _widget, None
    if widget is None:
        return
    import shiboken6

    if shiboken6.isValid(widget):
        widget.feed.close(wait_s=wait_s)
        shiboken6.delete(widget)


def _is_alive() -> bool:
    if _widget is None:
        return False
    import shiboken6

    return shiboken6.isValid(_widget)
