"""The result of an item: values, errors and images, of a real farm."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures_maya.panel.result.images import images
from farmfutures_maya.panel.result.readable import MOST_TEXT, describe, readable

Wait = Callable[..., None]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000010802000000"
    "7b40e8dd0000000f49444154789c63f8cfc0c0c0f01f0005fe01fe2f7e2b5b0000000049454e44ae426082"
)
"""Two pixels, a red one and a blue one, more or less."""


def draw(folder: str, count: int, how: str) -> Any:
    """Writes images, and returns their paths, prints them, or fails."""
    import os
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    paths = []
    for number in range(count):
        path = os.path.join(folder, f"{how}.{number:04d}.png")
        rows = (b"\0" + bytes([40 * number, 80, 160]) * 32) * 16
        head = struct.pack(">IIBBBBB", 32, 16, 8, 2, 0, 0, 0)
        body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
        with open(path, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + body)
        paths.append(path)
    if how == "printed":
        print(f"[mtoa] read texture {folder}/old.png")
        for path in paths:
            print(f"[mtoa] writing file `{path}'")
        return None
    if how == "failed":
        raise ValueError("no sample is finite")
    return {"frame": 7, "images": paths}


@pytest.fixture
def run(broker: Path, tmp_path: Path) -> Iterator[Callable[..., farmfutures.JobInfo]]:
    executor = farmfutures.Executor(cpus=1)

    def submit(function: Any, *rows: tuple[Any, ...]) -> farmfutures.JobInfo:
        with executor.batch("Draw") as batch:
            for row in rows:
                batch.submit_ext(function, row, name=f"frame {len(batch.futures):04d}")
        for future in batch.futures:
            future.exception(20)
        with farmfutures.Farm() as farm:
            return farm.job(batch.job_id)

    yield submit
    executor.shutdown()


@pytest.fixture
def details(feed: Any) -> Iterator[Any]:
    made = import_module("farmfutures_maya.panel.details").Details(feed)
    made.resize(800, 600)
    made.show()
    yield made
    import_module("shiboken6").delete(made)


def look_at(details: Any, job: farmfutures.JobInfo, work: int, wait_for: Wait) -> Any:
    details.show_jobs([job])
    wait_for(lambda: len(details.items.model.rows) == job.total)
    details.items.pick(work)
    details.go_to(details.tabs.indexOf(details.result))
    wait_for(lambda: details.result.result is not None)
    return details.result


def press(widget: Any, key: str) -> None:
    import_module("PySide6.QtTest").QTest.keyClick(widget, getattr(import_module("PySide6.QtCore").Qt.Key, f"Key_{key}"))


def test_a_value_is_laid_out_and_copied(details: Any, run: Any, wait_for: Wait, qt: Any) -> None:
    pane = look_at(details, run("builtins:dict", ([("nodes", ["a", "b"]), ("ok", True)],)), 0, wait_for)
    assert pane.headline.text() == "frame 0000 returned dict of 2"
    assert pane.text.toPlainText() == "{'nodes': ['a', 'b'], 'ok': True}"
    assert not pane.images.isVisible()
    pane.copy.click()
    assert qt.clipboard().text() == pane.text.toPlainText()


def test_an_exception_has_its_remote_traceback(details: Any, run: Any, wait_for: Wait, tmp_path: Path) -> None:
    pane = look_at(details, run(draw, (str(tmp_path), 1, "failed")), 0, wait_for)
    assert pane.headline.text() == "frame 0000 raised ValueError"
    lines = pane.text.toPlainText().strip().splitlines()
    assert (lines[0], lines[-1]) == ("Traceback (most recent call last):", "ValueError: no sample is finite")
    assert any("in draw" in line for line in lines)


def test_images_are_flipped_through_by_keys_and_on_to_the_next_item(
    details: Any, run: Any, wait_for: Wait, tmp_path: Path
) -> None:
    for number in range(2):
        (tmp_path / str(number)).mkdir()
    job = run(draw, *((str(tmp_path / str(number)), 2, "returned") for number in range(2)))
    pane = look_at(details, job, 0, wait_for)
    wait_for(lambda: pane.headline.text().endswith("returned.0000.png   32 × 16   1 of 2"))
    assert pane.thumbs.count() == 2
    wait_for(lambda: not pane.thumbs.item(1).icon().isNull())
    press(pane.picture, "Right")
    wait_for(lambda: pane.headline.text().endswith("returned.0001.png   32 × 16   2 of 2"))
    assert pane.picture.image.pixelColor(1, 1).getRgb()[:3] == (40, 80, 160)
    press(pane.picture, "Right")
    wait_for(lambda: details.items.current == 1 and pane.headline.text().startswith("frame 0001 returned"))
    press(pane.picture, "Left")
    wait_for(lambda: details.items.current == 0 and "returned.0000" in pane.headline.text())


def test_images_that_were_printed_count_if_they_are_new(details: Any, run: Any, wait_for: Wait, tmp_path: Path) -> None:
    old = tmp_path / "old.png"
    old.write_bytes(PNG)
    os.utime(old, (1000, 1000))
    pane = look_at(details, run(draw, (str(tmp_path), 3, "printed")), 0, wait_for)
    assert [Path(path).name for path in pane.result.paths] == [f"printed.{number:04d}.png" for number in range(3)]


def test_images_that_can_not_be_shown_say_so_and_are_opened_elsewhere(
    details: Any, run: Any, wait_for: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.exr").write_bytes(b"not of Qt's")
    pane = look_at(details, run("builtins:str", (str(tmp_path / "a.exr"),)), 0, wait_for)
    wait_for(lambda: bool(pane.picture.text))
    assert pane.picture.text.endswith("EXR images can't be shown here; open it in a viewer.")
    opened: list[str] = []
    monkeypatch.setattr(import_module("PySide6.QtGui").QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    press(pane.picture, "Return")
    pane.folder.click()
    assert opened == [str(tmp_path / "a.exr"), str(tmp_path)]


def test_what_has_no_result_yet_gets_one(details: Any, broker: Path, wait_for: Wait, feed: Any) -> None:
    with farmfutures.Executor() as executor, farmfutures.Farm() as farm:
        future = executor.submit(time.sleep, 0.5)
        pane = look_at(details, farm.job(future.job_id), 0, wait_for)
        assert pane.headline.text().endswith("no result yet.")
        feed.start()
        wait_for(lambda: pane.headline.text() == "1 returned NoneType")


def test_relative_paths_begin_where_the_job_ran(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    item = farmfutures.ItemInfo(1, 0, "x", farmfutures.State.COMPLETE, 1, 1, 1, 0.0, 1.0)
    assert images(["a.png", "b.png", "a.txt", Path("a.png"), 3], item, str(tmp_path)) == [str(tmp_path / "a.png")]
    assert images("a.png", item, None) == []


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        ("two\nlines", "two\nlines", "str of 9 letters"),
        (b"\0\1", "2 bytes: b'\\x00\\x01'", "bytes of 2"),
        ((1, [2, {"a": None}]), "(1, [2, {'a': None}])", "tuple of 2"),
        (3.5, "3.5", "float"),
        (range(10**9), "range(0, 1000000000)", "range"),
    ],
)
def test_values_as_text(value: object, text: str, kind: str) -> None:
    assert (readable(value), describe(value)) == (text, kind)


@pytest.mark.parametrize(
    "value", [list(range(3_000_000)), {"deep": [list(range(10**6))] * 5}, "x" * 10**7, {n: n for n in range(10**6)}]
)
def test_large_values_are_shown_in_part_and_at_once(value: Any) -> None:
    begin = time.thread_time()
    text = readable(value)
    assert time.thread_time() - begin < 1
    assert len(text) < MOST_TEXT + 100
    assert "more" in text
