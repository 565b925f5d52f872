"""Mayas that do not start, do not come on or do not end, through broker and supervisor: R22, Q53. None charges an attempt."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Farm
from farmfutures.errors import BootstrapError
from farmfutures.maya import Executor

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script"),
    pytest.mark.skipif("config.getoption('--mayapy') is not None", reason="asks the stand-in for faults"),
]

HANG_IN_USER_SETUP = "import time\nwhile True:\n    time.sleep(60)\n"

FAULTS: dict[str, tuple[dict[str, str], str]] = {
    "exit255": ({"FARMFUTURES_SIM_FAULT": "exit255"}, "with code 255 while Maya was starting (maya.standalone.initialize()) "
                "and printed nothing. A Maya that ends without a word lacks a library of its own"),
    "licence": ({"FARMFUTURES_SIM_FAULT": "licence"}, "In most cases there was no licence: ADSKFLEX_LICENSE_FILE is not set on"),
    "hang": ({"FARMFUTURES_SIM_FAULT": "hang_start"}, "it was not ready: 2 s passed while Maya was starting "
             "(maya.standalone.initialize()), so that it was ended. A licence server that does not answer"),
}  # fmt: skip


@pytest.fixture(scope="module")
def failed(module_farm: Path, mayapy: Path) -> Iterator[dict[str, Any]]:
    """Futures of calls in Mayas that do not get ready, by fault: all at once, since each takes its three tries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FARMFUTURES_STATE", str(module_farm))
        patch.setenv("FARMFUTURES_MAYAPY", str(mayapy))
        with Executor(version=2026) as executor:
            yield {name: executor.submit_ext(abs, [1], env=env) for name, (env, _) in FAULTS.items()}


@pytest.fixture(scope="module", autouse=True)
def quick_to_give_up(temp_root: Path) -> Iterator[None]:
    """Before the farm of this module starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FARMFUTURES_START_TIMEOUT_S", "2")
        patch.setenv("FARMFUTURES_SLOTS", "4")
        yield


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", FAULTS)
def test_r22_a_maya_that_does_not_start(shared_farm: Path, failed: dict[str, Any], name: str) -> None:
    future = failed[name]
    with pytest.raises(BootstrapError) as caught:
        future.result(55)
    assert FAULTS[name][1] in str(caught.value)
    assert "could not be made ready (3 tries): " in str(caught.value)
    with Farm() as farm:
        assert farm.item(future.job_id, future.work_id).attempt == 0


@pytest.fixture
def start(state: Path, mayapy: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Executor]:
    """Makes executors on a farm of this test's own."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(mayapy))
    monkeypatch.setenv("FARMFUTURES_INTERPRETER_IDLE_S", "0.2")

    def start(**options: Any) -> Executor:
        return Executor(version=2026, cpus=1, **options)

    return start


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_slow_start_is_waited_for(start: Any) -> None:
    with start(env={"FARMFUTURES_SIM_STARTUP_S": "1.5"}) as executor:
        assert executor.submit(abs, -1).result(20) == 1


def test_a_user_setup_that_waits_for_somebody(start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "userSetup.py").write_text(HANG_IN_USER_SETUP)
    monkeypatch.setenv("FARMFUTURES_START_TIMEOUT_S", "0.7")
    with start(env={"PYTHONPATH": str(tmp_path)}) as executor:  # noqa: SIM117
        with pytest.raises(BootstrapError, match=r"a userSetup\.py that waits for somebody.*try skip_usersetup=True"):
            executor.submit(abs, -1).result(25)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("segfault_exit", "it was killed by SIGSEGV as it left. All of its results were in before, so that nothing is lost."),
        ("", ""),
    ],
)
def test_q53_a_crash_at_exit_loses_nothing_and_is_said(start: Any, state: Path, fault: str, said: str) -> None:
    options = {"env": {"FARMFUTURES_SIM_FAULT": fault}, "settings": {"uninitialize": True}}
    with start(**options) as executor, Farm() as farm:
        assert list(executor.map(abs, [-1, -2, -3], timeout=20)) == [1, 2, 3]
        until(lambda: not farm.workers())
        assert {item.attempt for job in farm.jobs() for item in farm.items(job.id)} == {1}
    log = (state / "broker.log").read_text()
    assert said in log
    assert ("nothing is lost" in log) is bool(said)


def test_q53_a_hang_at_exit_is_bounded(start: Any) -> None:
    with start(env={"FARMFUTURES_SIM_FAULT": "hang_exit"}, settings={"uninitialize": True}) as executor:
        assert executor.submit(abs, -1).result(20) == 1
        began = time.monotonic()
        with Farm() as farm:
            farm.stop_broker(timeout_s=20)
        assert time.monotonic() - began < 12


# Scenes


@pytest.mark.parametrize(("policy", "found"), [("fresh", [0, 0]), ("reset", [0, 0]), ("keep", [0, 5])])
def test_what_an_item_changed_is_put_back_for_the_next_one(start: Any, scene: Path, policy: str, found: list[float]) -> None:
    source = "result = cmds.getAttr('ball.translateX')\ncmds.setAttr('ball.translateX', 5)"
    with start(filename=scene, restore=policy) as executor:
        with executor.batch() as batch:
            for _ in range(2):
                batch.submit("farmfutures.maya:evaluate", source)
        assert [future.result(20) for future in batch.futures] == found
        assert ("which is opened again" in batch.futures[1].log()) is (policy == "fresh")


def test_a_scene_that_hangs_while_it_opens(start: Any, scene: Path, tmp_path: Path) -> None:
    (tmp_path / "userSetup.py").write_text(
        "import time\nfrom maya.api import OpenMaya as om\n"
        "om.MSceneMessage.addCallback(om.MSceneMessage.kBeforeOpen, lambda *_: time.sleep(60))\n"
    )
    with start(filename=scene, open_timeout_s=0.3, env={"PYTHONPATH": str(tmp_path)}) as executor:
        future = executor.submit(abs, -1)
        with pytest.raises(BootstrapError, match=rf"0\.3 s passed while Maya opened {scene}.*Give open_timeout_s= more"):
            future.result(25)


def test_what_is_missing_is_in_the_log_and_with_every_call_that_fails(start: Any, scene: Path) -> None:
    scene.write_text(scene.read_text() + 'createNode file -n "wood";\n\tsetAttr ".ftn" -type "string" "/absent/wood.tx";\n')
    with start(filename=scene) as executor:
        with executor.batch() as batch:
            good, bad = batch.submit(abs, -1), batch.submit(divmod, 1, 0)
        assert good.result(20) == 1
        assert "texture /absent/wood.tx" in good.log()
        error = bad.exception(20)
        assert isinstance(error, ZeroDivisionError)
        assert "texture /absent/wood.tx" in error.__notes__[0]
        with pytest.raises(BootstrapError, match="With strict=False the job runs without them"):
            executor.submit_ext(abs, [-1], strict=True).result(20)
