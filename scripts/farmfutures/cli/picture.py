"""The demo's picture: where everything went, from a bit above, and which worker evaluated which frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

INK, FAINT, PAPER = "#e8e6df", "#6f7a8a", "#0d1117"
COLOURS = ("#ffb454", "#59c2ff", "#aad94c", "#f07178", "#d2a6ff", "#95e6cb", "#ff8f40", "#73b8ff", "#e6b450", "#f29668")
WORKERS = ("#59c2ff", "#ffb454", "#aad94c", "#d2a6ff", "#f07178", "#95e6cb")
FONT = "DejaVu Sans"  # Comes with matplotlib, so the picture is the same on every machine.

TILT = np.radians(36)
"""How far above the ground plane the eye is: 90 degrees would be straight from above."""

_STILL = 1e-6

Way: TypeAlias = NDArray[np.float64]
"""Points on the paper, one a frame."""


def draw(frames: Sequence[dict[str, Any]], path: Path, *, title: str, subtitle: str) -> None:
    """Draws and writes a PNG.

    Args:
        frames: ``frame``, ``positions`` (node to x, y, z), ``pid`` and ``seconds`` of each, in any order.
        path: Where it goes.
        title: The large words.
        subtitle: The small ones below.
    """
    ordered = sorted(frames, key=lambda row: row["frame"])
    figure = Figure(figsize=(13.5, 8.6), dpi=120, facecolor=PAPER)
    figure.text(0.045, 0.945, title, color=INK, fontsize=19, fontfamily=FONT, fontweight="bold", va="center")
    figure.text(0.045, 0.912, subtitle, color=FAINT, fontsize=11.5, fontfamily=FONT, va="center")
    tracks = _tracks(ordered)
    _orbits(figure.add_axes((0.045, 0.185, 0.91, 0.70)), tracks)
    _strip(figure.add_axes((0.045, 0.085, 0.91, 0.042)), ordered)
    figure.savefig(path, facecolor=PAPER, metadata={"Software": "farmfutures"})


def _tracks(ordered: Sequence[dict[str, Any]]) -> dict[str, Way]:
    """Returns each node's way as seen from a bit above the ground plane (y is up)."""
    down, up = np.sin(TILT), np.cos(TILT)
    tracks: dict[str, Way] = {}
    for node in ordered[0]["positions"]:
        x, y, z = np.array([row["positions"][node] for row in ordered], dtype=float).T
        tracks[node] = np.stack([x, y * up - z * down], axis=1)
    return tracks


def _orbits(axes: Axes, tracks: dict[str, Way]) -> None:
    axes.set_facecolor(PAPER)
    axes.set_axis_off()
    reach = max(float(np.abs(way[:, 0]).max()) for way in tracks.values()) or 1.0
    _frame_view(axes, list(tracks.values()))
    _ground(axes, reach)
    moving = {node: way for node, way in tracks.items() if np.ptp(way, axis=0).max() > _STILL * reach}
    labels = _Labels(axes)
    for node, way in tracks.items():
        if node not in moving:
            _body(axes, way[-1], "#ffe9b0", size=170)
            labels.put(node, way[-1], 170)
    # The longest way first, so that the quiet ones are drawn over it.
    for number, node in enumerate(sorted(moving, key=lambda node: -_length(moving[node]))):
        colour = COLOURS[number % len(COLOURS)]
        _trail(axes, moving[node], colour)
        _body(axes, moving[node][-1], colour, size=46)
        labels.put(node, moving[node][-1], 46)


def _length(way: Way) -> float:
    return float(np.hypot(*np.diff(way, axis=0).T).sum())


def _frame_view(axes: Axes, ways: Sequence[Way]) -> None:
    """Shows all of it, as large as it fits, without stretching."""
    points = np.concatenate(ways)
    low, high = points.min(axis=0), points.max(axis=0)
    box = axes.get_window_extent()
    half = np.maximum(high - low, 1e-9) * 0.54
    scale = max(half[0] / box.width, half[1] / box.height)
    middle, size = (low + high) / 2, np.array([box.width, box.height]) * scale
    axes.set_xlim(middle[0] - size[0], middle[0] + size[0])
    axes.set_ylim(middle[1] - size[1], middle[1] + size[1])


def _ground(axes: Axes, reach: float) -> None:
    """Draws faint rings on the ground plane, for depth."""
    turn = np.linspace(0, 2 * np.pi, 240)
    for radius in np.linspace(0.2, 1.4, 7) * reach:
        axes.plot(radius * np.cos(turn), radius * np.sin(turn) * np.sin(TILT), color=FAINT, alpha=0.12, lw=0.8)


def _smooth(way: Way, steps: int = 8) -> Way:
    """Returns a curve through the points (Catmull-Rom), so that quick bodies do not look like polygons."""
    padded = np.concatenate([2 * way[:1] - way[1:2], way, 2 * way[-1:] - way[-2:-1]])
    a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([curve.transpose(1, 0, 2).reshape(-1, 2), way[-1:]])


def _trail(axes: Axes, way: Way, colour: str) -> None:
    """Draws a way that fades towards its past, with a dot for each frame that was evaluated."""
    curve = _smooth(way) if len(way) > 2 else way
    pieces = np.stack([curve[:-1], curve[1:]], axis=1)
    age = np.linspace(0, 1, len(pieces))
    for width, strength in ((8.0, 0.10), (2.0, 0.95)):
        rgba = np.ones((len(pieces), 4)) * (*to_rgb(colour), 1.0)
        rgba[:, 3] = strength * (0.05 + 0.95 * age**1.8)
        axes.add_collection(LineCollection(list(pieces), colors=rgba, linewidths=width * (0.3 + 0.7 * age)))
    dots = np.ones((len(way), 4)) * (*to_rgb(colour), 1.0)
    dots[:, 3] = 0.1 + 0.5 * np.linspace(0, 1, len(way))
    axes.scatter(way[:, 0], way[:, 1], s=3, color=dots, linewidths=0)


def _body(axes: Axes, at: Way, colour: str, size: float) -> None:
    """Draws where a node is on the last frame, with a glow."""
    for times, alpha in ((22, 0.03), (11, 0.05), (5, 0.10), (2.2, 0.25), (1, 1.0)):
        axes.scatter(at[0], at[1], s=size * times, color=colour, alpha=alpha, linewidths=0, zorder=5)


class _Labels:
    """Names beside bodies, each on the first side where no other name is."""

    _SIDES = (
        (1, 0.6),
        (1, -0.6),
        (-1, 0.6),
        (-1, -0.6),
        (0, 1.7),
        (0, -1.7),
        (1, 2.2),
        (-1, 2.2),
        (1, -2.2),
        (-1, -2.2),
    )

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.taken: list[tuple[float, float, float, float]] = []

    def put(self, node: str, at: Way, size: float) -> None:
        name = node.rpartition("|")[2].rpartition(":")[2]
        x, y = self.axes.transData.transform(at)
        width, height, gap = 11.5 * len(name), 22.0, 9 + size**0.5
        places = [(x + dx * gap - (width if dx < 0 else width / 2 if dx == 0 else 0), y + dy * gap) for dx, dy in self._SIDES]
        boxes = [(left, middle - height / 2, left + width, middle + height / 2) for left, middle in places]
        box = next((box for box in boxes if not any(_overlap(box, other) for other in self.taken)), boxes[0])
        self.taken.append(box)
        left, middle = self.axes.transData.inverted().transform((box[0], (box[1] + box[3]) / 2))
        self.axes.text(left, middle, name, color=INK, fontsize=10.5, fontfamily=FONT, alpha=0.92, va="center", zorder=6)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _strip(axes: Axes, ordered: Sequence[dict[str, Any]]) -> None:
    """Draws a cell for each frame in the colour of the worker that evaluated it."""
    pids = sorted({row["pid"] for row in ordered})
    colours = {pid: WORKERS[number % len(WORKERS)] for number, pid in enumerate(pids)}
    numbers = [row["frame"] for row in ordered]
    axes.bar(numbers, 1, width=0.86, color=[colours[row["pid"]] for row in ordered], linewidth=0)
    axes.set_xlim(numbers[0] - 0.5, numbers[-1] + 0.5)
    axes.set_ylim(0, 1)
    axes.set_facecolor(PAPER)
    axes.set_yticks([])
    ticks = sorted({numbers[0], numbers[-1], *[number for number in numbers if number % 12 == 0]})
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.tick_params(colors=FAINT, labelsize=9, length=0, pad=5)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.text(0, 1.28, "which worker evaluated which frame", color=FAINT, fontsize=10, transform=axes.transAxes)
    for number, pid in enumerate(reversed(pids)):
        share = sum(row["pid"] == pid for row in ordered)
        label = f"worker {len(pids) - number}: {share} frames"
        axes.text(1 - 0.135 * number, 1.28, label, color=colours[pid], fontsize=10, ha="right", transform=axes.transAxes)
