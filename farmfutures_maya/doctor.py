"""Whether farmfutures fits the Mayas of this machine: for ``farmfutures doctor``, behind what `farmfutures.checkup` looks at.

Each ``mayapy`` is started as a worker would be, and asked; that takes a licence for as long. What is wrong with it ends
that process only, and is said with what to do.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import farmfutures
from farmfutures import checkup
from farmfutures.checkup import Finding, note, ok, skipped, wrong
from farmfutures.errors import InterpreterNotFoundError, OptionError, SnapshotError
from farmfutures.worker import processes, stage

from . import launch, mayapy, probe
from .executor import Executor
from .install import PYTHONS
from .store import VARIABLE, open_store

_VERSION = re.compile(r'^__version__ = "(.*)"', re.MULTILINE)


def examine(*, quick: bool = False, timeout_s: float = 120.0) -> Iterator[Finding]:
    """Yields what is found, as it is found: of this machine first, then of each Maya.

    Args:
        quick: Start no broker and no Maya.
        timeout_s: How long a Maya may take to start, in seconds.
    """
    broken = False
    for finding in checkup.examine(quick=quick):
        broken = broken or finding.what == "settings" and finding.verdict is checkup.Verdict.WRONG
        yield finding
    if broken:
        return
    yield _store()
    found = interpreters()
    for item in found:
        yield from _maya(item, quick, timeout_s)
    if not found:
        yield _none()


def _store() -> Finding:
    """Where copies of scenes go. It is tried, and an empty folder that this makes is removed."""
    template = os.environ.get(VARIABLE, "")
    if "{workspace}" in template or "{scene_dir}" in template:
        return skipped("scene copies", f"{VARIABLE}={template} depends on the project")
    was_there = os.path.exists(os.path.expanduser(os.path.expandvars(template)))
    try:
        root = open_store(None, scene="", workspace="", environ=os.environ).root
    except SnapshotError as error:
        return wrong("scene copies", str(error), "as it says")
    if not was_there:
        # Without the variable it is in a temporary folder that only we use.
        for folder in (root,) if template else (root, root.parent):
            with contextlib.suppress(OSError):
                folder.rmdir()
    return ok("scene copies", f"{root} can be written")


def interpreters() -> list[mayapy.Mayapy]:
    """Returns every ``mayapy`` that farmfutures would find, for any version it knows."""
    found = {item.path: item for item in mayapy.installed()}
    for year in PYTHONS:
        try:
            item = mayapy.find(year)
        except (InterpreterNotFoundError, OptionError):
            continue
        found.setdefault(item.path, item)
    return list(found.values())


def _none() -> Finding:
    try:
        mayapy.find()
    except InterpreterNotFoundError as error:
        meant = mayapy.VARIABLE in os.environ
        say = wrong if meant else note
        return say("mayapy", str(error), f"mend {mayapy.VARIABLE}" if meant else "calls that need no Maya work without", "Maya")
    return skipped("mayapy", "it came and went", "Maya")  # pragma: no cover - a race


# One Maya


def _maya(item: mayapy.Mayapy, quick: bool, timeout_s: float) -> Iterator[Finding]:
    year = item.version.major if item.version else None
    group = f"Maya {item.version.text}" if item.version else "Maya (its path tells no version)"
    yield ok("mayapy", f"{item.path} ({item.source})", group)
    if year is not None and year < min(PYTHONS):
        yield skipped("its Python", f"farmfutures needs Python 3.11: Maya {min(PYTHONS)} or later", group)
        return
    started = time.perf_counter()
    said, end = _ask(item, quick, timeout_s)
    yield from _judge_python(said, end, group)
    if "python" not in said:
        return
    if quick:
        yield skipped("start and licence", "not tried, to be quick", group)
    else:
        yield from _judge_start(item, said, end, time.perf_counter() - started, group)
    for name, found in said.get("packages", {}).items():
        how = f"farmfutures install --maya {year}` or `" if year else ""
        finding = checkup.judge_package(name, found, group, how=f"`{how}{item.path} -m pip install")
        late = quick and "error" in found
        yield skipped(finding.what, "not there before Maya has read its modules", group) if late else finding


def _ask(item: mayapy.Mayapy, quick: bool, timeout_s: float) -> tuple[dict[str, Any], str]:
    """Returns what a ``mayapy`` says of itself, and how its process ended, "" if well."""
    with Executor(interpreter=[str(item.path)]) as executor:
        options = executor.launch()
    with tempfile.TemporaryDirectory(prefix="farmfutures-doctor-", ignore_cleanup_errors=True) as folder:
        words = "quick" if quick else json.dumps(options["settings"])
        environ = {**launch.environ_of(options), stage.FOLDER_VARIABLE: folder}
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
            code = _run(launch.command(options["interpreter"], "probe", words), environ, out, timeout_s)
            out.seek(0)
            text = out.read()
        said = probe.heard(text)
        return said, _end(code, said, text, Path(folder), timeout_s)


def _run(command: list[str], environ: Mapping[str, str], out: Any, timeout_s: float) -> int | None:
    """Returns the exit code, None where it took too long."""
    # A file, not a pipe: what Maya starts (a licence client) holds a pipe open after its own end.
    process = processes.start(command, env=environ, stdout=out, stderr=subprocess.STDOUT)
    try:
        return process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return None
    finally:
        processes.kill_tree(process.pid)
        process.wait()


def _end(code: int | None, said: Mapping[str, Any], text: str, folder: Path, timeout_s: float) -> str:
    """Says how the process of a probe ended, "" if well."""
    if code == 0:
        return ""
    if code is None:
        return (stage.read(folder) or (stage.FIRST, 0))[0].hung(timeout_s)
    if "maya" in said:
        return processes.describe_exit(code)
    lines = [line for line in text.splitlines() if line.strip() and probe.PREFIX not in line]
    return launch.died(code, folder, silent=not lines) + (f" It said: {lines[-1]}" if lines else "")


def _judge_python(said: Mapping[str, Any], end: str, group: str) -> Iterator[Finding]:
    if "python" not in said:
        yield wrong("its Python", end or "it says nothing of itself", "start it by hand, and mend or remove it", group)
        return
    version = tuple(int(part) for part in said["python"].split(".")[:2])
    if version < (3, 11):
        yield wrong("its Python", said["python"], f"farmfutures needs Python 3.11: Maya {min(PYTHONS)} or later", group)
    else:
        yield ok("its Python", said["python"], group)


def _judge_start(item: mayapy.Mayapy, said: Mapping[str, Any], end: str, took_s: float, group: str) -> Iterator[Finding]:
    if "maya" not in said:
        cause = said.get("error") or end or "it ended without a word"
        yield wrong("start and licence", cause, "mend what it names; workers can't start until then", group)
        yield skipped("module", "Maya did not start", group)
        return
    text = f"Maya {said['maya']} ({said['build'] or 'unknown build'}) was up after {took_s:.1f} s, with a licence"
    here = mayapy.MayaVersion.parse(said["maya"])
    if item.version is not None and not item.version.fits(here):
        yield wrong(
            "start and licence", text, f"its path says {item.version.text}: set {mayapy.VARIABLE} to the right one", group
        )
    else:
        yield ok("start and licence", text, group)
    yield _judge_module(said, here, group)
    if end:
        yield note("its end", end, "workers are ended by force, so that this costs nothing but the message", group)


def _judge_module(said: Mapping[str, Any], here: mayapy.MayaVersion, group: str) -> Finding:
    """Whether an artist has it: a worker needs no module."""
    install = f"run `farmfutures install --maya {here.major}`" if here.major else "put it on MAYA_MODULE_PATH"
    folder = said["modules"].get(probe.NAME)
    if folder is None:
        return wrong("module", "Maya does not see it", f"{install}; or put the folder with its .mod on MAYA_MODULE_PATH", group)
    version = _version_in(Path(folder))
    if version != farmfutures.__version__:
        return wrong("module", f"{version or 'no farmfutures'} in {folder}, this is {farmfutures.__version__}", install, group)
    if said.get("plugin"):
        return wrong("module", f"its plug-in does not load: {said['plugin']}", "mend what it names", group)
    return ok("module", f"{version} in {folder}, and its plug-in loads", group)


def _version_in(folder: Path) -> str:
    try:
        found = _VERSION.search((folder / "scripts" / "farmfutures" / "__init__.py").read_text(encoding="utf-8"))
    except OSError:
        return ""
    return found[1] if found else ""
