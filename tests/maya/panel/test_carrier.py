from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("qt")

ROOT = Path(__file__).resolve().parents[3]


def test_what_a_thread_brings_arrives_on_the_thread_of_the_interface(qt: Any) -> None:
    from PySide6.QtCore import QCoreApplication

    from farmfutures_maya.panel.carrier import carrier

    class Taker:
        def __init__(self) -> None:
            self.took: list[tuple[int, str]] = []

        def take(self, what: str) -> None:
            self.took.append((threading.get_ident(), what))

    taker = Taker()
    number = carrier().register(taker.take)

    def bring(what: str) -> None:
        thread = threading.Thread(target=carrier().bring, args=(number, what))
        thread.start()
        thread.join()

    bring("news")
    assert taker.took == []
    QCoreApplication.processEvents()
    assert taker.took == [(threading.get_ident(), "news")]
    bring("late")
    carrier().forget(number)
    QCoreApplication.processEvents()
    assert len(taker.took) == 1
    assert not carrier().bring(number, "too late")


CLOSING = """
import os, sys, threading, time
sys.path[:0] = [{scripts!r}, {root!r}]
os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.setswitchinterval(1e-6)
from PySide6.QtWidgets import QApplication, QWidget
import farmfutures.maya
from farmfutures_maya.panel import feed as room
import shiboken6

app = QApplication([])
for _ in range(300):
    widget = QWidget()
    feed = room.Feed(10, widget)
    brings = [feed._bring] * 4
    go = threading.Barrier(5)
    stop = threading.Event()

    def bring(bring):
        go.wait()
        while not stop.is_set():
            bring(room.Answer(room.Question("x", len)))

    threads = [threading.Thread(target=bring, args=(one,)) for one in brings]
    for thread in threads:
        thread.start()
    go.wait()
    app.processEvents()
    shiboken6.delete(widget)
    stop.set()
    for thread in threads:
        thread.join()
    app.processEvents()
print("alive")
"""


def test_a_panel_that_is_closed_while_news_come_ends_nothing_but_itself(tmp_path: Path) -> None:
    """In a process of its own: what it is about ends the whole process."""
    code = CLOSING.format(scripts=str(ROOT / "scripts"), root=str(ROOT))
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=28, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr
