"""The part of Maya's Python API 1.0 that leads to Qt's widgets."""

from __future__ import annotations

from mayasim.world import world


class MQtUtil:
    """Pointers to Qt's widgets, as numbers."""

    @staticmethod
    def mainWindow() -> int | None:
        """The main window."""
        return _pointer(world.window)

    @staticmethod
    def findControl(name: str) -> int | None:
        """The widget of a control."""
        return _pointer(world.window.find(name)) if world.window else None

    @staticmethod
    def getCurrentParent() -> int | None:
        """The control whose script runs."""
        return MQtUtil.findControl(world.parent)

    @staticmethod
    def addWidgetToMayaLayout(widget: int, layout: int) -> None:
        """Puts a widget into a control."""
        import shiboken6
        from PySide6.QtWidgets import QWidget

        shiboken6.wrapInstance(layout, QWidget).layout().addWidget(shiboken6.wrapInstance(widget, QWidget))


def _pointer(widget: object) -> int | None:
    if widget is None:
        return None
    import shiboken6

    return int(shiboken6.getCppPointer(widget)[0])
