"""Runs Maya's command line renderer on the worker. The worker itself is a plain Python: ``Render`` is the Maya.

A run renders into a folder of its own and its images are moved to their place when all of them are there, so that a render
that was killed leaves no half image, and it is known which files a run has written.
"""

from __future__ import annotations

import collections
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from farmfutures.errors import RenderError
from farmfutures.worker import context, processes

from . import mayapy, path_mapping

_LAST_LINES = 20


def prepare_render(settings: dict[str, Any]) -> None:
    """Makes a worker ready for `render`: paths are mapped, and no Maya is started.

    Args:
        settings: As of `bootstrap`.
    """
    table = path_mapping.table_of(settings)
    if settings.get("mayapy"):
        os.environ.setdefault(mayapy.VARIABLE, settings["mayapy"])
    path_mapping.prepare_process(settings, table)
    context.on_arguments(table.arguments if table.pairs else None)


def render(scene: str, project: str, images: str, flags: Sequence[str], version: str | None = None) -> list[str]:
    """Renders what `flags` say with ``Render -r file``, and waits for it. Its output goes to the log.

    Args:
        scene: The scene.
        project: Its project.
        images: The folder that images go to.
        flags: As of `RenderPlan.chunks`.
        version: Which Maya.

    Returns:
        The files that it wrote.

    Raises:
        RenderError: It ended with another exit code than 0, or without an image; the last lines of its output are in it.
        InterpreterNotFoundError: That Maya is not here.
    """
    staging = Path(images) / f".farmfutures-{uuid.uuid4().hex}"
    staging.mkdir(parents=True)
    try:
        command = [str(program(version)), "-r", "file", *flags, "-rd", staging.as_posix(), "-proj", project, scene]
        _run(command)
        return _move(staging, Path(images), command)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def program(version: str | None) -> Path:
    """Returns the command line renderer of a Maya, which lies beside its ``mayapy``.

    Raises:
        RenderError: It is not there.
        InterpreterNotFoundError: That Maya is not here.
    """
    found = mayapy.find(version).path.with_name("Render.exe" if sys.platform == "win32" else "Render")
    if not found.is_file():
        raise RenderError(f"there is no {found}: this Maya has no command line renderer. Install all of it, or name another one.")
    return found


def _run(command: list[str]) -> None:
    last: collections.deque[str] = collections.deque(maxlen=_LAST_LINES)
    print(f"farmfutures: {subprocess.list2cmdline(command)}", flush=True)
    with processes.start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                text = line.decode(errors="replace").rstrip()
                last.append(text)
                print(text, flush=True)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise RenderError(f"Render {processes.describe_exit(process.returncode)}. {_quoted(command, last)}")


def _quoted(command: list[str], last: Sequence[str]) -> str:
    lines = "\n  ".join(last) or "(nothing)"
    return f"It was called as\n  {subprocess.list2cmdline(command)}\nand said at last\n  {lines}"


def _move(staging: Path, images: Path, command: list[str]) -> list[str]:
    written = sorted(path for path in staging.rglob("*") if path.is_file())
    if not written:
        raise RenderError(
            f"Render ended well and wrote no image: look in its log for where they went. It was called as\n  "
            f"{subprocess.list2cmdline(command)}"
        )
    targets: list[str] = []
    for path in written:
        target = images / path.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
        targets.append(target.as_posix())
    return targets
