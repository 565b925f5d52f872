"""The door."""

from __future__ import annotations

import inspect

import farmfutures.maya as door


def test_all_is_sorted_and_public() -> None:
    assert list(door.__all__) == sorted(door.__all__)
    assert all(hasattr(door, name) for name in door.__all__)


def test_everything_carries_its_public_address() -> None:
    found = [getattr(door, name) for name in door.__all__]
    assert {one.__module__ for one in found if not inspect.ismodule(one)} == {"farmfutures.maya"}
    assert [one.__name__ for one in found if inspect.ismodule(one)] == ["farmfutures_maya.actions"]
