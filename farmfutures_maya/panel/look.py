"""The visual language of the panel: every colour, sign, distance and letter size there is. Nobody else makes up any.

A state is told by colour, by sign and by word, so that any one of them may be missing. The eight colours, and that of what is
paused, are apart for people who see red and green alike, and for those who see blue and yellow alike; all of them can be read on
`PANE`. Their `FILLS` are for areas: what waits is dark there, so that the eye goes to what happens. The tests compute both.

    colour(state), fill(state), icon(state), word(job)      states
    paint_sign(painter, rect, state)                        the sign alone, at any size
    palette(), style_sheet()                                what a window of the panel wears; Maya's own greys
    GAP, row_height(widget), mono()                         distances and letters
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QWidget

from farmfutures import JobInfo, State

from . import signs

WINDOW, RAISED, EDGE = "#444444", "#5d5d5d", "#363636"
"""Behind everything, buttons, lines between parts: Maya's own."""

PANE, STRIPE, SUNK = "#2b2b2b", "#303030", "#1e1e1e"
"""Behind tables, fields and logs; every other line of a table; what is empty of a bar."""

TEXT, QUIET, WHITE = "#eeeeee", "#bdbdbd", "#ffffff"
"""Text, text that is not so important, text on what is chosen."""

OFF = "#8c8c8c"
"""Text of what can't be used now."""

CHOSEN, FOCUS, LINK = "#4d7896", "#7fb8e0", "#93c8f0"
"""What is chosen, the frame around what has the keyboard, what can be clicked."""

COLOURS = {
    State.BLOCKED: "#bbb1d9",
    State.PENDING: "#dfe0d3",
    State.STARTING: "#aaf9ff",
    State.RUNNING: "#6a97ff",
    State.COMPLETE: "#5db67f",
    State.FAILED: "#f67042",
    State.CANCELLED: "#ffc119",
    State.KILLED: "#c187a4",
}
PAUSED = "#f9dba7"
"""A job that is paused: its state is another one."""

FILLS = {**COLOURS, State.BLOCKED: "#4a4459", State.PENDING: "#55564f"}
"""The colours of areas: bars, cells of a strip."""

ERROR, WARNING, GOOD, NEWS = COLOURS[State.FAILED], COLOURS[State.CANCELLED], COLOURS[State.COMPLETE], COLOURS[State.STARTING]
"""Sentences that something is wrong, may be wrong, went well, or is as it is; lines of a log likewise."""

MARK, FOUND = "#6b5a1e", "#b3872b"
"""Behind a text that was searched for, everywhere and at the place that is looked at."""

GAP, TIGHT = 6, 3
"""Distances between parts, and inside of them, in Qt's pixels: twice as many real ones at 200 %."""

SIGN = 14
"""How large a sign is beside text."""

_SCALES = (1, 2, 3)


@cache
def colour(state: State) -> QColor:
    """Returns the colour of a state's sign and word."""
    return QColor(COLOURS[state])


@cache
def fill(state: State) -> QColor:
    """Returns the colour of an area."""
    return QColor(FILLS[state])


def job_colour(job: JobInfo) -> QColor:
    """Returns the colour of a job's sign and word: one that is paused looks paused."""
    return QColor(PAUSED) if is_paused(job) else colour(job.state)


def word(job: JobInfo) -> str:
    """Returns the word for how a job stands."""
    return "paused" if is_paused(job) else str(job.state)


def is_paused(job: JobInfo) -> bool:
    """Returns whether it is paused, and not over anyway."""
    return job.paused and not job.state.done


# --- signs


def paint_sign(painter: QPainter, rect: QRectF, state: State | str, chosen: bool = False) -> None:
    """Draws a sign.

    Args:
        painter: Where.
        rect: The sign fills it.
        state: A state, or one of the other signs: ``"paused"``, ``"search"``, ``"warning"``...
        chosen: It lies on what is chosen, and is white, as the words there are.
    """
    signs.paint(painter, rect, str(state), QColor(WHITE) if chosen else _sign_colour(state))


def _sign_colour(state: State | str) -> QColor:
    return colour(state) if isinstance(state, State) else QColor(_SIGN_COLOURS.get(state, TEXT))


_SIGN_COLOURS = {"paused": PAUSED, "warning": WARNING, "error": ERROR, "good": GOOD, "news": NEWS}


@cache
def icon(state: State | str) -> QIcon:
    """Returns a sign as an icon, sharp up to 300 %; where it is chosen it is white."""
    made = QIcon()
    for scale in _SCALES:
        for mode, chosen in ((QIcon.Mode.Normal, False), (QIcon.Mode.Selected, True)):
            made.addPixmap(_drawn(state, scale, chosen), mode)
    return made


def _drawn(state: State | str, scale: int, chosen: bool) -> QPixmap:
    pixmap = QPixmap(SIGN * scale, SIGN * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    paint_sign(painter, QRectF(0, 0, SIGN, SIGN), state, chosen)
    painter.end()
    return pixmap


# --- letters and distances


@cache
def mono() -> QFont:
    """Returns the font of logs, tracebacks and values: the system's own, of equal widths."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def small(font: QFont) -> QFont:
    """Returns a font a step smaller, for what is said beside."""
    made = QFont(font)
    if font.pointSizeF() > 0:
        made.setPointSizeF(font.pointSizeF() * 0.9)
    else:
        made.setPixelSize(max(9, round(font.pixelSize() * 0.9)))
    return made


def row_height(widget: QWidget) -> int:
    """Returns how high a line of a table is with the widget's font."""
    return max(SIGN, QFontMetrics(widget.font()).height()) + GAP


# --- what a window wears


def palette() -> QPalette:
    """Returns Maya's greys: for a window outside of Maya, and for tables anywhere."""
    made = QPalette()
    for role, value in _ROLES.items():
        made.setColor(QPalette.ColorRole[role], QColor(value))
    for role in ("Text", "ButtonText", "WindowText"):
        made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole[role], QColor(OFF))
    return made


_ROLES = {
    "Window": WINDOW, "WindowText": TEXT, "Base": PANE, "AlternateBase": STRIPE, "Text": TEXT, "Button": RAISED,
    "ButtonText": TEXT, "BrightText": WHITE, "Highlight": CHOSEN, "HighlightedText": WHITE, "PlaceholderText": QUIET,
    "ToolTipBase": SUNK, "ToolTipText": TEXT, "Link": LINK, "LinkVisited": LINK, "Mid": EDGE, "Dark": PANE, "Light": RAISED,
}  # fmt: skip


def style_sheet() -> str:
    """Returns the style of buttons, fields, chips and tabs. Tables and lists wear the palette: they are drawn often."""
    return _SHEET


_SHEET = f"""
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox {{
    background: {PANE}; color: {TEXT}; border: 1px solid {EDGE}; border-radius: 3px; padding: {TIGHT}px;
    selection-background-color: {CHOSEN}; selection-color: {WHITE}; placeholder-text-color: {QUIET};
}}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
    border: 1px solid {FOCUS};
}}
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {{ color: {OFF}; }}
QAbstractItemView {{ border: 1px solid {EDGE}; outline: 0; }}
QAbstractItemView:focus {{ border: 1px solid {FOCUS}; }}
QPushButton, QToolButton {{
    background: {RAISED}; color: {TEXT}; border: 1px solid {EDGE}; border-radius: 3px; padding: {TIGHT}px {GAP}px;
}}
QToolButton {{ padding: {TIGHT}px; }}
QPushButton:hover, QToolButton:hover {{ background: #6c6c6c; }}
QPushButton:pressed, QToolButton:pressed {{ background: {PANE}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {FOCUS}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {OFF}; background: #4c4c4c; }}
QPushButton[primary="true"] {{ background: {CHOSEN}; color: {WHITE}; font-weight: bold; }}
QPushButton[primary="true"]:hover {{ background: #5a89a9; }}
QPushButton[primary="true"]:disabled {{ color: {OFF}; background: #4c4c4c; font-weight: normal; }}
QToolButton[chip="true"] {{
    background: {PANE}; border: 1px solid {PANE}; border-radius: 9px; padding: 1px {TIGHT}px 1px {TIGHT + 1}px;
}}
QToolButton[chip="true"]:hover {{ border: 1px solid {RAISED}; }}
QToolButton[chip="true"]:checked {{ background: {CHOSEN}; color: {WHITE}; border: 1px solid {FOCUS}; }}
QToolButton[chip="true"][none="true"] {{ color: {QUIET}; }}
QToolButton[chip="true"]:disabled {{ color: {OFF}; }}
QToolButton[chip="true"]:focus {{ border: 1px solid {FOCUS}; }}
QLabel[quiet="true"] {{ color: {QUIET}; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {EDGE}; }}
QTabBar::tab {{
    background: transparent; color: {QUIET}; padding: {TIGHT + 1}px {GAP + 3}px; border: 0; border-bottom: 2px solid transparent;
}}
QTabBar::tab:hover {{ color: {TEXT}; }}
QTabBar::tab:selected {{ color: {WHITE}; border-bottom: 2px solid {FOCUS}; }}
QTabBar:focus {{ outline: 0; }}
QTabBar::tab:selected:focus {{ background: {EDGE}; }}
QHeaderView::section {{
    background: {WINDOW}; color: {QUIET}; border: 0; border-bottom: 1px solid {EDGE}; padding: {TIGHT}px {GAP}px;
}}
QSplitter::handle {{ background: {EDGE}; }}
QSplitter::handle:hover {{ background: {FOCUS}; }}
QToolTip {{ background: {SUNK}; color: {TEXT}; border: 1px solid {RAISED}; padding: {TIGHT}px; }}
"""
