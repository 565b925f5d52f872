"""``python -m benchmarks``: measures, prints the tables, and saves them with the samples and a picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from . import goals, machine, peers, plot, report, runner
from .measures import MEASURES
from .model import Run, Sample

RESULTS = Path(__file__).parent / "results"


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="The same work on us and on others, side by side.")
    add = parser.add_argument
    add("--only", type=_names(MEASURES), default=list(MEASURES), metavar="MEASURE,..", help=", ".join(MEASURES))
    add("--peers", type=_names(peers.ROOMS), default=list(peers.ROOMS), metavar="PEER,..", help=", ".join(peers.ROOMS))
    add("--rounds", type=int, default=5, help="how often everything is measured (default: %(default)s)")
    add("--quick", action="store_true", help="tiny sizes, to see that everything works; the figures mean nothing")
    add("--out", type=Path, default=RESULTS, help="folder for the files (default: %(default)s)")
    add("--report", type=Path, metavar="JSON", help="measures nothing: tables and picture of an earlier run again")
    return parser.parse_args(given)


def _names(known: Collection[str]) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        chosen = [name.strip() for name in text.split(",") if name.strip()]
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"there is no {name!r}; there are {', '.join(known)}")
        return chosen

    return names


def main(given: list[str] | None = None) -> int:
    """Measures, or shows again; returns the exit code: 0, or 1 where we ourselves could not be measured."""
    chosen = arguments(given)
    if chosen.report:
        return show(Run.read(chosen.report), chosen.report.parent, chosen.report.stem)
    run = Run(f"{datetime.now():%Y-%m-%d %H:%M}", chosen.quick, chosen.rounds, machine.describe())
    measures = [MEASURES[name] for name in chosen.only]
    total = sum(1 for _ in runner.cells(measures, chosen.peers, chosen.rounds))
    chosen.out.mkdir(parents=True, exist_ok=True)
    stem = f"{datetime.now():%Y-%m-%d-%H%M%S}" + ("-quick" if chosen.quick else "")
    for sample in runner.run(measures, chosen.peers, chosen.rounds, quick=chosen.quick):
        run.samples.append(sample)
        _say(sample, len(run.samples), total)
        run.write(chosen.out / f"{stem}.json")  # After each, so that an interrupted run is not lost.
    return show(run, chosen.out, stem)


def _say(sample: Sample, number: int, total: int) -> None:
    first = next(iter(MEASURES[sample.measure].metrics))
    figure = sample.error or f"{report.number(sample.values[first.name])} {first.unit}"
    print(f"[{number}/{total}] {sample.measure}, {sample.peer}: {figure} ({sample.took_s:.1f} s)", file=sys.stderr, flush=True)


def show(run: Run, folder: Path, stem: str) -> int:
    """Prints the tables and writes all three files; returns the exit code."""
    run.goals = goals.as_data(goals.judge(run))
    run.write(folder / f"{stem}.json")
    text = report.markdown(run)
    (folder / f"{stem}.md").write_text(text, encoding="utf-8")
    plot.draw(run, folder / f"{stem}.png")
    report.show(run, text)
    print(f"\nsaved: {folder / stem}.json, .md, .png", file=sys.stderr)
    return 1 if any(sample.error and sample.peer in peers.OURS for sample in run.samples) else 0


if __name__ == "__main__":
    sys.exit(main())
