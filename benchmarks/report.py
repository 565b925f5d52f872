"""Tables of a run, as Markdown, which reads well enough in a terminal too."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence

from . import peers
from .goals import MET, MISSED, judge
from .measures import MEASURES
from .model import Measure, Metric, Run

Table = tuple[list[str], list[list[str]]]


def markdown(run: Run) -> str:
    """Returns the whole report."""
    return "\n".join(_lines(run)) + "\n"


def show(run: Run, text: str) -> None:
    """Prints the report: as tables in a terminal, as Markdown into a file or a pipe."""
    if not sys.stdout.isatty():
        print(text, end="")
        return
    # Imported here: whoever reads a file has no use for it.
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def _lines(run: Run) -> Iterator[str]:
    yield f"# Benchmarks, {run.when}"
    yield ""
    if run.quick:
        yield "**A quick run, with sizes that show that everything works: its figures mean nothing.**"
        yield ""
    yield from _machine(run)
    yield "## Goals"
    yield ""
    yield from _rows(goal_table(run))
    for measure in measured(run):
        yield f"## {measure.name}: {measure.title}"
        yield ""
        yield from _rows(measure_table(run, measure))
        yield from _remarks(run, measure)
    distances = distance_table(run)
    if distances[1]:
        yield "## How far we are from the limits"
        yield ""
        yield from _rows(distances)


def _machine(run: Run) -> Iterator[str]:
    of = run.machine
    yield (
        f"{of['processor']}, {of['cores']} cores, {of['memory_gb']} GB; {of['system']}; Python {of['python']}; temporary files "
        f"on {of['temporary_files']}; load before: {of['load_before']}. Two workers; rounds: {run.rounds}, peers in turn. "
        "Medians over the rounds, in brackets the smallest and the largest."
    )
    yield ""
    yield ", ".join(f"{name} {version}" for name, version in of["packages"].items()) + "."
    yield ""


def measured(run: Run) -> list[Measure]:
    """Returns the measures of which a run has samples, in the order of the tables."""
    names = {sample.measure for sample in run.samples}
    return [measure for name, measure in MEASURES.items() if name in names]


def goal_table(run: Run) -> Table:
    """Returns header and rows: goal, how it stands, the figure."""
    verdicts = judge(run)
    met, missed = (sum(1 for verdict in verdicts if verdict.state == state) for state in (MET, MISSED))
    return [f"goal ({met} met, {missed} missed)", "", "figure"], [[v.text, v.state, v.figure] for v in verdicts]


def measure_table(run: Run, measure: Measure) -> Table:
    """Returns header and rows: a peer, its figures, and how we compare by the first of them."""
    shown = [
        metric for metric in measure.metrics if any(metric.name in s.values for s in run.samples if s.measure == measure.name)
    ]
    names = [name for name in peers.ROOMS if any(s.peer == name and s.measure == measure.name for s in run.samples)]
    compare = measure.compare and len(names) > 1 and "us" in names
    rows = []
    for name in names:
        cells = [spread(run.figures(measure.name, name, metric.name), metric) for metric in shown]
        rows.append([peers.find(name).title, *cells, *([_times_better(run, measure, name)] if compare else [])])
    return ["", *(metric.title for metric in shown), *(["we are"] if compare else [])], rows


def spread(figures: Sequence[float], metric: Metric) -> str:
    """Returns a figure's median, smallest and largest for people."""
    if not figures:
        return "-"
    middle = f"{number(statistics.median(figures))} {metric.unit}"
    return middle if len(figures) == 1 else f"{middle} ({number(min(figures))} .. {number(max(figures))})"


def number(value: float) -> str:
    """Returns three digits of a number, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _times_better(run: Run, measure: Measure, name: str) -> str:
    metric = measure.metrics[0]
    ours, theirs = run.median(measure.name, "us", metric.name), run.median(measure.name, name, metric.name)
    if name == "us" or not ours or not theirs:
        return ""
    ratio = ours / theirs if metric.better == "more" else theirs / ours
    return f"{ratio:.3g} x as good"


def _remarks(run: Run, measure: Measure) -> Iterator[str]:
    said = set()
    for sample in run.samples:
        if sample.measure != measure.name:
            continue
        if sample.error:
            said.add(f"- {sample.peer} failed: {sample.error}")
        if sample.left:
            said.add(f"- {sample.peer} left {len(sample.left)} processes behind, such as `{sample.left[0]}`")
    yield from sorted(said)
    if said:
        yield ""


_LIMITS = (
    ("one by one", "submit", "per_s", "raw", "wires", "per_s"),
    ("one by one", "submit", "per_s", "raw", "wires", "bundled_per_s"),
    ("one by one", "submit", "per_s", "sqlite", "rows", "normal_100"),
    ("map, chunksize=1", "map", "per_s", "raw", "wires", "per_s"),
    ("map, chunksize=1", "map", "per_s", "raw", "wires", "bundled_per_s"),
    ("map, chunksize=1", "map", "per_s", "sqlite", "rows", "normal_100"),
    ("round trip, p50", "latency", "p50_us", "raw", "latency", "p50_us"),
    ("round trip, p50", "latency", "p50_us", "raw-direct", "latency", "p50_us"),
)
"""What of ours is bounded by what: (text, our measure, our metric, limit's peer, limit's measure, limit's metric)."""


def distance_table(run: Run) -> Table:
    """Returns header and rows: ours, the limit, and the one in parts of the other."""
    rows = []
    for text, measure, metric, peer, other, figure in _LIMITS:
        ours, limit = run.median(measure, "us", metric), run.median(other, peer, figure)
        if ours and limit:
            title = next(m.title for m in MEASURES[other].metrics if m.name == figure)
            rows.append([text, number(ours), f"{peers.find(peer).title.removeprefix('limit: ')}, {title}", number(limit),
                         f"{ours / limit:.3g} x"])  # fmt: skip
    return ["ours", "", "limit", "", "ours is"], rows


def _rows(table: Table) -> Iterator[str]:
    header, rows = table
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""
