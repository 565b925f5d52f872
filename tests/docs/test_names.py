"""What there is stands in a page, and what stands in a page is there: names, options, errors, variables, links."""

from __future__ import annotations

import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import farmfutures
import farmfutures.errors
import farmfutures.maya
from farmfutures.options import JOB_OPTIONS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), ROOT / "tests" / "mayasim" / "README.md"]
SOURCES = [path for folder in ("scripts", "farmfutures_maya", "plugins") for path in (ROOT / folder).rglob("*.py")]

_CODE = re.compile(r"```\w+\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
_ROW = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \|", re.MULTILINE)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_of(path: Path) -> list[str]:
    """What stands in a page as code."""
    return [block or span for block, span in _CODE.findall(read(path))]


CODE = "\n".join(text for page in PAGES for text in code_of(page))
SOURCE = "\n".join(map(read, SOURCES))


@pytest.mark.parametrize("door", [farmfutures, farmfutures.maya], ids=lambda door: door.__name__)
def test_every_public_name_is_in_a_page(door: object) -> None:
    names = [f"{door.__name__}.{name}" for name in door.__all__]  # type: ignore[attr-defined]
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", CODE)] == []


def test_names_in_pages_are_there() -> None:
    names = set(re.findall(r"\bfarmfutures(?:\.\w+)+", CODE)) - {"farmfutures.mod", "farmfutures.actions"}
    assert sorted(name for name in names if not is_there(name)) == []


def is_there(name: str) -> bool:
    try:
        return pkgutil.resolve_name(name) is not None
    except (ImportError, AttributeError):
        return False


def test_every_error_is_in_the_page_for_tds() -> None:
    errors = [
        name
        for name, value in vars(farmfutures.errors).items()
        if inspect.isclass(value) and issubclass(value, farmfutures.FarmFuturesError)
    ]
    said = "\n".join(code_of(ROOT / "docs" / "tds.md"))
    assert [name for name in errors if not re.search(rf"\b{name}\b", said)] == []


def test_tables_of_options_are_whole() -> None:
    rows = _ROW.findall(read(ROOT / "docs" / "tds.md"))
    named = {name for row in rows for name in re.findall(r"\w+", row)} - {"SubmitError", "EngineError", "RunError"}
    assert named - set(vars(farmfutures.errors)) == JOB_OPTIONS | farmfutures.maya.Executor.OPTIONS


@pytest.mark.parametrize("command", ["farm_submit", "farm_panel"])
def test_flags_of_our_commands_are_in_the_page_for_tds(command: str) -> None:
    source = read(ROOT / "farmfutures_maya" / "commands" / f"{command}.py")
    flags = set(re.findall(r"^ {4}\| ``(-\w+)`` \|", source, re.MULTILINE))
    assert len(flags) >= 3
    assert flags - set(code_of(ROOT / "docs" / "tds.md")) == set()


def test_variables_are_read_somewhere() -> None:
    """Those of the stand-in are its own affair."""
    settings = {f"FARMFUTURES_{name.upper()}" for name in farmfutures.Settings.__dataclass_fields__}
    named = {name for name in re.findall(r"\bFARMFUTURES_[A-Z_]*[A-Z]", CODE) if "_SIM_" not in name}
    assert {name for name in named - settings if name not in SOURCE} == {"FARMFUTURES_SHARED"} & named


def test_what_artists_may_be_told_is_what_is_said() -> None:
    """The first column of the table of refusals quotes messages of ours."""
    table = read(ROOT / "docs" / "artists.md").partition("| it says | do |")[2]
    quotes = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert len(quotes) >= 6
    assert [quote for quote in quotes if quote not in SOURCE] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in _LINK.findall(read(page)):
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in headings(path), f"{page.name}: {target}#{anchor}"


def headings(path: Path) -> set[str]:
    """The anchors that a page has, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", read(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
