"""The benchmarks run, and say what they found. Nothing here is timed: figures are for quiet machines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are no part of what is installed, and are run from the project's folder."""
    monkeypatch.syspath_prepend(str(ROOT))


def test_a_quick_run_of_two_peers_leaves_tables_samples_and_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="draws the picture; pip install -e '.[bench]'")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "submit", "--peers", "us,ppe", "--rounds", "2"]
    done = subprocess.run([*command, "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "| one by one: at least 4 x ppe | m" in done.stdout.lower()  # Met or missed: that is for a quiet machine.
    table = [line for line in done.stdout.splitlines() if line.startswith(("| **farmfutures**", "| ProcessPoolExecutor"))]
    assert [line.count("|") for line in table] == [5, 5]
    assert [line.count(" .. ") for line in table] == [2, 2]  # The spread of two rounds.
    (samples,) = tmp_path.glob("*.json")
    run = json.loads(samples.read_text())
    assert [(s["round"], s["peer"]) for s in run["samples"]] == [(0, "us"), (0, "ppe"), (1, "ppe"), (1, "us")]
    assert all(s["values"]["per_s"] > 0 and not s["error"] and not s["left"] for s in run["samples"])
    assert samples.with_suffix(".md").read_text() == done.stdout
    assert samples.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_names_in_goals_and_measures_are_names_of_something() -> None:
    from benchmarks import goals, peers
    from benchmarks.measures import MEASURES

    for measure in MEASURES.values():
        assert set(measure.peers) <= set(peers.ROOMS)
        assert set(measure.full) == set(measure.quick)
    for goal in goals.GOALS:
        measure = MEASURES[goal.measure]
        assert goal.metric in {metric.name for metric in measure.metrics}
        assert {"us", goal.peer or "us"} <= set(measure.peers), goal.text
    for name in peers.ROOMS:
        assert peers.find(name).name == name


@pytest.mark.parametrize(
    ("ours", "theirs", "state", "figure"),
    [
        ([40.0, 44.0, 90.0], [10.0, 11.0], "met", "4.19 x (44 against 10.5)"),
        ([30.0], [10.0], "MISSED", "3 x (30 against 10)"),
        ([30.0], [], "not measured", "ppe: it fell over"),
        ([], [10.0], "not measured", "us did not run"),
    ],
)
def test_a_goal_compares_medians(ours: list[float], theirs: list[float], state: str, figure: str) -> None:
    from benchmarks.goals import GOALS, judge
    from benchmarks.model import Run, Sample

    run = Run("today", True, 3, {})
    for peer, figures in (("us", ours), ("ppe", theirs)):
        run.samples += [Sample(n, "submit", peer, {"per_s": value}) for n, value in enumerate(figures)]
    if not theirs:
        run.samples.append(Sample(0, "submit", "ppe", error="it fell over"))
    (verdict,) = judge(run, GOALS[:1])
    assert (verdict.state, verdict.figure) == (state, figure)


def test_a_peer_that_fails_or_leaves_something_is_named() -> None:
    from benchmarks import machine, report
    from benchmarks.model import Run, Sample

    run = Run("today", False, 1, machine.describe())
    run.samples = [
        Sample(0, "submit", "us", {"per_s": 2.0}),
        Sample(0, "submit", "loky", error="not done after 600 s"),
        Sample(0, "submit", "dask", {"per_s": 1.0}, left=["python nanny"]),
    ]
    text = report.markdown(run)
    assert "- loky failed: not done after 600 s\n" in text
    assert "- dask left 1 processes behind, such as `python nanny`\n" in text
    assert "| dask.distributed | 1 /s | 2 x as good |" in text


def test_a_cell_that_fails_says_why(tmp_path: Path) -> None:
    from dataclasses import replace

    from benchmarks import runner
    from benchmarks.measures import MEASURES

    sample = runner.run_cell(replace(MEASURES["rows"], timeout_s=20), "raw-direct and nobody else", quick=True)
    assert sample.values == {}
    assert sample.error == "exit code 1: KeyError: 'raw-direct and nobody else'"
