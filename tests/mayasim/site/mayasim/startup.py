"""Start and end of a Maya: its environment, modules, user set-up, and the ways in which that is known to fail."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import runpy
import signal
import sys
import time
from pathlib import Path

from . import modules
from .flags import COMMANDS
from .world import world

_LICENCE = (
    "Error encountered when initializing Maya - Please check for sufficient disk space and necessary write permissions of "
    "MAYA_APP_DIR."
)
_USES = re.compile(r"\$\{(\w+)\}|\$(\w+)|%(\w+)%")


def batch(name: str) -> None:
    """Starts a Maya without interface.

    Raises:
        RuntimeError: There is one already, or no licence.
    """
    if world.started or os.environ.get("FARMFUTURES_SIM_INTERACTIVE") == "1":
        raise RuntimeError("Maya is initialised already.")
    fault = os.environ.get("FARMFUTURES_SIM_FAULT", "")
    time.sleep(float(os.environ.get("FARMFUTURES_SIM_STARTUP_S", "0")))
    if fault == "licence":
        raise RuntimeError(_LICENCE)
    if fault == "exit255":
        os._exit(255)  # Says nothing, as a Maya 2027 does that misses a library of its own.
    while fault == "hang_start":
        time.sleep(60)
    _start()
    if not os.environ.get("MAYA_NO_STANDALONE_ATEXIT"):
        # Maya ends the process itself, and with success, whatever the script's exit code was to be.
        atexit.register(lambda: (sys.stdout.flush(), os._exit(0)))


def interactive() -> None:
    """Starts a Maya with an interface, at the first import of ``maya.cmds``."""
    world.batch = False
    if os.environ.get("FARMFUTURES_SIM_WINDOW") == "1":
        from . import window

        window.open_window(world)
    _start()
    if world.window:
        world.window.load_shelves()
        world.window.restore_layout()


def _start() -> None:
    from maya import cmds

    from . import commands  # noqa: F401

    for name, function in COMMANDS.items():
        setattr(cmds, name, function)
    world.started = True
    _read_environ()
    if os.environ.get("MAYA_APP_DIR"):
        sys.path.append(os.path.join(os.environ["MAYA_APP_DIR"], world.version, "scripts"))
    modules.load(world)
    if not os.environ.get("MAYA_SKIP_USERSETUP_PY"):
        _user_setup()


def _read_environ() -> None:
    """Reads ``Maya.env``: its values are seen by MEL, not by ``os.environ``; it can't move MAYA_APP_DIR."""
    own = os.environ.get("MAYA_APP_DIR")  # Not the default one: that of a real Maya is nothing for tests.
    folder = os.environ.get("MAYA_ENV_DIR") or (os.path.join(own, world.version) if own else "")
    file = Path(folder, "Maya.env")
    for line in file.read_text().splitlines() if folder and file.is_file() else ():
        name, equals, value = (part.strip() for part in line.partition("="))
        if equals and not name.startswith("#") and name not in os.environ and name != "MAYA_APP_DIR":
            world.environ[name] = _USES.sub(lambda found: world.getenv(next(filter(None, found.groups()))), value)


def _user_setup() -> None:
    for folder in list(sys.path):
        file = Path(folder, "userSetup.py")
        if file.is_file():
            try:
                runpy.run_path(str(file))
            except Exception as error:
                print(f"Failed to execute userSetup.py\n{type(error).__name__}: {error}", file=sys.stderr)


def end() -> None:
    """Ends Maya; the known ways to hang and to crash there are faults that can be asked for.

    Raises:
        RuntimeError: There is no Maya of this process to end, or it has an interface.
    """
    if not world.started or not world.batch:
        raise RuntimeError("maya.standalone.uninitialize() needs a Maya that maya.standalone.initialize() has started.")
    world.tell("kMayaExiting")
    fault = os.environ.get("FARMFUTURES_SIM_FAULT", "")
    while fault == "hang_exit":
        time.sleep(60)
    if fault == "segfault_exit":
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
