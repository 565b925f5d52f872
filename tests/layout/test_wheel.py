"""What is installed is what was tested: two packages, their types, the demo's scene, and a command."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CONSUMER = """
import farmfutures
import farmfutures.maya


def area(width: float, height: float) -> float:
    return width * height


def ask(executor: farmfutures.Executor) -> list[float]:
    future = executor.submit(area, 2.0, 3.0)
    with executor.batch("areas", cpus=2) as batch:
        futures = [batch.submit(area, side, side) for side in (1.0, 2.0)]
    for done in farmfutures.as_completed(futures):
        print(done.job_id, done.work_id, done.status())
    return [future.result(), *(done.result() for done in futures)]


def in_maya(scene: str) -> farmfutures.Executor:
    return farmfutures.maya.Executor(filename=scene, version=2026, cpus=4)


def fails(executor: farmfutures.Executor) -> str:
    return executor.submit(area, 2.0, 3.0).result()  # must be an error: it is a float
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; pip install -e '.[dev]'")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a Python would have it in."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_two_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith((".dist-info", ".data"))} == {"farmfutures", "farmfutures_maya"}
    for name in ("farmfutures/py.typed", "farmfutures_maya/py.typed", "farmfutures_maya/demo/orrery.ma"):
        assert name in names
    assert [name for name in names if "__pycache__" in name] == []


def test_q54_what_is_installed_works_from_anywhere(installed: Path, tmp_path: Path) -> None:
    code = "import farmfutures.maya as m, farmfutures as f; print(m.Executor.__module__, f.__version__, f.__file__)"
    environ = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "farmfutures.maya"
    assert str(installed) in done.stdout


def test_what_maya_loads_comes_with_the_wheel_outside_of_the_packages(wheel: Path, installed: Path, tmp_path: Path) -> None:
    names = [name.partition(".data/data/")[2] for name in zipfile.ZipFile(wheel).namelist()]
    for folder in ("plugins", "shelves", "icons"):
        for path in (ROOT / folder).glob("*.*"):
            assert f"share/farmfutures/{folder}/{path.name}" in names
    code = "import farmfutures.maya as m; from farmfutures_maya.install import assets; print(assets())"
    environ = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (Path(done.stdout.strip()) / "module.mod").read_text() == (ROOT / "module.mod").read_text()
    assert str(installed) in done.stdout


@pytest.mark.timeout(120)
def test_a_consumer_type_checks_against_the_wheel(installed: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy checks the consumer; pip install -e '.[dev]'")
    consumer = tmp_path / "consumer.py"
    consumer.write_text(CONSUMER)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir", os.devnull, str(consumer)]
    environ = {**os.environ, "MYPYPATH": str(installed), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    wrong = [line for line in done.stdout.splitlines() if ": error:" in line]
    last = CONSUMER.splitlines().index(CONSUMER.splitlines()[-1]) + 1
    assert [line.partition(": error:")[0] for line in wrong] == [f"consumer.py:{last}"], done.stdout
