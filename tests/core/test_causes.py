"""Failures by cause."""

from __future__ import annotations

import random
import traceback

import pytest

from farmfutures.causes import error_of, group, place_of, signature


def no_file(frame: int) -> None:
    raise FileNotFoundError(2, "No such file or directory", f"/show/sh010/tex/wood.{frame:04d}.exr")


def bad_value(frame: int) -> None:
    raise ValueError(f"sample {frame / 7:.3f} of node <Mesh at 0x7f{frame:08x}> is not finite")


def no_licence(frame: int) -> None:
    raise RuntimeError(f"mtoa: no licence for host 'render{frame % 9}' (frame {frame})")


def caught(function: object, frame: int) -> str:
    try:
        function(frame)  # type: ignore[operator]
    except Exception:
        return traceback.format_exc()
    raise AssertionError


def test_n4_three_causes_of_six_hundred_failures() -> None:
    causes = (no_file, bad_value, no_licence)
    failures = [(frame, caught(causes[frame % 3], frame)) for frame in range(600)]
    random.Random(4).shuffle(failures)
    found = group(failures)
    assert [len(cause.works) for cause in found] == [200, 200, 200]
    assert sorted(sorted(cause.works) for cause in found) == [[*range(first, 600, 3)] for first in range(3)]
    titles = {cause.title for cause in found}
    assert titles == {
        "FileNotFoundError: [Errno …] No such file or directory: '…'",
        "ValueError: sample … of node <Mesh at …> is not finite",
        "RuntimeError: mtoa: no licence for host '…' (frame …)",
    }
    assert {cause.place.partition(", in ")[2] for cause in found} == {"no_file", "bad_value", "no_licence"}


def test_one_error_from_two_places_is_two_causes() -> None:
    texts = [(0, caught(lambda frame: no_file(frame), 1)), (1, caught(no_licence, 1)), (2, caught(no_licence, 1))]
    assert [cause.works for cause in group(texts)] == [[1, 2], [0]]
    assert group(texts)[0].title == "RuntimeError: mtoa: no licence for host 'render1' (frame 1)"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: two\nlines of it\n", "ValueError: two"),
        ("KeyError\n", "KeyError"),
        ("pkg.errors.Odd: x", "pkg.errors.Odd: x"),
        ("farmfutures.WorkerDiedError: it died.\nThe last lines of its log:\nError: of the renderer",
         "farmfutures.WorkerDiedError: it died."),
        ("", "failed"),
    ],
)  # fmt: skip
def test_the_line_that_says_what_is_wrong(text: str, line: str) -> None:
    assert error_of(text) == line


def test_where_it_was_raised() -> None:
    assert (
        place_of('  File "/a/b/run.py", line 3, in go\n  File "C:\\tools\\bake.py", line 41, in bake\nError')
        == "bake.py:41, in bake"
    )
    assert place_of("no traceback") == ""


def test_words_with_numbers_stay() -> None:
    assert signature("ValueError: layer2 of pass_01 needs 3 samples") == "ValueError: layer2 of pass_01 needs … samples"
