"""What we hold ourselves to, as ratios of one run, durability on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from .model import Run

MET, MISSED, UNKNOWN = "met", "MISSED", "not measured"


@dataclass(frozen=True)
class Goal:
    """One figure of ours against a bound: an absolute one, or a multiple of a peer's."""

    text: str
    measure: str
    metric: str
    bound: Literal["at least", "at most"]
    limit: float
    peer: str = ""
    unit: str = "x"


@dataclass(frozen=True)
class Verdict:
    """How a goal stands."""

    text: str
    state: str
    figure: str


def _faster(factor: float, peer: str, measure: str, text: str) -> Goal:
    return Goal(f"{text}: at least {factor:g} x {peer}", measure, "per_s", "at least", factor, peer)


def _absolute(text: str, measure: str, metric: str, limit: float, unit: str) -> Goal:
    return Goal(f"{text}: at most {limit:g} {unit}".rstrip(), measure, metric, "at most", limit, unit=unit)


_RIVALS = ((4, "ppe"), (2, "pebble"), (50, "dask"), (50, "ipyparallel"))

GOALS: tuple[Goal, ...] = (
    *(_faster(factor, peer, "submit", "one by one") for factor, peer in _RIVALS),
    *(_faster(factor, peer, "map", "map, chunksize=1") for factor, peer in _RIVALS),
    _faster(1, "mpire", "map_auto", 'map, chunksize="auto"'),
    Goal("round trip, p50: at most 1.4 x raw brokered pyzmq", "latency", "p50_us", "at most", 1.4, "raw"),
    Goal("round trip, p99: at most 3 x raw brokered pyzmq", "latency", "p99_us", "at most", 3, "raw"),
    Goal("round trip, p50: at most a fifth of dask", "latency", "p50_us", "at most", 0.2, "dask"),
    Goal("round trip, p50: at most a fifth of ipyparallel", "latency", "p50_us", "at most", 0.2, "ipyparallel"),
    Goal("64 MiB there and back: at most the time of loky", "payload", "ms", "at most", 1, "loky"),
    _absolute("1 GB result, growth of the broker", "big", "broker_mb", 64, "MB"),
    _absolute("slow interpreters, over one start + the work", "bootstrap", "over_ideal", 1.15, "x"),
    _absolute("slow interpreters, first result of the second job", "bootstrap", "second_ms", 100, "ms"),
    Goal("1,000,000 queued, rate: at least 0.8 x that at 10,000", "scale", "rate_ratio", "at least", 0.8),
    _absolute("1,000,000 queued, the broker's memory", "scale", "item_bytes", 300, "bytes an item"),
    _absolute("1,000,000 queued, first page of jobs", "scale", "jobs_first_ms", 50, "ms"),
    _absolute("1,000,000 queued, page of jobs in the middle", "scale", "jobs_deep_ms", 50, "ms"),
    _absolute("1,000,000 queued, first page of items", "scale", "items_first_ms", 50, "ms"),
    _absolute("1,000,000 queued, page of items in the middle", "scale", "items_deep_ms", 50, "ms"),
    _absolute("1,000,000 queued, start of the broker", "scale", "start_s", 3, "s"),
    _absolute("10,000 calls handed over, thread held", "handover", "held_ms", 150, "ms"),
    _absolute("a session of 10,000 nodes captured", "capture", "ms", 50, "ms"),
    _absolute("10,000 file textures checked", "check", "s", 2, "s"),
    _absolute("the panel, 1,000 jobs change each second, longest turn", "panel", "longest_ms", 16, "ms"),
    _absolute("the panel, a letter of a search", "panel", "filter_ms", 50, "ms"),
    _absolute("the panel, opened", "panel", "open_ms", 300, "ms"),
    _absolute("import, more than bare Python", "import", "more_ms", 30, "ms"),
    _absolute("nothing to do, the broker", "idle", "idle_broker", 0.1, "% of a core"),
    _absolute("nothing to do, a client", "idle", "idle_client", 0.1, "% of a core"),
    _absolute("waiting for a long call, the broker", "idle", "wait_broker", 0.1, "% of a core"),
    _absolute("waiting for a long call, the client", "idle", "wait_client", 0.1, "% of a core"),
)


def judge(run: Run, goals: tuple[Goal, ...] = GOALS) -> list[Verdict]:
    """Judges every goal by the medians of a run."""
    return [_judge(run, goal) for goal in goals]


def _judge(run: Run, goal: Goal) -> Verdict:
    ours = run.median(goal.measure, "us", goal.metric)
    theirs = run.median(goal.measure, goal.peer, goal.metric) if goal.peer else 1.0
    if ours is None or not theirs:
        return Verdict(goal.text, UNKNOWN, _reason(run, goal, ours))
    figure = ours / theirs
    met = figure >= goal.limit if goal.bound == "at least" else figure <= goal.limit
    shown = f"{figure:.3g} {goal.unit}" + (f" ({ours:,.4g} against {theirs:,.4g})" if goal.peer else "")
    return Verdict(goal.text, MET if met else MISSED, shown)


def _reason(run: Run, goal: Goal, ours: float | None) -> str:
    peer = "us" if ours is None else goal.peer
    error = run.error(goal.measure, peer)
    return f"{peer}: {error}" if error else f"{peer} did not run"


def as_data(verdicts: list[Verdict]) -> list[dict[str, str]]:
    """Returns verdicts for the JSON file."""
    return [asdict(verdict) for verdict in verdicts]
