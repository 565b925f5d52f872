"""``farmfutures doctor``: whether everything fits, and what to do where it doesn't."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from ..checkup import Finding, Verdict
from . import render
from .render import Look, emit, unicode_ok

LOOKS = {
    Verdict.OK: Look("✔", "+", "green"),
    Verdict.NOTE: Look("▲", "!", "yellow"),
    Verdict.WRONG: Look("✘", "x", "bold red"),
    Verdict.SKIPPED: Look("◌", ".", "dim"),
}
"""Told by sign and by colour, so that either may be missing."""

_WHAT_CELLS = 17


@click.command()
@click.option("--quick", is_flag=True, help="Start nothing: no broker, no call, no Maya, which takes a licence.")
@click.option(
    "--timeout", "timeout_s", type=float, default=120.0, show_default=True, metavar="SECONDS", help="For a Maya to start."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def doctor(quick: bool, timeout_s: float, as_json: bool) -> int:
    """Check that this machine and its Mayas are fit for it.

    Looks at packages, settings, the state folder, the broker, and each Maya: its Python, its licence, the module. Says
    what to do about what it finds. Exit code 1 if something is wrong; a note is not.
    """
    import farmfutures.maya

    findings = farmfutures.maya.examine(quick=quick, timeout_s=timeout_s)
    if as_json:
        found = list(findings)
        emit({"ok": not wrong(found), "findings": [dataclasses.asdict(finding) for finding in found]})
    else:
        console = render.out()
        found = list(shown(console, findings))
        sum_up(console, found)
    return 1 if wrong(found) else 0


def wrong(findings: Iterable[Finding]) -> int:
    """Returns how many things are wrong."""
    return Counter(finding.verdict for finding in findings)[Verdict.WRONG]


def shown(console: Console, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Prints findings as they come: a Maya takes its time to start."""
    group = None
    for finding in findings:
        if finding.group != group:
            console.print(("" if group is None else "\n") + f"[bold]{finding.group}[/]")
            group = finding.group
        console.print(row(console, finding))
        yield finding


def row(console: Console, finding: Finding) -> Table:
    """Returns one finding, its advice below it; whatever is too long for the line goes on under itself."""
    look = LOOKS[finding.verdict]
    view = Table.grid(Column(width=1), Column(width=_WHAT_CELLS), Column(overflow="fold"), padding=(0, 1))
    sign = Text(look.sign if unicode_ok(console) else look.ascii, style=look.style)
    quiet = "dim" if finding.verdict is Verdict.SKIPPED else ""
    view.add_row(sign, Text(finding.what, style=quiet), Text(finding.found, style=quiet))
    if finding.advice:
        view.add_row("", "", Text(f"{'→' if unicode_ok(console) else '->'} {finding.advice}", style="cyan"))
    return view


def sum_up(console: Console, findings: list[Finding]) -> None:
    """Prints the last line."""
    count = wrong(findings)
    if count:
        things = "1 thing is wrong" if count == 1 else f"{count} things are wrong"
        text = Text(f"\n{things}: do what stands below each, and run it again.", style="bold red")
    else:
        text = Text("\neverything fits", style="bold green")
    console.print(text)
