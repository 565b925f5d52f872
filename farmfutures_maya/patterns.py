"""File names that stand for many files: tiles (``<UDIM>``), frames (``<f>``, ``####``, ``%04d``), and what tools add.

The tokens are those of Maya's file node (Maya help: "UV Tiling Mode", "Use Image Sequence") and of the renderers. One
that nobody here knows stands for anything, so that no file is said to be missing for want of knowing a token.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable

_TOKEN = re.compile(r"<[^<>/\\]+>|#+|%0?\d*d|\*")
_FRAME = r"(?P<frame>-?\d+)"
_KNOWN = {"udim": r"\d{4}", "uvtile": r"u\d+_v\d+", "tile": r"_u\d+_v\d+", "u": r"\d+", "v": r"\d+", "frame": _FRAME}
_FRAME_TOKEN = re.compile(r"f\d*")
_UDIM = re.compile(r"(?<!\d)1\d{3}(?!\d)(?=[^\d/\\]*$)")
_UV_TILE = re.compile(r"u\d+_v\d+(?=[^/\\]*$)")
_LAST_NUMBER = re.compile(r"\d+(?=[^\d/\\]*$)")

OFF, ZERO_BASED, ONE_BASED, UDIM = range(4)
"""Values of the attribute ``uvTilingMode`` of a file node; 4 names its tiles one by one."""


def with_tokens(path: str, tiling: int = OFF, sequence: bool = False) -> str:
    """Returns what a file node's path stands for: ``wall.1001.exr`` with tiles is ``wall.<UDIM>.exr``.

    Args:
        path: As the node has it.
        tiling: Its ``uvTilingMode``.
        sequence: Its ``useFrameExtension``.
    """
    stem, extension = os.path.splitext(path)  # The digits of ``.jp2`` are no frame.
    if tiling in (ZERO_BASED, ONE_BASED):
        stem = _UV_TILE.sub("<UVTILE>", stem)
    elif tiling == UDIM:
        stem = _UDIM.sub("<UDIM>", stem)
    if sequence and not has_tokens(stem):
        stem = _LAST_NUMBER.sub("<f>", stem)
    return stem + extension


def has_tokens(path: str) -> bool:
    """Returns whether a path stands for many files."""
    return _TOKEN.search(path) is not None


@functools.lru_cache(4096)
def expression(name: str) -> re.Pattern[str]:
    """Returns what the names of the files match that a name with tokens stands for; ``frame`` is the frame's number."""
    parts: list[str] = []
    at = 0
    for found in _TOKEN.finditer(name):
        part = _of(found[0])
        if part == _FRAME and _FRAME in parts:
            part = r"-?\d+"  # A group has its name once.
        parts += [re.escape(name[at : found.start()]), part]
        at = found.end()
    return re.compile("".join([*parts, re.escape(name[at:])]))


def _of(token: str) -> str:
    if token == "*":
        return ".*"
    if token[0] in "#%":
        return _FRAME
    word = token[1:-1].lower()
    return _FRAME if _FRAME_TOKEN.fullmatch(word) else _KNOWN.get(word, ".+")


def gaps(frames: Iterable[int]) -> list[tuple[int, int]]:
    """Returns the frames between the first and the last that are missing, as ranges: ``[(5, 7)]``."""
    known = sorted(set(frames))
    return [(before + 1, after - 1) for before, after in zip(known, known[1:], strict=False) if after - before > 1]
