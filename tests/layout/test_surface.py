"""The public names: each is listed, says where it lives, and nothing else is public."""

from __future__ import annotations

import inspect
import re
import types
from pathlib import Path

import pytest

import farmfutures
import farmfutures.errors
import farmfutures.maya

ROOT = Path(__file__).resolve().parents[2]
DOORS = [farmfutures, farmfutures.maya]


def public(door: types.ModuleType) -> list[str]:
    values = vars(door).items()
    return sorted(name for name, value in values if not name.startswith("_") and _is_ours(value))


def _is_ours(value: object) -> bool:
    return not inspect.ismodule(value) and str(getattr(value, "__module__", "")).startswith("farmfutures")


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_all_is_sorted_and_whole(door: types.ModuleType) -> None:
    assert list(door.__all__) == sorted(door.__all__)
    assert {name for name in door.__all__ if not name.startswith("_")} >= set(public(door))


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_objects_carry_their_public_address(door: types.ModuleType) -> None:
    addresses = {name: getattr(getattr(door, name), "__module__", None) for name in door.__all__}
    assert {name: at for name, at in addresses.items() if at and "farmfutures_maya" in at} == {}
    exported = {name: at for name, at in addresses.items() if inspect.isclass(getattr(door, name))}
    assert {name: at for name, at in exported.items() if at not in (door.__name__, "farmfutures.errors")} == {}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_what_is_public_is_documented(door: types.ModuleType) -> None:
    silent = []
    for name in door.__all__:
        value = getattr(door, name)
        if callable(value) and not (value.__doc__ or "").strip():
            silent.append(name)
    assert silent == []


def test_every_error_is_drawn_in_the_tree_and_says_what_it_is() -> None:
    errors = {
        name: value
        for name, value in vars(farmfutures.errors).items()
        if inspect.isclass(value) and issubclass(value, farmfutures.FarmFuturesError)
    }
    drawn = set(re.findall(r"\w*Error\b|RemoteSystemExit", farmfutures.errors.__doc__ or ""))
    assert set(errors) - drawn == set()
    assert [name for name, value in errors.items() if not value.__doc__] == []


def test_only_the_door_names_the_maya_side() -> None:
    core = ROOT / "scripts" / "farmfutures"
    naming = {path.relative_to(core).as_posix() for path in core.rglob("*.py") if "farmfutures_maya" in path.read_text()}
    assert naming == {"maya.py"}


def test_the_version_is_the_same_everywhere() -> None:
    module = (ROOT / "module.mod").read_text().split()
    assert module[:3] == ["+", "farmfutures", farmfutures.__version__]
    assert (
        f"## [{farmfutures.__version__}]" in (ROOT / "CHANGELOG.md").read_text()
        or "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()
    )


OF_THE_CORE = ("engines/local", "engines/spool", "spool")


@pytest.mark.parametrize("package", ["farmfutures_maya", *(f"scripts/farmfutures/{name}" for name in OF_THE_CORE)])
def test_a_package_says_what_each_of_its_rooms_is(package: str) -> None:
    folder = ROOT / package
    said = (folder / "__init__.py").read_text(encoding="utf-8").partition('"""')[2].partition('"""')[0]
    rooms = [path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")]
    rooms += [path.parent.name for path in folder.glob("*/__init__.py")]
    assert [name for name in rooms if not re.search(rf"(?<!\w){name}\b", said)] == []
