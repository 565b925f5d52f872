"""The order in which Tab goes through the form: as things are seen, whenever they were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def stops(parts: Iterable[QWidget]) -> list[QWidget]:
    """Returns what Tab stops at in some parts of a form, part by part."""
    return [widget for part in parts for widget in (part, *part.findChildren(QWidget)) if _is_stop(widget, part)]


def _is_stop(widget: QWidget, part: QWidget) -> bool:
    """Lists that pop up are windows of their own."""
    wanted = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    return wanted and widget.window() is part.window()


def put_in_order(widgets: Sequence[QWidget]) -> None:
    """Has Tab go through these one after the other."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)
