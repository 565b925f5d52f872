"""A pack that is laid out: which paths lead into it, and what is said of one that can't be. P44."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest

from farmfutures.errors import PackError
from farmfutures.maya import unpack
from farmfutures_maya.manifest import Entry, Manifest, content, tree_of


def packed(folder: Path, *originals: str, **more: object) -> Path:
    """Writes a pack whose files hold their own paths; the first one is the scene."""
    files: list[Entry] = []
    for original in originals:
        data = original.encode()
        digest = hashlib.sha256(data).hexdigest()
        content(folder, digest).parent.mkdir(parents=True, exist_ok=True)
        content(folder, digest).write_bytes(data)
        files.append(Entry(tree_of(original), original, digest, len(data)))
    manifest = Manifest(files[0].path, originals[0], files=tuple(files))
    return dataclasses.replace(manifest, **more).write(folder)  # type: ignore[arg-type]


def test_p44_folders_are_mapped_once_the_topmost(tmp_path: Path) -> None:
    path = packed(tmp_path / "pack", "/show/a/s.ma", "/show/a/deep/t.png", "/show/ab/u.png", "P:/lib/w.png", "//srv/share/x.png")
    pairs = unpack(path, tmp_path / "tree").pairs
    tree = (tmp_path / "tree").as_posix()
    assert dict(pairs) == {
        "/show/a/": f"{tree}/show/a/", "/show/ab/": f"{tree}/show/ab/", "P:/lib/": f"{tree}/P/lib/",
        "//srv/share/": f"{tree}/UNC/srv/share/",
    }  # fmt: skip
    for name in ("show/a/deep/t.png", "P/lib/w.png", "UNC/srv/share/x.png"):
        assert (tmp_path / "tree" / name).is_file()


def test_p44_a_folder_that_the_tree_lies_in_is_mapped_file_by_file(tmp_path: Path) -> None:
    """As a whole it would map the paths of the tree itself, and lead nowhere."""
    scene = (tmp_path / "s.ma").as_posix()
    pairs = dict(unpack(packed(tmp_path / "pack", scene, "/elsewhere/t.png"), tmp_path / "tree").pairs)
    tree = (tmp_path / "tree").as_posix()
    assert pairs == {scene: f"{tree}{scene}", "/elsewhere/": f"{tree}/elsewhere/"}


def test_p44_project_variables_aliases_and_scenes(tmp_path: Path) -> None:
    more = {"workspace": "/show", "variables": {"LIB": "/show/lib", "TAKE": "7"}, "aliases": [("P:/", "/show/")]}
    found = unpack(packed(tmp_path / "pack", "/show/s.ma", "/show/other.ma", given="/store/s.ma", **more), tmp_path / "tree")
    tree = (tmp_path / "tree").as_posix()
    assert found.workspace == f"{tree}/show"
    assert found.environ == {"LIB": f"{tree}/show/lib", "TAKE": "7"}
    assert found.pairs[0] == ("P:/", f"{tree}/show/")
    names = [None, "/store/s.ma", "/show/other.ma", "/show/unknown.ma"]
    expected = [f"{tree}/show/s.ma", f"{tree}/show/s.ma", f"{tree}/show/other.ma", "/show/unknown.ma"]
    assert [found.filename(name) for name in names] == expected


def test_p44_two_names_that_are_one_file_are_an_error(tmp_path: Path) -> None:
    path = packed(tmp_path / "pack", "/show/s.ma", "/show/s.ma")
    with pytest.raises(PackError, match=r"/show/s\.ma can't be unpacked from .*: File exists"):
        unpack(path, tmp_path / "tree")
