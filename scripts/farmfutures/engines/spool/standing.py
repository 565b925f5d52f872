"""What was ordered of a job, and how each chunk stands with the engine. An item counts with the last order that names it."""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ...spool import items as texts
from ...spool import orders
from ...spool.orders import OrderRecord
from .launcher import ChunkState, Stand
from .view import ENDED, JobView

Place = tuple[int, int]
"""An order's number, and a chunk's place in it."""

_NOT_KNOWN = Stand(ChunkState.UNKNOWN)
_AT_WORK = frozenset({ChunkState.WAITING, ChunkState.RUNNING})


@dataclass(frozen=True, slots=True)
class Gone:
    """A chunk that the engine will not run any more, though outcomes are missing."""

    place: Place
    text: str
    left: list[int]
    stand: Stand


class Standing:
    """The orders of one job. Use it from any thread.

    Args:
        view: The job.
        given: Orders that are known already.
    """

    def __init__(self, view: JobView, given: Collection[OrderRecord] = ()) -> None:
        self.view = view
        self.orders: list[OrderRecord] = []
        self.stands: dict[Place, Stand] = {}
        self.unasked: dict[int, float] = {}
        """Orders without a handle, and when they were seen first by our own clock."""
        self._refused: set[int] = set()
        self._of = array("l", [-1]) * view.total
        self._settled: set[Place] = set()
        self._gone: dict[Place, float] = {}
        for record in given:
            self.add(record)

    def add(self, record: OrderRecord) -> None:
        """Takes in an order, or the handle of one."""
        with self.view.lock:
            if record.number < len(self.orders):
                self.orders[record.number] = record
            else:
                self.orders.append(record)
                for text in record.items:
                    for work in texts.parse(text):
                        self._of[work] = record.number
            if record.handle is None and record.number not in self._refused:
                self.unasked.setdefault(record.number, time.monotonic())
            else:
                self.unasked.pop(record.number, None)

    def refuse(self, number: int) -> None:
        """The engine does not take an order, and is not to be asked again."""
        with self.view.lock:
            self._refused.add(number)
            self.unasked.pop(number, None)

    def reload(self) -> None:
        """Reads orders that are new, by whomever.

        Raises:
            SealError: One is not ours.
            OSError: The folder can't be read.
        """
        with self.view.lock:
            if self.unasked or len(os.listdir(self.view.folder.orders)) != 2 * len(self.orders):
                for record in orders.read(self.view.folder, self.view.seal):
                    self.add(record)

    # --- chunks

    def places(self) -> Iterator[tuple[Place, str]]:
        """Yields the chunks of which outcomes may be missing."""
        for record in self.orders:
            for chunk, text in enumerate(record.items):
                if (record.number, chunk) not in self._settled:
                    yield (record.number, chunk), text

    def left(self, place: Place, text: str) -> list[int]:
        """Returns the items of a chunk that are not over, and that no later order names."""
        return [work for work in self.view.missing(texts.parse(text)) if self._of[work] == place[0]]

    def handles(self) -> list[str]:
        """Returns the handles of orders of which outcomes may be missing."""
        with self.view.lock:
            numbers = {place[0] for place, _ in self.places()}
            return [record.handle for record in self.orders if record.number in numbers and record.handle is not None]

    def note(self, answer: Mapping[str, Mapping[int, Stand]]) -> None:
        """Takes in what the engine says, after the folder was looked at."""
        with self.view.lock:
            now = time.monotonic()
            for place, text in list(self.places()):
                record = self.orders[place[0]]
                stand = answer.get(record.handle or "", {}).get(place[1], _NOT_KNOWN)
                self.stands[place] = stand
                if record.handle is None or stand.state in _AT_WORK or not self._ended(stand, text):
                    self._gone.pop(place, None)
                elif self.left(place, text):
                    self._gone.setdefault(place, now)
                else:
                    self._settled.add(place)
                    self._gone.pop(place, None)

    def _ended(self, stand: Stand, text: str) -> bool:
        """What the engine does not know is only over where the runner itself has said so."""
        if stand.state is not ChunkState.UNKNOWN:
            return True
        said = self.view.of_chunk(text)
        return bool(said) and all(run.state in ENDED for run in said) and not self.view.silent

    def gone(self, delay_s: float) -> list[Gone]:
        """Returns the chunks that have been gone for longer than the folder may be late."""
        with self.view.lock:
            before = time.monotonic() - delay_s
            found = []
            for place, since in self._gone.items():
                if since <= before:
                    text = self.orders[place[0]].items[place[1]]
                    left = self.left(place, text)
                    if left:
                        found.append(Gone(place, text, left, self.stands[place]))
            return found

    def spent(self, works: Collection[int]) -> dict[str, list[int]]:
        """Returns, by handle, the chunks that name some of these items and of which nothing is left but them."""
        with self.view.lock:
            spare, found = set(works), dict[str, list[int]]()
            for (number, chunk), text in self.places():
                handle = self.orders[number].handle
                if handle is None or spare.isdisjoint(texts.parse(text)):
                    continue
                if spare.issuperset(self.left((number, chunk), text)):
                    found.setdefault(handle, []).append(chunk)
            return found

    def of(self, work: int) -> tuple[Place, Stand] | None:
        """Returns the chunk that an item counts with, and how that stands."""
        with self.view.lock:
            for place, text in self.places():
                if place[0] == self._of[work] and work in texts.parse(text):
                    return place, self.stands.get(place, _NOT_KNOWN)
            return None
