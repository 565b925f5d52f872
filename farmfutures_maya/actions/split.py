"""How a call becomes work items: by frame, by node, by item; and how people are told."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from farmfutures.errors import OptionError
from farmfutures.frames import parse_frames

from .params import Signature, Supplied

MOST_FRAMES = 1 << 20
"""More in one part of a range are a slip."""

_ITEM_LENGTH = 40


@dataclass(frozen=True)
class Asked:
    """What the fields of every form say.

    Attributes:
        frames: ``"1-100x2"`` and the like; "" for none.
        chunk: How many frames share a work item.
        nodes: Names of nodes.
        items: Lines of text.
    """

    frames: str | Sequence[int] = ""
    chunk: int = 1
    nodes: Sequence[str] = ()
    items: Sequence[str] = ()

    @property
    def numbers(self) -> list[int]:
        """The frames.

        Raises:
            OptionError: They are no frame range.
        """
        if isinstance(self.frames, str):
            return list(frames_of(self.frames)) if self.frames.strip() else []
        return list(self.frames)


@functools.lru_cache(maxsize=8)
def frames_of(text: str) -> tuple[int, ...]:
    """Returns the frames of a range; a form asks for the same ones again and again.

    Raises:
        OptionError: It is none, or a part has more than `MOST_FRAMES`.
    """
    return tuple(parse_frames(text, most=MOST_FRAMES))


@dataclass(frozen=True)
class Work:
    """One work item.

    Attributes:
        name: What it is called.
        supplied: For each call in it what is supplied, by the name of the parameter.
        listed: Whether its result is a list, of a result for each call.
    """

    name: str
    supplied: tuple[dict[str, Any], ...]
    listed: bool = False


@dataclass(frozen=True)
class Split:
    """The work items of a call.

    Raises:
        OptionError: Something that the function can't do without is missing, or the frames are none.
    """

    signature: Signature
    asked: Asked
    label: str = ""
    numbers: list[int] = field(init=False)

    def __post_init__(self) -> None:
        if self.asked.chunk < 1:
            raise OptionError(f"chunk={self.asked.chunk}: give 1 frame or more.")
        object.__setattr__(self, "numbers", self.asked.numbers if self.signature.frames else [])
        given = {"frames": self.numbers, Supplied.NODE: self.asked.nodes, Supplied.ITEM: self.asked.items}
        for one in self.signature.supplied.values():
            what = "frames" if one == self.signature.frames else one
            if one not in self.signature.optional and one in _WORDS and not given[what]:
                raise OptionError(f"there are no {_WORDS[one]}: {self.label or 'the call'} needs some.")

    def __len__(self) -> int:
        nodes, items = self._each(Supplied.NODE), self._each(Supplied.ITEM)
        return len(nodes) * len(items) * self.runs

    @property
    def runs(self) -> int:
        """How many runs of frames there are."""
        if self.signature.frames in (None, Supplied.RANGE) or not self.numbers:
            return 1
        return math.ceil(len(self.numbers) / self.asked.chunk)

    def works(self) -> Iterator[Work]:
        """Yields them: node by node, item by item, run by run."""
        for node, item, run in itertools.product(self._each(Supplied.NODE), self._each(Supplied.ITEM), self._runs()):
            supplied = tuple(self._supplied(node, item, frames) for frames in run)
            listed = self.signature.frames == Supplied.FRAME and self.asked.chunk > 1 and bool(self.numbers)
            yield Work(self._name(node, item, run), supplied, listed)

    def _each(self, one: Supplied) -> Sequence[str | None]:
        given = self.asked.nodes if one == Supplied.NODE else self.asked.items
        return given if given and self.signature.asks_for(one) else (None,)

    def _runs(self) -> Iterator[list[Any]]:
        """Yields what the parameter of frames gets in each call of a work item."""
        numbers, how = self.numbers, self.signature.frames
        if how is None or not numbers:
            yield [None]
        elif how == Supplied.RANGE:
            yield [tuple(numbers)]
        else:
            for at in range(0, len(numbers), self.asked.chunk):
                run = numbers[at : at + self.asked.chunk]
                yield list(run) if how == Supplied.FRAME else [tuple(run)]

    def _supplied(self, node: str | None, item: str | None, frames: Any) -> dict[str, Any]:
        values = {Supplied.NODE: node, Supplied.ITEM: item}
        return {name: values.get(one, frames) for name, one in self.signature.supplied.items()}

    def _name(self, node: str | None, item: str | None, run: list[Any]) -> str:
        parts = [part for part in (node, item and item[:_ITEM_LENGTH]) if part]
        numbers: list[int] = [*run[0]] if isinstance(run[0], tuple) else [frame for frame in run if frame is not None]
        if numbers:
            last = f"-{numbers[-1]:04d}" if len(numbers) > 1 else ""
            parts.append(f"frame{'s' if last else ''} {numbers[0]:04d}{last}")
        return " ".join(parts) or self.label or "1"


_WORDS = {
    Supplied.FRAME: "frames", Supplied.FRAMES: "frames", Supplied.RANGE: "frames", Supplied.NODE: "nodes", Supplied.ITEM: "items",
}  # fmt: skip


def in_words(split: Split) -> str:
    """Says what comes of it: ``"12 work items of 3 frames, and 1 of 2"``."""
    total = len(split)
    others = total // split.runs
    size, numbers = split.asked.chunk, len(split.numbers)
    if split.runs == 1 or size == 1:
        return counted(total, "work item") + (f" of {counted(numbers, 'frame')}" if numbers and split.runs == 1 else "")
    rest = numbers % size
    whole = others * (numbers // size)
    text = f"{counted(whole, 'work item')} of {size} frames"
    return f"{text}, and {others:,} of {rest}" if rest else text


def counted(count: int, word: str) -> str:
    """Returns ``"1 frame"`` or ``"1,200 frames"``."""
    return f"{count:,} {word}" + ("" if count == 1 else "s")


def frames_in_words(numbers: Sequence[int]) -> str:
    """Says what a range means: ``"34 frames, 1 to 100, every 3rd"``."""
    if not numbers:
        return "no frames"
    if len(numbers) == 1:
        return f"frame {numbers[0]}"
    step = _step_of(numbers)
    if not step:
        return _uneven(numbers)
    said = f"{counted(len(numbers), 'frame')}, {numbers[0]} to {numbers[-1]}{', backwards' if step < 0 else ''}"
    return said if abs(step) == 1 else f"{said}, every {_ordinal(abs(step))}"


def _step_of(numbers: Sequence[int]) -> int:
    """Returns the one step from each number to the next, 0 where there is none."""
    step = numbers[1] - numbers[0]
    span = range(numbers[0], numbers[-1] + (1 if step > 0 else -1), step) if step else ()
    return step if len(span) == len(numbers) and all(map(operator.eq, numbers, span)) else 0


def _uneven(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    gaps = high - low + 1 - len(numbers)
    ordered = all(after > before for before, after in itertools.pairwise(numbers))
    gap = f", {counted(gaps, 'frame')} left out" if gaps > 0 else ""
    return f"{counted(len(numbers), 'frame')} from {low} to {high}{gap}{'' if ordered else ', in the order given'}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
