"""A question that is put again and again, never before the last one is answered: a slow farm is not asked in vain."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from PySide6.QtCore import QObject

from farmfutures import Farm

from .feed import Feed


class _Question(NamedTuple):
    about: Hashable
    function: Callable[[Farm], Any]
    then: Callable[[Any], None]
    failed: Callable[[Exception], None] | None


class Steady(QObject):
    """Puts one kind of question.

    Args:
        feed: Whom to ask.
        key: The feed's key for it.
        parent: The widget that asks; when it is gone nobody is told any more.
    """

    def __init__(self, feed: Feed, key: str, parent: QObject) -> None:
        super().__init__(parent)
        self._feed = feed
        self._key = key
        self._put: _Question | None = None
        self._next: _Question | None = None

    def ask(
        self, about: Hashable, function: Callable[[Farm], Any], then: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:  # fmt: skip
        """Asks; while a question about the same is not answered, the newest of the others waits.

        Args:
            about: What it is about. A question about something else takes the place of the last one at once.
            function: Runs on a thread of the feed.
            then: Called with what it returns.
            failed: Called with its exception.
        """
        question = _Question(about, function, then, failed)
        if self._put is not None and self._put.about == about:
            self._next = question
            return
        self._go(question)

    def _go(self, question: _Question) -> None:
        self._put, self._next = question, None
        self._feed.ask(self._key, question.function, self._come, self._fail)

    def forget(self) -> None:
        """Nobody wants to know any more."""
        self._put = self._next = None
        self._feed.forget(self._key)

    def _come(self, value: Any) -> None:
        question = self._over()
        if question is not None:
            question.then(value)

    def _fail(self, error: Exception) -> None:
        question = self._over()
        if question is None:
            return
        if question.failed is not None:
            question.failed(error)
        else:
            self._feed.refused.emit(self._key, error)

    def _over(self) -> _Question | None:
        """Ends a question, and puts the one that waits."""
        question, waiting = self._put, self._next
        self._put = None
        if waiting is not None:
            self._go(waiting)
        return question
