"""Where the texts in a pickle are, without loading any of it: so that they can be masked in place.

The virtual machine of pickles is walked as `pickletools` describes it, with a stack that knows of each object only
whether it is a text, and which.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass
from typing import Any

_HEADERS = {
    "SHORT_BINUNICODE": 2, "BINUNICODE": 5, "BINUNICODE8": 9, "SHORT_BINBYTES": 2, "BINBYTES": 5, "BINBYTES8": 9,
    "BYTEARRAY8": 9,
}  # fmt: skip
"""Bytes of an opcode and of the length behind it, before the text itself."""


@dataclass(slots=True, eq=False)
class Span:
    """One text, or bytes.

    Attributes:
        start: Offset of its first byte.
        end: Offset behind its last.
        key: The key whose value it is in some dict, or None.
        is_name: Whether it is part of the name of a class or a function.
    """

    start: int
    end: int
    key: str | None = None
    is_name: bool = False


class _Walk:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.spans: list[Span] = []
        self.stack: list[Span | str | None] = []
        self.memo: dict[int, Span | str | None] = {}

    def step(self, op: pickletools.OpcodeInfo, argument: Any, at: int) -> None:
        """Does to the stack what one opcode does."""
        if op.name in _HEADERS:
            self._text(argument, at + _HEADERS[op.name])
        elif op.name == "MEMOIZE":
            self.memo[len(self.memo)] = self.stack[-1]
        elif op.name in ("BINGET", "LONG_BINGET"):
            self.stack.append(self.memo.get(argument))
        elif op.name in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        else:
            self._other(op)

    def _text(self, argument: Any, start: int) -> None:
        size = len(argument.encode("utf-8", "surrogatepass") if isinstance(argument, str) else argument)
        span = Span(start, start + size)
        self.spans.append(span)
        self.stack.append(span)

    def _other(self, op: pickletools.OpcodeInfo) -> None:
        taken = self._take(op)
        if op.name in ("SETITEMS", "SETITEM"):
            self._pairs(taken)
        elif op.name == "STACK_GLOBAL":
            for span in taken:
                if isinstance(span, Span):
                    span.is_name = True
        mark = [_MARK] if op.name == "MARK" else [None] * len(op.stack_after)
        self.stack += mark

    def _take(self, op: pickletools.OpcodeInfo) -> list[Span | str | None]:
        """Takes from the stack what an opcode takes; returns the part that it makes something of."""
        before = op.stack_before
        if pickletools.markobject not in before:
            at = len(self.stack) - len(before)
            if at < 0:
                raise ValueError("this is not a pickle: it takes more from its stack than there is")
            taken, self.stack = self.stack[at:], self.stack[:at]
            return taken[-2:]
        at = len(self.stack) - 1 - self.stack[::-1].index(_MARK)
        taken = self.stack[at + 1 :]
        self.stack = self.stack[: at - before.index(pickletools.markobject)]
        return taken

    def _pairs(self, taken: list[Span | str | None]) -> None:
        for key, value in zip(taken[::2], taken[1::2], strict=False):
            if isinstance(key, Span) and isinstance(value, Span):
                value.key = self.data[key.start : key.end].decode("utf-8", "replace")


_MARK = "mark"


def spans(data: bytes) -> list[Span]:
    """Returns every text in a pickle of protocol 4 or 5, in order.

    Args:
        data: The pickle.

    Raises:
        ValueError: It is none.
    """
    walk = _Walk(data)
    try:
        for op, argument, at in pickletools.genops(data):
            walk.step(op, argument, at or 0)
    except IndexError as error:
        raise ValueError(f"this is not a pickle: {error}") from error
    return walk.spans
