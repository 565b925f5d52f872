"""Keeps an interactive Maya alive while a script waits on its main thread. Loads PySide6: import it inside functions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

import shiboken6
from maya import utils
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from farmfutures.errors import WaitCancelledError

from .waiting import Told

TICK_MS = 5
"""So long a result may lie there before who waits sees it, and a thread wait for its turn on the main thread."""

SHOW_AFTER_S = 0.4
"""Nobody is shown a dialog for less. Until then keys and clicks are kept, for what comes after."""

LINGER_MS = 60
"""A dialog stays for so long after its wait, for the next one of the same script: it would flicker between two results."""

_TELL_S = 0.2
_WIDTH = 420
_STEPS = 1000


class Vigil:
    """One wait.

    Args:
        over: Says whether the wait is over.
        deadline_s: When it is over anyhow, by `time.monotonic`; None: never.
        tell: Says what to show.
    """

    def __init__(self, over: Callable[[], bool], deadline_s: float | None, tell: Callable[[], Told]) -> None:
        self._over, self._deadline_s, self._tell = over, deadline_s, tell
        self._loop = QEventLoop()
        self._dialog: WaitDialog | None = None
        self._show_s = time.monotonic() + (0 if WaitDialog.left_over() else SHOW_AFTER_S)
        self._told_s = 0.0
        self._in_tick = False

    def keep(self) -> bool:
        """Returns whether it is over; False after the deadline.

        Raises:
            WaitCancelledError: Somebody had enough of it.
        """
        timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._tick)
        timer.start()
        try:
            if not self._ended():
                self._loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            if not self._ended():
                self._show()
                self._loop.exec()
        finally:
            timer.stop()
            self._hide()
        if self._dialog is not None and self._dialog.stopped and not self._over():
            raise WaitCancelledError("the wait was stopped here; what was waited for goes on, and can be waited for again.")
        return self._over()

    def _ended(self) -> bool:
        late = self._deadline_s is not None and time.monotonic() >= self._deadline_s
        return self._over() or late or bool(self._dialog and self._dialog.stopped)

    def _tick(self) -> None:
        if self._in_tick:  # What Maya did in its idle time waits for something itself.
            return
        self._in_tick = True
        try:
            utils.processIdleEvents()  # Maya's own loop would: this is how threads reach the main thread.
            if self._ended() or (self._dialog is None and time.monotonic() > self._show_s):
                self._loop.quit()
            elif self._dialog is not None and time.monotonic() > self._told_s + _TELL_S:
                self._say(self._dialog)
        finally:
            self._in_tick = False

    def _say(self, dialog: WaitDialog) -> None:
        dialog.show_progress(self._tell())
        self._told_s = time.monotonic()

    def _show(self) -> None:
        self._dialog = WaitDialog.left_over() or WaitDialog(_main_window())
        self._dialog.begin(self._loop.quit)
        self._say(self._dialog)
        self._dialog.show()

    def _hide(self) -> None:
        if self._dialog is not None:
            self._dialog.end()


class WaitDialog(QDialog):
    """Says what is waited for, and takes Esc for an answer. It is modal: the script that waits is not to be disturbed."""

    _last: ClassVar[WaitDialog | None] = None

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.stopped = False
        self._on_stop: Callable[[], object] = bool
        self._lingering = QTimer(self, singleShot=True, interval=LINGER_MS)
        self._lingering.timeout.connect(self._go)
        self.setObjectName("FarmFuturesWait")
        self.setWindowTitle("FarmFutures")
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.setFixedWidth(_WIDTH)
        self._label = QLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        buttons = QDialogButtonBox(self)
        stop = buttons.addButton("Stop Waiting", QDialogButtonBox.ButtonRole.RejectRole)
        stop.setToolTip("The job goes on; only this script stops to wait for it (Esc)")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        self._room = _WIDTH - 2 * layout.contentsMargins().left()
        for widget in (self._label, self._bar, buttons):
            layout.addWidget(widget)

    @classmethod
    def left_over(cls) -> WaitDialog | None:
        """Returns the dialog of a wait that has just ended, if there is one."""
        last = cls._last
        return last if last is not None and shiboken6.isValid(last) and last._lingering.isActive() else None

    def begin(self, on_stop: Callable[[], object]) -> None:
        """A wait begins, which is told when somebody stops it."""
        self._lingering.stop()
        self.stopped, self._on_stop = False, on_stop

    def end(self) -> None:
        """The wait is over."""
        if self.stopped:
            self._go()
        else:
            WaitDialog._last = self
            self._lingering.start()

    def _go(self) -> None:
        if WaitDialog._last is self:
            WaitDialog._last = None
        self.hide()
        self.deleteLater()

    def show_progress(self, told: Told) -> None:
        """Shows how far it is."""
        self._label.setText(QFontMetrics(self._label.font()).elidedText(told.text, Qt.TextElideMode.ElideMiddle, self._room))
        self._bar.setRange(0, _STEPS if told.total else 0)  # A bar without a range says: it goes on.
        if told.total:
            self._bar.setValue(int(_STEPS * told.done / told.total))

    def reject(self) -> None:
        """Esc, the button, or the window's own way to be closed."""
        self.stopped = True
        super().reject()
        self._on_stop()


def _main_window() -> QWidget | None:
    return next((widget for widget in QApplication.topLevelWidgets() if widget.objectName() == "MayaWindow"), None)
