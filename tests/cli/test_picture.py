"""The demo's picture."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="pip install 'farmfutures[demo]'")

from farmfutures.cli import picture


@pytest.fixture(scope="module", autouse=True)
def fonts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """matplotlib opens its fonts with the first picture and keeps them open, which no test must be blamed for."""
    picture.draw(frames(2), tmp_path_factory.mktemp("fonts") / "picture.png", title="A title", subtitle="and more")


def frames(count: int) -> list[dict[str, Any]]:
    """A sun and a planet, half of them from each of two workers, the last first."""
    return [
        {
            "frame": float(number),
            "positions": {"sun": [0, 0, 0], "|system|planet": [math.cos(number / 9), 0.1, math.sin(number / 9)]},
            "pid": 100 + number % 2,
            "seconds": 0.01,
        }
        for number in range(count, 0, -1)
    ]


@pytest.mark.parametrize("count", [1, 2, 48])
def test_it_is_drawn(own_temp: Path, tmp_path: Path, count: int) -> None:
    path = tmp_path / "picture.png"
    picture.draw(frames(count), path, title="A title", subtitle="and more")
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) > 10_000


def test_names_beside_bodies_do_not_cover_each_other() -> None:
    boxes = [(0, 0, 10, 10), (5, 5, 15, 15), (20, 0, 30, 10)]
    assert picture._overlap(boxes[0], boxes[1])
    assert not picture._overlap(boxes[0], boxes[2])
