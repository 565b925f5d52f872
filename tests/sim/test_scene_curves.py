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
