"""The module where Maya finds it: with what Maya's Python lacks, without what is somebody else's, and away again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures._vendor import REQUIREMENTS, Vendored, folder_name
from farmfutures.errors import InstallError, OptionError
from farmfutures.maya import Installation, install, installation, uninstall, user_folder

ROOT = Path(__file__).resolve().parents[2]
WHAT_IS_FOUND = """
import json, os, sys
from maya import standalone
standalone.initialize()
import farmfutures.maya, zmq, cloudpickle
print("found:", json.dumps({
    "farmfutures": farmfutures.__file__, "zmq": zmq.__file__, "cloudpickle": cloudpickle.__file__,
    "on a path": [path for path in [*sys.path, os.environ["PYTHONPATH"]] if "vendor" in path],
}))
"""


@pytest.fixture(scope="module")
def site(temp_root: Path, wheels: Path) -> Path:
    """A studio's folder of modules, with FarmFutures for every Maya."""
    folder = temp_root / "site" / "modules"
    install(folder, wheels=wheels)
    return folder


@pytest.fixture
def in_maya(mayapy: Path, bare_python: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Says what a script finds in a Maya whose Python has no packages, and that has `site` on its module path."""

    def run(site: Path, **environ: str) -> dict[str, Any]:
        env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MAYA_APP_DIR")}
        env |= {"FARMFUTURES_SIM_PYTHON": str(bare_python), "MAYA_MODULE_PATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
        script = tmp_path / "script.py"
        script.write_text(WHAT_IS_FOUND + "sys.stdout.flush()\nos._exit(0)\n")
        command = [str(mayapy), str(script)]
        done = subprocess.run(command, env=env | environ, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.rpartition("found:")[2])
        return found

    return run


def test_what_maya_reads(site: Path) -> None:
    """A blank line or a comment would end a block; each block is the module's own description."""
    lines = (site / "farmfutures.mod").read_text().splitlines()
    settings = (ROOT / "module.mod").read_text().splitlines()[1:]
    blocks = [
        [f"+ MAYAVERSION:{year} farmfutures {farmfutures.__version__} farmfutures", *settings] for year in (2025, 2026, 2027)
    ]
    assert lines == [line for block in blocks for line in block]


def test_a_module_that_is_whole(site: Path) -> None:
    module = site / "farmfutures"
    for name in ("scripts/farmfutures/__init__.py", "farmfutures_maya/demo/orrery.ma", "plugins/farmfutures_plugin.py"):
        assert (module / name).is_file()
    for path in (path for name in ("plugins", "shelves", "icons") for path in (ROOT / name).glob("*.*")):
        assert (module / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    assert not [path for path in module.rglob("__pycache__") if "vendor" not in path.parts]
    for python in ((3, 11), (3, 13)):
        for package in REQUIREMENTS:
            assert (module / "vendor" / folder_name(python) / package / "__init__.py").is_file()
    assert {path.name for path in site.iterdir()} == {"farmfutures.mod", "farmfutures"}


def test_the_requirements_are_those_of_the_project() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    found = re.search(r"^dependencies = (\[.*\])$", text, re.MULTILINE)
    assert found
    assert sorted(json.loads(found[1])) == sorted(REQUIREMENTS.values())


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the stand-in for Maya 2026 runs on this Python")
def test_a_maya_without_packages_finds_ours_and_no_path_is_longer(site: Path, in_maya: Any) -> None:
    found = in_maya(site)
    vendor = site / "farmfutures" / "vendor" / folder_name()
    assert found["farmfutures"] == str(site / "farmfutures/scripts/farmfutures/__init__.py")
    assert [Path(found[name]).parents[1] for name in REQUIREMENTS] == [vendor, vendor]
    assert found["on a path"] == []


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the stand-in for Maya 2026 runs on this Python")
def test_whoever_has_a_version_of_their_own_keeps_it(site: Path, in_maya: Any, tmp_path: Path) -> None:
    for folder in ("zmq", "numpy"):
        (tmp_path / "studio" / folder).mkdir(parents=True)
        (tmp_path / "studio" / folder / "__init__.py").write_text("")
    found = in_maya(site, PYTHONPATH=str(tmp_path / "studio"))
    assert found["zmq"] == str(tmp_path / "studio/zmq/__init__.py")
    assert "vendor" in found["cloudpickle"]


@pytest.fixture
def finder(site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Vendored:
    """The finder of a module in an interpreter that has no packages."""
    if sys.version_info[:2] not in ((3, 11), (3, 13)):
        pytest.skip("no Maya has this Python")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "own")])
    (tmp_path / "own").mkdir()
    return Vendored(str(site / "farmfutures"))


def origin(finder: Vendored, name: str, path: object = None) -> str | None:
    spec = finder.find_spec(name, path)
    return spec.origin if spec else None


def test_nothing_else_of_the_folder_can_be_imported(finder: Vendored, site: Path) -> None:
    vendor = site / "farmfutures" / "vendor" / folder_name()
    assert origin(finder, "cloudpickle") == str(vendor / "cloudpickle" / "__init__.py")
    assert origin(finder, "cloudpickle.cloudpickle", ["elsewhere"]) is None
    (vendor / "studio_tool.py").write_text("")
    assert origin(finder, "studio_tool") is None
    (vendor / "studio_tool.py").unlink()


def test_a_module_that_maya_puts_on_the_path_later_has_them_too(finder: Vendored, site: Path) -> None:
    """Workers come from where the command is; modules are read when Maya starts."""
    finder.root = "/absent"
    assert origin(finder, "cloudpickle") is None
    sys.path.append(str(site / "farmfutures" / "scripts"))
    assert str(origin(finder, "cloudpickle")).startswith(str(site))


def test_packages_of_another_python_do_not_count(finder: Vendored, tmp_path: Path) -> None:
    package = tmp_path / "own" / "cloudpickle" / "__init__.py"
    package.parent.mkdir()
    package.write_text("")
    assert origin(finder, "cloudpickle") is None, "whoever has one of their own keeps it"
    finder.foreign = f"{tmp_path / 'own'}{os.sep}"
    assert "vendor" in str(origin(finder, "cloudpickle"))


@pytest.mark.parametrize(
    ("folder", "config", "foreign"),
    [
        ("venv/lib/python3.9/site-packages", "", True),
        (f"venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages", "", False),
        ("venv/Lib/site-packages", "home = C:\\Python\nversion = 3.9.7\n", True),
        ("venv/Lib/site-packages", f"version_info = {sys.version_info[0]}.{sys.version_info[1]}.0", False),
        ("modules/farmfutures/scripts", "", False),
    ],
)
def test_whose_site_packages_we_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, config: str, foreign: bool
) -> None:
    from farmfutures import _vendor

    (tmp_path / "venv").mkdir()
    if config:
        (tmp_path / "venv" / "pyvenv.cfg").write_text(config)
    monkeypatch.setattr(_vendor, "__file__", str(tmp_path / folder / "farmfutures" / "_vendor.py"))
    assert _vendor._foreign() == (f"{tmp_path / folder}{os.sep}" if foreign else "")


# Taking it away


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder."""
    return {str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes() for path in folder.rglob("*")}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for pip: the other tests run it."""
    import farmfutures_maya.vendoring as vendoring

    def write(python: tuple[int, int], target: Path, wheels: Path | None) -> None:
        (target / "zmq").mkdir()
        (target / "zmq" / "__init__.py").write_text(f"# for {python}")
        (target / "pyzmq-27.0.0.dist-info").mkdir()

    monkeypatch.setattr(vendoring, "_run_pip", write)


def test_undone_it_leaves_nothing(quick: None, tmp_path: Path) -> None:
    (tmp_path / "maya" / "prefs").mkdir(parents=True)
    (tmp_path / "maya" / "prefs" / "userPrefs.mel").write_text("mine")
    before = tree(tmp_path)
    folder = tmp_path / "maya" / "modules"
    install(folder)
    compile_all(folder)
    assert uninstall(folder) == []
    assert tree(tmp_path) == before


def compile_all(folder: Path) -> None:
    """As a Maya that loads the module does."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder)], check=True)
    assert list(folder.rglob("*.pyc"))


def test_undone_it_touches_nothing_that_is_not_ours(quick: None, tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "mgear.mod").write_text("+ mGear 5.0 .\n")
    install(folder)
    changed, added = folder / "farmfutures.mod", folder / "farmfutures" / "scripts" / "userSetup.py"
    changed.write_text("+ farmfutures 0.1.0 P:/elsewhere\n")
    added.write_text("import studio")
    assert uninstall(folder) == sorted([changed, added])
    kept = {"farmfutures.mod", "mgear.mod", "farmfutures", "farmfutures/scripts", "farmfutures/scripts/userSetup.py"}
    assert set(tree(folder)) == kept


def test_again_it_takes_the_place_of_the_older_one(quick: None, tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    install(folder, ["2026"])
    first = installation(folder)
    assert isinstance(first, Installation)
    assert first.mayas == (2026,)
    gone = folder / "farmfutures" / "scripts" / "farmfutures" / "of_an_older_version.py"
    other = folder / "farmfutures" / "vendor" / "cp311-elsewhere-x86_64" / "zmq.py"
    for path in (gone, other):
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
        listed = json.loads((folder / "farmfutures/installed.json").read_text())
        listed["files"][path.relative_to(folder).as_posix()] = installed_digest(path)
        (folder / "farmfutures/installed.json").write_text(json.dumps(listed))
    again = install(folder, ["2027"])
    assert again.mayas == (2026, 2027)
    assert not gone.exists()
    assert other.exists(), "another platform's packages went"
    assert set(again.packages) == {folder_name((3, 11)), folder_name((3, 13)), "cp311-elsewhere-x86_64"}
    uninstall(folder)
    assert not folder.exists()


def installed_digest(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_cut_short_it_can_be_taken_away(quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, count = tmp_path / "modules", iter(range(10))
    replace = os.replace

    def full(source: Any, target: Any) -> None:
        if next(count) == 5:
            raise OSError(28, "No space left on device", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InstallError, match="No space left"):
        install(folder)
    assert not (folder / "farmfutures.mod").exists()
    assert uninstall(folder) == []
    assert not folder.exists()


# What goes wrong


def there(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("somebody's")

    return make


def changed(folder: Path) -> None:
    install(folder)
    (folder / "farmfutures.mod").write_text("mine")


def evil(folder: Path) -> None:
    listed = {"version": "1", "mayas": [], "packages": {}, "files": {"farmfutures/../../precious": ""}, "made": []}
    there("farmfutures/installed.json")(folder)
    (folder / "farmfutures/installed.json").write_text(json.dumps(listed))


@pytest.mark.parametrize(
    ("prepare", "versions", "kind", "says"),
    [
        (there("farmfutures.mod"), [], InstallError, "was not written by farmfutures install"),
        (there("farmfutures/readme"), [], InstallError, "was not written by farmfutures install"),
        (there("farmfutures/installed.json"), [], InstallError, "can't be read"),
        (changed, [], InstallError, "was changed since it was installed"),
        (evil, [], InstallError, "somebody has changed it"),
        (None, ["2024"], OptionError, "needs Python 3.11"),
        (None, ["the new one"], OptionError, "is not a version of Maya"),
        (None, ["2031"], farmfutures.FarmFuturesError, "no mayapy of Maya 2031"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_refused_changes_nothing(
    quick: None, tmp_path: Path, no_maya: None, monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[Path], None] | None, versions: list[str], kind: type[Exception], says: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("FARMFUTURES_MAYAPY", "/absent/maya{version}/bin/mayapy")
    folder = tmp_path / "modules"
    if prepare is not None:
        prepare(folder)
    before = tree(tmp_path)
    with pytest.raises(kind, match=says):
        install(folder, versions)
    assert tree(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="permissions don't stop this user")
def test_a_folder_that_is_not_ours(quick: None, tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    folder.mkdir(mode=0o500)
    with pytest.raises(InstallError, match=r"can't be written.*--site"):
        install(folder)
    folder.chmod(0o700)


def test_uninstalled_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="has put nothing into"):
        uninstall(tmp_path)


@pytest.mark.parametrize("wheels", ["empty", None], ids=["no wheels", "no index"])
def test_without_a_network_it_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheels: str | None) -> None:
    for name, value in {"CONFIG_FILE": os.devnull, "FIND_LINKS": "", "INDEX_URL": "http://127.0.0.1:9/simple"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    (tmp_path / "empty").mkdir()
    before = tree(tmp_path)
    with pytest.raises(InstallError) as caught:
        install(tmp_path / "modules", ["2027"], wheels=tmp_path / wheels if wheels else None)
    text = str(caught.value)
    assert "for Python 3.13 can't be had: Could not find a version that satisfies the requirement" in text
    assert "--python-version 3.13" in text
    assert "farmfutures install --wheels" in text
    assert tree(tmp_path) == before


def test_the_folder_of_the_user_is_one_that_maya_reads(tmp_path: Path) -> None:
    assert user_folder({"MAYA_APP_DIR": str(tmp_path)}) == tmp_path / "modules"
    if sys.platform == "linux":
        assert user_folder({"HOME": "/home/ann"}) == Path("/home/ann/maya/modules")


BATCH_SCRIPT = """
from maya import standalone
standalone.initialize()
from maya import cmds
import farmfutures.maya

with farmfutures.maya.Executor() as executor:
    print("types:", [executor.submit(cmds.nodeType, name).result() for name in ("persp", "perspShape")])
    print("by value:", executor.submit(lambda: 6 * 7).result())
"""


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the stand-in for Maya 2026 runs on this Python")
def test_mayapy_with_a_script_that_submits(
    site: Path, state: Path, mayapy: Path, bare_python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the module is installed: session, broker and worker have their packages from it."""
    for name in ("PYTHONPATH", "MAYA_APP_DIR"):
        monkeypatch.delenv(name, raising=False)
    variables = {"FARMFUTURES_MAYAPY": mayapy, "FARMFUTURES_SIM_PYTHON": bare_python, "MAYA_MODULE_PATH": site}
    for name, value in {**variables, "MAYA_NO_STANDALONE_ATEXIT": "1", "PYTHONDONTWRITEBYTECODE": "1"}.items():
        monkeypatch.setenv(name, str(value))
    script = tmp_path / "batch.py"
    script.write_text(BATCH_SCRIPT)
    done = subprocess.run([str(mayapy), str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["types: ['transform', 'camera']", "by value: 42"]
