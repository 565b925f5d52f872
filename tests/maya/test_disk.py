"""Where paths of a scene lead, and looking for many files at once."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures_maya.disk import Disk, Place, Search

PLACE = Place("/project", "/project/scenes/sq01", {"sourceImages": "sourceimages"}, {"TEX": "/shared/tex"}, [("P:/", "/mnt/p/")])


@pytest.mark.parametrize(
    ("path", "rule", "expected"),
    [
        ("/tex/a.png", "sourceImages", ["/tex/a.png"]),
        ("a.png", "sourceImages", ["/project/a.png", "/project/sourceimages/a.png", "/project/scenes/sq01/a.png"]),
        ("rig.ma", "", ["/project/rig.ma", "/project/rig.ma", "/project/scenes/sq01/rig.ma"]),
        ("/old/project//tex/a.png", "", ["/old/project//tex/a.png", "/project/tex/a.png"]),
        ("$TEX/a.png", "", ["/shared/tex/a.png"]),
        ("${TEX}/a.png", "", ["/shared/tex/a.png"]),
        ("%TEX%/a.png", "", ["/shared/tex/a.png"]),
        ("$OTHER/a.png", "", ["/project/$OTHER/a.png"]),
        ("P:/tex/a.png", "", ["/mnt/p/tex/a.png"]),
        ("P:\\tex\\a.png", "", ["/mnt/p/tex/a.png"]),
        ("D:/tex/a.png", "", ["D:/tex/a.png"]),
        ("//server/share/a.png", "", ["//server/share/a.png"]),
    ],
)
def test_what_a_path_may_mean(path: str, rule: str, expected: list[str]) -> None:
    found = [full.replace("\\", "/").replace("//", "/") for full in PLACE.candidates(path, rule)]
    assert set(found) >= {full.replace("//", "/") for full in expected}
    assert found[0] == expected[0].replace("//", "/")


@pytest.mark.parametrize(("path", "expected"), [("/mnt/p", True), ("/mnt/p/a", True), ("/mnt/pa/a", False), ("/a", False)])
def test_what_other_machines_have(path: str, expected: bool) -> None:
    assert Place(shared=["/mnt/p"]).is_shared(path) is expected


@pytest.mark.parametrize("before", [0, 10])
def test_files_are_found_one_by_one_and_in_listed_folders(tmp_path: Path, before: int) -> None:
    """From the fifth on a folder is listed once, which must not change any answer."""
    (tmp_path / "a.png").touch()
    disk, folder = Disk(), tmp_path.as_posix()
    for number in range(before):
        assert disk.find(f"{folder}/{number}.png") == []
    assert disk.find(f"{folder}/a.png") == [f"{folder}/a.png"]
    assert disk.find(f"{folder}/b.png") == []
    assert disk.find(f"{folder}/absent/a.png") == []


def test_a_large_folder_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[str] = []
    listdir = os.listdir

    def note(folder: str) -> list[str]:
        listed.append(folder)
        return listdir(folder)

    monkeypatch.setattr(os, "listdir", note)
    (tmp_path / "a.png").touch()
    disk = Disk()
    for _ in range(100):
        disk.find(f"{tmp_path.as_posix()}/a.png")
    assert len(listed) == 1


def test_tokens_in_names_and_in_folders(tmp_path: Path) -> None:
    for tile in (1001, 1002):
        (tmp_path / f"set_{tile}").mkdir()
        (tmp_path / f"set_{tile}" / f"wall.{tile}.exr").touch()
    folder, disk = tmp_path.as_posix(), Disk()
    assert disk.find(f"{folder}/set_1001/wall.<UDIM>.exr") == [f"{folder}/set_1001/wall.1001.exr"]
    assert len(disk.find(f"{folder}/set_<UDIM>/wall.<UDIM>.exr")) == 2
    assert disk.find(f"{folder}/set_<UDIM>/floor.<UDIM>.exr") == []


def test_a_file_whose_name_looks_like_a_token_is_itself(tmp_path: Path) -> None:
    (tmp_path / "take #2.png").touch()
    assert Disk().find(f"{tmp_path.as_posix()}/take #2.png") == [f"{tmp_path.as_posix()}/take #2.png"]


# Search


def finish(search: Search[int, int]) -> list[int]:
    search.start()
    while not search.wait(0.01):
        pass
    return sorted(search.results)


def test_everything_is_looked_at_in_threads() -> None:
    names: set[str] = set()

    def look(item: int) -> int:
        names.add(threading.current_thread().name)
        return item * 2

    assert finish(Search(range(100), look)) == [item * 2 for item in range(100)]
    assert names == {"farmfutures check"}


def test_nothing_to_look_at() -> None:
    assert finish(Search([], abs)) == []


def test_a_look_that_fails_is_raised() -> None:
    def look(item: int) -> int:
        raise OSError(f"item {item}")

    with pytest.raises(OSError, match="item 1"):
        finish(Search([1], look))


def test_a_search_that_was_stopped_looks_at_nothing_more() -> None:
    held, looked = threading.Event(), list[int]()

    def look(item: int) -> int:
        held.wait(10)
        looked.append(item)
        return item

    search = Search(range(1000), look)
    search.start()
    assert search.wait(0.001) is False
    search.stop()
    held.set()
    for thread in [thread for thread in threading.enumerate() if thread.name == "farmfutures check"]:
        thread.join(10)
    assert len(looked) < 100  # What the threads had taken already.
