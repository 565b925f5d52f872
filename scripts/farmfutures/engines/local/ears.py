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
        self._known: dict[int, bool] = {}

    def wait(self, timeout_s: float) -> set[int]:
        """Waits until somebody says something; returns descriptors that can be read (or written, where that waits)."""
        changes = (self._door.changes, self._pool.changes)
        if self._selector is None or changes != self._changes:
            self._selector, self._changes = self._begin(), changes
        self._mind_the_stuck(self._selector)
        ready = self._selector.select(0 if self._door.pending() else timeout_s)
        return {key.fd for key, _ in ready}

    def _files(self) -> dict[int, bool]:
        """All descriptors, and whether something waits to be written to them."""
        links = (link for worker in self._pool.workers.values() for link in (worker.data, worker.control))
        return self._door.files() | {link.file: link.stuck for link in links}

    def _begin(self) -> selectors.BaseSelector:
        """Begins anew: numbers of descriptors are used again, so that old registrations can't be told from new ones."""
        self.close()
        self._known = dict.fromkeys(self._files(), False)
        selector = selectors.DefaultSelector()
        for file in self._known:
            selector.register(file, _READ)
        return selector

    def _mind_the_stuck(self, selector: selectors.BaseSelector) -> None:
        now = self._files()
        if now != self._known:
            for file, stuck in now.items():
                if stuck != self._known[file]:
                    selector.modify(file, _BOTH if stuck else _READ)
            self._known = now

    def close(self) -> None:
        """Stops listening."""
        if self._selector is not None:
            self._selector.close()
            self._selector = None
