"""Jobs on AWS Deadline Cloud, as far as that can be known without it: what it is asked, and what we make of its answers."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FARM, QUEUE = "farm-" + "a" * 32, "queue-" + "b" * 32
HERE = Path(__file__).resolve()
ROOT = HERE.parents[3]

pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.skipif(importlib.util.find_spec("deadline") is None, reason="pip install 'farmfutures[deadline]'"),
]


@pytest.fixture(autouse=True)
def nothing_goes_on() -> None:
    """Nothing runs; and this process itself is not to ask the real service."""


def _service() -> Any:
    spec = importlib.util.spec_from_file_location("deadline_service", HERE.with_name("service.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Service()


@pytest.fixture
def service() -> Iterator[Any]:
    service = _service()
    yield service
    service.close()


@pytest.fixture
def client(service: Any, spool: Path, tmp_path: Path) -> Callable[..., Any]:
    """Runs code in a process that is configured for the service; returns what that prints, as JSON."""
    config = tmp_path / "deadline.ini"
    config.write_text(f"[defaults]\naws_profile_name = (default)\n[profile-(default) defaults]\nfarm_id = {FARM}\n"
                      f"[profile-(default) {FARM} defaults]\nqueue_id = {QUEUE}\n")  # fmt: skip
    own = {"HOME": str(tmp_path), "DEADLINE_CONFIG_FILE_PATH": str(config), "FARMFUTURES_OPENJD_TARGET": "deadline"}

    def run(code: str, **more: str) -> Any:
        environ = {**os.environ, **service.environ, **own, "PYTHONPATH": str(ROOT / "scripts"), **more}
        head = "import json, sys, farmfutures\nfrom farmfutures.settings import Settings\n"
        head += "from farmfutures.engines.openjd.launcher import OpenJDLauncher\n"
        line = [sys.executable, "-c", head + code]
        done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=28, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


SUBMIT = """
executor = farmfutures.Executor(chunk=2, cpus=3, priority=70, requirements="amount.worker.vcpu >= 8")
futures = executor.submit_frames(pow, "1-5", [2])
executor.shutdown(wait=False)
print(json.dumps(futures[0].job_id))
"""

STEER = """
import glob, os
from farmfutures.engines.openjd.place import Place
launcher = OpenJDLauncher(Settings.load())
(path,) = glob.glob(os.environ["FARMFUTURES_SPOOL"] + "/*/jobs/1/openjd/*")
handle = launcher.find(os.path.basename(path))
def states():
    return {number: stand.state.value for number, stand in launcher.look([handle])[handle].items()}
"""


def test_what_is_submitted(client: Callable[..., Any], service: Any) -> None:
    assert client(SUBMIT) == 1
    (job,) = service.jobs
    assert (job["farm"], job["queue"], job["priority"], job["maxWorkerCount"]) == (FARM, QUEUE, 70, 3)
    assert (job["maxRetriesPerTask"], job["targetTaskRunStatus"]) == (0, "READY")
    template = json.loads(job["template"])
    assert template["steps"][0]["hostRequirements"] == {"amounts": [{"name": "amount.worker.vcpu", "min": 8}]}
    assert job["parameters"]["FailTasks"] == {"string": "yes"}
    assert job["parameters"]["JobFolder"]["path"].endswith("/jobs/1")


def test_tasks_are_looked_at_and_steered(client: Callable[..., Any], service: Any) -> None:
    client(SUBMIT)
    service.tasks = ["SUCCEEDED", "RUNNING", "READY"]
    code = (
        STEER
        + """
seen = [states()]
launcher.hold(handle, True); seen.append(states())
launcher.hold(handle, False); seen.append(states())
launcher.set_priority(handle, 300)
launcher.cancel(handle, [1, 2], running=False); seen.append(states())
launcher.cancel(handle, None, running=True); seen.append(states())
print(json.dumps(seen))
"""
    )
    seen = client(code)
    assert seen[0] == {"0": "over", "1": "running", "2": "waiting"}
    assert seen[3] == {"0": "over", "1": "running", "2": "cancelled"}
    assert set(seen[4].values()) == {"cancelled"}
    assert service.asked == [
        ("2", {"targetRunStatus": "SUSPENDED"}), ("2", {"targetRunStatus": "READY"}), ("job", {"priority": 100}),
        ("2", {"targetRunStatus": "CANCELED"}), ("job", {"targetTaskRunStatus": "CANCELED"}),
    ]  # fmt: skip


def test_results_come_when_a_worker_ran_the_tasks(client: Callable[..., Any], service: Any, spool: Path, own_temp: Path) -> None:
    """The worker is `openjd run` of the very template that the service got."""
    client(SUBMIT)
    (bundle,) = spool.glob("*/jobs/1/openjd/*/bundle")
    assert json.loads((bundle / "template.json").read_text()) == json.loads(service.jobs[0]["template"])
    values = f"file://{bundle / 'parameters.json'}"
    command = [sys.executable, "-m", "openjd", "run", str(bundle / "template.json"), "-p", values]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=28, check=False)
    assert ran.returncode == 0, ran.stdout
    service.tasks = ["SUCCEEDED"] * 3
    code = "with farmfutures.Executor() as executor:\n    print(json.dumps([f.result(20) for f in executor.attach(1)]))"
    assert client(code) == [1, 4, 9, 16, 25]
    for path in own_temp.iterdir():
        path.rmdir()


ERRORS = """
try:
    farmfutures.Executor({options}).submit(abs, 1)
except farmfutures.FarmFuturesError as error:
    print(json.dumps([type(error).__name__, str(error)]))
"""


@pytest.mark.parametrize(
    ("refuses", "kind", "said"),
    [
        (("AccessDeniedException", "ann may not"), "RefusedError", "ann may not"),
        (("InternalServerErrorException", "come again"), "EngineUnavailableError", "come again"),
    ],
)
def test_a_service_that_refuses_or_fails(
    client: Callable[..., Any], service: Any, refuses: tuple[str, str], kind: str, said: str
) -> None:
    service.refuses = refuses
    name, text = client(ERRORS.format(options=""))
    assert name == kind
    assert text.startswith("AWS Deadline Cloud: ")
    assert said in text


def test_a_service_that_is_not_there(client: Callable[..., Any]) -> None:
    name, text = client(ERRORS.format(options=""), AWS_ENDPOINT_URL_DEADLINE="http://127.0.0.1:9")
    assert name == "EngineUnavailableError"
    assert "127.0.0.1:9" in text


def test_where_nobody_says_which_queue(client: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "empty.ini").touch()
    name, text = client(ERRORS.format(options=""), DEADLINE_CONFIG_FILE_PATH=str(tmp_path / "empty.ini"))
    assert name == "RefusedError"
    assert "deadline config set defaults.farm_id" in text


def test_it_is_looked_at(client: Callable[..., Any]) -> None:
    code = "print(json.dumps([[f.what, f.well, f.text] for f in OpenJDLauncher(Settings.load()).examine()]))"
    ((what, well, text),) = client(code)
    assert (what, well) == ("queue", True)
    assert text.startswith(f"comets ({QUEUE})")
    ((what, well, text),) = client(code, AWS_ENDPOINT_URL_DEADLINE="http://127.0.0.1:9")
    assert (what, well) == ("queue", False)
