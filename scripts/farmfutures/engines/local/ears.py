"""What the broker waits for: its clients, and both links of each of its workers."""

from __future__ import annotations

import selectors

from .pool import Pool
from .wire import Door

_READ, _BOTH = selectors.EVENT_READ, selectors.EVENT_READ | selectors.EVENT_WRITE


class Ears:
    """Registers what there is when something came or went, not for each wait."""

    def __init__(self, door: Door, pool: Pool) -> None:
        self._door = door
        self._pool = pool
        self._selector: selectors.BaseSelector | None = None
        self._changes = (-1, -1)
        self._stuck: set[int] = set()

    def wait(self, timeout_s: float) -> set[int]:
        """Waits until somebody says something; returns descriptors that can be read (or written, where that waits)."""
        changes = (self._door.changes, self._pool.changes)
        if self._selector is None or changes != self._changes:
            self._selector, self._changes = self._begin(), changes
        if self._stuck or self._door.stuck or self._pool.stuck:
            self._mind_the_stuck(self._selector)
        ready = self._selector.select(0 if self._door.pending() else timeout_s)
        return {key.fd for key, _ in ready}

    def _begin(self) -> selectors.BaseSelector:
        """Begins anew: numbers of descriptors are used again, so that old registrations can't be told from new ones."""
        self.close()
        self._stuck = set()
        selector = selectors.DefaultSelector()
        links = [link for worker in self._pool.workers.values() for link in (worker.data, worker.control)]
        for file in (*self._door.files(), *(link.file for link in links)):
            selector.register(file, _READ)
        return selector

    def _mind_the_stuck(self, selector: selectors.BaseSelector) -> None:
        now = self._door.stuck | self._pool.stuck
        for file in now ^ self._stuck:
            selector.modify(file, _BOTH if file in now else _READ)
        self._stuck = now

    def close(self) -> None:
        """Stops listening."""
        if self._selector is not None:
            self._selector.close()
            self._selector = None
