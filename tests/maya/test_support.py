"""N17: a bundle for whoever helps has no secrets in it, and its call fails elsewhere as it failed here."""

from __future__ import annotations

import json
import os
import stat
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures.errors import BundleError, NoSuchJobError, SceneNotFoundError
from farmfutures.maya import Executor, read_bundle, replay, support_bundle

ROOT = Path(__file__).resolve().parents[2]
CANARIES = {
    "of the environment": "canary-env-7f31", "of the job": "canary-job-a920", "by its name": "canary-name-55cd",
    "printed": "canary-print-01be", "user": "canaryuser",
}  # fmt: skip


@pytest.fixture
def environ(mayapy: Path, state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A machine with one Maya, and a user with secrets."""
    for name in [name for name in os.environ if name.startswith("MAYA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(mayapy))
    monkeypatch.setenv("FARMFUTURES_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("SHOTGRID_API_KEY", CANARIES["of the environment"])
    monkeypatch.setenv("FARMFUTURES_USER", CANARIES["user"])
    return monkeypatch


def fail(path: str, options: dict[str, Any], secret: str) -> None:
    print(f"login password={options['printed']} with {os.environ['RENDER_TOKEN']} and {secret} for {path}")
    raise ValueError(f"refused: {secret}")


def failed_job(**options: Any) -> int:
    """Submits a call that fails, with a secret in every place where one can be."""
    user, named = CANARIES["user"], {"password": CANARIES["by its name"], "printed": CANARIES["printed"]}
    with farmfutures.Executor(env={"RENDER_TOKEN": CANARIES["of the job"], "SHOT": "sh010"}, **options) as executor:
        future = executor.submit(fail, f"/home/{user}/shot.ma", named, CANARIES["of the environment"])
        assert isinstance(future.exception(20), ValueError)
    return future.job_id


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_no_canary_is_in_a_bundle(environ: Any, tmp_path: Path) -> None:
    job = failed_job()
    made = support_bundle(tmp_path / "help.zip")
    assert f"job {job}" in made.about
    found = contents(made.path)
    names = {"README.txt", "bundle.json", "doctor.json", "settings.json", "jobs.json", "spec.json", "call.bin", "log.txt"}
    assert set(found) == names | {"broker.log"}
    leaks = {(name, what) for name, data in found.items() for what, canary in CANARIES.items() if canary.encode() in data}
    assert leaks == {("call.bin", "printed")}, "only what nothing says is a secret may be left"
    assert made.masked is not None
    assert made.masked >= 3
    if sys.platform != "win32":
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_what_is_in_a_bundle(environ: Any, tmp_path: Path) -> None:
    failed_job(timeout_s=9)
    found = contents(support_bundle(tmp_path / "help.zip").path)
    assert json.loads(found["spec.json"])["launch"]["env"] == {"SHOT": "sh010"}
    assert json.loads(found["spec.json"])["timeout_s"] == 9
    assert json.loads(found["spec.json"])["launch"]["secrets"]["names"] == ["RENDER_TOKEN"]
    assert {finding["what"] for finding in json.loads(found["doctor.json"])} >= {"state folder", "mayapy", "broker"}
    assert json.loads(found["settings.json"])["settings"]["recursion_limit"] == 4
    assert [job["state"] for job in json.loads(found["jobs.json"])] == ["failed"]
    bundle = json.loads(found["bundle.json"])
    assert bundle["farmfutures"] == farmfutures.__version__
    assert bundle["item"]["error"] == "ValueError: refused: <secret>"
    assert b"login password=<secret> with <secret> and <secret>" in found["log.txt"]
    assert b"farmfutures replay help.zip" in found["README.txt"]
    assert b"trust" in found["README.txt"]


def test_a_replay_gets_the_secrets_that_are_given_to_it(environ: Any, tmp_path: Path) -> None:
    job = failed_job()
    recorded = read_bundle(support_bundle(tmp_path / "help.zip", job).path)
    assert "test_support" in recorded.in_words()
    assert recorded.secrets == ("RENDER_TOKEN",)
    environ.setenv("RENDER_TOKEN", "of this machine")
    # The secret was not sent, and this machine's own is not given away: the call fails for want of it.
    error = replay(recorded, tmp_path).exception(20)
    assert isinstance(error, KeyError)
    assert not recorded.same(f"KeyError: {error}")
    error = replay(recorded, tmp_path, env=recorded.secrets).exception(20)
    assert str(error) == "refused: " + "x" * len(CANARIES["of the environment"])


def boom(word: str) -> None:
    raise ValueError(f"refused: {word}")


def test_a_replay_equals_the_failure(environ: Any, tmp_path: Path) -> None:
    with farmfutures.Executor() as executor, executor.batch("three") as batch:
        for word in ("one", "two"):
            batch.submit(boom, word)
    assert [str(future.exception(20)) for future in batch.futures] == ["refused: one", "refused: two"]
    recorded = read_bundle(support_bundle(tmp_path / "help.zip", batch.job_id, 1).path)
    future = replay(recorded, tmp_path)
    assert str(future.exception(20)) == "refused: two"
    with farmfutures.Farm() as farm:
        assert recorded.same(farm.item(future.job_id, 0).error)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_a_call_in_maya_is_replayed_in_a_maya_with_its_scene(environ: Any, no_maya: None, scene: Path, tmp_path: Path) -> None:
    source = "raise KeyError(sorted(name for name in cmds.ls() if name.startswith('ball')))"
    with Executor(filename=scene, workspace=scene.parents[1], version=2026) as executor:
        future = executor.submit("farmfutures.maya:evaluate", source)
        assert isinstance(future.exception(25), KeyError)
    made = support_bundle(tmp_path / "help.zip", future.job_id, scene=True)
    without = support_bundle(tmp_path / "no scene.zip", future.job_id)
    scene.unlink()
    again = replay(read_bundle(made.path), tmp_path)
    assert str(again.exception(25)) == "['ball', 'ballShape']"
    with pytest.raises(SceneNotFoundError, match="name one with --scene"):
        replay(read_bundle(without.path), tmp_path)


def test_a_bundle_of_a_machine_on_which_nothing_works(environ: Any, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FARMFUTURES_SLOTS", "none at all")
        made = support_bundle(tmp_path / "help.zip")
    assert set(made.left_out) == {"settings.json", "broker.log", "jobs.json"}
    assert "none at all" in made.left_out["jobs.json"]
    assert b'"verdict": "wrong"' in contents(made.path)["doctor.json"]


def test_a_bundle_without_a_failure_and_one_without_the_call(environ: Any, tmp_path: Path) -> None:
    made = support_bundle(tmp_path / "1.zip")
    assert (made.about, made.masked) == ("no work item", None)
    assert made.left_out == {"spec.json": "no job has failed"}
    failed_job()
    made = support_bundle(tmp_path / "2.zip", call=False, scene=True)
    assert made.left_out == {"call.bin": "not wanted", "scene": "the item opens none"}
    with pytest.raises(BundleError, match="has no call in it"):
        read_bundle(made.path)


def test_what_can_not_be_made(environ: Any, tmp_path: Path) -> None:
    with pytest.raises(NoSuchJobError):
        support_bundle(tmp_path / "help.zip", 4711)
    (tmp_path / "mine.zip").write_text("mine")
    with pytest.raises(BundleError, match="is there already"):
        support_bundle(tmp_path / "mine.zip")
    assert (tmp_path / "mine.zip").read_text() == "mine"
    with pytest.raises(BundleError, match="can't be written"):
        support_bundle(tmp_path / "absent" / "help.zip")


def no_zip(path: Path) -> None:
    path.write_text("hello")


def a_zip(**files: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as bundle:
            for name, text in files.items():
                bundle.writestr(name.replace("_", "."), text)

    return make


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "can't be read"),
        (no_zip, "can't be read"),
        (a_zip(other_json="{}"), "can't be read"),
        (a_zip(bundle_json="{"), "can't be read"),
        (a_zip(bundle_json='{"format": 99}'), "of format 99"),
        (a_zip(bundle_json='{"format": 1, "left_out": {"call.bin": "not wanted"}}'), "not wanted"),
    ],
)
def test_what_is_no_bundle(tmp_path: Path, make: Callable[[Path], None], says: str) -> None:
    make(tmp_path / "help.zip")
    with pytest.raises(BundleError, match=says):
        read_bundle(tmp_path / "help.zip")


def test_a_scene_with_a_path_for_a_name_is_put_where_it_belongs(tmp_path: Path) -> None:
    from farmfutures_maya.replay import Recorded, _unpack

    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as bundle:
        bundle.writestr("scene/../../evil.ma", "//Maya")
    recorded = Recorded(tmp_path / "evil.zip", {}, {}, b"", "scene/../../evil.ma")
    assert _unpack(recorded, tmp_path) == str(tmp_path / "evil.ma")
