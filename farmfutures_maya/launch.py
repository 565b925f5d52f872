"""Starts a ``mayapy`` from outside of Maya, as workers are started, and waits for what it does.

`farmfutures` is made importable before Maya starts, since module files are read only while it does; and at the end of
``sys.path``, so that what lies beside it (a whole ``site-packages``, perhaps) hides nothing of Maya's.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import farmfutures
from farmfutures.errors import BootstrapError
from farmfutures.settings import Settings
from farmfutures.worker import processes, stage

from .executor import Executor
from .script import NOT_READY

_ENTRY = (
    "import sys; sys.path.append(sys.argv[1]); import farmfutures.maya; from importlib import import_module; "
    "import_module('farmfutures_maya.' + sys.argv[2]).main(sys.argv[3:])"
)
_TICK_S = 0.05
_INTERRUPTED_S = 10.0


def command(interpreter: Sequence[str], room: str, *words: str) -> list[str]:
    """Returns the command line that calls ``main`` of one of our rooms in a ``mayapy``.

    Args:
        interpreter: The ``mayapy``, or a command that ends in one.
        room: ``"script"`` or ``"probe"``.
        words: What `main` gets.
    """
    packages = os.path.dirname(next(iter(farmfutures.__path__)))
    # -P: a maya.py or a farmfutures in the current folder is not what is meant.
    return [*interpreter, "-P", "-c", _ENTRY, packages, room, *words]


def run_here(script: str, arguments: Sequence[str] = (), **maya: Any) -> int:
    """Runs a script in a Maya of its own, on this terminal.

    Args:
        script: Its path.
        arguments: What it finds in ``sys.argv``.
        **maya: ``version``, ``filename``, ``workspace`` and the other options of `farmfutures.maya.Executor`.

    Returns:
        The script's exit code; 3 where Maya could not be made ready, 130 after an interrupt.

    Raises:
        InterpreterNotFoundError: There is no such Maya.
        SceneNotFoundError: There is no such scene.
        WorkspaceNotFoundError: There is no such folder.
        BootstrapError: Maya ended or hung before the script began.
    """
    with Executor(**maya) as executor:
        options = executor.launch()
    with tempfile.TemporaryDirectory(prefix="farmfutures-run-", ignore_cleanup_errors=True) as folder:
        mark = Path(folder, "ready")
        words = (json.dumps(options["settings"]), str(mark), os.path.abspath(script), *arguments)
        environ = {**options["env"], **options["secret_env"], **os.environ, "FARMFUTURES_WORKER_DIR": folder}
        line = command(options["interpreter"], "script", *words)
        with subprocess.Popen(line, env=environ) as process:
            return _watch(process, Path(folder), mark)


def _watch(process: subprocess.Popen[bytes], folder: Path, mark: Path) -> int:
    try:
        _await_start(process, folder, mark, Settings.load().start_timeout_s)
        code = process.wait()
    except KeyboardInterrupt:  # Which the script got, too.
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(_INTERRUPTED_S)
        processes.kill_tree(process.pid)
        return 130
    return code if code >= 0 else 128 - code  # As shells have it: 128 and the signal.


def _await_start(process: subprocess.Popen[bytes], folder: Path, mark: Path, usual_s: float) -> None:
    """Waits until Maya is ready, or the process has said why it is not. Each step of getting ready has its own limit."""
    began_s, seen = time.monotonic(), 0
    while not mark.exists():
        step, at = stage.read(folder) or (stage.FIRST, seen)
        if at != seen:
            began_s, seen = time.monotonic(), at
        try:
            code = process.wait(_TICK_S)
        except subprocess.TimeoutExpired:
            limit_s = usual_s if step.limit_s is None else step.limit_s
            if time.monotonic() - began_s < limit_s:
                continue
            processes.kill_tree(process.pid)
            raise BootstrapError(step.hung(limit_s)) from None
        if code != NOT_READY and not mark.exists():
            raise BootstrapError(died(code, folder, silent=code == _SILENT))
        return


_SILENT = 255
"""What it printed went past us. Code 255 is that of a Maya that lacks a library, and which prints nothing."""


def died(code: int, folder: Path, *, silent: bool) -> str:
    """Says what it means that a ``mayapy`` ended before it was ready.

    Args:
        code: Its exit code, as `subprocess` has it.
        folder: Where it said what it was doing.
        silent: Whether it printed nothing.
    """
    step, _ = stage.read(folder) or (stage.FIRST, 0)
    return step.died(processes.describe_exit(code), silent=silent)


def environ_of(options: Mapping[str, Any]) -> dict[str, str]:
    """Returns the environment that a worker of a job with these options has here, and the user's module path.

    Args:
        options: As of `Executor.launch`.
    """
    from farmfutures.engines.local.folder import Folder
    from farmfutures.engines.local.pool import Pool

    settings = Settings.load()
    own = {name: value for name, value in os.environ.items() if name.startswith("MAYA_")}
    # Our own folder is on the command line; a worker puts it last, too, as soon as it is there.
    path = options["env"].get("PYTHONPATH", "")
    return {**own, **Pool(Folder(settings.state), settings).environ(options["env"]), "PYTHONPATH": path}
