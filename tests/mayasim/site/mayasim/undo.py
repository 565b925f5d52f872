"""The undo queue: a command that changes the scene leaves a step, which knows how to take each change back.

It covers nodes, names, hierarchy, attributes, keys, connections, selection and the current time. Opening a scene or a
new one empties it; other forms of ``file`` leave it as it is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .scene import Node

Inverse = Callable[[], object]


@dataclass
class Step:
    """What one undo takes back."""

    name: str
    inverses: list[Inverse] = field(default_factory=list)
    kept: set[int] = field(default_factory=set)
    """Nodes whose attributes are known as they were before."""


class Queue:
    """Steps, the last one last."""

    def __init__(self) -> None:
        self.state = True
        self.steps: list[Step] = []
        self._open: Step | None = None
        self._chunks = 0

    @contextlib.contextmanager
    def command(self, name: str) -> Iterator[None]:
        """Makes what happens inside one step, or a part of the one that is open."""
        if self._open is not None or not self.state:
            yield
            return
        self._open = Step(name)
        try:
            yield
        finally:
            if not self._chunks:
                self._close()

    def record(self, inverse: Inverse) -> None:
        """Notes how to take back what is done now."""
        if self._open is not None:
            self._open.inverses.append(inverse)

    def keep(self, node: Node) -> None:
        """Notes a node's attributes, which are about to change."""
        if self._open is None or id(node) in self._open.kept:
            return
        self._open.kept.add(id(node))
        attributes = {path: given.copy() for path, given in node.attributes.items()}
        dynamic = list(node.dynamic)

        def put_back() -> None:
            node.attributes, node.dynamic = attributes, dynamic

        self.record(put_back)

    def open_chunk(self, name: str) -> None:
        """Makes all that comes one step, until as many were closed as opened."""
        self._chunks += 1
        if self._chunks == 1 and self.state:
            self._open = Step(name)

    def close_chunk(self) -> None:
        """Ends the innermost chunk."""
        self._chunks = max(self._chunks - 1, 0)
        if not self._chunks:
            self._close()

    def _close(self) -> None:
        step, self._open = self._open, None
        if step is not None and step.inverses:
            self.steps.append(step)

    def undo(self) -> None:
        """Takes the last step back.

        Raises:
            RuntimeError: There is none.
        """
        if not self.steps:
            raise RuntimeError("There are no more commands to undo.")
        for inverse in reversed(self.steps.pop().inverses):
            inverse()

    def flush(self) -> None:
        """Forgets everything; a scene that is not open any more can't be changed back."""
        self.steps.clear()
        self._open = Step(self._open.name) if self._open is not None and self._chunks else None


queue = Queue()
