"""Carries what threads bring to the thread of the interface.

A thread must not emit a signal of an object that the interface may delete at the same moment: that ends the whole Maya. So
the object that emits is one for the whole process, and is never deleted. Threads know those who wait by a number only.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal


class Carrier(QObject):
    """Use `carrier()`. Its methods but `bring` are for the thread of the interface."""

    _brought = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._takers: dict[int, weakref.WeakMethod[Callable[[Any], None]]] = {}
        self._numbers = itertools.count(1)
        self._brought.connect(self._hand_over)

    def register(self, take: Callable[[Any], None]) -> int:
        """Has a method called with whatever is brought to the number that this returns, until `forget`; keeps no object alive."""
        number = next(self._numbers)
        self._takers[number] = weakref.WeakMethod(take)
        return number

    def forget(self, number: int) -> None:
        """Nothing is to be brought there any more. What is on its way is dropped."""
        self._takers.pop(number, None)

    def bring(self, number: int, what: Any) -> bool:
        """Brings something, from any thread; returns False where nobody waits for it any more."""
        if number not in self._takers:
            return False
        self._brought.emit(number, what)
        return True

    def _hand_over(self, number: int, what: Any) -> None:
        known = self._takers.get(number)
        take = known() if known is not None else None
        if take is not None:
            take(what)


_carrier: Carrier | None = None


def carrier() -> Carrier:
    """Returns the one of this process. Ask for it on the thread of the interface."""
    global _carrier
    if _carrier is None:
        _carrier = Carrier()
    return _carrier
