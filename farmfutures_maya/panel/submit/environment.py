"""What of the session travels and what is held back: names and reasons, never a value."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ...environ import Policy
from ...session import Session
from .. import look

_LOOK = "Look what travels"


class Travels(QWidget):
    """A button that looks, and what it found. Looking goes through the nodes of the scene, and so is not done unasked.

    Signals:
        wanted: Somebody wants to look; whoever knows the policy calls `show_session`.
    """

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(_LOOK, self)
        self.button.clicked.connect(self.wanted)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.TIGHT)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.text)

    def show_session(self, session: Session) -> None:
        """Shows what was captured."""
        self.button.setText("Look again")
        self.text.setText(as_html(session))
        self.text.show()


def look_at(variables: tuple[str, ...], secrets: tuple[str, ...]) -> Session:
    """Captures the session as it would be for a job.

    Raises:
        NotInMayaError: This is no Maya.
        OptionError: A name means nothing.
    """
    return Session.capture(policy=Policy(allow=variables, allow_secrets=secrets, missing="ignore"))


def as_html(session: Session) -> str:
    """Says what travels and what does not, as `Session.explain` does. It has no values of variables."""
    parts = [
        _part("Plug-ins", (plugin.name for plugin in session.plugins)),
        _part("Variables that travel", session.environ),
        _part("Secrets that travel, in no database and no log", session.secrets, look.WARNING),
        *(_part(f"Held back, {why}", names) for why, names in _by_reason(session.held_back)),
        _part("Used by paths in the scene, and lacking on a worker", session.missing_variables, look.ERROR),
    ]
    return "".join(part for part in parts if part)


def _by_reason(held_back: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Returns names by why they stay; how to send them nevertheless is the business of the fields above."""
    found: dict[str, list[str]] = {}
    for name, why in sorted(held_back.items()):
        found.setdefault(why.partition(";")[0], []).append(name)
    return list(found.items())


def _part(title: str, names: Iterable[str], colour: str = look.TEXT) -> str:
    found = [html.escape(name) for name in names]
    if not found:
        return ""
    listed = ", ".join(found)
    return f'<p style="margin:0 0 4px 0"><span style="color:{look.QUIET}">{title} ({len(found)}):</span> ' \
           f'<span style="color:{colour}">{listed}</span></p>'  # fmt: skip
