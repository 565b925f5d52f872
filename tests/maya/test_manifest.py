"""The list of a pack, and that no name in it leads anywhere else. P44."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from farmfutures.errors import PackError
from farmfutures.maya import unpack
from farmfutures_maya.manifest import Entry, Manifest, tree_of, unsafe

HOSTILE = [
    "../x", "a/../../x", "/etc/passwd", "a//b", "a/./b", "", "a/", "C:/x", "C:x", "a\\..\\x", "a/b\0c", "a/\nb", "nul",
    "a/COM1.png", "a/trailing.", "a/space ", "a/b:stream", "a/<x>", "a/what?",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_p44_nothing_leaves_the_folder_whatever_a_list_says(tmp_path: Path, name: str) -> None:
    assert unsafe(name)
    digest = "0" * 64
    (tmp_path / "pack" / "manifests").mkdir(parents=True)
    path = tmp_path / "pack" / "manifests" / "x.json"
    entry = {"path": name, "original": "/x", "digest": digest, "size_bytes": 0}
    path.write_text(json.dumps({"format": 1, "scene": name, "given": "", "files": [entry]}))
    with pytest.raises(PackError, match="nothing of it was unpacked"):
        unpack(path, tmp_path / "out" / "tree")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("digest", ["../../../etc/passwd", "0" * 63, "0" * 63 + "\n", "G" * 64, ""], ids=repr)
def test_p44_digests_are_digests(tmp_path: Path, digest: str) -> None:
    entry = {"path": "a", "original": "/a", "digest": digest, "size_bytes": 0}
    (tmp_path / "x.json").write_text(json.dumps({"format": 1, "scene": "a", "given": "", "files": [entry]}))
    with pytest.raises(PackError, match="is no digest"):
        unpack(tmp_path / "x.json", tmp_path / "tree")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 1}', '{"format": 2, "files": []}', '{"format": 1, "files": [{"x": 1}]}']
)
def test_p44_what_is_no_list_of_a_pack(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(PackError, match=r"x\.json"):
        unpack(tmp_path / "x.json", tmp_path / "tree")


FOLDERS = [
    {"workspace": "../../x"}, {"workspace": "x"}, {"workspace": "P:/../../x"}, {"workspace": "/a\n"},
    {"aliases": [["P:/", "../x"]]}, {"aliases": [["P:/", "x"]]}, {"variables": {"LIB": "P:/../../x"}},
]  # fmt: skip


@pytest.mark.parametrize("more", FOLDERS, ids=str)
def test_p44_nor_does_a_folder(tmp_path: Path, more: dict[str, Any]) -> None:
    entry = {"path": "a", "original": "/a", "digest": "0" * 64, "size_bytes": 0}
    (tmp_path / "x.json").write_text(json.dumps({"format": 1, "scene": "a", "given": "", "files": [entry], **more}))
    with pytest.raises(PackError, match="nothing of it was unpacked"):
        unpack(tmp_path / "x.json", tmp_path / "tree")
    assert not (tmp_path / "tree").exists()


def test_p44_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    files = (Entry("mnt/a.ma", "/mnt/a.ma", "0" * 64, 1),)
    manifest = Manifest("mnt/a.ma", "/mnt/a.ma", "/mnt", {"LIB": "/mnt"}, (("P:/", "/mnt/"),), files)
    path = manifest.write(tmp_path)
    assert path == manifest.write(tmp_path)
    found = Manifest.read(path)
    assert (found.files, found.variables, [tuple(pair) for pair in found.aliases]) == (files, {"LIB": "/mnt"}, [("P:/", "/mnt/")])


TREES = {
    "/mnt/a.png": "mnt/a.png", "/mnt/x/../a.png": "mnt/a.png", "P:/a/b.png": "P/a/b.png", "P:\\a\\b.png": "P/a/b.png",
    "//server/share/a": "UNC/server/share/a", "P:/": "P", "/": "",
}  # fmt: skip


@pytest.mark.parametrize(("path", "place"), TREES.items(), ids=TREES)
def test_p44_the_tree_mirrors_full_paths(path: str, place: str) -> None:
    assert tree_of(path) == place
