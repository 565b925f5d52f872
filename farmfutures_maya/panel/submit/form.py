"""`SubmitForm`: what to run, on what, how; what is wrong beside its field as it arises; and off it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from farmfutures.engines.registry import Engines, available_engines
from farmfutures.errors import FarmFuturesError

from ... import _cmds
from ...actions import registry
from ...actions.action import Action
from ...actions.as_python import as_python
from ...actions.request import PYTHON, Request, Scene
from ...actions.surroundings import Surroundings, in_session, look
from ...actions.wrong import Mend, Wrong, wrong
from ...problems import Severity
from .. import look as looks
from .. import told
from . import draft, environment, remembered, tabs
from .bar import Bar
from .copying import AsPython
from .editors import Choice
from .fields import ActionFields
from .frames import meaning, outcome
from .progress import Progress
from .row import NARROW, Row, TroubleLine
from .sections import Common, Section, how_in_words
from .sending import Sending

if TYPE_CHECKING:
    import farmfutures

    from ..feed import Feed

_JUDGE_MS, _DRAFT_MS, _SCENE_MS = 40, 400, 1000


class SubmitForm(QWidget):
    """The form. It begins with the scene's draft, else with what was submitted for it the last time.

    Args:
        feed: Hands over, and says which engines there are.

    Signals:
        submitted: The id of a job that was.
        closed: Whoever shows the form may take it away.
    """

    submitted = Signal(int)
    closed = Signal()

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("FarmFuturesSubmit")
        self.setStyleSheet(looks.style_sheet())
        self._feed = feed
        self.here: Surroundings = look()
        self.found = registry.find(self.here.settings)
        self.wrong: list[Wrong] = []
        self._scene = self.here.scene
        self._showing = False
        self._tabs: list[QWidget] = []
        self._fields: dict[str, ActionFields] = {}
        self.action_row = Row("action", "Run", Choice(_choices(self.found)), "What runs on the farm", self)
        self.help = QLabel(self)
        self.help.setWordWrap(True)
        self.help.setProperty("quiet", True)
        self.troubles = QVBoxLayout()
        self.common = Common(self)
        self.travels = environment.Travels(self)
        self.sending = Sending(feed, self)
        self.progress = Progress(self)
        self.bar = Bar(self)
        self._own = QVBoxLayout()
        self._lay()
        self._judging = QTimer(self, singleShot=True, interval=_JUDGE_MS)
        self._drafting = QTimer(self, singleShot=True, interval=_DRAFT_MS)
        self._looking = QTimer(self, interval=_SCENE_MS)
        self._connect()
        self._say_troubles()
        self._begin()

    # --- how it is laid

    def _lay(self) -> None:
        what = QWidget(self)
        inside = QVBoxLayout(what)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(looks.GAP)
        inside.addWidget(self.action_row)
        inside.addWidget(self.help)
        inside.addLayout(self.troubles)
        inside.addLayout(self._own)
        of = self.common.of
        self.sections = {
            "on": Section("On what", of("frames", "chunk", "nodes", "items"), self),
            "scene": Section("Scene", of("scene", "filename", "workspace", "version"), self),
            "how": Section("How it runs", of("name", "engine", "cpus", "priority", "retries", "timeout_s", "options"), self),
            "env": Section("What travels", [*of("variables", "secrets"), self.travels], self),
        }
        page = QWidget(self)
        lines = QVBoxLayout(page)
        lines.setContentsMargins(looks.GAP + 2, looks.GAP + 2, looks.GAP + 2, looks.GAP)
        lines.setSpacing(looks.GAP)
        for part in (what, *self.sections.values()):
            lines.addWidget(part)
        lines.addStretch(1)
        for name in ("how", "env"):
            self.sections[name].head.setChecked(False)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.area, 1)
        whole.addWidget(self.bar)
        self.bar.hold(self.progress)

    def _connect(self) -> None:
        self.action_row.changed.connect(self._choose)
        self.common.changed.connect(self._changed)
        for row in self._rows():
            row.mended.connect(self.mend)
        self.common.nodes.wanted.connect(self.use_selection)
        self.travels.wanted.connect(self.look_what_travels)
        self._judging.timeout.connect(self.judge)
        self._drafting.timeout.connect(self.keep_draft)
        self._looking.timeout.connect(self._look_at_scene)
        self.bar.submit.connect(self.submit)
        self.bar.as_python.connect(self.show_as_python)
        self.bar.anew.connect(self.start_anew)
        self.bar.presets.chosen.connect(self.show_request)
        self.bar.presets.asked = self.request
        self.sending.moved.connect(self._moved)
        self.sending.failed.connect(self._failed)
        self.sending.sent.connect(self._sent)
        self.progress.go_on.connect(self.sending.go_on)
        self.progress.cancel.connect(self.sending.cancel)
        self.progress.try_now.connect(self.sending.try_now)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.submit, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _rows(self) -> list[Row]:
        return [self.action_row, *self.common.rows.values()]

    def _say_troubles(self) -> None:
        for text in self.found.troubles:
            self.troubles.addWidget(TroubleLine(Severity.WARNING, text, parent=self))

    # --- what is in it

    @property
    def action(self) -> Action:
        """The action that is chosen; the first one where the name of one that is not there any more is."""
        actions = self.found.actions
        return actions.get(self.action_row.editor.value()) or next(iter(actions.values()))

    def request(self) -> Request:
        """Returns what is in the form."""
        return Request(action=self.action.name, values=self.fields.values(), **self.common.values())

    def show_request(self, request: Request) -> None:
        """Shows something else."""
        self._showing = True
        try:
            self.action_row.editor.set_value(request.action if request.action in self.found.actions else self.action.name)
            self._show_fields()
            self.fields.set_values(request.values)
            self.common.set_values(request)
        finally:
            self._showing = False
        self._changed()

    @property
    def fields(self) -> ActionFields:
        """The fields of the action that is chosen; those of others keep what was typed."""
        name = self.action.name
        if name not in self._fields:
            made = self._fields[name] = ActionFields(self.action, self)
            made.changed.connect(self._changed)
            for row in made.rows.values():
                row.mended.connect(self.mend)
                row.arrange(narrow=self.width() < NARROW)
            self._own.addWidget(made)
        return self._fields[name]

    def _choose(self) -> None:
        self._show_fields()
        if self.action.cpus is not None:
            self.common.rows["cpus"].editor.set_value(self.action.cpus)
        self._changed()

    def _show_fields(self) -> None:
        wanted = self.fields
        for fields in self._fields.values():
            fields.setVisible(fields is wanted)
        self.help.setText(_flowing(self.action.help))
        self.help.setVisible(bool(self.action.help))

    def _changed(self) -> None:
        if not self._showing:
            self._judging.start()
            self._drafting.start()

    # --- what is wrong

    def judge(self) -> list[Wrong]:
        """Looks at everything again, and says what is wrong beside each field."""
        self._judging.stop()
        self.here = in_session(self.here) if _cmds.in_maya() else self.here
        request, action = self.request(), self.action
        self.common.fit(action, request, self.here)
        self.wrong = wrong(request, action, self.here)
        for row in [*self._rows(), *self.fields.rows.values()]:
            row.show_wrong([one for one in self.wrong if one.field == row.name])
        self.common.frames.show_meaning(meaning(request, action))
        on = [row for row in self.sections["on"].rows if not row.isHidden()]
        self.sections["on"].setVisible(bool(on))
        self.sections["env"].setVisible(request.needs_maya(action) and self.here.in_maya)
        self.travels.setVisible(self.here.in_maya)
        self._say(request, action)
        self._order_tabs()
        return self.wrong

    def _order_tabs(self) -> None:
        parts: list[QWidget] = [self.action_row, *self.fields.rows.values()]
        for section in self.sections.values():
            parts += [section.head, *section.rows]
        wanted = tabs.stops([*parts, self.progress, self.bar])
        if wanted != self._tabs:
            self._tabs = wanted
            tabs.put_in_order(wanted)

    def _say(self, request: Request, action: Action) -> None:
        errors = sum(one.severity == Severity.ERROR for one in self.wrong)
        self.bar.say(outcome(request, action), errors, sum(one.severity == Severity.WARNING for one in self.wrong))
        self.bar.button.setEnabled(not self.sending.busy)
        self.sections["on"].say(outcome(request, action))
        self.sections["scene"].say(_scene_in_words(request, self.here))
        self.sections["how"].say(how_in_words(request, self.here))
        self.sections["env"].say(", ".join([*request.variables, *request.secrets]) or "what always does")

    def mend(self, mend: Mend) -> None:
        """Does what a button beside a field offers."""
        values = zip(mend.field.split("+"), mend.value, strict=True) if "+" in mend.field else [(mend.field, mend.value)]
        for name, value in values:
            self._row(name).editor.set_value(value)
        self.judge()

    def _row(self, name: str) -> Row:
        own = name.removeprefix("values.")
        return self.fields.rows[own] if own != name else {row.name: row for row in self._rows()}[name]

    def use_selection(self) -> None:
        """Takes what is selected in the scene as the nodes."""
        self.here = in_session(self.here) if _cmds.in_maya() else self.here
        self.common.nodes.set_value(self.here.selection)

    def look_what_travels(self) -> None:
        """Shows what of the session would travel."""
        request = self.request()
        try:
            self.travels.show_session(environment.look_at(request.variables, request.secrets))
        except FarmFuturesError as error:
            self.bar.complain(str(error))

    # --- what is kept

    def _begin(self) -> None:
        scene = self.here.scene
        kept, last = draft.load(scene), remembered.load(scene)
        self.show_request(kept or last or self._first())
        self._drafting.stop()
        self.bar.tell("What you had not submitted is here again." if kept is not None and kept != last else "")
        self.judge()

    def _first(self) -> Request:
        if not self.here.in_maya:
            return Request(scene=Scene.NONE, version="" if self.here.versions else PYTHON)
        return Request()

    def start_anew(self) -> None:
        """Empties the form."""
        self.show_request(replace(self._first(), action=self.action.name))
        self._drafting.stop()
        draft.drop(self._scene)
        self.bar.tell("")

    def keep_draft(self) -> None:
        """Writes what is in the form down, so that a crash does not cost it."""
        self._drafting.stop()
        draft.keep(self._scene, self.request())

    def _look_at_scene(self) -> None:
        """Another scene has other drafts; what is in the form stays with the scene that it was made for."""
        if not _cmds.in_maya() or self.sending.busy or _cmds.scene_name() == self._scene:
            return
        if self._drafting.isActive():
            self.keep_draft()
        self.here = in_session(self.here)
        self._scene = self.here.scene
        if draft.load(self._scene) is not None or remembered.load(self._scene) is not None:
            self._begin()
        else:  # Saved under another name, say: what is in the form goes along.
            self._changed()

    # --- off it goes

    def submit(self) -> None:
        """Submits, unless something is wrong; then it shows what."""
        if self.sending.busy:
            return
        first = next((one for one in self.judge() if one.severity == Severity.ERROR), None)
        if first is not None:
            self._show(first)
            return
        self.keep_draft()
        self.bar.complain("")
        self.sending.start(self.request(), self.action)

    def _show(self, one: Wrong) -> None:
        row = self._row(one.field)
        for section in self.sections.values():
            if row in section.rows:
                section.open()
        self.area.ensureWidgetVisible(row)
        row.editor.setFocus()

    def _moved(self) -> None:
        self.progress.show_sending(self.sending)
        self.bar.button.setEnabled(not self.sending.busy)
        self.area.setEnabled(not self.sending.busy)
        if not self.sending.busy and self.isActiveWindow() and QApplication.focusWidget() is None:
            self.bar.button.setFocus()  # What had the keyboard could not keep it meanwhile.

    def _failed(self, error: Exception) -> None:
        self.bar.complain(str(error) if isinstance(error, FarmFuturesError) else f"{type(error).__name__}: {error}")

    def _sent(self, job: int) -> None:
        remembered.save(self._scene, self.request())
        self._drafting.stop()
        draft.drop(self._scene)
        self.bar.tell(" ".join([f"Job {job} was submitted.", *self.sending.notes]))
        told.wake(self.request().engine)
        self.submitted.emit(job)

    def show_as_python(self) -> None:
        """Shows the script that does the same."""
        dialog = AsPython(self.script(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def script(self) -> str:
        """Returns the script that does the same."""
        return as_python(self.request(), self.action, in_maya=self.here.in_maya)

    # --- events

    def _take_engines(self, engines: Engines) -> None:
        self.here = replace(self.here, reports=engines.reports)
        self.judge()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: which engines are there?"""
        super().showEvent(event)
        settings = self.here.settings
        ask: Callable[[farmfutures.Farm], Any] = lambda farm: available_engines(settings)  # noqa: E731
        self._feed.ask("engines", ask, self._take_engines)
        self._looking.start()
        self._look_at_scene()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        self._looking.stop()
        if self._drafting.isActive():
            self.keep_draft()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow form, names are above fields."""
        super().resizeEvent(event)
        for row in [*self._rows(), *(row for fields in self._fields.values() for row in fields.rows.values())]:
            row.arrange(narrow=self.width() < NARROW)

    def sizeHint(self) -> QSize:
        """Wide enough for scripts."""
        return QSize(560, 640)


def _flowing(text: str) -> str:
    """Returns a docstring as it reads in a form: in paragraphs, without signs for code."""
    return "\n".join(" ".join(part.split()) for part in text.replace("`", "").split("\n\n"))


def _choices(found: registry.Found) -> list[tuple[str, str]]:
    return [
        (action.name, f"{action.group}: {action.label}" if action.group else action.label) for action in found.actions.values()
    ]


def _scene_in_words(request: Request, here: Surroundings) -> str:
    name = (here.scene or "untitled").replace("\\", "/").rpartition("/")[2]
    return {
        Scene.SNAPSHOT: f"{name}, as on screen", Scene.SAVED: f"{name}, as saved", Scene.FILE: request.filename,
        Scene.NONE: "none",
    }[request.scene]  # fmt: skip
