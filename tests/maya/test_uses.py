"""Who needs a stored scene: the reference count of N6."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures.errors import SceneNotFoundError
from farmfutures_maya.store import Store
from farmfutures_maya.uses import Use, confirm, is_stored, noted, uses


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    store = Store(tmp_path)
    incoming = store.incoming("shot.ma")
    incoming.write_text("a scene")
    return store.keep(incoming)[0]


def of(scene: Path) -> list[Use]:
    return list(uses(scene.parent).values())


def test_n6_a_job_counts_from_before_it_is_handed_over(scene: Path) -> None:
    use = Use.of_this_process("local", "/state")
    with noted([str(scene), str(scene), "/elsewhere/other.ma"], use) as notes:
        assert of(scene) == [use]
    confirm(notes, use, 12)
    assert [(found.job, found.pid, found.state) for found in of(scene)] == [(12, os.getpid(), "/state")]


def test_n6_each_job_counts_once(scene: Path) -> None:
    for job in (1, 2, 3):
        use = Use.of_this_process("local", "/state")
        with noted([str(scene)], use) as notes:
            pass
        confirm(notes, use, job)
    assert sorted(use.job or 0 for use in of(scene)) == [1, 2, 3]


@pytest.mark.parametrize(("error", "left"), [(RuntimeError, 0), (KeyboardInterrupt, 1)])
def test_n6_a_job_that_was_not_handed_over_does_not_count(scene: Path, error: type[BaseException], left: int) -> None:
    """After an interrupt nobody knows whether it was: it counts until its engine is asked."""
    with pytest.raises(error), noted([str(scene)], Use.of_this_process("local", "/state")):
        raise error
    assert len(of(scene)) == left


@pytest.mark.parametrize("whole", [True, False])
def test_a_scene_that_was_pruned_is_said_before_anything_is_submitted(scene: Path, whole: bool) -> None:
    scene.unlink()
    if whole:
        scene.parent.rmdir()
    use = Use.of_this_process("local", "/state")
    with pytest.raises(SceneNotFoundError, match=r"shot\.ma is not there any more: call create_tempfile\(\) again"):
        next(iter(enter(str(scene), use)))
    assert of(scene) == []


def enter(scene: str, use: Use) -> Iterator[Any]:
    with noted([scene], use) as notes:
        yield notes


@pytest.mark.parametrize("text", ["", "[]", "{", '{"host": "h"}', "null"])
def test_a_note_that_nobody_understands_holds_its_scene(scene: Path, text: str) -> None:
    note = scene.parent / ".uses" / "other.json"
    note.parent.mkdir()
    note.write_text(text)
    assert [use.host for use in of(scene)] == ["unknown"]


def test_a_note_of_a_later_version_is_read(scene: Path) -> None:
    note = scene.parent / ".uses" / "later.json"
    note.parent.mkdir()
    note.write_text('{"host": "h", "engine": "local", "state": "/s", "job": 4, "priority": 3}')
    assert of(scene) == [Use("h", "local", "/s", 4)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/store/ab/ab{'0' * 62}/shot.ma", True),
        (f"/store/cd/ab{'0' * 62}/shot.ma", False),
        ("/project/scenes/shot.ma", False),
        ("shot.ma", False),
    ],
)
def test_which_paths_are_of_a_store(path: str, expected: bool) -> None:
    assert is_stored(path) is expected
