"""The picture of a run: a panel a measure, a line a peer, ours in colour."""

from __future__ import annotations

import math
import statistics
from pathlib import Path
from typing import Any

from . import peers
from .measures import MEASURES
from .model import Measure, Run
from .report import number

_PANELS = ("submit", "map", "map_auto", "latency", "payload", "bootstrap", "handover", "import")
_COLUMNS = 2
_OURS, _THEIRS, _LIMIT, _INK, _GRID = "#c2410c", "#475569", "#0ea5e9", "#334155", "#e2e8f0"


def draw(run: Run, path: Path) -> None:
    """Draws a PNG file; measures without figures have no panel."""
    # Imported here, and without a screen: tables are there for people without matplotlib as well.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = [MEASURES[name] for name in _PANELS if _rows(run, MEASURES[name])]
    if not panels:
        return
    lines = -(-len(panels) // _COLUMNS)
    figure = Figure(figsize=(14, 3.4 * lines + 0.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(lines, _COLUMNS, squeeze=False)
    for place, panel in enumerate(axes.flat):
        if place < len(panels):
            _panel(panel, run, panels[place])
        else:
            panel.set_visible(False)
    what = "QUICK RUN, figures mean nothing" if run.quick else f"two workers, {run.rounds} rounds, medians and spread"
    figure.suptitle(f"farmfutures and others, {run.when}: {what}", color=_INK)
    figure.savefig(path, dpi=110)


def _rows(run: Run, measure: Measure) -> list[tuple[str, list[float]]]:
    metric = measure.metrics[0].name
    return [(name, found) for name in peers.ROOMS if (found := run.figures(measure.name, name, metric))]


def _panel(axes: Any, run: Run, measure: Measure) -> None:
    """Points on a logarithmic axis, with the rounds' spread: bars would need a zero to stand on."""
    metric, rows = measure.metrics[0], list(reversed(_rows(run, measure)))
    for place, (name, figures) in enumerate(rows):
        colour, middle = _colour(name), statistics.median(figures)
        axes.hlines(place, min(figures), max(figures), color=colour, linewidth=5, alpha=0.45)
        axes.plot(middle, place, "o", color=colour, markersize=8)
        axes.annotate(
            f"{number(middle)} {metric.unit}", (max(figures), place), xytext=(9, 0), textcoords="offset points", va="center",
            fontsize=8, color=_INK,
        )  # fmt: skip
    axes.set_yticks(range(len(rows)), [_label(name) for name, _ in rows])
    _axis(axes, [figure for _, figures in rows for figure in figures])
    better = "more is better" if metric.better == "more" else "less is better"
    axes.set_title(f"{measure.title}\n{metric.title}, {better}", fontsize=9, loc="left", color=_INK)


def _axis(axes: Any, figures: list[float]) -> None:
    """Whole decades, so that there is a label at both ends; room at the right for what is written there."""
    if min(figures) > 0:
        axes.set_xscale("log")
        axes.set_xlim(10 ** math.floor(math.log10(min(figures))), 3 * 10 ** math.ceil(math.log10(max(figures))))
    axes.margins(y=0.08)
    axes.grid(axis="x", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(labelsize=8, colors=_INK, left=False)


def _label(name: str) -> str:
    title = peers.find(name).title.strip("*")
    return title.partition(" (")[0]


def _colour(name: str) -> str:
    return _OURS if name in peers.OURS else _LIMIT if name in peers.LIMITS else _THEIRS
