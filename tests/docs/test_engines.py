"""The page of engines says of each what its report says.

Run as a script, this writes the tables anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from farmfutures import Feature, Report, Settings, available_engines
from farmfutures.engines.registry import BUILT_IN
from farmfutures.engines.report import KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "engines.md"
MARKED = re.compile(r"(?<=<!-- engines -->\n).*?(?=<!-- end -->)", re.DOTALL)


def tables() -> str:
    found = available_engines(Settings()).reports
    reports = {name: found[name] for name in BUILT_IN}
    return "\n".join([*matrix(reports), *(line for report in reports.values() for line in how(report))]) + "\n"


def matrix(reports: dict[str, Report]) -> Iterator[str]:
    yield f"| | {' | '.join(f'[{name}](#{name})' for name in reports)} |"
    yield f"|---|{':---:|' * len(reports)}"
    for kind, features in KINDS.items():
        yield f"| **{kind}** |{' |' * len(reports)}"
        for feature in features:
            signs = ["✔" if report.supports(feature) else "–" for report in reports.values()]
            yield f"| {said(feature)} | {' | '.join(signs)} |"


def said(feature: Feature) -> str:
    return f"`{feature}`" if feature in (*KINDS["options of a job"], *KINDS["steering"]) else str(feature)


def how(report: Report) -> Iterator[str]:
    yield from ("", f"### {report.engine}", "", "| | | how, or why not |", "|---|:---:|---|")
    for feature in Feature:
        support = report.get(feature)
        yield f"| {said(feature)} | {'✔' if support.can else '–'} | {cell(support.how)} |"
    if report.options:
        yield from ("", "| option of its own | what it becomes |", "|---|---|")
        yield from (f"| `{name}` | {cell(becomes)} |" for name, becomes in report.options.items())


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def test_the_page_says_what_the_reports_say() -> None:
    found = MARKED.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == tables(), "run python tests/docs/test_engines.py"


if __name__ == "__main__":
    PAGE.write_text(MARKED.sub(lambda _: tables(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
