"""The fields that every action has, in parts that fold: on what it runs, in which scene, how, and with which environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ...actions.action import Action
from ...actions.params import Supplied
from ...actions.request import PYTHON, Request, Scene
from ...actions.surroundings import Surroundings
from .. import look
from .editors import Choice, Editor, Line, Lines, Names, Number, PathLine
from .frames import Frames
from .nodes import Nodes
from .row import Row


class Section(QFrame):
    """A part of the form that folds; what is in it is said in a line while it is folded."""

    def __init__(self, title: str, rows: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = list(rows)
        self.head = QToolButton(self)
        self.head.setText(title)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.setStyleSheet("QToolButton { border: 1px solid transparent; background: transparent; font-weight: bold; }"
                                "QToolButton:hover { background: transparent; }"
                                f"QToolButton:focus {{ border: 1px solid {look.FOCUS}; }}")  # fmt: skip
        self.summary = QLabel(self)
        self.summary.setProperty("quiet", True)
        self.summary.setMinimumWidth(1)
        self.body = QWidget(self)
        body = QVBoxLayout(self.body)
        body.setContentsMargins(look.GAP, 0, 0, look.GAP)
        body.setSpacing(look.GAP)
        for row in rows:
            body.addWidget(row)
        head = QHBoxLayout()
        head.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        head.addWidget(self.summary, 1)
        head.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.TIGHT)
        layout.addLayout(head)
        layout.addWidget(self.body)
        self.head.toggled.connect(self._fold)
        self.head.setChecked(True)
        self._fold(True)

    def _fold(self, opened: bool) -> None:
        self.head.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.body.setVisible(opened)
        self.summary.setVisible(not opened)

    def open(self) -> None:
        """Unfolds it."""
        self.head.setChecked(True)

    def say(self, summary: str) -> None:
        """Says what is in it, for while it is folded."""
        self.summary.setText(summary)
        self.summary.setToolTip(summary)


class Common(QWidget):
    """The rows beside the action's own.

    Signals:
        changed: A value did.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hide()  # It only holds them: they are shown in sections.
        self.frames, self.nodes, self.options = Frames(), Nodes(), Lines(2)
        self.engine, self.version = Choice([("", "the usual one")]), Choice([("", "")], free=True)
        editors: dict[str, tuple[str, Editor, str]] = {
            "frames": ("Frames", self.frames, "Which frames it runs on"),
            "chunk": ("Frames an item", Number(1, 100_000), "So many frames share a work item, and a start of what runs them"),
            "nodes": ("Nodes", self.nodes, "A work item for each"),
            "items": ("Items", Lines(2), "A work item for each line"),
            "scene": ("Scene", Choice(_SCENES), "What workers open"),
            "filename": ("Scene file", PathLine(folder=False, pattern="*.ma *.mb", title="A scene"), "A .ma or .mb file"),
            "workspace": ("Project", PathLine(folder=True, title="A project", hint="the session's"), "Of the workers"),
            "version": ("Maya", self.version, "Which Maya runs it"),
            "name": ("Name", Line("the action's"), "What the job is called"),
            "engine": ("Engine", self.engine, "Where it runs"),
            "cpus": ("Interpreters", Number(1, 100_000, nothing="as many as there are"), "How many work on it at once"),
            "priority": ("Priority", Number(-1_000_000, 1_000_000), "Higher goes first; 50 is usual"),
            "retries": ("Retries", Number(0, 1000), "How often a call that failed is run again"),
            "timeout_s": ("Time limit", Number(1, 31_536_000, whole=False, nothing="none", unit="s"), "For one run of a call"),
            "options": ("Further options", self.options, "Job options beyond these, as name=value, one a line"),
            "variables": ("Send too", Names("none; STUDIO_*, say"), "Names or patterns of variables that travel, too"),
            "secrets": ("Send secrets", Names("none"), "Each by its name; values are in no database and no log"),
        }  # fmt: skip
        self.rows = {name: Row(name, label, editor, help) for name, (label, editor, help) in editors.items()}
        for row in self.rows.values():
            row.changed.connect(self.changed)

    def of(self, *names: str) -> list[Row]:
        """Returns some of the rows."""
        return [self.rows[name] for name in names]

    def values(self) -> dict[str, Any]:
        """Returns all values by name."""
        return {name: row.editor.value() for name, row in self.rows.items()}

    def set_values(self, request: Request) -> None:
        """Shows a request."""
        for name, row in self.rows.items():
            row.editor.set_value(getattr(request, name))

    def fit(self, action: Action, request: Request, here: Surroundings) -> None:
        """Shows the rows that mean something for an action, and in this session."""
        maya = request.needs_maya(action)
        shown = {
            "frames": action.signature.frames is not None,
            "chunk": action.signature.frames in (Supplied.FRAME, Supplied.FRAMES),
            "nodes": action.takes(Supplied.NODE), "items": action.takes(Supplied.ITEM), "scene": maya,
            "filename": maya and request.scene == Scene.FILE, "workspace": maya,
            "variables": maya and here.in_maya, "secrets": maya and here.in_maya,
        }  # fmt: skip
        for name, row in self.rows.items():
            row.setVisible(shown.get(name, True))
        self.options.set_hint(_hint(here, request))
        self.options.set_tip(_tip(here, request))
        self.nodes.offer(here.selection if here.in_maya else None)
        self.version.set_choices(list(_versions(action, here)))
        self.engine.set_choices([("", f"{here.settings.engine} (the usual one)"), *((name, name) for name in here.reports)])


def _hint(here: Surroundings, request: Request) -> str:
    """Returns options that only this engine has, as an example of what may be written."""
    report = here.report(request.engine)
    own = [name for name, what in report.options.items() if not what.startswith("refused")] if report else []
    return f"{own[0]}=..., one a line" if own else "groups='gpu', one a line"


def _tip(here: Surroundings, request: Request) -> str:
    """Returns every option that only this engine has, and what becomes of it."""
    report = here.report(request.engine)
    own = [f"{name}: {what}" for name, what in report.options.items() if not what.startswith("refused")] if report else []
    return "\n".join(["Job options beyond these, as name=value, one a line", *own])


_SCENES = [
    (Scene.SNAPSHOT, "This scene, as it is on screen"), (Scene.SAVED, "This scene, as it was saved"),
    (Scene.FILE, "Another file"), (Scene.NONE, "None"),
]  # fmt: skip


def _versions(action: Action, here: Surroundings) -> Iterator[tuple[str, str]]:
    yield "", f"{here.version}, as this session" if here.in_maya else "the newest that is installed"
    for version in here.versions:
        if version != here.version:
            yield version, version
    if action.runs_in == "anywhere":
        yield PYTHON, "none: a plain Python"


def how_in_words(request: Request, here: Surroundings) -> str:
    """Says how a request runs, in a line."""
    parts = [here.engine(request.engine), f"priority {request.priority}"]
    parts += [f"{request.cpus} interpreters"] if request.cpus else []
    parts += [f"{request.retries} retries"] if request.retries else []
    parts += [f"{request.timeout_s:g} s"] if request.timeout_s else []
    parts += request.options
    return ", ".join(parts)
