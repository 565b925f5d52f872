"""The bar below the form: what would come of it, what is said, presets, and the button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...actions.request import Request
from ...problems import Severity
from .. import look
from . import presets
from .row import TroubleLine


class Presets(QToolButton):
    """A menu of what was kept under a name.

    Signals:
        chosen: A `Request` to be shown.
        trouble: A sentence.

    Attributes:
        asked: Returns what is in the form.
    """

    chosen = Signal(object)
    trouble = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asked: Callable[[], Request] = Request
        self.setText("Presets \u25be")
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        kept = presets.presets()
        for preset in kept:
            menu.addAction(preset.name if preset.own else f"{preset.name} (studio)").triggered.connect(partial(self.use, preset))
        if kept:
            menu.addSeparator()
        menu.addAction("Keep this as...").triggered.connect(self.ask_and_keep)
        own = [preset for preset in kept if preset.own]
        if own:
            removing = menu.addMenu("Remove")
            for preset in own:
                removing.addAction(preset.name).triggered.connect(partial(self.remove, preset))

    def use(self, preset: presets.Preset, *_: object) -> None:
        """Shows what was kept; frames, nodes and items stay."""
        try:
            self.chosen.emit(preset.request(self.asked()))
        except ValueError as error:
            self.trouble.emit(str(error))

    def ask_and_keep(self) -> None:
        """Asks for a name and keeps what is in the form."""
        name, given = QInputDialog.getText(self, "Presets", "Keep what is in the form, but for frames and nodes, as:")
        if given:
            self.keep(name)

    def keep(self, name: str) -> None:
        """Keeps what is in the form."""
        try:
            presets.keep(name, self.asked())
        except (OSError, ValueError) as error:
            self.trouble.emit(f"The preset can't be kept: {error}")

    def remove(self, preset: presets.Preset, *_: object) -> None:
        """Removes one."""
        try:
            presets.remove(preset)
        except OSError as error:
            self.trouble.emit(f"The preset {preset.name} can't be removed: {error}")


class Bar(QFrame):
    """The bar.

    Signals:
        submit: The button was pressed.
        as_python: The same as a script is wanted.
        anew: The form is to be emptied.
    """

    submit = Signal()
    as_python = Signal()
    anew = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setStyleSheet(f"QFrame#bar {{ border-top: 1px solid {look.EDGE}; }}")
        self.outcome = QLabel(self)
        self.outcome.setWordWrap(True)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.setStyleSheet(f"color: {look.GOOD};")
        self.complaint: TroubleLine | None = None
        self.presets = Presets(self)
        self.presets.trouble.connect(self.complain)
        self.button = QPushButton("Submit", self)
        self.button.setProperty("primary", True)
        self.button.setToolTip("Ctrl+Return")
        self.button.clicked.connect(self.submit)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(look.GAP + 2, look.GAP, look.GAP + 2, look.GAP)
        self._lines.setSpacing(look.TIGHT)
        self._lines.addWidget(self.said)
        self._lines.addWidget(self.outcome)
        self._lines.addLayout(self._buttons())
        self.tell("")

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(look.GAP)
        line.addWidget(self.presets)
        for text, tip, signal in (
            ("Python", "The script that does the same", self.as_python),
            ("New", "Empty the form", self.anew),
        ):
            button = QToolButton(self)
            button.setText(text)
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(signal)
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(self.button)
        return line

    def hold(self, progress: QWidget) -> None:
        """Takes the widget that says how far a submission is."""
        self._lines.insertWidget(0, progress)

    def say(self, outcome: str, errors: int, warnings: int) -> None:
        """Says what would come of the form, and how much is wrong with it."""
        wrong = [
            f"{count} {word}{'s' if count > 1 else ''}" for count, word in ((errors, "error"), (warnings, "warning")) if count
        ]
        self.outcome.setText(" \u00b7 ".join(part for part in (outcome, ", ".join(wrong)) if part) or "Ready.")
        colour = look.ERROR if errors else look.WARNING if warnings else look.QUIET
        self.outcome.setStyleSheet(f"color: {colour};")

    def tell(self, text: str) -> None:
        """Says that something went well."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def complain(self, text: str) -> None:
        """Says that something did not; "" takes that back."""
        if self.complaint is not None:
            self._lines.removeWidget(self.complaint)
            self.complaint.hide()
            self.complaint.deleteLater()
            self.complaint = None
        if text:
            self.tell("")
            self.complaint = TroubleLine(Severity.ERROR, f"{text[:1].upper()}{text[1:]}", parent=self)
            self._lines.insertWidget(0, self.complaint)
