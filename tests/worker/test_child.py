"""What a call finds in its interpreter, and how that ends. Rows Q53, QS16, QS26-QS31."""

from __future__ import annotations

import os
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, current_ids
from farmfutures.errors import BootstrapError

pytestmark = pytest.mark.usefixtures("shared_farm")


def until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_qs28_main_is_empty(executor: Executor) -> None:
    names = executor.submit("builtins:eval", "sorted(vars(__import__('sys').modules['__main__']))").result(20)
    assert {name for name in names if not name.startswith("__")} == set()


def test_qs26_one_interpreter_runs_many_items_on_its_main_thread(executor: Executor) -> None:
    code = "(__import__('os').getpid(), __import__('threading').current_thread().name)"
    found = set(executor.map("builtins:eval", [code] * 10, cpus=1))
    assert len(found) == 1
    assert found.pop()[1] == "MainThread"


def test_qs26_a_fresh_interpreter_for_each_item(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    monkeypatch.setenv("FARMFUTURES_MAX_ITEMS_PER_INTERPRETER", "1")
    with Executor(cpus=1) as executor:
        assert len({executor.submit("os:getpid").result(20) for _ in range(3)}) == 3


def test_ids_of_the_running_call(executor: Executor) -> None:
    assert current_ids() is None
    with executor.batch() as batch:
        futures = [batch.submit(current_ids) for _ in range(3)]
    assert [future.result(20) for future in futures] == [(batch.job_id, n) for n in range(3)]


def test_qs16_preflights_run_before_the_call_is_unpickled(executor: Executor, tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "found_by_preflight.py").write_text("def answer():\n    return 42\n")
    (tmp_path / "ready.py").write_text(f"import sys\ndef go():\n    sys.path.append({str(tmp_path / 'hidden')!r})\n")
    future = executor.submit_ext("found_by_preflight:answer", preflight="ready:go", sys_path=[str(tmp_path)])
    assert future.result(20) == 42


def test_qs16_a_preflight_that_fails(executor: Executor, tmp_path: Path) -> None:
    (tmp_path / "failing.py").write_text("def go():\n    print('looking')\n    raise ImportError('no studio tools here')\n")
    future = executor.submit_ext(abs, [1], preflight="failing:go", sys_path=[str(tmp_path)])
    with pytest.raises(BootstrapError, match="no studio tools here") as caught:
        future.result(25)
    assert "looking" in str(caught.value)


BOOTSTRAP = """
import atexit, os, sys
def boot(settings):
    print("booting", settings)
    if settings.get("fail"):
        raise RuntimeError("no licence: " + settings["fail"])
    atexit.register(lambda: open(settings["mark"], "w").close())
    os.environ["BOOTED"] = settings.get("scene", "none")
"""


@pytest.fixture
def booting(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "booting.py").write_text(BOOTSTRAP)
    return {"bootstrap": "booting:boot", "sys_path": [str(tmp_path)], "settings": {"mark": str(tmp_path / "mark")}}


def test_a_worker_that_dies_in_bootstrap(executor: Executor, booting: dict[str, Any]) -> None:
    booting["settings"]["fail"] = "server down"
    started = time.monotonic()
    future = executor.submit_ext(abs, [1], **booting)
    with pytest.raises(
        BootstrapError, match=r"could not be made ready \(3 tries\): RuntimeError: no licence: server down"
    ) as info:
        future.result(28)
    assert "The last lines of its log" in str(info.value)
    assert "booting {" in str(info.value)
    assert time.monotonic() - started < 20
    with Farm() as farm:
        assert farm.item(future.job_id, 0).attempt == 0  # No attempt is charged.


def test_qs37_an_item_may_bring_settings_of_its_own(executor: Executor, booting: dict[str, Any]) -> None:
    with executor.batch(**booting) as batch:
        batch.submit(os.getenv, "BOOTED")
        batch.submit_ext(os.getenv, ["BOOTED"], settings={"scene": "other"})
        batch.submit(os.getenv, "BOOTED")
    assert [future.result(20) for future in batch.futures] == ["none", "other", "none"]


@pytest.mark.parametrize("end", ["complete", "failed"])
def test_q53_qs29_atexit_runs_when_an_interpreter_leaves(
    state: Path, monkeypatch: pytest.MonkeyPatch, booting: dict[str, Any], end: str
) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    with Executor() as executor:
        future = executor.submit_ext(abs if end == "complete" else divmod, [1] if end == "complete" else [1, 0], **booting)
        future.exception(20)
        with Farm() as farm:
            farm.stop_broker()
    assert Path(booting["settings"]["mark"]).exists()


def test_q53_an_exit_that_hangs_is_bounded(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    with Executor() as executor:
        executor.submit("atexit:register", time.sleep, 60).exception(20)
        with Farm() as farm:
            started = time.monotonic()
            farm.stop_broker(timeout_s=20)
    assert time.monotonic() - started < 12


def test_qs30_a_failure_is_in_the_log_and_the_environment_is_not(executor: Executor) -> None:
    future = executor.submit_ext(divmod, [1, 0], env={"MY_TOKEN": "canary-7f3a"})
    assert isinstance(future.exception(20), ZeroDivisionError)
    assert "ZeroDivisionError" in future.log()
    assert "canary-7f3a" not in future.log()


def test_q51_env_of_one_item_does_not_stay(executor: Executor) -> None:
    with executor.batch(cpus=1) as batch:
        batch.submit_ext(os.getenv, ["ONLY_ONCE"], env={"ONLY_ONCE": "here"})
        batch.submit(os.getenv, "ONLY_ONCE")
    assert [future.result(20) for future in batch.futures] == ["here", None]


def test_q55_the_worker_needs_nothing_but_us(executor: Executor) -> None:
    code = "sorted(name for name in __import__('sys').modules if name.partition('.')[0] in ('zmq', 'sqlite3', 'click', 'rich'))"
    assert executor.submit("builtins:eval", code).result(20) == []


def test_what_lies_beside_us_hides_nothing_of_the_interpreter(executor: Executor) -> None:
    """Where farmfutures is installed by pip, that is a whole site-packages."""
    import farmfutures

    here = str(Path(farmfutures.__file__).resolve().parents[1])
    path = executor.submit_ext("builtins:eval", ["__import__('sys').path"], sys_path=["/mine"]).result(20)
    own = [path.index(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]
    assert max(own) < path.index(here) < path.index(os.path.abspath("/mine"))


def test_qs27_states_of_an_item(executor: Executor, tmp_path: Path) -> None:
    seen = []
    with Farm() as farm:
        gate = tmp_path / "gate"
        code = f"__import__('os').path.exists({str(gate)!r}) or __import__('time').sleep(0.005)"
        with executor.batch(cpus=1) as batch:
            batch.submit("builtins:exec", f"while not ({code}): pass")
            batch.submit(abs, 1)
        until(batch.futures[0].running)
        seen += [item.state.value for item in farm.items(batch.job_id)]
        gate.touch()
        batch.futures[1].result(20)
        seen += [item.state.value for item in farm.items(batch.job_id)]
    assert seen == ["running", "pending", "complete", "complete"]


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors have no numbers there")
def test_a_flood_is_cut_and_marked(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    monkeypatch.setenv("FARMFUTURES_LOG_LIMIT_BYTES", "100000")
    with Executor() as executor:
        future = executor.submit("os:write", 1, b"\xff not UTF-8 " * 50_000)
        assert future.result(20) == 600_000
        text = future.log()
    assert len(text.encode("utf-8", "replace")) < 400_000
    assert "bytes left out: the log is longer than its limit" in text
