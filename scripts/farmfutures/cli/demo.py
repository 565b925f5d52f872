"""``farmfutures demo``: the main job from end to end, shown.

A Maya session in a process of its own submits two jobs and tells what happens, a line of JSON for each thing; this room
turns that into bars, a table, a summary and a picture.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Column
from rich.text import Text

from ..errors import BootstrapError, EngineUnavailableError
from . import render
from .farm import engine_option, named_engine
from .jobs import progress_bars
from .render import note

_TAIL = 15


@dataclass
class Story:
    """What the session told so far."""

    session: dict[str, Any] = field(default_factory=dict)
    captured: dict[str, Any] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    types: list[dict[str, Any]] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    ended: bool = False

    def take(self, event: dict[str, Any]) -> None:
        """Notes one thing."""
        kind = event["event"]
        if kind in ("session", "captured"):
            setattr(self, kind, event)
        elif kind == "submitted":
            self.jobs[event["kind"]] = event
        elif kind == "done":
            self.seconds[event["kind"]] = event["seconds"]
        elif kind in ("type", "frame"):
            (self.types if kind == "type" else self.frames).append(event)
        self.ended = self.ended or kind == "end"


@click.command()
@engine_option
@click.option("-o", "--picture", type=click.Path(dir_okay=False, path_type=Path), default=Path("farmfutures-demo.png"),
              show_default=True, help="Where the picture goes.")  # fmt: skip
def demo(picture: Path) -> None:
    """Hand a Maya scene to headless workers, and look at what comes back.

    Uses Maya where it is installed, and in a checkout of the project the stand-in of its tests where it is not.
    """
    import farmfutures.maya

    plan = farmfutures.maya.Demo.find()
    console = render.out()
    _introduce(console, plan)
    story = _watch(console, plan)
    _show_types(console, story)
    _show_frames(console, story)
    _draw(console, plan, story, picture)
    _what_next(console, story)


def _introduce(console: Console, plan: Any) -> None:
    which = "the stand-in for Maya that this project tests with (no Maya is installed here)" if plan.stand_in else "Maya"
    console.print(Text.assemble(("farmfutures demo", "bold"), f"  with {which}"))
    console.print(Text(f"  {plan.mayapy}\n", style="dim"), soft_wrap=True)


def _watch(console: Console, plan: Any) -> Story:
    """Runs the session, with a bar for each job, and returns what it told."""
    story = Story()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as noise, progress_bars() as bars:
        tasks: dict[str, TaskID] = {}
        for event in _events(plan, noise):
            story.take(event)
            _say(console, event)
            _move(bars, tasks, story, event)
        if not story.ended:
            noise.seek(0)
            raise _broken(noise.read())
    return story


def _events(plan: Any, noise: Any) -> Iterator[dict[str, Any]]:
    """Yields what the session tells; what else it prints goes to `noise`."""
    session = subprocess.Popen(
        plan.command, env=plan.environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=noise, text=True,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    assert session.stdout is not None
    try:
        for line in session.stdout:
            if line.startswith(plan.prefix):
                yield json.loads(line.removeprefix(plan.prefix))
            else:
                noise.write(line)
        session.wait()
    finally:
        session.kill()
        session.wait()
        session.stdout.close()


def _broken(noise: str) -> Exception:
    lines = noise.strip().splitlines()
    last = lines[-1] if lines else "it printed nothing"
    tail = "\n".join(lines[-_TAIL:])
    kind = EngineUnavailableError if "EngineUnavailableError" in last else BootstrapError
    return kind(f"the demo's Maya session ended early: {last}\n{tail}")


def _say(console: Console, event: dict[str, Any]) -> None:
    if event["event"] == "session":
        scene = Path(event["scene"]).name
        _line(console, "session", f"Maya {event['version']} opened {scene}: {event['nodes']} nodes", event["seconds"])
    elif event["event"] == "captured":
        _line(console, "captured", f"with its unsaved changes, as {Path(event['snapshot']).name}", event["seconds"])


def _line(console: Console, what: str, text: str, seconds: float) -> None:
    console.print(Text.assemble((f"  {what:<9}", "cyan"), text, (f"  {render.duration(seconds)}", "dim")), soft_wrap=True)


def _move(bars: Progress, tasks: dict[str, TaskID], story: Story, event: dict[str, Any]) -> None:
    kind = event["event"]
    if kind == "submitted":
        name = f"  job {event['job']}  {event['name']}"
        tasks[event["kind"]] = bars.add_task(f"{name:<24}", total=event["total"], state="")
    elif kind == "type":
        bars.update(tasks["types"], completed=len(story.types), state=event["type"])
    elif kind == "frame":
        bars.update(tasks["frames"], completed=len(story.frames), state=f"frame {event['frame']:g}")
    elif kind == "done":
        bars.update(tasks[event["kind"]], state="")


def _show_types(console: Console, story: Story) -> None:
    folder = _folder(story.types)
    view = render.table(render.right("job"), render.right("item"), "maya.cmds.nodeType(...)", "result", "log")
    for row in sorted(story.types, key=lambda row: row["work"]):
        log = Path(row["log"]).name if row["log"] else "-"
        view.add_row(str(row["job"]), str(row["work"]), row["node"], Text(row["type"], style="green"), log)
    console.print()
    console.print(view)
    if folder:
        console.print(Text(f"logs in {folder}", style="dim"), soft_wrap=True)


def _folder(rows: list[dict[str, Any]]) -> str:
    return next((str(Path(row["log"]).parent) for row in rows if row["log"]), "")


def _show_frames(console: Console, story: Story) -> None:
    """One line for each worker: which frames it did, and how fast."""
    job = story.jobs["frames"]
    view = render.table(render.right("job"), "worker", render.right("frames"), render.right("a frame"), Column("items"), "a log")
    for number, pid in enumerate(sorted({row["pid"] for row in story.frames}), 1):
        rows = sorted((row for row in story.frames if row["pid"] == pid), key=lambda row: row["work"])
        each = sum(row["seconds"] for row in rows) / len(rows)
        log = Path(rows[0]["log"]).name if rows[0]["log"] else "-"
        items = ranges([row["work"] for row in rows])
        view.add_row(str(job["job"]), f"{number} (pid {pid})", str(len(rows)), render.duration(each), items, log)
    console.print()
    console.print(view)
    if folder := _folder(story.frames):
        console.print(Text(f"logs in {folder}", style="dim"), soft_wrap=True)


def ranges(numbers: list[int], limit: int = 4) -> str:
    """Returns sorted numbers as ``0-11, 24, 30-35, ...``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    return ", ".join([*words[:limit], "..."] if len(words) > limit else words)


def _draw(console: Console, plan: Any, story: Story, path: Path) -> None:
    try:
        from . import picture
    except ModuleNotFoundError as error:
        note(f"no picture: {error.name} is not installed; run  pip install 'farmfutures[demo]'")
        return
    started = time.perf_counter()
    title = f"{Path(story.session['scene']).stem}: {len(story.frames)} frames evaluated by {_count_workers(story)} workers"
    took = render.duration(story.seconds["frames"])
    with_ = "stand-in for Maya" if plan.stand_in else "Maya"
    below = f"job {story.jobs['frames']['job']}, {took} with the {with_} {story.session['version']}"
    picture.draw(story.frames, path, title=title, subtitle=below)
    size = os.path.getsize(path)
    console.print()
    _line(console, "picture", f"{path.resolve()}  ({size // 1024} kB)", time.perf_counter() - started)


def _count_workers(story: Story) -> int:
    return len(Counter(row["pid"] for row in story.frames))


def _what_next(console: Console, story: Story) -> None:
    job = story.jobs["frames"]["job"]
    engine = named_engine()
    command = f"{_command()} --engine {engine}" if engine else _command()
    tries = {
        f"{command} show {job}": "the job that drew the picture, frame by frame",
        f"{command} logs {job} 0": "what a worker printed for the first frame",
        f"{command} run -w '6 * 7'": "a call of your own",
        f"{command} workers": "interpreters that are up; on this machine they stay warm for the next job",
        f"{command} --help": "everything else",
    }
    console.print("\n[bold]what next[/]")
    width = max(map(len, tries))
    for line, why in tries.items():
        console.print(Text.assemble("  ", (f"{line:<{width}}", "cyan"), "  ", (why, "dim")), soft_wrap=True)


def _command() -> str:
    """How this command is called from here: by its name where that is on PATH, as in a virtual environment in use."""
    import shutil
    import sys

    if shutil.which("farmfutures"):
        return "farmfutures"
    beside = Path(sys.executable).with_name("farmfutures.exe" if sys.platform == "win32" else "farmfutures")
    if not beside.exists():
        return f"{sys.executable} -m farmfutures"
    return os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside)
