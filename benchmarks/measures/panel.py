"""The panel while a thousand jobs change a thousand times a second: how long it holds Maya's main thread.

The farm is one of paper, in this process: it answers as the engine does, and has as much to tell as there can be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ..model import Measure, Metric, Peer, Sizes, Values

ROOT = Path(__file__).resolve().parents[2]

_SCRIPT = """
import gc, json, os, sys, time
from PySide6 import QtCore, QtGui, QtWidgets  # Maya has them in memory.
import farmfutures.maya
from farmfutures import ItemInfo, State, Waiting, farm as room

JOBS, ITEMS, SECONDS = map(int, sys.argv[1:4])

class Paper:
    # A farm where every job has one more item done each second, and the large one a thousand.
    begin = time.monotonic()

    def __init__(self, engine=None):
        self.settings = farmfutures.Settings.load({"FARMFUTURES_ENGINE": "paper", "FARMFUTURES_SETTINGS": os.devnull})

    def done(self, job):
        gone = int(time.monotonic() - self.begin)
        return min(ITEMS, ITEMS // 2 + gone * 1000) if job == JOBS else 20 + gone

    def row(self, job):
        total = ITEMS if job == JOBS else 100
        done = min(self.done(job), total - 10)
        counts = {"complete": done - done // 9, "failed": done // 9, "running": 4, "pending": total - done - 4}
        return {"id": job, "name": f"sh{job:04} lighting", "user": "mara", "state": "running", "priority": 50, "cpus": 2,
                "total": total, "counts": counts, "submitted_s": 1e9 + job, "started_s": 1e9 + job + 1, "finished_s": None,
                "engine": "paper", "error": None, "paused": False}

    def jobs(self, limit=50, offset=0, **_):
        rows = json.dumps([self.row(job) for job in range(JOBS - offset, max(0, JOBS - offset - limit), -1)])
        return [room._job(row) for row in json.loads(rows)]

    def states(self, job):
        done = self.done(job)
        codes = bytes(6 if place % 9 else 7 for place in range(100))
        return (codes * (done // 100 + 1))[:done].ljust(self.row(job)["total"], bytes([1]))

    def items(self, job, limit=100, offset=0, *, state=None):
        state = State(state or "complete")
        places = range(offset, offset + limit)
        return [ItemInfo(job, place, f"frame {place:06}", state, 1, 1, 1, 1e9, 1e9 + 5) for place in places]

    def errors(self, job, limit=100, offset=0):
        text = "Traceback\\n  File 'x.py', line {0}\\nValueError: no {0}"
        return [(place, text.format(place % 3)) for place in range(offset, offset + limit)]

    def why(self, job, work=None):
        return Waiting("It runs.", "running")

    def broker_status(self):
        return None

    def close(self):
        pass

farmfutures.Farm = Paper
app = QtWidgets.QApplication([])
app.setStyle("Fusion")
figures = {}

def opened():
    began = time.perf_counter()
    from farmfutures_maya.panel import look, window
    app.setPalette(look.palette())
    panel = window.Panel()
    panel.show()
    for _ in range(5):
        app.processEvents()
    figures["open_ms"] = (time.perf_counter() - began) * 1e3
    return panel

class Watch:
    # Every turn of the event loop, however many events it has, counts as one event.
    def __init__(self):
        self.turns, self.busy = [], []

    def turn(self):
        began, worked = time.perf_counter(), time.thread_time()
        app.processEvents()
        self.turns.append(time.perf_counter() - began)
        self.busy.append(time.thread_time() - worked)

    def run(self, seconds=0.0, until=None):
        end = time.monotonic() + seconds
        while (not until()) if until else time.monotonic() < end:
            self.turn()
            time.sleep(0.0005)

panel = opened()
warm = Watch()
warm.run(until=lambda: panel.table.jobs.rowCount() == JOBS)
panel.table.choose({JOBS})
warm.run(3.0)
gc.freeze()  # As after Maya's start: what is there is not looked through again and again.

poured = Watch()
bars = [bar for bar in panel.findChildren(QtWidgets.QScrollBar) if bar.maximum() > 100]
end, step = time.monotonic() + SECONDS, 0
while time.monotonic() < end:
    step += 1
    bar = bars[step % len(bars)]
    bar.setValue((step * 37) % max(1, bar.maximum()))
    poured.run(0.03)
poured.turns.sort()
figures["longest_ms"] = poured.turns[-1] * 1e3
figures["p99_ms"] = poured.turns[int(len(poured.turns) * 0.99)] * 1e3
figures["busy_ms"] = max(poured.busy) * 1e3
figures["share"] = sum(poured.busy) / SECONDS * 100

def typed(text):
    panel.header.search.setText(text)
    panel.header._typing.stop()
    began = time.perf_counter()
    panel.header._want()
    app.processEvents()
    return (time.perf_counter() - began) * 1e3

figures["filter_ms"] = max(typed(text) for text in ["s", "sh", "sh0", "sh09", "sh0", "sh", "s", "", "9", "99", "999", ""] * 3)
panel.feed.close(wait_s=5)
print("FIGURES" + json.dumps(figures))
sys.stdout.flush()
os._exit(0)
"""


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns how long turns of the event loop took while all of it changed, and how long one letter of a search took.

    Raises:
        RuntimeError: The script failed; the message is its end.
    """
    environ = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "scripts"), str(ROOT)]), "QT_QPA_PLATFORM": "offscreen",
        "FARMFUTURES_STATE": os.devnull,
    }  # fmt: skip
    command = [sys.executable, "-c", _SCRIPT, str(sizes["jobs"]), str(sizes["items"]), str(sizes["seconds"])]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    found = done.stdout.partition("FIGURES")[2]
    if not found:
        raise RuntimeError(f"the panel did not run: {done.stderr[-500:]}")
    return {name: float(value) for name, value in json.loads(found).items()}


MEASURE = Measure(
    "panel", "the panel, 1,000 jobs of which each changes once a second, one with 100,000 items, while somebody scrolls",
    (
        Metric("longest_ms", "longest turn of the event loop", "ms"), Metric("p99_ms", "99 of 100 turns take at most", "ms"),
        Metric("busy_ms", "longest, by the processor", "ms"), Metric("share", "of the main thread", "%"),
        Metric("filter_ms", "a letter of a search, at most", "ms"), Metric("open_ms", "opening it", "ms"),
    ),
    run, {"jobs": 1000, "items": 100_000, "seconds": 20}, {"jobs": 100, "items": 1000, "seconds": 1}, ("us",), starts=False,
    compare=False,
)  # fmt: skip
