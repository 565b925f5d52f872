"""Runs of Maya's command line renderer: what they say when they fail, and what they leave. P45."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmfutures.errors import RenderError
from farmfutures.maya import render

SCENE = '//Maya ASCII 2026 scene\nrequires maya "2026";\ncreateNode transform -n "left";\ncreateNode renderLayer -n "rs_sky";\n'

FAILURES = [
    ({"-cam": "nobody"}, r"Render exited with code 210.*\n.*Render.*\n.*\n.*Cannot find nobody"),
    ({"-nonsense": "1"}, r"Render exited with code 1.*\n.*\n.*\n.*Invalid flag: -nonsense"),
    ({"-s": "5", "-e": "1"}, "ended well and wrote no image"),
]


@pytest.mark.parametrize(("more", "words"), FAILURES, ids=["camera", "flag", "nothing"])
def test_p45_why_a_render_failed(
    no_maya: None, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, str], words: str
) -> None:
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    scene = tmp_path / "shot.ma"
    scene.write_text(SCENE)
    flags = {"-rl": "rs_sky", "-cam": "left", "-s": "1", "-e": "1", "-b": "1", "-x": "4", "-y": "4", "-im": "a"} | more
    with pytest.raises(RenderError, match=f"(?s){words}"):
        render(str(scene), str(tmp_path), str(tmp_path / "images"), [word for pair in flags.items() for word in pair])
    assert list((tmp_path / "images").iterdir()) == []


def test_p45_a_maya_without_its_renderer(no_maya: None, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    stand_in.with_name("Render").unlink()
    with pytest.raises(RenderError, match=r"there is no .*Render: this Maya has no command line renderer"):
        render("s.ma", str(tmp_path), str(tmp_path / "images"), [])
