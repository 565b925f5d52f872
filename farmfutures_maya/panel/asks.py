"""A few threads that put questions to the farm, so that no thread of the interface ever waits for an answer.

No Qt in here: `feed` brings the answers to the interface.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import farmfutures

THREADS = 3
"""Questions that are put at the same time: a log of 200 MB that is searched holds up no other one."""

IDLE_S = 1.0
"""A thread without questions leaves after so long, and lets go of the farm."""

NAME = "farmfutures-feed"
"""How the threads are called."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is to be asked.

    Attributes:
        key: Of questions with the same key one is put at a time, and an older one that waits is left out.
        function: Called with the farm; returns the answer.
        then: Called with the answer, by whoever the answers are brought to.
        failed: Called with the exception instead; None leaves it to whoever the answers are brought to.
        kept: It is a deed, not a look: it is done, and answered, whatever comes after it.
    """

    key: Hashable
    function: Callable[[farmfutures.Farm], Any]
    then: Callable[[Any], None] | None = None
    failed: Callable[[Exception], None] | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question: a value, or the exception."""

    question: Question
    value: Any = None
    error: Exception | None = None


class Asks:
    """Questions that wait, and the threads that put them.

    Args:
        deliver: Gets each `Answer`, on the thread that asked; returns False where nobody wants any more of them.
        engine: The engine's name; the settings say which one where it is None.
    """

    def __init__(self, deliver: Callable[[Answer], bool], engine: str | None = None) -> None:
        self._deliver = deliver
        self._engine = engine
        self._changed = threading.Condition()
        self._waiting: deque[Question] = deque()
        self._busy: set[Hashable] = set()
        self._threads: set[threading.Thread] = set()
        self._closed = False

    def put(self, question: Question) -> None:
        """Adds a question. Never waits."""
        with self._changed:
            if self._closed:
                return
            if not question.kept:
                self._forget(question.key)
            self._waiting.append(question)
            if len(self._threads) < THREADS and len(self._threads) < len(self._waiting) + len(self._busy):
                thread = threading.Thread(target=self._run, name=NAME, daemon=True)
                self._threads.add(thread)
                thread.start()
            self._changed.notify()

    def forget(self, key: Hashable) -> None:
        """Leaves a question out that waits. One that was put already is answered."""
        with self._changed:
            self._forget(key)

    def _forget(self, key: Hashable) -> None:
        self._waiting = deque(waiting for waiting in self._waiting if waiting.kept or waiting.key != key)

    @property
    def pending(self) -> int:
        """How many questions have no answer yet."""
        with self._changed:
            return len(self._waiting) + len(self._busy)

    def close(self, *, wait_s: float = 0) -> None:
        """Puts no more questions, but deeds that wait; `wait_s` waits so long for the threads to be gone."""
        with self._changed:
            self._closed = True
            self._waiting = deque(waiting for waiting in self._waiting if waiting.kept)
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads if wait_s else ():
            thread.join(wait_s)

    # --- the threads

    def _run(self) -> None:
        farm: farmfutures.Farm | None = None
        try:
            while (question := self._next()) is not None:
                try:
                    farm = farm or farmfutures.Farm(self._engine)
                    answer = Answer(question, question.function(farm))
                except Exception as error:  # Whatever it is, whoever asked is told.
                    answer = Answer(question, error=error)
                self._end(answer)
        finally:
            if farm is not None:
                farm.close()
            with self._changed:
                self._threads.discard(threading.current_thread())

    def _next(self) -> Question | None:
        """Waits for a question whose key is free; None when it is time to leave."""
        with self._changed:
            while True:
                for question in self._waiting:
                    if question.key not in self._busy:
                        self._waiting.remove(question)
                        self._busy.add(question.key)
                        return question
                if self._closed or (not self._changed.wait(IDLE_S) and not self._waiting):
                    self._threads.discard(threading.current_thread())  # Here, under the lock: who puts one now starts another.
                    return None

    def _end(self, answer: Answer) -> None:
        """Delivers an answer, and only then lets the next question of its key be put: deeds are answered in order."""
        if (answer.question.kept or not self._closed) and not self._deliver(answer):
            self.close()
        with self._changed:
            self._busy.discard(answer.question.key)
            self._changed.notify_all()
