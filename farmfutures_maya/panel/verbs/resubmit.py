"""The form to submit a job once more, with changes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from .. import look, words
from .targets import Target

_MOST = 1_000_000


class ResubmitForm(QDialog):
    """Asks for what differs. What is not touched stays as it was.

    Signals:
        wanted: The name, and the changes as `Farm.resubmit` takes them.
    """

    wanted = Signal(str, dict)

    def __init__(self, target: Target, spec: dict[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Resubmit job {target.job.id}")
        count = target.job.total if target.works is None else len(target.works)
        self._spec = spec
        self.what = QLabel(f"{words.many(count, 'item')} of job {target.job.id} as a new job", self)
        self.name = QLineEdit(target.job.name, self)
        self.priority = _whole(target.job.priority, -_MOST, self)
        self.cpus = _whole(spec.get("cpus") or 0, 0, self)
        self.cpus.setSpecialValueText("as many as there are")
        self.attempts = _whole(spec.get("attempts") or 1, 1, self)
        self.timeout = QDoubleSpinBox(self)
        self.timeout.setRange(0, 1e7)
        self.timeout.setDecimals(1)
        self.timeout.setSuffix(" s")
        self.timeout.setSpecialValueText("none")
        self.timeout.setValue(spec.get("timeout_s") or 0)
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(look.GAP * 2, look.GAP * 2, look.GAP * 2, look.GAP * 2)
        form.addRow(self.what)
        for label, field in (
            ("Name", self.name), ("Priority", self.priority), ("Interpreters at once", self.cpus),
            ("Attempts for each item", self.attempts), ("Time limit for each item", self.timeout),
        ):  # fmt: skip
            form.addRow(label, field)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        submit = box.addButton("Submit", QDialogButtonBox.ButtonRole.AcceptRole)
        submit.setProperty("primary", True)
        submit.setDefault(True)
        box.accepted.connect(self._accept)
        box.rejected.connect(self.reject)
        form.addRow(box)

    def changes(self) -> dict[str, Any]:
        """Returns what was changed."""
        now = {
            "priority": self.priority.value(), "cpus": self.cpus.value() or None, "attempts": self.attempts.value(),
            "timeout_s": self.timeout.value() or None,
        }  # fmt: skip
        return {name: value for name, value in now.items() if value != self._spec.get(name)}

    def _accept(self) -> None:
        self.wanted.emit(self.name.text(), self.changes())
        self.accept()


def _whole(value: int, low: int, parent: QWidget) -> QSpinBox:
    field = QSpinBox(parent)
    field.setRange(low, _MOST)
    field.setValue(value)
    return field
