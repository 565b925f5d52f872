"""The door."""

from __future__ import annotations

import farmfutures.maya as door


def test_all_is_sorted_and_public() -> None:
    assert list(door.__all__) == sorted(door.__all__)
    assert all(hasattr(door, name) for name in door.__all__)


def test_everything_carries_its_public_address() -> None:
    assert {getattr(door, name).__module__ for name in door.__all__} == {"farmfutures.maya"}
