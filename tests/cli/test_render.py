"""How things look."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from rich.console import Console

from farmfutures.cli import render
from farmfutures.cli.demo import ranges
from farmfutures.job import ItemInfo, JobInfo, Progress, State, WorkerInfo

JOB = JobInfo(
    7,
    "Frames [1-10]\nmore",
    "me",
    State.FAILED,
    50,
    2,
    10,
    {State.COMPLETE: 7, State.FAILED: 2},
    1.0,
    2.0,
    3.5,
    "local",
)
ITEM = ItemInfo(7, 3, "frame 3", State.RUNNING, 1, 3, 2, 1.0, None, Progress(1, 4, "sampling"))


def text_of(thing: object, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=160, highlight=False)
    console.print(thing if not callable(thing) else thing(console))
    stream.seek(0)
    return stream.read()


def test_u2_every_state_has_a_sign_a_word_and_a_colour_of_its_own() -> None:
    assert set(render.LOOKS) == set(State)
    for part in zip(*render.LOOKS.values(), strict=True):
        assert len(set(part)) == len(State)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""), (0.0004, "0 ms"), (0.34, "340 ms"), (8.24, "8.2 s"), (59.94, "59.9 s"), (200, "3 min 20 s"),
        (7500, "2 h 05 min"), (300_000, "3 d 11 h"),
    ],
)  # fmt: skip
def test_duration(seconds: float | None, text: str) -> None:
    assert render.duration(seconds) == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([4], "4"), ([0, 1, 2, 5], "0-2, 5"), ([0, 2, 4, 6, 8, 10], "0, 2, 4, 6, ...")],
)
def test_ranges(numbers: list[int], text: str) -> None:
    assert ranges(numbers) == text


def test_a_job_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    line = text_of(lambda console: render.jobs_table(console, [JOB])).splitlines()[-1]
    assert "Frames [1-10] ..." in line  # Brackets are the user's, not markup.
    assert "✘ failed" in line
    assert "9/10" in line


def test_where_only_ascii_can_be_shown_it_is_ascii() -> None:
    text = text_of(lambda console: render.jobs_table(console, [JOB]), "ascii")
    assert text.isascii()
    assert "x failed" in text


def test_an_item_says_its_error_or_its_progress() -> None:
    assert render.last_words(ITEM) == "25% sampling"
    assert render.last_words(dataclasses.replace(ITEM, progress=Progress(12))) == "12"
    assert render.last_words(dataclasses.replace(ITEM, error="ValueError: no")) == "ValueError: no"
    assert "frame 3" in text_of(lambda console: render.items_table(console, [ITEM]))


def test_a_worker_is_a_line() -> None:
    worker = WorkerInfo(1, 4242, "/usr/bin/python3", "busy", 7, 3, 1.0, 12)
    assert "7/3" in text_of(render.workers_table([worker]))


def test_json_has_what_programs_need() -> None:
    found = json.loads(json.dumps(render.plain([JOB, ITEM, {State.FAILED: object}])))
    assert found[0]["counts"] == {"complete": 7, "failed": 2}
    assert (found[0]["done"], found[0]["fraction"], found[1]["state"]) == (9, 0.9, "running")
    assert found[1]["progress"] == {"done": 1, "total": 4, "message": "sampling", "fraction": 0.25}
    assert found[2]["failed"] == "<class 'object'>"
