"""Scenes by content."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures.errors import SnapshotError
from farmfutures_maya.store import Store, digest_of, open_store


def put(store: Store, text: str, base: str = "shot.ma") -> Path:
    incoming = store.incoming(base)
    incoming.write_text(text)
    return store.keep(incoming)[0]


def ascii_scene(uuid: str, date: str, node: str = "ball") -> str:
    return (
        f"//Maya ASCII 2026 scene\n//Name: {uuid}.ma\n//Last modified: {date}\n//Codeset: UTF-8\n"
        f'fileInfo "UUID" "{uuid}";\ncreateNode transform -n "{node}";\n'
    )


def test_the_same_state_is_one_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    paths = {put(store, ascii_scene(f"id-{n}", f"day {n}")) for n in range(10)}
    assert len(paths) == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == list(paths)
    assert list((tmp_path / ".incoming").iterdir()) == []


def test_other_states_are_other_files(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second = (put(store, ascii_scene("id", "day", node)) for node in ("ball", "cube"))
    assert first != second
    assert first.name == second.name == "shot.ma"


def test_maya_binary_goes_by_its_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.mb", tmp_path / "b.mb"
    first.write_bytes(b"FOR4\n//Name: a\n")
    second.write_bytes(b"FOR4\n//Name: b\n")
    assert digest_of(first) != digest_of(second)


def test_storing_again_makes_a_scene_young(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = put(store, "a")
    os.utime(path, (1, 1))
    put(store, "a")
    assert path.stat().st_mtime > 1


def test_a_codeset_is_part_of_what_a_scene_says(tmp_path: Path) -> None:
    for name in ("UTF-8", "932"):
        (tmp_path / name).write_text(f"//Maya ASCII 2026 scene\n//Codeset: {name}\n")
    assert digest_of(tmp_path / "UTF-8") != digest_of(tmp_path / "932")


@pytest.mark.parametrize(
    ("root", "variable", "expected"),
    [
        ("here", None, "here"),
        ("here", "there", "here"),
        (None, "there", "there"),
        (None, "{workspace}/copies", "project/copies"),
        (None, "{scene_dir}/copies", "project/scenes/copies"),
        (None, None, "project/.farmfutures/scenes"),
    ],
)
def test_where_copies_go(tmp_path: Path, root: str | None, variable: str | None, expected: str) -> None:
    project = tmp_path / "project"
    (project / "scenes").mkdir(parents=True)
    if variable and "{" not in variable:
        variable = str(tmp_path / variable)
    store = open_store(
        tmp_path / root if root else None,
        scene=str(project / "scenes" / "shot.ma"),
        workspace=str(project),
        environ={"FARMFUTURES_STORE": variable} if variable else {},
    )
    assert store.root == tmp_path / expected


@pytest.mark.skipif(sys.platform == "win32", reason="the temporary folder is another variable")
@pytest.mark.parametrize("workspace", ["", "/nowhere", "/dev/null"])
def test_without_a_usable_project_they_go_to_a_private_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workspace: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store = open_store(None, scene="", workspace=workspace, environ={})
    assert store.root.parent.parent == tmp_path
    assert store.root.parent.stat().st_mode & 0o077 == 0


def test_without_a_usable_project_workers_elsewhere_find_them_in_the_shared_folder(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    store = open_store(None, scene="", workspace="", environ={}, shared=tmp_path / "ann" / "scenes")
    assert store.root == tmp_path / "ann" / "scenes"


def test_a_folder_that_was_asked_for_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SnapshotError, match=r"can't be copied to .*file.*FARMFUTURES_STORE"):
        open_store(tmp_path / "file" / "below", scene="", workspace=str(tmp_path), environ={})
