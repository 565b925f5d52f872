"""Frame ranges."""

from __future__ import annotations

import pytest

from farmfutures.errors import OptionError
from farmfutures.frames import parse_frames


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("7", [7]),
        ("1-5", [1, 2, 3, 4, 5]),
        ("5-1", [5, 4, 3, 2, 1]),
        ("-2-2", [-2, -1, 0, 1, 2]),
        ("-5--3", [-5, -4, -3]),
        ("1-10x3", [1, 4, 7, 10]),
        ("10-1x3", [10, 7, 4, 1]),
        ("1-6y3", [2, 3, 5, 6]),
        ("1-8:4", [1, 5, 4, 7, 3, 2, 6, 8]),
        ("1-3, 2-4", [1, 2, 3, 4]),
        ("100,1-2", [100, 1, 2]),
    ],
)
def test_ranges(text: str, frames: list[int]) -> None:
    found = parse_frames(text)
    assert sorted(found) == sorted(frames)
    if ":" not in text:
        assert found == frames


@pytest.mark.parametrize("text", ["", "a", "1-", "1-5x0", "1-5z2", "1..5", "1-99999999999", "1,,2"])
def test_bad_ranges(text: str) -> None:
    with pytest.raises(OptionError, match="is no frame range"):
        parse_frames(text)
