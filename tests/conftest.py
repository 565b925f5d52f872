"""What every test gets: a temporary folder of its own, settings of nobody, and a check that it left nothing behind."""

from __future__ import annotations

import gc
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import venv
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import psutil
import pytest

from .slurm_cluster import Cluster, why_not

ROOT = Path(__file__).resolve().parents[1]
STAND_IN = ROOT / "tests" / "mayasim" / "bin" / "mayapy"
LEAK_DEADLINE_S = 10.0
"""Interpreters that are told to leave, and what they started, may take so long after the end of a test."""

_TEMP_VARIABLES = ("TMPDIR", "TEMP", "TMP")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mayapy", metavar="PATH", help="a real mayapy to test with, instead of the stand-in")
    parser.addoption("--full", action="store_true", help="tests/reliability at the sizes that are promised")


@pytest.fixture(scope="session")
def mayapy(pytestconfig: pytest.Config) -> Path:
    """The interpreter of Maya: the one of ``--mayapy``, else the stand-in."""
    given = pytestconfig.getoption("--mayapy")
    if given:
        path = Path(given).resolve()
        assert path.is_file(), f"--mayapy: there is no file {path}"
        return path
    if not STAND_IN.exists():
        pytest.skip(f"there is neither --mayapy nor the stand-in {STAND_IN}")
    if sys.platform == "win32":
        return STAND_IN.with_suffix(".cmd")
    return STAND_IN


@pytest.fixture(scope="session")
def widgets() -> Any:
    """``PySide6.QtWidgets``, without a screen; who asks for it is skipped where Qt does not load."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    packages = "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0"
    reason = f"it needs Qt: pip install PySide6-Essentials, and on Debian and Ubuntu: apt-get install {packages}"
    return pytest.importorskip("PySide6.QtWidgets", reason=reason, exc_type=ImportError)


@pytest.fixture(scope="session")
def shared_scenes() -> Path:
    """A folder of other people's scenes, which are not part of this project."""
    shared = Path(os.environ.get("FARMFUTURES_SHARED") or ROOT.parent / "shared")
    if not (shared / "scenes").is_dir():
        pytest.skip(f"no scenes of other people here: {shared / 'scenes'} is absent; set FARMFUTURES_SHARED")
    return shared / "scenes"


@pytest.fixture(scope="session")
def temp_root() -> Iterator[Path]:
    """One folder for the temporary files of all tests; its path is short, since unix sockets lie in it."""
    root = Path(os.path.realpath(tempfile.mkdtemp(prefix="ff-")))
    yield root
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def wheels(temp_root: Path) -> Path:
    """A folder of wheels of pyzmq and cloudpickle, made from what is installed here: tests ask no index.

    The pyzmq for another Python has the files of this one's: it is there to be installed, not to be imported.
    """
    folder = temp_root / "wheels"
    folder.mkdir()
    for name in ("pyzmq", "cloudpickle"):
        found = distribution(name)
        tags = re.findall(r"^Tag: (.*)$", found.read_text("WHEEL") or "", re.MULTILINE)
        pythons = ("cp311", "cp313") if name == "pyzmq" else ()
        others = [re.sub(r"^cp\d+-\w+", f"{python}-{python}", tag) for tag in tags for python in pythons]
        for tag in {*tags, *others}:
            with zipfile.ZipFile(folder / f"{name}-{found.version}-{tag}.whl", "w") as wheel:
                for file in found.files or ():
                    if ".." not in file.parts and "__pycache__" not in file.parts:
                        wheel.write(str(file.locate()), file.as_posix())
    return folder


@pytest.fixture(scope="session")
def bare_python(temp_root: Path) -> Path:
    """This Python without any package of its own, as a Maya's is."""
    folder = temp_root / "bare"
    venv.create(folder, symlinks=os.name != "nt")
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@pytest.fixture(scope="session")
def slurm_cluster() -> Iterator[Cluster]:
    """Slurm on two nodes of this machine, shared by all tests that ask for it; skipped, with the reason, where it can't be."""
    if reason := why_not():
        pytest.skip(reason)
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def dask_thread() -> None:
    """The one thread that Dask keeps as long as a process lives is there before any test, and belongs to none."""
    pytest.importorskip("distributed", reason="it needs Dask: pip install 'farmfutures[dask]'")
    from distributed import utils

    utils._offload_executor.submit(int).result()


@pytest.fixture(scope="session")
def dask_cluster(temp_root: Path, dask_thread: None) -> Iterator[Any]:
    """A `DaskCluster` of two workers, ``one`` with the resource ``maya2026``, and ``two``. Tests break one of their own."""
    pytest.importorskip("trustme", reason="makes the cluster's certificates: pip install -e '.[dev]'")
    from .dask_cluster import cluster

    with cluster(temp_root / "dask") as running:
        yield running


_count = 0


@pytest.fixture(autouse=True)
def own_temp(temp_root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Gives the test a temporary folder of its own and settings of nobody.

    Whatever a test starts inherits the folder through ``TMPDIR``, which is how its processes are known even when
    their parents have gone.
    """
    global _count
    _count += 1
    tmp_path_factory.getbasetemp()  # Made where it belongs, before the variables below move it.
    folder = temp_root / str(_count)
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("FARMFUTURES_") or name == "QBLVL"]:
        if name != "FARMFUTURES_SHARED":
            monkeypatch.delenv(name)
    monkeypatch.setenv("FARMFUTURES_SETTINGS", str(temp_root / "no settings.toml"))
    monkeypatch.setenv("FARMFUTURES_STATE", str(folder / "s"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(temp_root / "cache"))
    monkeypatch.setenv("FARMFUTURES_SIM_PYTHON", sys.executable)  # The stand-in finds what these tests run with.
    for name in _TEMP_VARIABLES:
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def lasting() -> tuple[str, ...]:
    """Words that stand in the lines about what is nobody's leak; folders of tests may say so."""
    return ()


@pytest.fixture(autouse=True)
def no_leaks(own_temp: Path, lasting: tuple[str, ...]) -> Iterator[None]:
    """Fails the test that leaves processes, threads, open files or temporary files behind, and names them."""
    before = _held(own_temp)
    yield
    deadline = time.monotonic() + LEAK_DEADLINE_S
    while left := {line for line in _held(own_temp) - before if not any(word in line for word in lasting)}:
        if time.monotonic() > deadline:
            pytest.fail(f"this test left behind, {LEAK_DEADLINE_S:.0f} s after its end:\n  " + "\n  ".join(sorted(left)))
        gc.collect()  # Sockets and files in reference cycles go only then, which is no leak.
        time.sleep(0.02)


def _held(folder: Path) -> set[str]:
    """Returns a line about everything that this test must give back."""
    return _processes(folder) | _threads() | _descriptors() | _files(folder)


def _threads() -> set[str]:
    return {f"thread {thread.name!r} ({thread.ident})" for thread in threading.enumerate()}


def _files(folder: Path) -> set[str]:
    return {f"temporary {'folder' if path.is_dir() else 'file'} {path}" for path in folder.iterdir()}


def _descriptors() -> set[str]:
    """Open descriptors with what they lead to; where the platform does not say, their number."""
    listing = Path("/proc/self/fd")
    if not listing.is_dir():
        return {f"open descriptor or handle number {n}" for n in range(_handles())}
    found = {}
    for entry in listing.iterdir():
        try:
            found[int(entry.name)] = os.readlink(entry)
        except OSError:
            continue  # The one that this listing itself was read through.
    events = sorted(number for number, target in found.items() if target == "anon_inode:[eventfd]")
    for number in events[len(events) - _pooled_threads() :]:
        del found[number]
    return {f"descriptor {number} of {target}" for number, target in found.items()}


def _pooled_threads() -> int:
    """How many threads Qt keeps for images: each has a descriptor, stays for 30 s, and nobody can reach them from Python."""
    count = 0
    for task in Path("/proc/self/task").glob("*/comm"):
        try:
            count += task.read_text().strip() == "Thread (pooled)"
        except OSError:
            continue  # It has ended in this moment.
    return count


def _handles() -> int:
    me = psutil.Process()
    if sys.platform == "win32":
        return me.num_handles()
    return me.num_fds()


def _processes(folder: Path) -> set[str]:
    """This process's descendants, and the processes of this test whose parents have gone."""
    found = {process.pid: process for process in psutil.Process().children(recursive=True)}
    for process in psutil.process_iter():
        if process.pid not in found and process.pid != os.getpid() and _belongs(process, folder):
            found[process.pid] = process
    return {line for process in found.values() if (line := _describe(process))}


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.environ().get("TMPDIR") == str(folder)
    except (psutil.Error, OSError):
        return False  # Somebody else's, or gone.


def _describe(process: psutil.Process) -> str:
    try:
        with process.oneshot():
            ended = process.status() == psutil.STATUS_ZOMBIE
            what = "ended, but nobody waited for it" if ended else " ".join(process.cmdline())
            return f"process {process.pid}: {what or process.name()}"
    except psutil.Error:
        return ""


@pytest.fixture
def state(own_temp: Path) -> Iterator[Path]:
    """A farm of this test's own: its state folder. The broker is stopped afterwards."""
    import farmfutures

    folder = own_temp / "s"
    yield folder
    with farmfutures.Farm("local") as farm:
        farm.stop_broker()
        assert farm.broker_status() is None, "the broker of this test is still there after it was stopped"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def module_farm(temp_root: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A farm that the tests of a module share: its state folder. Its broker is there before the first test measures."""
    import farmfutures

    folder = Path(tempfile.mkdtemp(prefix="m", dir=temp_root))
    with pytest.MonkeyPatch.context() as patch:
        for name in _TEMP_VARIABLES:
            patch.setenv(name, str(folder))
        patch.setenv("FARMFUTURES_SETTINGS", str(temp_root / "no settings.toml"))
        patch.setenv("FARMFUTURES_SIM_PYTHON", sys.executable)
        patch.setenv("FARMFUTURES_STATE", str(folder / "s"))
        with farmfutures.Farm("local") as farm:
            farm.jobs()
        yield folder / "s"
        patch.setenv("FARMFUTURES_STATE", str(folder / "s"))
        with farmfutures.Farm("local") as farm:
            farm.stop_broker()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shared_farm(module_farm: Path, own_temp: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This test's farm is the one of its module."""
    monkeypatch.setenv("FARMFUTURES_STATE", str(module_farm))
    return module_farm


@pytest.fixture
def plug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a package with a module and the engines that it offers, as pip would leave them."""

    def install(package: str, source: str, **engines: str) -> None:
        (tmp_path / f"{package}.py").write_text(source)
        folder = tmp_path / f"{package}-1.5.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.5\n")
        points = "".join(f"{name} = {package}:{attribute}\n" for name, attribute in engines.items())
        (folder / "entry_points.txt").write_text(f"[farmfutures.engines]\n{points}")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, package, raising=False)

    return install
