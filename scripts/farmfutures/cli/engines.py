"""``farmfutures engines``: which there are, what each can do, and whether one works from here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import click
from rich.console import Console, Group
from rich.table import Column, Table
from rich.text import Text

import farmfutures

from ..checkup import Finding, Verdict, examine_engine, skipped
from ..engines.report import KINDS, Feature, Report, Support
from ..errors import EngineUnavailableError, OptionError
from ..settings import Settings
from . import doctor, render
from .render import Look, emit, note, unicode_ok

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
_NAME_CELLS = 26
_CANT = Look("–", "-", "dim")


@click.group(invoke_without_command=True)
@_JSON
@click.pass_context
def engines(context: click.Context, as_json: bool) -> None:
    """Show which engines there are, and what each can do.

    What an engine can't is refused when a job asks for it. Exit code 0, also where a plug-in is broken, which is then said.
    """
    if context.invoked_subcommand is not None:
        return
    found = farmfutures.available_engines()
    if as_json:
        emit({"engines": {name: _plain(report) for name, report in found.reports.items()}, "problems": found.problems})
        return
    console = render.out()
    default = Settings.load().engine
    for part in (matrix(console, found.reports, default), _lacks(found.reports)):
        console.print(part)
        console.print()
    words = "* of executors that name none\n" if default in found.reports else ""
    words += "how: farmfutures engines show NAME\nwhether it works from here: farmfutures engines check NAME"
    console.print(Text(words, style="dim"))
    for problem in found.problems.items():
        note(": ".join(problem))


def _plain(report: Report) -> dict[str, object]:
    return {"features": {feature: report.get(feature) for feature in Feature}, "options": dict(report.options)}


def matrix(console: Console, reports: Mapping[str, Report], default: str) -> Table:
    """Returns what engines can do: a line for each feature, a column for each engine."""
    columns = [Column(f"{name} *" if name == default else name, justify="center", min_width=8) for name in reports]
    view = render.table(Column("", min_width=_NAME_CELLS), *columns)
    for kind, features in KINDS.items():
        view.add_row(Text(kind, style="bold"), *[""] * len(reports))
        for feature in features:
            cells = [sign(console, report.get(feature)) for report in reports.values()]
            view.add_row(f"  {feature.value}", *cells, end_section=feature is features[-1])
    return view


def sign(console: Console, support: Support) -> Text:
    """Returns whether an engine can do something, by sign and colour."""
    look = doctor.LOOKS[Verdict.OK] if support.can else _CANT
    return Text(look.sign if unicode_ok(console) else look.ascii, style=look.style)


def _lacks(reports: Mapping[str, Report]) -> Table:
    """What can't be done, with the reason."""
    view = render.table("engine", "has no", Column("because", overflow="fold"))
    for name, report in reports.items():
        for feature in Feature:
            if not report.supports(feature):
                view.add_row(name, feature.value, Text(report.get(feature).how))
    return view


@engines.command("show")
@click.argument("name")
@_JSON
def show_engine(name: str, as_json: bool) -> None:
    """Say how NAME does what it can, and which options only it has."""
    report = _report(name)
    if as_json:
        emit(_plain(report))
        return
    console = render.out()
    console.print(_how(console, report))
    if report.options:
        console.print(_options(report))


def _report(name: str) -> Report:
    found = farmfutures.available_engines()
    if name in found.reports:
        return found.reports[name]
    if name in found.problems:
        raise EngineUnavailableError(found.problems[name])
    raise OptionError(f"there is no engine {name!r}. There are: {', '.join(found.reports)}.")


def _how(console: Console, report: Report) -> Table:
    view = render.table(Column(report.engine, min_width=_NAME_CELLS), "", Column("how, or why not", overflow="fold"))
    for kind, features in KINDS.items():
        view.add_row(Text(kind, style="bold"), "", "")
        for feature in features:
            support = report.get(feature)
            how = Text(support.how, style="" if support.can else "dim")
            view.add_row(f"  {feature.value}", sign(console, support), how, end_section=feature is features[-1])
    return view


def _options(report: Report) -> Group:
    view = render.table(Column("option of its own", min_width=_NAME_CELLS), Column("what it becomes", overflow="fold"))
    for option, becomes in report.options.items():
        view.add_row(option, Text(becomes))
    return Group(Text(), view)


@engines.command()
@click.argument("name")
@click.option(
    "--timeout", "timeout_s", type=float, default=120.0, show_default=True, metavar="SECONDS", help="For the probe to be back."
)
@_JSON
def check(name: str, timeout_s: float, as_json: bool) -> int:
    """Look whether the engine NAME works from here: run a small call on it.

    The call tells its host, its Python, its release of farmfutures, and whether it sees the engine's folder. What fails has
    its advice below. Exit code 1 if anything is wrong; a note is not.
    """
    if as_json:
        found = list(_checked(name, timeout_s))
        emit({"ok": not doctor.wrong(found), "findings": [dataclasses.asdict(finding) for finding in found]})
    else:
        console = render.out()
        found = list(doctor.shown(console, _checked(name, timeout_s)))
        doctor.sum_up(console, found)
    return 1 if doctor.wrong(found) else 0


def _checked(name: str, timeout_s: float) -> Iterator[Finding]:
    from ..engines.probe import probe

    group = f"the {name} engine"
    wrongs = 0
    for found in examine_engine(name, Settings.load()):
        wrongs += found.verdict is Verdict.WRONG
        yield found
    if wrongs:
        yield skipped("a call", "needs all of this", group)
    else:
        yield from probe(name, timeout_s, group)
