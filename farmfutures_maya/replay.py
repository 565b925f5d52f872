"""Runs the call of a support bundle again, on this machine, in an interpreter made ready as the first one was.

That unpickles the call, which runs code of the bundle's author: whoever calls `replay` has been asked.
"""

from __future__ import annotations

import dataclasses
import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import farmfutures
from farmfutures import call as calls
from farmfutures.errors import BundleError, SceneNotFoundError
from farmfutures.redact import SECRET, USER, Redactor
from farmfutures.settings import os_user, python_executable

from . import mayapy
from .executor import BOOTSTRAP
from .support import FORMAT


@dataclasses.dataclass(frozen=True)
class Recorded:
    """What a support bundle says.

    Attributes:
        path: The zip.
        values: What is in ``bundle.json``.
        spec: What is in ``spec.json``.
        call: The packed call.
        scene: The name of the scene in it, or "".
    """

    path: Path
    values: Mapping[str, Any]
    spec: Mapping[str, Any]
    call: bytes
    scene: str

    @property
    def error(self) -> str | None:
        """The line with which the call failed, or None."""
        error: str | None = self.values["item"]["error"]
        return error

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the job's secret variables, whose values are not in the bundle."""
        return tuple(self.spec["launch"].get("secrets", {}).get("names", ()))

    def in_words(self) -> str:
        """Says what would be run, without loading any of it."""
        item = self.values["item"]
        return (
            f"job {item['job_id']}, work item {item['work_id']} of farmfutures {self.values['farmfutures']}, Python "
            f"{self.values['python']}, {self.values['platform']}\n  calls  {calls.summarise(self.call)}\n"
            f"  ended  {item['state']}; {self.error or 'no error'}"
        )

    def same(self, error: str | None) -> bool:
        """Returns whether a run that ended with this line ended as the recorded one did."""
        return self.error == (Redactor.here(os.environ).text(error) if error else error)


def read_bundle(path: Path) -> Recorded:
    """Reads a support bundle. Nothing of it is unpickled.

    Raises:
        BundleError: It is none, it is of another format, or it has no call in it.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            names = bundle.namelist()
            values = json.loads(bundle.read("bundle.json"))
            if values.get("format") != FORMAT:
                raise BundleError(
                    f"{path} is a bundle of format {values.get('format')}: replay it with the farmfutures it names."
                )
            if "call.bin" not in names or "spec.json" not in names:
                raise BundleError(f"{path} has no call in it ({values.get('left_out')}): there is nothing to replay.")
            scene = next((name for name in names if name.startswith("scene/")), "")
            return Recorded(path, values, json.loads(bundle.read("spec.json")), bundle.read("call.bin"), scene)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BundleError(f"{path} can't be read as a support bundle: {error}.") from error


def replay(
    bundle: Recorded, folder: Path, *, interpreter: str | None = None, scene: str | None = None, workspace: str | None = None,
    env: Iterable[str] = (),
) -> farmfutures.Future:  # fmt: skip
    """Submits the call of a bundle. The worker unpickles it: whoever wants that must have said so.

    Args:
        bundle: As of `read_bundle`.
        folder: Where the scene of the bundle is put, which has to stay until the future is done.
        interpreter: The Python or ``mayapy`` to use. None: the one of that Maya version here, else this Python.
        scene: The scene to open instead of the recorded one.
        workspace: The project to set instead of the recorded one.
        env: Names of variables that the call gets from this process, such as its secrets.

    Returns:
        The future of a new job on this machine.

    Raises:
        InterpreterNotFoundError: That Maya is not here.
        SceneNotFoundError: The scene is neither here nor in the bundle.
    """
    launch = bundle.spec["launch"]
    extra: Mapping[str, Any] = bundle.spec.get("extra", {})
    settings = {**launch["settings"], **extra.get("settings", {})}
    in_maya = launch["bootstrap"] == BOOTSTRAP
    if in_maya:
        settings = _settings(bundle, settings, folder, scene, workspace)
    options: dict[str, Any] = {
        "name": f"replay of {bundle.path.name}", "interpreter": interpreter or _interpreter(settings, in_maya),
        "env": _env({**launch["env"], **extra.get("env", {})}, env), "bootstrap": launch["bootstrap"], "settings": settings,
        "preflight": tuple(launch["preflight"]), "timeout_s": extra.get("timeout_s", bundle.spec["timeout_s"]),
    }  # fmt: skip
    there = [path for path in map(_here, launch["sys_path"]) if os.path.exists(path)]
    cwd = _here(launch["cwd"] or "") if os.path.isdir(_here(launch["cwd"] or "")) else os.getcwd()
    with farmfutures.Executor() as executor:
        return executor.submit_packed(bundle.call, **options, cwd=cwd, sys_path=[os.getcwd(), *there])


def _here(path: str) -> str:
    """Returns a path with this user in the place of the one that was hidden."""
    return path.replace(USER, os_user())


def _env(recorded: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Returns the variables of a job, without what was hidden in them."""
    known = {name: value for name, value in recorded.items() if not any(mark in value for mark in (SECRET, USER))}
    return {**known, **{name: os.environ[name] for name in names if name in os.environ}}


def _interpreter(settings: Mapping[str, Any], in_maya: bool) -> list[str]:
    return [str(mayapy.find(settings.get("version")).path) if in_maya else python_executable()]


def _settings(
    bundle: Recorded, settings: Mapping[str, Any], folder: Path, scene: str | None, workspace: str | None
) -> dict[str, Any]:
    """Returns the settings of the bootstrap with paths that there are on this machine."""
    found = {name: value for name, value in settings.items() if name not in ("filename", "workspace", "mayapy")}
    project = workspace or _here(settings.get("workspace") or "")
    if project and os.path.isdir(project):
        found["workspace"] = os.path.abspath(project)
    wanted = scene or _here(settings.get("filename") or "")
    if not wanted:
        return found
    if bundle.scene and not scene:
        wanted = _unpack(bundle, folder)
    if not os.path.isfile(wanted):
        raise SceneNotFoundError(f"the scene {wanted} is not here and not in the bundle: name one with --scene.")
    return {**found, "filename": os.path.abspath(wanted)}


def _unpack(bundle: Recorded, folder: Path) -> str:
    target = folder / Path(bundle.scene).name  # The name only: a bundle must not say where it is written.
    with zipfile.ZipFile(bundle.path) as archive:
        target.write_bytes(archive.read(bundle.scene))
    return str(target)
