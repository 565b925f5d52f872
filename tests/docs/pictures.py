"""Draws the pictures of the panel that the pages show: ``python tests/docs/pictures.py [FOLDER] [--scale 2] [NAME...]``.

Everything in them is real: the panel, without a screen, on a farm of its own, whose jobs run while the picture is taken.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import struct
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1000, 640)
NARROW = (280, 560)
WAIT_S = 60.0


def shade(frame: int, seconds: float, *, lacks: str = "") -> str:
    """A work item that looks like a render."""
    print(f"Opening sh010_lighting_v12.ma at frame {frame}")
    print("Loading 214 textures, 61 of them from the cache")
    for part in range(10):
        time.sleep(seconds / 10)
        print(f"  tile {part * 10 + 10:3} % done, 2.{part} GB")
        if lacks and part == 6:
            print(f"Error: can't read {lacks}", file=sys.stderr)
            raise FileNotFoundError(f"[Errno 2] No such file or directory: '{lacks}'")
    return f"images/sh010_beauty.{frame:04}.exr"


def draw(frame: int, folder: str) -> str:
    """A work item that makes an image: a lit ball, by hand, since workers here have no renderer."""
    wide, high, angle = 480, 270, frame / 12
    lamp = (math.cos(angle) * 0.7, -0.5, math.sin(angle) * 0.5 + 0.6)
    lines = bytearray()
    for y in range(high):
        lines.append(0)
        for x in range(wide):
            u, v = (x - wide / 2) / 100, (y - high / 2) / 100
            inside = 1 - u * u - v * v
            lit = max(0.0, u * lamp[0] + v * lamp[1] + math.sqrt(inside) * lamp[2]) if inside > 0 else 0.0
            shade = (60 + 190 * lit, 40 + 150 * lit, 40 + 90 * lit) if inside > 0 else (34 + y / 9, 36 + y / 9, 42 + y / 7)
            lines += bytes(min(255, int(part)) for part in shade)
    path = Path(folder, f"ball.{frame:04}.png")
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(lines))), (b"IEND", b""))
    packed = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))
    print(f"wrote {path}")
    return str(path)


def scatter(number: int) -> int:
    """A work item that is over at once; some fail."""
    if 20_000 < number < 21_000 and number % 3 or number == 45_678:
        raise ValueError("no faces within 0.1 of the point")
    return number


class Stage:
    """A farm, and the panel that looks at it."""

    def __init__(self, app: Any) -> None:
        import farmfutures
        from farmfutures_maya.panel.window import Panel

        self.app = app
        self.executor = farmfutures.Executor(user="mara")
        self.farm = farmfutures.Farm()
        self.panel = Panel()
        self.panel.resize(*SIZE)

    def batch(self, name: str, calls: list[tuple[Any, ...]], **options: Any) -> list[Any]:
        """Submits a job of many items."""
        with self.executor.batch(name, **options) as batch:
            for function, *arguments in calls:
                frame = arguments[0] if arguments else None
                extra = {"name": f"frame {frame:04}"} if function is shade else {}
                lacks = {"lacks": arguments[2]} if len(arguments) > 2 else {}
                batch.submit_ext(function, arguments[:2], lacks, **extra)
        return list(batch.futures)

    def until(self, condition: Callable[[], bool]) -> None:
        """Lets Qt and the farm go on until something is so."""
        end = time.monotonic() + WAIT_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("what the picture is to show did not come")
            self.settle(1)
            time.sleep(0.01)

    def settle(self, turns: int = 20) -> None:
        """Lets Qt draw what it has to."""
        for _ in range(turns):
            self.app.processEvents()

    def look(self) -> None:
        """Has the panel look at the farm, and shows what came."""
        self.panel.show()
        count = self.panel.feed.cost.looks
        self.panel.feed.look_soon()
        self.until(lambda: self.panel.feed.cost.looks > count)
        self.until(lambda: not self.panel.feed._asks.pending)
        self.settle()

    def close(self) -> None:
        """Takes all of it away."""
        import shiboken6

        self.panel.feed.close(wait_s=10)
        shiboken6.delete(self.panel)
        for job in self.farm.jobs(2000):
            if not job.state.done:
                self.farm.kill(job.id)
        self.executor.shutdown(wait=False)
        if self.farm.broker_status() is not None:
            self.farm.stop_broker()
        self.farm.close()


def fill(stage: Stage) -> dict[str, int]:
    """Hands a usual morning's work to the farm, and waits until some of it is done."""
    quick = 0.02
    jobs = {}
    jobs["old"] = stage.batch("sh010 playblast v11", [(shade, frame, quick) for frame in range(1001, 1025)])
    lacks = "//tex/hero/hero_skin_v07.<UDIM>.tx"
    bad = [(shade, frame, quick, lacks) if 1012 <= frame < 1049 else (shade, frame, quick) for frame in range(1001, 1061)]
    jobs["failing"] = stage.batch("sh020 lighting v04: beauty", bad, priority=60)
    for name in ("old", "failing"):
        for future in jobs[name]:
            future.exception(WAIT_S)
    jobs["stopped"] = stage.batch("sh040 alembic cache", [(shade, frame, 3.0) for frame in range(1, 9)])
    stage.farm.kill(jobs["stopped"][0].job_id)
    calls: list[tuple[Any, ...]] = [(shade, frame, 0.25 + (frame % 5) * 0.1) for frame in range(1001, 1121)]
    calls[9] = (*calls[9], lacks)
    jobs["busy"] = stage.batch("sh010 lighting v12: beauty", calls, priority=80)
    jobs["paused"] = stage.batch("sh030 fx wedges", [(shade, frame, 0.3) for frame in range(20)])
    stage.farm.pause(jobs["paused"][0].job_id)
    jobs["waiting"] = stage.batch("sh010 lighting v12: shadow", [(shade, frame, 0.3) for frame in range(1001, 1121)])
    stage.until(lambda: sum(future.done() for future in jobs["busy"]) > 38)
    return {name: futures[0].job_id for name, futures in jobs.items()}


def choose(stage: Stage, job: int) -> None:
    """Chooses a job, and waits for what there is to know of it."""
    stage.panel.table.choose({job})
    stage.look()
    stage.look()


def draw_empty(stage: Stage) -> Any:
    """A farm that has nothing to do yet."""
    stage.look()
    return stage.panel


def draw_busy(stage: Stage) -> Any:
    """The picture that comes first."""
    jobs = fill(stage)
    stage.look()
    choose(stage, jobs["busy"])
    return stage.panel


def draw_failing(stage: Stage) -> Any:
    """Failures by their causes."""
    jobs = fill(stage)
    stage.look()
    choose(stage, jobs["failing"])
    stage.panel.details.go_to(1)
    choose(stage, jobs["failing"])
    return stage.panel


def draw_down(stage: Stage) -> Any:
    """A farm that does not answer any more."""
    jobs = fill(stage)
    stage.look()
    choose(stage, jobs["busy"])
    stage.farm.stop_broker()
    stage.look()
    stage.until(lambda: stage.panel.feed.now.kind == "down")
    stage.settle()
    return stage.panel


def draw_large(stage: Stage) -> Any:
    """Hundreds of jobs, one of a hundred thousand items."""
    for number in range(300):
        stage.batch(f"sh{number:03} playblast", [(abs, -number)])
    futures = stage.batch("points of a hundred thousand leaves", [(scatter, number) for number in range(100_000)])
    stage.until(lambda: futures[61_000].done())
    stage.farm.pause(futures[0].job_id)
    stage.look()
    choose(stage, futures[0].job_id)
    return stage.panel


def draw_narrow(stage: Stage) -> Any:
    """The narrowest that Maya lets a panel be."""
    jobs = fill(stage)
    stage.panel.resize(*NARROW)
    stage.look()
    choose(stage, jobs["busy"])
    return stage.panel


def draw_log(stage: Stage) -> Any:
    """The log of an item that failed, at its first error."""
    jobs = fill(stage)
    stage.look()
    choose(stage, jobs["failing"])
    stage.panel.details.items.choose([11])
    stage.panel.details.go_to(2)
    choose(stage, jobs["failing"])
    return stage.panel


def draw_result(stage: Stage) -> Any:
    """Images that items made, to be flipped through."""
    fill(stage)
    folder = os.environ["FARMFUTURES_STATE"]
    futures = stage.batch("sh050 turntable", [(draw, frame, folder) for frame in range(1, 13)], priority=90)
    for future in futures:
        future.result(WAIT_S)
    stage.look()
    choose(stage, futures[0].job_id)
    stage.panel.details.items.choose([4])
    stage.panel.details.go_to(3)
    choose(stage, futures[0].job_id)
    stage.look()
    return stage.panel


def draw_keys(stage: Stage) -> Any:
    """What ``?`` shows."""
    fill(stage)
    stage.look()
    stage.panel.show_keys()
    stage.settle()
    return stage.panel


def session(folder: Path) -> Any:
    """A session of the stand-in, with a scene that lacks a texture; returns ``maya.cmds``."""
    sys.path.insert(0, str(ROOT / "tests" / "mayasim" / "site"))
    os.environ |= {"MAYA_APP_DIR": str(folder / "app"), "FARMFUTURES_MAYAPY": str(ROOT / "tests/mayasim/bin/mayapy")}
    os.environ |= {"MAYA_NO_STANDALONE_ATEXIT": "1", "FARMFUTURES_SIM_PYTHON": sys.executable}
    standalone, cmds = import_module("maya.standalone"), import_module("maya.cmds")
    if not hasattr(cmds, "about"):
        standalone.initialize()
    project = folder / "sh010"
    (project / "scenes").mkdir(parents=True)
    cmds.workspace(str(project), openWorkspace=True)
    cmds.file(new=True, force=True)
    for name in ("hero", "cape", "sword"):
        cmds.createNode("transform", name=name)
    cmds.file(rename=str(project / "scenes" / "sh010_anim_v12.ma"))
    cmds.file(save=True, type="mayaAscii")
    return cmds


def form_of(stage: Stage, request: Any, size: tuple[int, int] = (560, 720)) -> Any:
    """The form to submit from, filled in."""
    stage.look()
    stage.panel.submit()
    assert stage.panel._form is not None
    form: Any = stage.panel._form.form
    form.window().resize(*size)
    form.show_request(request)
    stage.until(lambda: bool(form.here.reports))
    form.judge()
    form.action_row.editor.box.setFocus()
    stage.settle()
    return form


def draw_submit(stage: Stage) -> Any:
    """The form, filled in."""
    from farmfutures_maya.actions.request import Request

    session(Path(os.environ["FARMFUTURES_STATE"]).parent)
    source = "for node in cmds.ls(assemblies=True):\n    print(frame, node, cmds.getAttr(f'{node}.translate'))\nresult = frame"
    return form_of(stage, Request(values={"source": source}, frames="1001-1114", chunk=3, priority=60))


def draw_submit_errors(stage: Stage) -> Any:
    """The form with much that is wrong."""
    from farmfutures_maya.actions.request import Request, Scene

    cmds = session(Path(os.environ["FARMFUTURES_STATE"]).parent)
    cmds.setAttr("hero.translateX", 1)
    cmds.select("hero", "cape")
    wrong = Request(
        "alembic", {"step": 0.5}, "1001-1114x", nodes=("|hero", "|hat"), scene=Scene.SAVED, workspace="/mnt/old/sh010"
    )
    return form_of(stage, wrong, (560, 860))


def draw_submit_held(stage: Stage) -> Any:
    """What the checks find before anything is sent."""
    from farmfutures_maya.actions.request import Request

    cmds = session(Path(os.environ["FARMFUTURES_STATE"]).parent)
    for number, name in enumerate(("hero_skin.<UDIM>.tx", "cape_cloth.tx")):
        node = cmds.createNode("file", name=f"file{number + 1}")
        cmds.setAttr(f"{node}.fileTextureName", f"/mnt/tex/{name}", type="string")
    form = form_of(stage, Request("alembic", {}, "1001-1114", nodes=("|hero", "|cape")))
    form.bar.button.click()
    stage.until(lambda: str(form.sending.stage) == "held")
    stage.settle()
    return form


PICTURES: dict[str, Callable[[Stage], Any]] = {
    "panel": draw_busy, "panel-empty": draw_empty, "panel-failing": draw_failing, "panel-down": draw_down,
    "panel-large": draw_large, "panel-narrow": draw_narrow, "panel-log": draw_log, "panel-result": draw_result,
    "panel-keys": draw_keys,
    "submit": draw_submit, "submit-errors": draw_submit_errors, "submit-held": draw_submit_held,
}  # fmt: skip


@contextmanager
def farm_of_its_own() -> Iterator[None]:
    """State and settings of nobody, for one picture."""
    folder = tempfile.mkdtemp(prefix="ff-pictures-")
    os.environ |= {
        "FARMFUTURES_STATE": f"{folder}/s", "FARMFUTURES_SETTINGS": f"{folder}/none.toml", "FARMFUTURES_SLOTS": "4",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "scripts"), str(ROOT)]),
    }  # fmt: skip
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def save(widget: Any, path: Path) -> None:
    """Writes what a widget looks like, with as few bytes as it needs: 256 colours are nearly all that there are in most."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colours = Counter(memoryview(image.constBits()).cast("I"))
    table = dict(colours.most_common(256))
    if sum(table.values()) > 0.99 * image.width() * image.height():  # Others have photographs in them, and keep all.
        flat = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
        image = image.convertToFormat(QImage.Format.Format_Indexed8, list(table), flat)
    image.save(str(path), "PNG", 0)


def main() -> None:
    """Draws all of them, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=str(ROOT / "docs" / "images"))
    parser.add_argument("--scale", default="2", help="how large the interface is: 2 is 200 %%")
    parser.add_argument("--only", nargs="*", choices=PICTURES)
    given = parser.parse_args()
    os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": given.scale}
    sys.path[:0] = [str(ROOT / "scripts"), str(ROOT)]
    from PySide6.QtWidgets import QApplication

    import farmfutures.maya  # noqa: F401
    from farmfutures_maya.panel import look

    app = QApplication(["farmfutures"])
    app.setStyle("Fusion")
    app.setPalette(look.palette())
    for name in given.only or PICTURES:
        with farm_of_its_own():
            stage = Stage(app)
            try:
                save(PICTURES[name](stage), Path(given.folder, f"{name}.png"))
            finally:
                stage.close()
        print(name)


if __name__ == "__main__":
    main()
