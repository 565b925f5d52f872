"""A script in a Maya that is ready: what it finds, and what it leaves as it was."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from farmfutures.maya import run_script


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "tool.py"


def test_it_is_main_with_its_own_folder_and_arguments(script: Path, tmp_path: Path) -> None:
    (tmp_path / "helper_of_tool.py").write_text("word = 'found'\n")
    script.write_text(
        "import sys, helper_of_tool\nfrom pathlib import Path\nassert __name__ == '__main__'\n"
        "Path(sys.argv[1]).write_text(f'{sys.argv[0]} {helper_of_tool.word} {__file__}')\n"
    )
    argv, path = list(sys.argv), list(sys.path)
    run_script(str(script), [str(tmp_path / "said")])
    assert (tmp_path / "said").read_text() == f"{script} found {script}"
    assert (sys.argv, sys.path) == (argv, path)
    del sys.modules["helper_of_tool"]


@pytest.mark.parametrize(("end", "code"), [("", None), ("0", None), ("None", None), ("3", 3), ("'no'", "no")])
def test_an_exit_is_an_error_unless_it_means_success(script: Path, end: str, code: object) -> None:
    script.write_text(f"import sys; sys.exit({end})")
    if code is None:
        run_script(str(script))
        return
    with pytest.raises(SystemExit) as caught:
        run_script(str(script))
    assert caught.value.code == code


def test_what_it_raises_comes_out_and_nothing_stays(script: Path) -> None:
    script.write_text("import sys; sys.argv = ['mine']; sys.path.clear(); raise KeyError('gone')")
    argv, path = list(sys.argv), list(sys.path)
    try:
        with pytest.raises(KeyError, match="gone"):
            run_script(str(script))
        assert sys.argv == argv
    finally:
        sys.path[:] = path
