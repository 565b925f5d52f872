"""The fields of an action, made from its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...actions.action import Action
from ...actions.params import Kind, Param
from .. import look
from .editors import Choice, Editor, Line, Lines, Number, PathLine, Switch, Text
from .row import Row

_LINES_OF_CODE, _LINES_OF_LIST = 7, 3


class ActionFields(QWidget):
    """The rows of one action.

    Signals:
        changed: A value did.
    """

    changed = Signal()

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action = action
        self.rows = {param.name: _row(param, self) for param in action.params}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.GAP)
        for row in self.rows.values():
            row.changed.connect(self.changed)
            layout.addWidget(row)

    def values(self) -> dict[str, Any]:
        """Returns the values by name."""
        return {name: row.editor.value() for name, row in self.rows.items()}

    def set_values(self, values: dict[str, Any]) -> None:
        """Sets values; those that are not named are as they are at first."""
        for param in self.action.params:
            self.rows[param.name].editor.set_value(values.get(param.name, param.first))


def _row(param: Param, parent: QWidget) -> Row:
    editor = _EDITORS[param.kind](param)
    editor.set_value(param.first)
    label = "" if param.kind == Kind.SWITCH else param.label
    row = Row(f"values.{param.name}", label, editor, param.help, parent)
    editor.setAccessibleName(param.label)
    return row


def _switch(param: Param) -> Editor:
    return Switch(param.label)


def _number(param: Param) -> Editor:
    return Number(param.low, param.high, whole=param.kind == Kind.WHOLE, nothing="none" if param.optional else "")


def _text(param: Param) -> Editor:
    return Line(param.help)


def _code(param: Param) -> Editor:
    return Text(_LINES_OF_CODE, code=True, hint=param.help)


def _choice(param: Param) -> Editor:
    return Choice([(choice, str(choice)) for choice in param.choices])


def _list(param: Param) -> Editor:
    return Lines(_LINES_OF_LIST, plain=True, hint=param.help or "One a line")


def _file(param: Param) -> Editor:
    return PathLine(folder=False, pattern=param.pattern, title=param.label, hint=param.help)


def _folder(param: Param) -> Editor:
    return PathLine(folder=True, title=param.label, hint=param.help or "A relative one lies in the project")


_EDITORS: dict[Kind, Callable[[Param], Editor]] = {
    Kind.SWITCH: _switch, Kind.WHOLE: _number, Kind.NUMBER: _number, Kind.TEXT: _text, Kind.CODE: _code, Kind.CHOICE: _choice,
    Kind.LIST: _list, Kind.FILE: _file, Kind.FOLDER: _folder,
}  # fmt: skip
