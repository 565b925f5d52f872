from __future__ import annotations

import pytest

from farmfutures.errors import OptionError
from farmfutures.spool import items


@pytest.mark.parametrize(
    ("indices", "text"),
    [([], ""), ([4], "4"), ([4, 5], "4-5"), (range(10, 20), "10-19"), ([3, 7, 9, 10, 11, 12], "3,7,9-12"), ([0], "0")],
)
def test_there_and_back(indices: list[int], text: str) -> None:
    assert items.as_text(indices) == text
    if text:
        assert items.parse(text) == list(indices)


@pytest.mark.parametrize("text", ["", "a", "1-", "-1", "1--2", "1,,2", "1-2-3", "1 2", "../1", "1x2"])
def test_what_is_no_such_text_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="does not name work items"):
        items.parse(text)


def test_a_long_text_becomes_a_short_name() -> None:
    scattered = items.as_text(range(0, 1000, 2))
    assert items.as_name("10-19") == "10-19"
    assert len(items.as_name(scattered)) == 17
    assert items.as_name(scattered) != items.as_name(scattered + ",2000")
