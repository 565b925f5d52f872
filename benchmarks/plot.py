"""The picture of a run: a panel a measure, a bar a peer, ours in colour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import peers
from .measures import MEASURES
from .model import Measure, Metric, Run
from .report import number

_PANELS = ("submit", "map", "map_auto", "latency", "payload", "bootstrap", "handover", "import")
_COLUMNS = 2
_OURS, _THEIRS, _LIMIT, _INK = "#c2410c", "#94a3b8", "#dbe2ea", "#334155"


def draw(run: Run, path: Path) -> None:
    """Draws a PNG file; measures without figures have no panel."""
    # Imported here, and without a screen: tables are there for people without matplotlib as well.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = [MEASURES[name] for name in _PANELS if _bars(run, MEASURES[name])]
    if not panels:
        return
    lines = -(-len(panels) // _COLUMNS)
    figure = Figure(figsize=(13, 3.4 * lines + 0.6), layout="constrained")
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


def _bars(run: Run, measure: Measure) -> list[tuple[str, list[float]]]:
    metric = measure.metrics[0].name
    return [(name, found) for name in peers.ROOMS if (found := run.figures(measure.name, name, metric))]


def _panel(axes: Any, run: Run, measure: Measure) -> None:
    metric, bars = measure.metrics[0], list(reversed(_bars(run, measure)))
    middles = [run.median(measure.name, name, metric.name) or 0.0 for name, _ in bars]
    spread = [
        [middle - min(found) for middle, (_, found) in zip(middles, bars, strict=True)],
        [max(found) - middle for middle, (_, found) in zip(middles, bars, strict=True)],
    ]
    axes.barh(
        [_label(name) for name, _ in bars], middles, color=[_colour(name) for name, _ in bars], xerr=spread, ecolor=_INK,
        error_kw={"elinewidth": 1},
    )  # fmt: skip
    if min(middles) > 0:
        axes.set_xscale("log")
    _labels(axes, metric, [(middle, max(found)) for middle, (_, found) in zip(middles, bars, strict=True)])
    better = "more is better" if metric.better == "more" else "less is better"
    axes.set_title(f"{measure.title}\n{metric.title} in {metric.unit}, {better}", fontsize=9, loc="left", color=_INK)


def _labels(axes: Any, metric: Metric, bars: list[tuple[float, float]]) -> None:
    """Writes each median behind its bar; the axis says no more than that, and goes."""
    for place, (middle, most) in enumerate(bars):
        axes.annotate(
            number(middle), (most, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8, color=_INK
        )
    axes.margins(x=0.12)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, colors=_INK)


def _label(name: str) -> str:
    title = peers.find(name).title.strip("*")
    return title.partition(" (")[0]


def _colour(name: str) -> str:
    return _OURS if name in peers.OURS else _LIMIT if name in peers.LIMITS else _THEIRS
