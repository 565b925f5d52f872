"""How a request goes to the farm: made ready, copied, checked, filled and handed over, a step at a time.

What needs Maya happens on the main thread in slices shorter than a frame; to hand over is the business of the feed's threads.
"""

from __future__ import annotations

import contextlib
import enum
import time
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

import farmfutures
from farmfutures.errors import EngineUnavailableError, FarmFuturesError

from ... import _cmds, mayapy
from ...actions.action import Action
from ...actions.executing import copy_scene, executor_of
from ...actions.request import Request, Scene
from ...actions.submitting import Filling
from ...executor import Executor
from ...main_thread import SLICE_S
from ...problems import Problem, Severity

if TYPE_CHECKING:
    from ..feed import Feed

AGAIN_S = 10
"""A farm that can't be reached is tried again after so long."""

R = TypeVar("R")


class Stage(enum.StrEnum):
    """How far it is."""

    IDLE = "idle"
    READY = "making ready"
    COPY = "copying the scene"
    CHECK = "checking"
    HELD = "held"
    FILL = "filling"
    HAND = "handing over"
    AWAY = "no farm"
    DONE = "done"


_ENDS = (Stage.IDLE, Stage.DONE)
_STANDS = (Stage.HELD, Stage.HAND, Stage.AWAY)


class Sending(QObject):
    """A submission.

    Args:
        feed: Hands over.

    Signals:
        moved: How far it is changed: see `stage`, `text`, `done` and `total`.
        failed: The exception; nothing was submitted.
        sent: The id of the job.

    Attributes:
        stage: How far it is.
        text: The same in words.
        done: How many nodes, files or work items.
        total: Of how many; 0 where that is not known.
        problems: What the checks found.
        notes: What was said on the way, a sentence each.
    """

    moved = Signal()
    failed = Signal(object)
    sent = Signal(int)

    def __init__(self, feed: Feed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage, self.text, self.done, self.total = Stage.IDLE, "", 0, 0
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._feed = feed
        self._steps: Iterator[None] = iter(())
        self._executor: farmfutures.Executor | None = None
        self._number = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._slice)
        self._again = QTimer(self, interval=AGAIN_S * 1000, singleShot=True)
        self._again.timeout.connect(self.try_now)

    @property
    def busy(self) -> bool:
        """Whether it is under way."""
        return self.stage not in _ENDS

    def start(self, request: Request, action: Action) -> None:
        """Begins."""
        self.cancel()
        self.problems, self.notes = [], []
        self._request, self._action = request, action
        self._go(self._run())

    def go_on(self) -> None:
        """Goes on although the checks found something."""
        if self.stage == Stage.HELD:
            self._go(self._fill())

    def try_now(self) -> None:
        """Tries again to reach the farm, without waiting any longer."""
        if self.stage == Stage.AWAY:
            self._go(self._fill())

    def cancel(self) -> None:
        """Stops. What is being handed over in this moment may arrive nevertheless; then `sent` says so."""
        self._timer.stop()
        self._again.stop()
        if self.stage != Stage.HAND:
            self._let_go()
            if self.busy:
                self._become(Stage.IDLE)

    # --- a step at a time

    def _go(self, steps: Iterator[None]) -> None:
        self._again.stop()
        self._number += 1
        self._steps = steps
        self._timer.start()

    def _slice(self) -> None:
        end = time.perf_counter() + SLICE_S
        try:
            while self._timer.isActive() and time.perf_counter() < end:
                if next(self._steps, self) is self:
                    self._timer.stop()
        except Exception as error:
            self._fail(error)
        else:
            if self.stage in (Stage.CHECK, Stage.FILL):
                self.moved.emit()

    def _fail(self, error: Exception) -> None:
        self._timer.stop()
        self._let_go()
        self._become(Stage.IDLE)
        self.failed.emit(error)

    def _become(self, stage: Stage, text: str = "") -> None:
        self.stage, self.text, self.done, self.total = stage, text or _WORDS[stage], 0, 0
        if stage in _STANDS:
            self._timer.stop()
        self.moved.emit()

    def _run(self) -> Iterator[None]:
        request, action = self._request, self._action
        self._become(Stage.READY)
        yield  # So that it is drawn before what takes long.
        yield from self._found_maya()
        self._executor = self._heard(lambda: executor_of(request, action))
        if request.scene == Scene.SNAPSHOT and request.needs_maya(action):
            self._become(Stage.COPY)
            yield
            yield from self._copied()
        yield from self._checked()
        if any(problem.severity != Severity.NOTE for problem in self.problems):
            self._become(Stage.HELD)
            return
        yield from self._fill()

    def _found_maya(self) -> Iterator[None]:
        """Has the interpreter found, and asked for its version, on another thread: that may start it. The answer is kept."""
        request = self._request
        if not request.needs_maya(self._action):
            return
        wanted, session = request.version or None, _cmds.version() if _cmds.in_maya() else None
        number = self._number

        def find(farm: farmfutures.Farm) -> None:
            with contextlib.suppress(FarmFuturesError):  # Said where it counts, on the way.
                mayapy.choose(None, wanted or session, session=session)

        def found(_: object) -> None:
            if number == self._number and self.stage == Stage.READY:
                self._timer.start()

        self._feed.ask("interpreter", find, found, found)
        self._timer.stop()
        yield

    def _copied(self) -> Iterator[None]:
        executor = self._executor
        assert executor is not None
        self._heard(lambda: copy_scene(self._request, executor))
        yield

    def _checked(self) -> Iterator[None]:
        """The checks of the Maya side. A job without a scene has nothing that they could look at."""
        if not isinstance(self._executor, Executor) or self._request.scene == Scene.NONE:
            return
        self._become(Stage.CHECK)
        checking = self._executor.checking(**self._request.job)
        try:
            while checking.step():
                self.done, self.total, self.text = checking.done, checking.total, f"checking {checking.text}"
                yield
            self.problems = checking.problems
        except GeneratorExit:
            checking.cancel()
            raise

    def _fill(self) -> Iterator[None]:
        assert self._executor is not None
        self._become(Stage.FILL)
        filling = Filling(self._action, self._executor, self._request.values, self._request.asked, **self._request.job)
        while filling.step():
            self.done, self.total = filling.done, filling.total
            yield
        self._heard(filling.batch.prepare)
        self._become(Stage.HAND)
        number, batch = self._number, filling.batch

        def hand_over(farm: farmfutures.Farm) -> int:
            batch.commit()
            return batch.job_id

        self._feed.act(hand_over, self._arrived, lambda error: self._did_not_arrive(number, error))

    def _heard(self, work: Callable[[], R]) -> R:
        """Does something, and notes what is warned of on the way."""
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            result = work()
        self.notes += [str(one.message) for one in said]
        return result

    # --- the end

    def _arrived(self, job: int) -> None:
        self._let_go()
        self._become(Stage.DONE, f"Job {job} was submitted.")
        self.sent.emit(job)

    def _did_not_arrive(self, number: int, error: Exception) -> None:
        if number != self._number or self.stage != Stage.HAND:
            return
        if isinstance(error, EngineUnavailableError):
            self._become(Stage.AWAY, f"{str(error).rstrip('.')}. Nothing is lost: it is tried again every {AGAIN_S} s.")
            self._again.start()
        else:
            self._fail(error)

    def _let_go(self) -> None:
        self._steps = iter(())
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False)


_WORDS: dict[Stage, str] = {
    Stage.IDLE: "", Stage.READY: "Making ready...", Stage.COPY: "Copying the scene...", Stage.CHECK: "Checking...",
    Stage.HELD: "The checks found something.", Stage.FILL: "Making work items...", Stage.HAND: "Handing over...",
    Stage.AWAY: "The farm can't be reached.", Stage.DONE: "Submitted.",
}  # fmt: skip


def counted(sending: Sending) -> tuple[int, int]:
    """Returns how far it is for a bar: value and maximum, (0, 0) where nobody knows."""
    return (sending.done, sending.total) if sending.total else (0, 0)
