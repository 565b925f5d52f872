"""Animation curves, from what a file says of an animCurve node: keys, tangents, infinities.

Spans are cubic Hermite: with tangents that are not weighted, time runs evenly in a span, so that this is exact.
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass, field

FIXED, LINEAR, FLAT, STEP, SPLINE, CLAMPED, PLATEAU, STEP_NEXT, AUTO = 1, 2, 3, 5, 9, 10, 16, 17, 18
CONSTANT, LINEAR_ON, CYCLE, CYCLE_OFFSET, OSCILLATE = 0, 1, 3, 4, 5


@dataclass(slots=True)
class Curve:
    """Keys in frames and in the units of the file; directions of fixed tangents as (seconds, value) pairs."""

    times: list[float]
    values: list[float]
    into: list[int] = field(default_factory=list)
    out: list[int] = field(default_factory=list)
    in_xy: list[tuple[float, float]] = field(default_factory=list)
    out_xy: list[tuple[float, float]] = field(default_factory=list)
    before: int = CONSTANT
    after: int = CONSTANT
    fps: float = 24.0
    angular: bool = False

    def at(self, time: float) -> float:
        """Returns the value at a frame."""
        if not self.times:
            return 0.0
        first, last = self.times[0], self.times[-1]
        if first <= time <= last or first == last:
            return self._inside(min(max(time, first), last))
        kind = self.before if time < first else self.after
        if kind in (CYCLE, CYCLE_OFFSET, OSCILLATE):
            return self._again(time, kind)
        place = 0 if time < first else len(self.times) - 1
        if kind == LINEAR_ON:
            slope = self._slope(place, incoming=time < first) if len(self.times) > 1 else 0.0
            return self.values[place] + slope * (time - self.times[place])
        return self.values[place]

    def _again(self, time: float, kind: int) -> float:
        first, length = self.times[0], self.times[-1] - self.times[0]
        turn = math.floor((time - first) / length)
        inside = (time - first) - turn * length
        if kind == OSCILLATE and turn % 2:
            inside = length - inside
        offset = turn * (self.values[-1] - self.values[0]) if kind == CYCLE_OFFSET else 0.0
        return self._inside(first + inside) + offset

    def _inside(self, time: float) -> float:
        after = bisect.bisect_right(self.times, time)
        if after >= len(self.times):
            return self.values[-1]
        left = after - 1
        t0, t1, v0, v1 = self.times[left], self.times[after], self.values[left], self.values[after]
        if self._out(left) == STEP:
            return v0
        if self._out(left) == STEP_NEXT:
            return v1 if time > t0 else v0
        span = t1 - t0
        u = (time - t0) / span
        m0, m1 = self._slope(left, incoming=False) * span, self._slope(after, incoming=True) * span
        return (2 * u**3 - 3 * u**2 + 1) * v0 + (u**3 - 2 * u**2 + u) * m0 + (3 * u**2 - 2 * u**3) * v1 + (u**3 - u**2) * m1

    def _out(self, place: int) -> int:
        return self.out[place]

    def _slope(self, place: int, *, incoming: bool) -> float:
        """Returns the tangent's slope at a key, in units a frame."""
        kind = (self.into if incoming else self.out)[place]
        if kind == FIXED:
            x, y = (self.in_xy if incoming else self.out_xy)[place]
            slope = y / x / self.fps if x else 0.0
            return math.degrees(slope) if self.angular else slope
        if kind in (FLAT, STEP, STEP_NEXT):
            return 0.0
        left, right = self._chord(place - 1), self._chord(place)
        if kind == LINEAR:
            chord = left if incoming else right
            return chord if chord is not None else (right if incoming else left) or 0.0
        return self._smooth(place, kind, left, right)

    def _chord(self, place: int) -> float | None:
        if place < 0 or place + 1 >= len(self.times):
            return None
        return (self.values[place + 1] - self.values[place]) / (self.times[place + 1] - self.times[place])

    def _smooth(self, place: int, kind: int, left: float | None, right: float | None) -> float:
        if left is None or right is None:
            return 0.0 if kind in (PLATEAU, AUTO) else (left if right is None else right) or 0.0
        if kind == CLAMPED and (left == 0 or right == 0):
            return 0.0
        if kind in (PLATEAU, AUTO) and left * right <= 0:
            return 0.0
        span = self.times[place + 1] - self.times[place - 1]
        slope = (self.values[place + 1] - self.values[place - 1]) / span
        if kind in (PLATEAU, AUTO):  # Never steeper than keeps the curve between its keys.
            most = 3 * min(abs(left), abs(right))
            return math.copysign(min(abs(slope), most), slope)
        return slope
