"""Runs a script of the user's inside a Maya that was made ready, as ``mayapy script.py`` would.

`main` is what `farmfutures_maya.launch` starts: it makes Maya ready by the workers' own bootstrap, runs the script, and
ends the process with the script's exit code. Maya can do neither by itself: it hangs and crashes while it ends, and
turns exit codes into 0.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import runpy
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from farmfutures.worker import processes

from .bootstrap import bootstrap

NOT_READY = 3
"""The exit code where Maya could not be made ready; standard error says why."""

_GOODBYE_S = 10.0


def run_script(path: str, arguments: Sequence[str] = ()) -> None:
    """Runs a script in this process, which is a Maya already.

    Args:
        path: The script. It is ``__main__``, and its folder comes first on ``sys.path``.
        arguments: What it finds in ``sys.argv`` behind its own path.

    Raises:
        SystemExit: It ended by ``sys.exit`` with something else than success.
    """
    try:
        with _as_main(path, arguments):
            runpy.run_path(path, run_name="__main__")
    except SystemExit as leave:
        if leave.code not in (None, 0):
            raise


@contextlib.contextmanager
def _as_main(path: str, arguments: Sequence[str]) -> Generator[None]:
    """A worker runs other calls afterwards: they find ``sys.argv`` and ``sys.path`` as they were."""
    argv, folder = sys.argv, os.path.dirname(os.path.abspath(path))
    sys.argv = [path, *arguments]
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.argv = argv
        with contextlib.suppress(ValueError):
            sys.path.remove(folder)


def main(words: Sequence[str]) -> None:
    """Makes Maya ready, runs a script and ends the process.

    Args:
        words: Settings of `bootstrap` as JSON, a file to make once Maya is ready, the script, and its arguments.
    """
    settings, mark, path, *arguments = words
    processes.die_with_parent()
    try:
        goodbye = bootstrap(json.loads(settings)).goodbye
    except Exception as error:
        print(f"farmfutures: {error}", file=sys.stderr)
        leave(NOT_READY)
    else:
        Path(mark).touch()
        leave(_code_of(path, arguments), goodbye)


def _code_of(path: str, arguments: Sequence[str]) -> int:
    """Runs the script; returns the exit code that Python would have had."""
    try:
        run_script(path, arguments)
    except SystemExit as wanted:
        if isinstance(wanted.code, int):
            return wanted.code & 0xFF
        print(wanted.code, file=sys.stderr)
        return 1
    except BaseException as error:
        traceback.print_exception(_from_script(error, path))
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _from_script(error: BaseException, path: str) -> BaseException:
    """Cuts off the frames of ours and of `runpy`, so that the traceback starts in the script."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename != path:
        frame = frame.tb_next
    return error.with_traceback(frame)  # None where it did not even compile.


def leave(code: int, goodbye: Callable[[], object] | None = None) -> None:
    """Ends the process as Python would, in bounded time and past Maya's own destructors.

    Args:
        code: The exit code.
        goodbye: Of what `bootstrap` returned.
    """
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]  # The script's threads come first, as in Python.
    threading.Thread(target=_end_later, args=(code,), daemon=True).start()
    hooks = atexit._run_exitfuncs  # pyright: ignore[reportPrivateUsage]
    for last in (hooks, goodbye, sys.stdout.flush, sys.stderr.flush):
        with contextlib.suppress(BaseException):
            if last is not None:
                last()
    os._exit(code)


def _end_later(code: int) -> None:
    time.sleep(_GOODBYE_S)
    os._exit(code)
