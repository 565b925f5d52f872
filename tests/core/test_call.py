"""Calls and outcomes to bytes and back. Rows Q44-Q48, QS15, QS24; what can't travel, with the path to it."""

from __future__ import annotations

import functools
import os
import pickle
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm
from farmfutures import call as calls
from farmfutures.errors import CallError, RemoteError, ResultError

LOCK = threading.Lock()


class Adder:
    """A callable object."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __call__(self, m: int) -> int:
        return self.n + m

    @staticmethod
    def twice(n: int) -> int:
        return 2 * n


def deep(levels: int, end: Any = 0) -> Any:
    value = end
    for _ in range(levels):
        value = [value]
    return value


class Holder:
    """An object with a bad member."""

    def __init__(self) -> None:
        self.good = 1
        self.bad = LOCK


@pytest.mark.parametrize(
    ("function", "args", "value"),
    [
        (abs, (-1,), 1),
        (str.upper, ("a",), "A"),
        (complex, (1, 2), 1 + 2j),
        (lambda n: n + 1, (1,), 2),
        (functools.partial(pow, 2), (3,), 8),
        (Adder(2), (3,), 5),
        (Adder.twice, (4,), 8),
        ("math:factorial", (4,), 24),
        ("os:path.basename", ("a/b",), "b"),
        ("builtins:eval", ("1 + 1",), 2),
        (eval, ("a + b", {"a": 1, "b": 2}), 3),
    ],
)
def test_q44_q46_q48_q49_what_can_be_called(function: Any, args: tuple[Any, ...], value: Any) -> None:
    found, found_args, kwargs = calls.unpack_call(bytes(calls.pack_call(function, args, {})))
    assert found(*found_args, **kwargs) == value


def test_q46_closures_travel_by_value() -> None:
    n = 5
    function, args, _ = calls.unpack_call(bytes(calls.pack_call(lambda m: n + m, (1,), {})))
    assert function(*args) == 6


@pytest.mark.parametrize(
    ("function", "args", "kwargs", "text"),
    [
        (abs, (LOCK,), {}, r"args\[0\] can't be sent to a worker: .*lock.* can't be pickled"),
        (abs, (), {"where": {"deep": [1, LOCK]}}, r"kwargs\['where'\]\['deep'\]\[1\] can't be sent"),
        (abs, (Holder(),), {}, r"args\[0\]\.bad can't be sent"),
        (abs, (deep(200, LOCK),), {}, r"args\[0\](\[0\])+.* can't be sent"),
        (abs, ((n for n in "a generator"),), {}, r"args\[0\] can't be sent to a worker: .*generator"),
        (lambda: LOCK, (), {}, r"LOCK"),
        ("math.factorial", (1,), {}, "'math.factorial' does not name a function: write it as 'package.module:function'"),
        ("math:", (1,), {}, "does not name a function"),
        (7, (), {}, "7 can't be called"),
    ],
)
def test_q47_q48_bad_calls_fail_in_submit(function: Any, args: Any, kwargs: dict[str, Any], text: str) -> None:
    if callable(function) and getattr(function, "__name__", "") == "<lambda>":
        function.__module__ = "__main__"  # By value, so that what it refers to comes along.
    with pytest.raises(CallError, match=text) as caught:
        calls.pack_call(function, args, kwargs)
    assert isinstance(caught.value, (TypeError, ValueError))


def test_an_argument_of_200_levels_travels() -> None:
    value = deep(200, "end")
    _, args, _ = calls.unpack_call(bytes(calls.pack_call(abs, (value,), {})))
    assert args == (value,)


def test_far_too_deep_is_an_error_and_not_a_crash() -> None:
    with pytest.raises(CallError, match=r"args\[0\]"):
        calls.pack_call(abs, (deep(100_000),), {})


@pytest.mark.parametrize(
    ("function", "args", "words"),
    [
        (abs, (-5,), ["builtins", "abs", "-5"]),
        ("studio.checks:meshes", ("shot010",), ["studio.checks:meshes", "shot010"]),
        (abs, ("x" * 10_000,), ["xxx", "..."]),
    ],
)
def test_qs15_a_summary_for_people_runs_nothing(function: Any, args: tuple[Any, ...], words: list[str]) -> None:
    text = calls.summarise(bytes(calls.pack_call(function, args, {})))
    assert all(word in text for word in words), text
    assert len(text) <= 120


class Trap:
    """Says so when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.putenv, ("UNPICKLED", "1")


def test_qs15_a_summary_of_something_malicious() -> None:
    calls.summarise(b"P" + pickle.dumps((Trap(), (), {})))
    assert "UNPICKLED" not in os.environ
    calls.summarise(b"P not a pickle")


# --- exceptions and results that do not travel well: R12


class TwoArguments(Exception):
    def __init__(self, a: int, b: int) -> None:
        super().__init__(f"{a} and {b}")


class ReduceRaises(Exception):
    def __reduce__(self) -> Any:
        raise RuntimeError("no")


class BadText(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Base(BaseException):
    pass


def raise_kind(kind: str) -> None:
    if kind == "two arguments":
        raise TwoArguments(1, 2)
    if kind == "reduce raises":
        raise ReduceRaises("will not travel")
    if kind == "bad text":
        raise BadText
    if kind == "base":
        raise Base("base")
    if kind == "group":
        raise ExceptionGroup("several", [ValueError("one"), KeyError("two")])
    if kind == "huge":
        raise ValueError("x" * 10_000_000)
    if kind == "local class":
        raise type("Local", (Exception,), {})("from nowhere")
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    raise one


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("two arguments", RemoteError),
        ("reduce raises", RemoteError),
        ("bad text", BadText),
        ("base", Base),
        ("group", ExceptionGroup),
        ("huge", ValueError),
        ("local class", Exception),
        ("circle", ValueError),
    ],
)
def test_exceptions_that_do_not_travel_well(executor: Executor, kind: str, expected: type[BaseException]) -> None:
    future = executor.submit(raise_kind, kind)
    error = future.exception(20)
    assert isinstance(error, expected)
    assert "raise_kind" in str(error.__cause__)
    assert executor.submit(abs, -1).result(20) == 1


def test_an_exception_that_can_not_be_loaded_keeps_its_text(executor: Executor) -> None:
    error = executor.submit(raise_kind, "two arguments").exception(20)
    assert isinstance(error, RemoteError)
    assert "1 and 2" in str(error)
    assert "TwoArguments: 1 and 2" in str(error.__cause__)


def test_r13_a_result_that_exists_only_on_the_worker(executor: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "only_there.py").write_text("class Thing:\n    size = 3\ndef make():\n    return Thing()\n")
    future = executor.submit_ext("only_there:make", sys_path=[str(tmp_path)])
    others = [executor.submit(abs, -n) for n in range(20)]
    with pytest.raises(ResultError, match=r"can't be loaded here \(ModuleNotFoundError: No module named 'only_there'\)"):
        future.result(20)
    assert [other.result(20) for other in others] == list(range(20))
    with Farm() as farm, pytest.raises(ResultError):
        farm.outcome(future.job_id, 0)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert future.result(20).size == 3  # It was kept, and asked for again.
    assert future.exception(20) is None
    monkeypatch.delitem(sys.modules, "only_there")


def test_q45_a_module_that_the_worker_lacks(executor: Executor) -> None:
    future = executor.submit("no_such_module:function")
    with pytest.raises(ModuleNotFoundError, match="no_such_module") as caught:
        future.result(20)
    assert "sys_path=" in str(caught.value.__cause__)


def test_large_calls_and_results_go_by_file(executor: Executor) -> None:
    data = os.urandom(3_000_000)
    future = executor.submit(bytes.upper, data)
    assert future.result(30) == data.upper()
    assert future.arguments() == ((data,), {})


def test_a_call_above_the_cap(shared_farm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from farmfutures.errors import RefusedError

    monkeypatch.setenv("FARMFUTURES_MAX_PAYLOAD_BYTES", "1000000")
    with Executor() as executor, pytest.raises(RefusedError, match="the limit is 1000000: write the data to a file"):
        executor.submit(len, b"x" * 2_000_000)
