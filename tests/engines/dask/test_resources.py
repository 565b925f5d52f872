"""The option requirements as resources."""

from __future__ import annotations

import pytest

from farmfutures.engines.dask.resources import as_text, parse
from farmfutures.errors import OptionError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("maya2026", {"maya2026": 1}),
        ("maya2026=1, license:mtoa=2", {"maya2026": 1, "license:mtoa": 2}),
        ("maya2026 & gpu = 0.5", {"maya2026": 1, "gpu": 0.5}),
        ("gpu, gpu=2", {"gpu": 3}),
    ],
)
def test_lines_that_can_be_read(text: str, found: dict[str, float]) -> None:
    assert parse(text) == found
    assert parse(as_text(parse(text))) == found


@pytest.mark.parametrize("text", ["a|b", "a=0", "a=-1", "=1", "a=x", "a b", "(a)", "!a"])
def test_lines_that_can_not(text: str) -> None:
    with pytest.raises(OptionError, match="maya2026=1"):
        parse(text)
