"""Which lines of a log say that something is wrong. Python's, Maya's and renderers' ways to say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

ERROR, WARNING = "error", "warning"

_WRONG = re.compile(
    r"""^\s*Traceback\ \(most\ recent\ call\ last\)
    | ^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt)\b:?
    | ^(?:\#|//)?\s*Error\b
    | \bERROR\b | \bFATAL\b | \bCRITICAL\b
    | \b(?:fatal|internal)\ error\b | \berror:
    | \bSegmentation\ fault\b
    """,
    re.VERBOSE,
)
_ODD = re.compile(r"^(?:#|//)?\s*Warning\b|\bWARNING\b|\bWARN\b|\b[a-z]+ ?warning:|\w*Warning:")
_FINE = re.compile(r"\b(?:0|no|without)\s+errors?\b", re.IGNORECASE)

_SIGNS = (b"rror", b"RROR", b"raceback", b"xception", b"FATAL", b" fault", b"CRITICAL", b"Interrupt")
"""A block of a log without any of these has no line that `kind` calls an error."""


def kind(line: str) -> str:
    """Returns `ERROR`, `WARNING` or ""."""
    if _WRONG.search(line) and not _FINE.search(line):
        return ERROR
    return WARNING if _ODD.search(line) else ""


def wrong_lines(block: bytes) -> Iterator[int]:
    """Yields which lines of a block are errors, counted from 0."""
    if not any(sign in block for sign in _SIGNS):
        return
    for number, line in enumerate(block.split(b"\n")):
        if any(sign in line for sign in _SIGNS) and kind(line.decode("utf-8", "replace").rstrip("\r")) == ERROR:
            yield number
