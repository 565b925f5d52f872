"""`Feed`: everything that an interface asks of the farm goes through it, and nothing of that happens on Maya's main thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

import farmfutures

from .asks import Answer, Asks, Question
from .carrier import carrier
from .watch import Seen, Watch

SLOW_S = 3.0
"""A farm that has not answered for so long is called slow."""

_TICK_MS = 250


@dataclass(frozen=True, slots=True)
class Health:
    """How well the farm answers.

    Attributes:
        kind: ``"asking"`` before the first answer, ``"fine"``, ``"slow"``, ``"down"`` or ``"held"``.
        sentence: What is the matter, for people; empty where it is fine.
        known_s: When what is known was seen, in Unix seconds; None where nothing is known yet.
    """

    kind: str = "asking"
    sentence: str = ""
    known_s: float | None = None


@dataclass(slots=True)
class Cost:
    """What a feed has cost so far.

    Attributes:
        looks: How often the farm was looked at.
        asks: How many questions were put beside.
        main_s: How long Maya's main thread had to do with it, in seconds; what widgets do with an answer is in it.
        longest_s: The longest part of that at one time.
        held_s: How long it kept still, since Maya was playing back or rendering.
    """

    looks: int = 0
    asks: int = 0
    main_s: float = 0.0
    longest_s: float = 0.0
    held_s: float = 0.0


class Feed(QObject):
    """Asks the farm on threads of its own. Make it, and call its methods, on the thread of the interface.

    ::

        feed.ask("items", lambda farm: farm.items(7), self.show_items)          # newest per key wins
        feed.act(lambda farm: farm.retry(7), self.say_how_many, self.say_why_not)   # done in order, never dropped
        feed.seen.connect(...)      # each look at the jobs; a good moment to ask again for what is on screen

    The functions get a `farmfutures.Farm` and run on a thread of the feed, so that they must not touch widgets. ``then`` gets
    what they return, and ``failed`` the exception, both on the thread of the interface. A ``then`` that is a method of a
    widget that is gone is not called. Without ``failed`` the exception goes to the signal `refused`.

    Args:
        limit: How many of the newest jobs to look at.
        engine: The engine's name; the settings say which one where it is None.
        still: Asked four times a second: why the farm is not to be looked at now ("Maya is playing back."), or "".

    Signals:
        seen: A `Seen`: what a look brought, between `start` and `stop`.
        health: A `Health`, whenever it changes, and each second while it is not fine.
        refused: The key and the exception of a question that had no ``failed``.
    """

    seen = Signal(object)
    health = Signal(object)
    refused = Signal(object, object)

    def __init__(
        self, limit: int, parent: QObject | None = None, *, engine: str | None = None, still: Callable[[], str] | None = None
    ) -> None:
        super().__init__(parent)
        self.cost = Cost()
        self.now = Health()
        self._limit = limit
        self._engine = engine
        self._still = still
        self._held_since: float | None = None
        self._said_s = 0.0
        self._watch: Watch | None = None
        self._carrier = carrier()
        number = self._carrier.register(self._take)
        self._bring = partial(self._carrier.bring, number)  # Threads hold nothing of this object, which may go at any time.
        self._asks = Asks(self._bring, engine)
        self._newest: dict[Hashable, Question] = {}
        self._running: list[Watch] = []
        # Closed with the window around it, when no other event may come; this object is no more to be touched then.
        self.destroyed.connect(partial(_end, partial(self._carrier.forget, number), self._asks, self._running))
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    # --- looking

    def start(self) -> None:
        """Begins to look, and goes on until `stop`."""
        if self._watch is None:
            self._watch = Watch(self._limit, self._bring, self._engine)
            self._running[:] = [self._watch]
            self._watch.start()
            self._timer.start()

    def stop(self, *, wait_s: float = 0) -> None:
        """Stops to look; questions go on. `wait_s` waits so long for the thread to be gone, in seconds."""
        watch, self._watch = self._watch, None
        if watch is not None:
            self._timer.stop()
            self._let_go()
            watch.stop(wait_s=wait_s)

    def close(self, *, wait_s: float = 0) -> None:
        """Stops for good. Deeds that were ordered are done still; `wait_s` waits for that."""
        self.stop(wait_s=wait_s)
        self._asks.close(wait_s=wait_s)

    def look_soon(self) -> None:
        """Looks without waiting for the next turn, since something was changed."""
        if self._watch is not None:
            self._watch.look_soon()

    # --- asking

    def ask(
        self,
        key: Hashable,
        function: Callable[[farmfutures.Farm], Any],
        then: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Asks the farm something. Of questions with the same key, only the newest is answered."""
        self.cost.asks += 1
        self._newest[key] = question = Question(key, function, then, failed)
        self._asks.put(question)

    def act(
        self,
        function: Callable[[farmfutures.Farm], Any],
        then: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Changes something on the farm: deeds are done in the order in which they come, and then it is looked at soon."""
        self.cost.asks += 1
        self._asks.put(Question("deed", function, then, failed, kept=True))

    def forget(self, key: Hashable) -> None:
        """Takes a question back: nobody wants its answer any more."""
        self._newest.pop(key, None)
        self._asks.forget(key)

    # --- what came

    def _take(self, what: Seen | Answer) -> None:
        begin = time.perf_counter()
        if isinstance(what, Answer):
            self._answer(what)
        elif self._watch is not None:
            self.cost.looks += 1
            if what.jobs is not None:
                self._become(Health("fine", known_s=what.at_s))
            else:
                self._become(replace(self.now, kind="down", sentence=what.trouble))
            self.seen.emit(what)
        self._count(time.perf_counter() - begin)

    def _answer(self, answer: Answer) -> None:
        question = answer.question
        if question.kept:
            self.look_soon()
        elif self._newest.get(question.key) is not question:
            return  # Another one was asked since.
        else:
            del self._newest[question.key]
        if answer.error is None:
            _call(question.then, answer.value)
        elif question.failed is not None:
            _call(question.failed, answer.error)
        else:
            self.refused.emit(question.key, answer.error)

    def _count(self, took_s: float) -> None:
        self.cost.main_s += took_s
        self.cost.longest_s = max(self.cost.longest_s, took_s)

    # --- how it goes

    def _become(self, health: Health) -> None:
        changed = health.kind != self.now.kind or health.sentence != self.now.sentence
        self.now = health
        if changed or health.kind == "fine" or time.monotonic() - self._said_s >= 1:
            self._said_s = time.monotonic()
            self.health.emit(health)

    def _tick(self) -> None:
        """Keeps still where it is to, and says how long the farm has not answered."""
        watch = self._watch
        if watch is None:
            return
        why = self._still() if self._still is not None else ""
        if why:
            self._held_since = self._held_since or time.monotonic()
            watch.hold(True)
            self._become(replace(self.now, kind="held", sentence=why))
            return
        self._let_go()
        asked_s = watch.asked_s
        if asked_s is not None and time.monotonic() - asked_s > SLOW_S:
            waited = int(time.monotonic() - asked_s)
            self._become(replace(self.now, kind="slow", sentence=f"The farm has not answered for {waited} s."))
        elif self.now.kind in ("held", "slow"):
            self._become(replace(self.now, kind="fine" if self.now.known_s else "asking", sentence=""))
        elif self.now.kind == "down":
            self._become(self.now)

    def _let_go(self) -> None:
        if self._held_since is not None:
            self.cost.held_s += time.monotonic() - self._held_since
            self._held_since = None
            if self._watch is not None:
                self._watch.hold(False)


def _end(forget: Callable[[], None], asks: Asks, running: list[Watch]) -> None:
    forget()
    asks.close()
    for watch in running:
        watch.stop()


def _call(function: Callable[[Any], None] | None, value: Any) -> None:
    """Calls it, but for a method of an object of Qt that is gone."""
    inner: Any = function
    while isinstance(inner, partial):
        inner = inner.func
    owner = getattr(inner, "__self__", None)
    if function is not None and not (isinstance(owner, QObject) and not isValid(owner)):
        function(value)
