"""File names that stand for many files."""

from __future__ import annotations

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures_maya.patterns import ONE_BASED, UDIM, ZERO_BASED, expression, gaps, has_tokens, with_tokens


@pytest.mark.parametrize(
    ("path", "tiling", "sequence", "expected"),
    [
        ("/tex/wall.1001.exr", UDIM, False, "/tex/wall.<UDIM>.exr"),
        ("/tex/wall_1012_v003.exr", UDIM, False, "/tex/wall_1012_v003.exr"),
        ("/tex/wall_v003_1012.exr", UDIM, False, "/tex/wall_v003_<UDIM>.exr"),
        ("/tex/wall.<UDIM>.exr", UDIM, False, "/tex/wall.<UDIM>.exr"),
        ("/tex/wall_u0_v0.png", ZERO_BASED, False, "/tex/wall_<UVTILE>.png"),
        ("/tex/wall_u1_v1.png", ONE_BASED, False, "/tex/wall_<UVTILE>.png"),
        ("/tex/fire.0042.png", 0, True, "/tex/fire.<f>.png"),
        ("/tex/fire0042.jp2", 0, True, "/tex/fire<f>.jp2"),
        ("/tex/fire.<f>.png", 0, True, "/tex/fire.<f>.png"),
        ("/tex2/fire.png", 0, True, "/tex2/fire.png"),
        ("/tex/1001/wall.exr", UDIM, False, "/tex/1001/wall.exr"),
        ("/tex/wall.1001.0042.exr", UDIM, True, "/tex/wall.1001.<f>.exr"),
    ],
)
def test_what_a_file_node_stands_for(path: str, tiling: int, sequence: bool, expected: str) -> None:
    assert with_tokens(path, tiling, sequence) == expected


@pytest.mark.parametrize(
    ("name", "fits", "fits_not"),
    [
        ("wall.<UDIM>.exr", "wall.1001.exr", "wall.101.exr"),
        ("wall.<udim>.exr", "wall.1099.exr", "wallx1099xexr"),
        ("wall_<UVTILE>.exr", "wall_u1_v12.exr", "wall_1_12.exr"),
        ("wall_u<u>_v<v>.exr", "wall_u1_v2.exr", "wall_u_v.exr"),
        ("fire.<f>.png", "fire.0042.png", "fire.a.png"),
        ("fire.<f4>.png", "fire.-001.png", "fire..png"),
        ("fire.####.png", "fire.0042.png", "fire.png"),
        ("fire.%04d.png", "fire.0042.png", "fire.x.png"),
        ("fire.<frame>.<f>.png", "fire.1.1.png", "fire.1.png"),
        ("cache*.mc*", "cacheFrame1.mcx", "other.mcx"),
        ("skin_<attr:colour>.tx", "skin_red.tx", "skin_.tx"),
    ],
)
def test_which_files_a_name_stands_for(name: str, fits: str, fits_not: str) -> None:
    assert has_tokens(name)
    assert expression(name).fullmatch(fits)
    assert expression(name).fullmatch(fits_not) is None


@pytest.mark.parametrize("name", ["wall.exr", "wall.1001.exr", "100%.png", "a > b.png"])
def test_names_without_tokens(name: str) -> None:
    assert not has_tokens(name)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [([], []), ([7], []), ([1, 2, 3], []), ([3, 1], [(2, 2)]), ([1, 5, 9, 5], [(2, 4), (6, 8)]), ([-1, 1], [(0, 0)])],
)
def test_gaps(frames: list[int], expected: list[tuple[int, int]]) -> None:
    assert gaps(frames) == expected
