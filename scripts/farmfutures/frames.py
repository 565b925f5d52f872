"""Frame ranges in the syntax that the field knows from fileseq: ``"1-10"``, ``"1-100x5, 120"``, ``"-5-5"``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .errors import OptionError

_PART = re.compile(r"(-?\d+)(?:-(-?\d+)(?:([xy:])(\d+))?)?")
_MOST = 1 << 24


def parse_frames(text: str, *, most: int = _MOST) -> list[int]:
    """Returns the frames of a range, each once, in the order in which they are written.

    Args:
        text: Parts with commas: a frame; ``first-last``, also backwards; ``first-lastxN``, every Nth;
            ``first-lastyN``, all but every Nth; ``first-last:N``, every Nth, then every N-1th, down to all (staggered).
            Source: the Wiki page "Frame Range Syntax" of fileseq (justinfx/fileseq).
        most: How many frames a part may have.

    Raises:
        OptionError: A part is none of these.
    """
    frames: dict[int, None] = {}
    for part in text.replace(" ", "").split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise OptionError(f"{text!r} is no frame range: {part!r} is not like 7, 1-10, 1-10x2, 1-10y2 or 1-10:4.")
        frames.update(dict.fromkeys(_frames(match, text, most)))
    return list(frames)


def _frames(match: re.Match[str], text: str, most: int) -> list[int]:
    first, last, how, step = match.groups()
    if last is None:
        return [int(first)]
    sign = 1 if int(last) >= int(first) else -1
    every = range(int(first), int(last) + sign, sign)
    every_nth = int(step or 1)
    if len(every) > most or every_nth < 1:
        raise OptionError(f"{text!r} is no frame range: {match[0]} has more than {most:,} frames, or a step below 1.")
    if how == "x":
        return list(every[::every_nth])
    if how == "y":
        return [frame for place, frame in enumerate(every) if place % every_nth]
    if how == ":":
        return [frame for n in range(every_nth, 0, -1) for frame in every[::n]]
    return list(every)


def frames_text(frames: Iterable[int], gap: str = ", ") -> str:
    """Returns the range that `parse_frames` reads as these frames, in ascending order: ``"1-3, 7"``.

    Args:
        frames: The frames, in any order.
        gap: What stands between two parts.
    """
    runs: list[list[int]] = []
    for frame in sorted(set(frames)):
        if runs and frame == runs[-1][1] + 1:
            runs[-1][1] = frame
        else:
            runs.append([frame, frame])
    return gap.join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
