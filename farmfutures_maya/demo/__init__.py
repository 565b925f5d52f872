"""The demo behind ``farmfutures demo``: the main job, on a scene that came with the package.

    orrery.ma     a sun, planets and moons, keyed over frames 1 to 96
    session.py    what somebody would type in their Maya: capture the session, submit two jobs, take the results
    orbits.py     what runs on the workers, once for each frame

This room says how the session is started; `farmfutures.cli.demo` shows what comes back.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from farmfutures.errors import InterpreterNotFoundError
from farmfutures.settings import Settings

from .. import mayapy

FOLDER = Path(__file__).resolve().parent
SCENE = FOLDER / "orrery.ma"
PREFIX = "farmfutures-demo: "
"""Lines of the session's standard output that start so go on in JSON; Maya itself prints there, too."""


@dataclass(frozen=True, slots=True)
class Demo:
    """How the demo's session is started on this machine.

    Attributes:
        mayapy: The interpreter of the session and of the workers.
        stand_in: Whether it is the stand-in of the tests rather than Autodesk's.
        scene: What is opened.
        command: The command line of the session.
        environ: Its environment.
        prefix: What marks the lines of its standard output that are JSON.
    """

    mayapy: Path
    stand_in: bool
    scene: Path
    command: tuple[str, ...]
    environ: dict[str, str]
    prefix: str = PREFIX

    @classmethod
    def find(cls) -> Demo:
        """Finds a real ``mayapy``, else the stand-in, which only a checkout of the project has.

        Raises:
            InterpreterNotFoundError: There is neither.
        """
        path, stand_in = _interpreter()
        environ = {**os.environ, mayapy.VARIABLE: str(path), "PYTHONPATH": _python_path()}
        environ.setdefault("FARMFUTURES_STORE", str(_store(Settings.load())))
        if stand_in:
            environ["FARMFUTURES_SIM_PYTHON"] = sys.executable
        return cls(path, stand_in, SCENE, (str(path), str(FOLDER / "session.py"), str(SCENE)), environ)


def _store(settings: Settings) -> Path:
    """Where the copy of the scene goes: where workers see it, and not into the project of an artist."""
    if settings.engine != "local" and settings.spool:
        return Path(settings.spool).expanduser() / "farmfutures-scenes"
    return settings.state.with_name("farmfutures-scenes")


def _interpreter() -> tuple[Path, bool]:
    name = "mayapy.cmd" if sys.platform == "win32" else "mayapy"
    stand_in = FOLDER.parents[1] / "tests" / "mayasim" / "bin" / name
    try:
        found = mayapy.find().path
    except InterpreterNotFoundError as error:
        if os.environ.get(mayapy.VARIABLE):
            raise  # Somebody named one: what is wrong with it is the answer, and not the stand-in.
        if not stand_in.is_file():
            raise InterpreterNotFoundError(
                "the demo needs Maya, and there is none on this machine; a checkout of the project has a stand-in, and "
                f"there `make demo` works without. ({error})"
            ) from error
        return stand_in, True
    return found, found == stand_in.resolve()


def _python_path() -> str:
    """The session finds the `farmfutures` that runs now, whether it is installed for Maya or not."""
    import farmfutures

    scripts = str(Path(next(iter(farmfutures.__path__))).parent)
    return os.pathsep.join(filter(None, [scripts, os.environ.get("PYTHONPATH")]))
