"""The string that stands for an order's job arrays, and the name by which they are found where nobody could note it.

Slurm's arrays have an upper limit (``MaxArraySize``, 1,001 by default), so that the chunks of a large order are several.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

_HANDLE = re.compile(r"([^/]+)/(\d+\+\d+(?:,\d+\+\d+)*)")
_NAME = re.compile(r"\[(\S+) (\d+)\+(\d+)/(\d+)\]$")
_LABEL = 80


@dataclass(frozen=True, slots=True)
class Array:
    """One job array: Slurm's number, the first of our chunks in it, and how many it has."""

    job: int
    first: int
    count: int

    @property
    def chunks(self) -> range:
        """The numbers of its chunks."""
        return range(self.first, self.first + self.count)


@dataclass(frozen=True, slots=True)
class Handle:
    """The arrays of an order, on one cluster: numbers of jobs mean nothing on another."""

    cluster: str
    arrays: tuple[Array, ...]

    def __str__(self) -> str:
        return f"{self.cluster}/{','.join(f'{array.job}+{array.count}' for array in self.arrays)}"

    @classmethod
    def parse(cls, text: str) -> Handle:
        """Reads what `str` of one returned.

        Raises:
            ValueError: It is none of ours.
        """
        found = _HANDLE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no handle of a Slurm job")
        pairs = [tuple(map(int, part.split("+"))) for part in found[2].split(",")]
        firsts = [sum(count for _, count in pairs[:place]) for place in range(len(pairs))]
        return cls(found[1], tuple(Array(job, first, count) for (job, count), first in zip(pairs, firsts, strict=True)))

    @property
    def count(self) -> int:
        """How many chunks the order has."""
        return sum(array.count for array in self.arrays)

    def tasks(self, chunks: Collection[int] | None) -> Iterator[str]:
        """Yields how Slurm calls these chunks, ``"101_[3,5-9]"``, an array at a time; None stands for all: ``"101"``."""
        for array in self.arrays:
            if chunks is None:
                yield str(array.job)
            elif mine := sorted(chunk - array.first for chunk in set(chunks) if chunk in array.chunks):
                yield f"{array.job}_[{ranges(mine)}]"


@dataclass(frozen=True, slots=True)
class Part:
    """What a job's name says: whose order it is, the first chunk in it, how many it has, and how many the order has."""

    token: str
    first: int
    count: int
    total: int

    def name(self, label: str) -> str:
        """Returns the name: the job's for people, in one line whatever it holds, and ours behind it."""
        plain = " ".join("".join(c if c.isprintable() else " " for c in label).split())
        return f"{plain[:_LABEL]} [{self.token} {self.first}+{self.count}/{self.total}]".lstrip()

    @classmethod
    def of(cls, name: str) -> Part | None:
        """Reads a job's name; None where it is not ours."""
        found = _NAME.search(name)
        return cls(found[1], int(found[2]), int(found[3]), int(found[4])) if found else None


def ranges(numbers: Iterable[int]) -> str:
    """Returns ascending numbers as Slurm writes them: ``"3,5-9"``."""
    parts: list[tuple[int, int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1] = (parts[-1][0], number)
        else:
            parts.append((number, number))
    return ",".join(f"{low}-{high}" if high > low else f"{low}" for low, high in parts)
