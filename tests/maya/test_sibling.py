"""Importing exactly one package from beside ``scripts/``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from farmfutures._sibling import import_sibling

ROOT = Path(__file__).resolve().parents[2]


def run(code: str, *paths: Path, cwd: Path) -> str:
    """Runs code in a Python whose path holds only these."""
    setup = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}\n"
    command = [sys.executable, "-I", "-S", "-c", setup + code]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=25, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def sibling(tmp_path: Path) -> Path:
    folder = tmp_path / "the_sibling"
    folder.mkdir()
    (folder / "__init__.py").write_text("from .inner import VALUE\n")
    (folder / "inner.py").write_text("VALUE = 42\n")
    return folder


def test_the_door_works_with_only_scripts_on_the_path(tmp_path: Path) -> None:
    code = "import farmfutures.maya, farmfutures_maya.session; print(farmfutures.maya.Executor.__module__)"
    assert run(code, ROOT / "scripts", cwd=tmp_path) == "farmfutures.maya"


def test_it_makes_nothing_else_importable(tmp_path: Path) -> None:
    code = (
        "import farmfutures.maya\nfrom importlib.util import find_spec\n"
        "print([name for name in ('plugins', 'tests', 'scripts', 'shelves') if find_spec(name)])"
    )
    assert run(code, ROOT / "scripts", cwd=tmp_path) == "[]"


def test_the_door_needs_no_maya_and_imports_none(tmp_path: Path) -> None:
    code = "import farmfutures.maya, sys; print([name for name in sys.modules if name.split('.')[0] == 'maya'])"
    assert run(code, ROOT / "scripts", cwd=tmp_path) == "[]"


def test_a_pickle_loads_where_only_scripts_is_on_the_path(tmp_path: Path) -> None:
    dump = "import pickle, farmfutures.maya as m; print(pickle.dumps(m.Session('2026')).hex())"
    data = run(dump, ROOT / "scripts", cwd=tmp_path)
    load = f"import pickle; print(pickle.loads(bytes.fromhex({data!r})).version)"
    assert run(load, ROOT / "scripts", cwd=tmp_path) == "2026"


def test_submodules_of_the_sibling_import(tmp_path: Path, sibling: Path) -> None:
    module = import_sibling(sibling.name, tmp_path)
    try:
        assert module.VALUE == 42
        assert import_sibling(sibling.name, tmp_path) is module
        assert str(tmp_path) not in sys.path
    finally:
        sys.modules.pop("the_sibling.inner")
        sys.modules.pop("the_sibling")


def test_one_that_breaks_is_taken_out_again(tmp_path: Path, sibling: Path) -> None:
    (sibling / "__init__.py").write_text("raise OSError('no')\n")
    with pytest.raises(OSError, match="no"):
        import_sibling(sibling.name, tmp_path)
    assert sibling.name not in sys.modules


def test_a_missing_one_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"the_absent is neither installed nor in .*install farmfutures again"):
        import_sibling("the_absent", tmp_path)


def test_a_folder_of_the_same_name_is_not_taken_for_it(tmp_path: Path, sibling: Path) -> None:
    (tmp_path / "cwd" / "the_sibling").mkdir(parents=True)
    code = (
        "from pathlib import Path; from farmfutures._sibling import import_sibling\n"
        f"print(import_sibling('the_sibling', Path({str(tmp_path)!r})).VALUE)"
    )
    assert run(code, ROOT / "scripts", tmp_path / "cwd", cwd=tmp_path) == "42"
