"""Large values reach their files without being copied into one."""

from __future__ import annotations

import os
import pathlib
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from farmfutures import call as calls
from farmfutures.errors import ResultError
from farmfutures.pieces import LARGE_BYTES, Pieces, save

LARGE = os.urandom(LARGE_BYTES + 1)


def echo(*args: Any, **kwargs: Any) -> Any:
    return args, kwargs


def test_a_large_value_is_not_copied() -> None:
    packed = calls.pack_call(echo, (LARGE, 1), {})
    assert isinstance(packed, Pieces)
    assert any(part is LARGE for part in packed.parts)
    assert len(packed) == len(bytes(packed)) == sum(map(len, packed.parts))


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((LARGE,), {}), ((), {"data": LARGE}), (("ü" * LARGE_BYTES * 2, [1, {"a": None}]), {}), ((LARGE, LARGE), {"x": "y"})],
    ids=["argument", "keyword", "text", "the same twice"],
)
def test_calls_go_through_a_file(tmp_path: Path, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    save(tmp_path / "call", calls.pack_call(echo, args, kwargs))
    function, *rest = calls.load_call(tmp_path / "call")
    assert (function, rest) == (echo, [args, kwargs])


class Foreign:
    """Pickles as a path of the other platform does."""

    def __reduce__(self) -> Any:
        return pathlib.PosixPath if os.name == "nt" else pathlib.WindowsPath, ("a", "b")


def test_a_path_of_the_other_platform_goes_through_a_file(tmp_path: Path) -> None:
    """It arrives as its pure form, as in a small call."""
    save(tmp_path / "call", calls.pack_call(echo, (LARGE, Foreign()), {}))
    pure = pathlib.PurePosixPath if os.name == "nt" else pathlib.PureWindowsPath
    assert calls.load_call(tmp_path / "call")[1] == (LARGE, pure("a", "b"))


def test_what_may_change_is_copied() -> None:
    value = bytearray(LARGE)
    packed = calls.pack_call(echo, (value,), {})
    value[:] = bytes(len(value))
    assert calls.unpack_call(bytes(packed))[1] == (bytearray(LARGE),)


def test_large_arguments_beside_what_goes_by_value() -> None:
    packed = calls.pack_call(lambda data: len(data), (LARGE,), {})
    function, args, _ = calls.unpack_call(bytes(packed))
    assert function(*args) == len(LARGE)


def test_a_word_in_a_large_value_is_no_code() -> None:
    packed = calls.pack_call(echo, (b"__main__" * LARGE_BYTES,), {})
    assert bytes(packed)[:1] == b"P"


@pytest.mark.parametrize(
    "value", [LARGE, "x" * (LARGE_BYTES + 1), [LARGE], 7, None], ids=["bytes", "text", "list", "int", "None"]
)
def test_outcomes_go_through_a_file(tmp_path: Path, value: Any) -> None:
    save(tmp_path / "outcome", calls.pack_result(value))
    assert calls.load_outcome(tmp_path / "outcome") == (value, None)


def test_a_large_exception_goes_through_a_file(tmp_path: Path) -> None:
    save(tmp_path / "outcome", calls.pack_exception(ValueError(LARGE)))
    value, error = calls.load_outcome(tmp_path / "outcome")
    assert value is None
    assert isinstance(error, ValueError)
    assert error.args == (LARGE,)


def test_r13_a_result_in_a_file_that_can_not_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "outcome").write_bytes(b"rcnowhere\nThing\n.")
    _, error = calls.load_outcome(tmp_path / "outcome")
    assert isinstance(error, ResultError)
    assert "nowhere" in str(error)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_nothing_is_left_where_there_is_no_room(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # The same to us as a disk that is full.
    try:
        with pytest.raises(OSError, match="File too large"):
            save(tmp_path / "call", calls.pack_call(echo, (LARGE,), {}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "call").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_payload_is_the_users_alone_and_follows_no_link(tmp_path: Path) -> None:
    save(tmp_path / "call", calls.pack_call(echo, (LARGE,), {}))
    assert stat.S_IMODE((tmp_path / "call").stat().st_mode) == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        save(tmp_path / "link", b"data")
    assert not (tmp_path / "elsewhere").exists()
