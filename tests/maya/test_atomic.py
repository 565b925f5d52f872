"""Small files are written as a whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from farmfutures_maya.atomic import write_text


def test_the_new_one_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    for text in ("old", "nëw\n"):
        write_text(tmp_path / "a.json", text)
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "nëw\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_one_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_text(tmp_path / "a.json", "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        write_text(tmp_path / "a.json", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.json", "old")]
