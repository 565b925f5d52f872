"""Animation curves as files hold them, against numbers that were not computed by the stand-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def curve_scene(path: Path, curve: str, *, unit: str = "film") -> Path:
    """Writes a scene in which a curve moves ``t`` along x."""
    path.write_text(
        f'//Maya ASCII 2026 scene\nrequires maya "2026";\ncurrentUnit -l centimeter -a degree -t {unit};\n'
        f'createNode transform -n "t";\ncreateNode animCurveTL -n "c";\n\tsetAttr ".wgt" no;\n{curve}\n'
        'connectAttr "c.o" "t.tx";\n'
    )
    return path


KEYS = '\tsetAttr -s 3 ".ktv[0:2]"  0 0 24 10 48 20;\n'


@pytest.mark.parametrize(
    ("tangents", "wanted"),
    [
        # Of three keys the second is stepped: only what follows it stays.
        ('\tsetAttr ".tan" 2;\n' + KEYS + '\tsetAttr -s 3 ".kot[1]"  5;', {12: 5, 36: 10}),
        # Fixed directions of the second key only: 24 a second, so 1 a frame; a quarter of the way is known by hand.
        (
            '\tsetAttr ".tan" 3;\n\tsetAttr -s 3 ".ktv[0:2]"  0 0 24 0 48 0;\n\tsetAttr -s 3 ".kot[1]"  1;\n'
            '\tsetAttr ".kox[1]"  1;\n\tsetAttr ".koy[1]"  24;',
            {12: 0, 30: 24 * (0.25**3 - 2 * 0.25**2 + 0.25), 36: 24 * 0.125},
        ),
        # Keys in two statements.
        ('\tsetAttr ".tan" 2;\n\tsetAttr -s 3 ".ktv[0:1]"  0 0 24 10;\n\tsetAttr ".ktv[2]"  48 20;', {36: 15}),
    ],
)
def test_tangents_that_a_file_gives_for_some_keys(maya: Any, tmp_path: Path, tangents: str, wanted: dict[int, float]) -> None:
    path = str(curve_scene(tmp_path / "curve.ma", tangents))
    found = maya(f"cmds.file({path!r}, open=True, force=True)\nresult = [cmds.getAttr('t.tx', time=t) for t in {list(wanted)}]")
    assert found == pytest.approx(list(wanted.values()))


def test_tangents_stay_with_their_keys_when_one_is_set_between(maya: Any, tmp_path: Path) -> None:
    path = str(curve_scene(tmp_path / "curve.ma", '\tsetAttr ".tan" 2;\n' + KEYS + '\tsetAttr -s 3 ".kot[1]"  5;'))
    found = maya(f"""
    cmds.file({path!r}, open=True, force=True)
    cmds.setKeyframe('t.tx', time=12, value=0)
    cmds.setKeyframe('t.tx', time=12, value=1)
    result = [cmds.keyframe('t.tx', query=True, timeChange=True), [cmds.getAttr('t.tx', time=t) for t in (6, 18, 36)]]
    """)
    assert found == [[0, 12, 24, 48], [0.5, 5.5, 10]]


@pytest.mark.parametrize(
    ("unit", "frame_s"),
    [("film", 1 / 24), ("ntsc", 1 / 30), ("pal", 1 / 25), ("29.97df", 1 / 29.97), ("120fps", 1 / 120), ("sec", 1), ("min", 60),
     ("hour", 3600), ("millisec", 0.001)],
)  # fmt: skip
def test_fixed_tangents_in_every_time_unit(maya: Any, tmp_path: Path, unit: str, frame_s: float) -> None:
    """Directions are in seconds, whatever a frame is: 1 a second over a frame is the length of the frame."""
    tangents = (
        '\tsetAttr ".tan" 1;\n\tsetAttr -s 2 ".ktv[0:1]"  0 0 1 0;\n\tsetAttr -s 2 ".kit[0:1]"  1 3;\n'
        '\tsetAttr -s 2 ".kot[0:1]"  1 3;\n\tsetAttr ".kox[0]"  1;\n\tsetAttr ".koy[0]"  1;'
    )
    path = str(curve_scene(tmp_path / "curve.ma", tangents, unit=unit))
    found = maya(f"""
    cmds.file({path!r}, open=True, force=True)
    result = [cmds.currentUnit(query=True, time=True), cmds.getAttr('t.tx', time=0.5)]
    """)
    assert found == [unit, pytest.approx(frame_s * 0.125)]


def test_a_reference_in_another_time_unit_moves_as_it_did(maya: Any, tmp_path: Path) -> None:
    """Keys of a file of 30 frames a second are at other frames of a scene of 24; references inside too."""
    inner = curve_scene(tmp_path / "inner.ma", '\tsetAttr ".tan" 2;\n\tsetAttr -s 2 ".ktv[0:1]"  0 0 30 30;', unit="ntsc")
    refer = 'file -r -ns "{0}" -dr 1 -rfn "{0}RN" -typ "mayaAscii" "{1}";\n'
    for name, space, file, unit in (("middle.ma", "in", inner, "pal"), ("outer.ma", "mid", tmp_path / "middle.ma", "film")):
        head = "//Maya ASCII 2026 scene\n" + refer.format(space, file.as_posix())
        (tmp_path / name).write_text(head + f"currentUnit -l centimeter -a degree -t {unit};\n")
    outer = str(tmp_path / "outer.ma")
    found = maya(f"""
    def at(node):
        return [cmds.keyframe(node + '.tx', query=True, timeChange=True), cmds.getAttr(node + '.tx', time=12)]
    cmds.file({outer!r}, open=True, force=True)
    result = [at('mid:in:t')]
    cmds.file(new=True, force=True)
    cmds.currentUnit(time='palf')
    cmds.file({str(inner)!r}, reference=True, namespace='later')
    result += [at('later:t')]
    cmds.file({str(inner)!r}, open=True, force=True)
    result += [at('t')]
    """)
    assert found == [[[0, 24], 15], [[0, 50], pytest.approx(7.2)], [[0, 30], 12]]
