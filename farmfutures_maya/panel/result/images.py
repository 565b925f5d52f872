"""Files of images that a work item made: among what it returned, and among what it printed. No Qt in here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from farmfutures import ItemInfo

SUFFIXES = frozenset({
    ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".exr", ".iff", ".tga", ".bmp", ".gif", ".webp", ".dpx", ".hdr", ".sgi", ".psd",
    ".ppm", ".svg",
})  # fmt: skip

MOST = 500
_MOST_PARTS = 20_000
_TAIL = 512 * 1024
_SLACK_S = 2.0  # Clocks of file servers differ, and some file systems have whole seconds.
_NAMES = "|".join(suffix[1:] for suffix in sorted(SUFFIXES))
_IN_TEXT = re.compile(rf"(?:[A-Za-z]:)?[\\/][^\s\"'<>|*?\[\](),;]+\.(?:{_NAMES})\b", re.IGNORECASE)


def images(value: object, item: ItemInfo, folder: str | None) -> list[str]:
    """Returns the images that there are, each once, in the order in which they were named.

    Args:
        value: What the item returned: paths anywhere in it count.
        item: Of what it printed, those count that were written while it ran: it may have read others.
        folder: Where relative paths begin.
    """
    found: dict[str, None] = {}
    for path in _paths(value, [_MOST_PARTS]):
        full = os.path.join(folder or "", path)
        if os.path.isabs(full) and Path(full).is_file():
            found.setdefault(os.path.normpath(full))
    for path in _printed(item):
        if _is_new(path, item):
            found.setdefault(os.path.normpath(path))
    return list(found)[:MOST]


def _paths(value: Any, left: list[int]) -> Iterator[str]:
    left[0] -= 1
    if left[0] < 0:
        return
    if isinstance(value, (str, os.PathLike)):
        text = os.fsdecode(cast("str", value))
        if len(text) < 4096 and os.path.splitext(text)[1].lower() in SUFFIXES:
            yield text
    elif isinstance(value, dict):
        yield from _paths(list(cast("Mapping[object, object]", value).values()), left)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for part in cast("list[Any]", value):
            yield from _paths(part, left)


def _printed(item: ItemInfo) -> list[str]:
    try:
        with Path(item.log_path or os.devnull).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
            return _IN_TEXT.findall(file.read().decode("utf-8", "replace"))
    except OSError:
        return []


def _is_new(path: str, item: ItemInfo) -> bool:
    try:
        return Path(path).is_file() and Path(path).stat().st_mtime >= (item.started_s or 0.0) - _SLACK_S
    except OSError:
        return False
