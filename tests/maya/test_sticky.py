"""What was chosen for a scene comes back. P46."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import farmfutures.maya
from farmfutures_maya import submitting
from farmfutures_maya.sticky import KNOWN, Sticky

EVERY = {
    "source": "cmds.ls()", "name": "Nodes", "frames": "1-9x2", "filename": "/s.ma", "cpus": 2, "priority": 70, "retries": 1,
    "timeout_s": 1.5, "snapshot": False, "form": {"action": "script"},
}  # fmt: skip


@pytest.fixture
def sticky(tmp_path: Path) -> Sticky:
    (tmp_path / "shot.ma").touch()
    return Sticky(str(tmp_path / "shot.ma"), "ann", tmp_path / "app")


def test_p46_round_trip_beside_the_scene(sticky: Sticky, tmp_path: Path) -> None:
    assert EVERY.keys() == KNOWN.keys()
    assert sticky.load() == {}
    path = sticky.save(EVERY)
    assert path is not None
    assert path == tmp_path / ".farmfutures" / "shot.ma.ann.json"
    assert sticky.load() == EVERY
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert Sticky(sticky.scene, "ben", sticky.app_folder).load() == {}
    assert Sticky(str(tmp_path / "other.ma"), "ann", sticky.app_folder).load() == {}


def test_p46_each_choice_stays_until_another_one_or_none_is_made(sticky: Sticky) -> None:
    sticky.save({"frames": "1-9", "cpus": 2, "name": "Nodes"})
    sticky.save({"cpus": 3, "name": "", "nonsense": 1})
    assert sticky.load() == {"frames": "1-9", "cpus": 3}
    sticky.save({"frames": None})
    assert sticky.load() == {"cpus": 3}


def test_p46_what_a_later_version_has_written_is_kept_and_not_used(sticky: Sticky) -> None:
    path = sticky.save({"cpus": 2})
    assert path is not None
    path.write_text(json.dumps({"format": 9, "window": [1, 2], "chosen": {"cpus": 2, "pool": "gpu"}}))
    assert sticky.load() == {"cpus": 2}
    sticky.save({"cpus": 4})
    assert json.loads(path.read_text()) == {"format": 1, "window": [1, 2], "chosen": {"cpus": 4, "pool": "gpu"}}


BROKEN = [b"", b"{", b"[]", b"null", b'{"chosen": []}', b"\xff\xfe\x00", b'{"chosen": {"cpus": 2}', b"{}"]


@pytest.mark.parametrize("content", BROKEN, ids=repr)
def test_p46_a_broken_file_is_the_defaults_and_a_sentence(sticky: Sticky, content: bytes) -> None:
    path = sticky.save({"cpus": 2})
    assert path is not None
    path.write_bytes(content)
    with pytest.warns(UserWarning, match=r"can't be read from .*shot\.ma\.ann\.json \(.*\): the defaults hold"):
        assert sticky.load() == {}
    with pytest.warns(UserWarning, match="the defaults hold"):
        sticky.save({"cpus": 3})
    assert sticky.load() == {"cpus": 3}
    assert Path(f"{path}.broken").read_bytes() == content


@pytest.mark.parametrize("wrong", [{"cpus": "two"}, {"cpus": True}, {"frames": 7}, {"snapshot": 1}, {"timeout_s": "1"}], ids=repr)
def test_p46_a_value_that_means_nothing_costs_itself_only(sticky: Sticky, wrong: dict[str, Any]) -> None:
    path = sticky.save({"name": "Nodes"})
    assert path is not None
    path.write_text(json.dumps({"format": 1, "chosen": {"name": "Nodes", **wrong}}))
    name, value = next(iter(wrong.items()))
    with pytest.warns(UserWarning, match=f"{name}={value!r}"):
        assert sticky.load() == {"name": "Nodes"}


def test_p46_an_untitled_scene_is_remembered_with_the_user(tmp_path: Path) -> None:
    sticky = Sticky("", "ann", tmp_path / "app")
    path = sticky.save({"cpus": 2})
    assert path == tmp_path / "app" / "farmfutures" / "sticky" / "untitled.json"
    assert sticky.load() == {"cpus": 2}


def test_p46_where_the_folder_of_the_scene_cannot_be_written_the_users_is_taken(sticky: Sticky, tmp_path: Path) -> None:
    (tmp_path / ".farmfutures").write_text("a file, so that nobody can write below it, root neither")
    path = sticky.save({"cpus": 2})
    assert path is not None
    assert path.is_relative_to(tmp_path / "app")
    assert sticky.load() == {"cpus": 2}
    (tmp_path / ".farmfutures").unlink()
    os.utime(path, ns=(1, 1))
    later = sticky.save({"cpus": 3})
    assert later == sticky.beside
    assert sticky.load() == {"cpus": 3}


def test_p46_nothing_can_be_written_is_one_sentence(sticky: Sticky, tmp_path: Path) -> None:
    (tmp_path / ".farmfutures").touch()
    (tmp_path / "app").touch()
    with pytest.warns(UserWarning, match=r"can't be kept in .*app.*Make that folder writable"):
        assert sticky.save({"cpus": 2}) is None


def test_p46_names_that_no_file_can_have(tmp_path: Path) -> None:
    sticky = Sticky(str(tmp_path / "shot.ma"), r"STUDIO\ann/../x", tmp_path / "app")
    path = sticky.save({"cpus": 2})
    assert path is not None
    assert path.parent == tmp_path / ".farmfutures"


class Recorder:
    """Stands in for the executor; the job is number 7."""

    calls: list[dict[str, Any]] = []

    def __init__(self, **options: Any) -> None:
        self.options = options

    def submit_frames(self, function: str, frames: str, args: list[str], **extra: Any) -> Any:
        self.calls.append({**self.options, "frames": frames, "args": args, **extra})
        return [SimpleNamespace(job_id=7)]

    submit_ext = None

    def shutdown(self, wait: bool = True) -> None:
        pass


def test_p46_submitting_remembers_and_sticky_brings_back(maya: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scene = tmp_path / "project" / "scenes" / "shot.ma"
    scene.write_text('//Maya ASCII 2026 scene\nrequires maya "2026";\n')
    maya.cmds.file(str(scene), open=True, force=True)
    monkeypatch.setattr(Recorder, "calls", [])
    monkeypatch.setattr(farmfutures.maya, "Executor", Recorder)
    submitting.submit("cmds.ls()", frames="1-3", cpus=2, snapshot=False)
    assert submitting.last_source() == "cmds.ls()"
    submitting.submit("", sticky=True, cpus=4)
    first, again = Recorder.calls
    assert again == {**first, "cpus": 4}
    assert (first["create_tempfile"], first["frames"], first["args"]) == (False, "1-3", ["cmds.ls()"])
    assert Sticky.of(str(scene)).load()["cpus"] == 4


def test_p46_what_was_refused_is_not_remembered(maya: Any, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="nothing to run"):
            submitting.submit("", sticky=True, cpus=3)
    assert not (tmp_path / "app").exists()
