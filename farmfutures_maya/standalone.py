"""Starts the Maya of a worker, in folders of its own, and takes leave of it."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from farmfutures.errors import BootstrapError
from farmfutures.worker import stage

from . import _cmds, launch_failures
from .mayapy import MayaVersion
from .session import app_dir

WORKER_ENVIRON = {
    "MAYA_DISABLE_CIP": "1",  # No customer involvement program: known to crash on start.
    "MAYA_DISABLE_CER": "1",  # No error report dialog: it holds a crashed process for minutes.
    "MAYA_DISABLE_CLIC_IPM": "1",  # No cloud log-in: slow start.
    "MAYA_DISABLE_ADP": "1",  # No analytics: known to hang when a batch process ends.
    "MAYA_NO_STANDALONE_ATEXIT": "1",  # Otherwise uninitialize() turns every exit code into 0.
    "MAYA_DEBUG_ENABLE_CRASH_REPORTING": "1",  # A crash says where, in the log.
    "MAYA_DEBUG_NO_SAVE_ON_CRASH": "1",  # A crash leaves no scene in the temporary folder.
    "MAYA_NO_MORE_ASSERT": "1",
    "MAYA_CM_DISABLE_ERROR_POPUPS": "1",
    "MAYA_COLOR_MGT_NO_LOGGING": "1",
    "MAYA_IGNORE_DIALOGS": "1",
}
"""What a worker's Maya is started with (maya-usd's cmake/test.cmake, docker-mayapy, cmdx). A job's ``env`` wins."""

LICENCE_VARIABLES = ("ADSKFLEX_LICENSE_FILE", "AUTODESK_ADLM_THINCLIENT_ENV", "MAYA_LEGACY_THINCLIENT", "LM_LICENSE_FILE")
"""Where a Maya of this machine gets its licence (AWS's conda recipe maya-2027). They are the machine's, not the session's."""

_PREFIX = "farmfutures-maya-"
_TEMP = ("TMPDIR", "TEMP", "TMP")

_private: Path | None = None


def worker_environ(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns what every worker's Maya is started with.

    Args:
        environ: Where this machine's licence variables are; instead of ``os.environ``.
    """
    environ = os.environ if environ is None else environ
    return {**WORKER_ENVIRON, **{name: environ[name] for name in LICENCE_VARIABLES if environ.get(name)}}


def start(settings: dict[str, Any]) -> None:
    """Starts Maya in this process.

    Args:
        settings: As of `bootstrap`: ``version``, ``shared_app_dir``, ``shared_temp``.

    Raises:
        BootstrapError: This is no ``mayapy``.
        RuntimeError: Maya did not start, most often for want of a licence.
    """
    _make_private_folders(settings)
    try:
        from maya import standalone
    except ImportError as error:
        raise BootstrapError(launch_failures.no_mayapy(error)) from error
    stage.enter(launch_failures.starting())
    try:
        standalone.initialize(name="python")
    except RuntimeError as error:
        raise RuntimeError(launch_failures.no_start(error)) from error
    if not _cmds.in_maya():
        raise RuntimeError(launch_failures.empty())
    stage.enter(stage.BOOTSTRAP)


def check_version(settings: dict[str, Any]) -> None:
    """A pickle by value of one Python doesn't load in another, and scenes of a newer Maya do not open.

    Raises:
        BootstrapError: This Maya is of another year than the job's.
    """
    if not settings.get("version"):
        return
    wanted, here = MayaVersion.parse(settings["version"]), MayaVersion.parse(_cmds.version())
    if wanted.major is not None and here.major is not None and wanted.major != here.major:
        raise BootstrapError(launch_failures.other_version(here.text, wanted.text, wanted.major))


def goodbye(*, uninitialize: bool = sys.platform == "win32") -> None:
    """Takes leave of Maya; the caller ends the process by ``os._exit`` afterwards, bounded in time.

    Maya's own destructors are known to crash and hang, and a full undo queue makes that likelier.

    Args:
        uninitialize: Call ``maya.standalone.uninitialize()`` too. Except on Windows that is itself known to crash (cmdx,
            PyMEL), and nothing is lost without it.
    """
    with contextlib.suppress(Exception):
        _cmds.undo_off()
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            if stream is not None:
                stream.flush()
    if uninitialize:
        with contextlib.suppress(Exception):
            from maya import standalone

            standalone.uninitialize()
    _remove_private_folders()


# Folders of this process


def _make_private_folders(settings: dict[str, Any]) -> None:
    """Makes folders for preferences and temporary files that only this process uses.

    They lie in the worker's folder, so that they go with the worker, even one that was killed.
    """
    global _private
    _private = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=stage.temp_folder()))
    atexit.register(_remove_private_folders)  # A bootstrap that fails later has no goodbye.
    if not settings.get("shared_app_dir"):
        _use_private_app_dir(_private / "app", settings.get("version"))
    if not settings.get("shared_temp"):
        folder = _private / "tmp"
        folder.mkdir()
        os.environ.update(dict.fromkeys(_TEMP, str(folder)))
        tempfile.tempdir = None  # What was found out before is another folder.


def _use_private_app_dir(folder: Path, version: str | None) -> None:
    """Points MAYA_APP_DIR to `folder`, keeping what the user's own folder would add.

    That is ``Maya.env``, the modules and the scripts (``userSetup.py`` among them) in it.
    """
    own = Path(app_dir(os.environ))
    folder.mkdir()
    os.environ["MAYA_APP_DIR"] = str(folder)
    os.environ.setdefault("MAYA_NO_HOME", "1")
    year = str(MayaVersion.parse(version).major or "") if version else ""
    ours = own / year
    if year and (ours / "Maya.env").is_file() and "MAYA_ENV_DIR" not in os.environ:
        os.environ["MAYA_ENV_DIR"] = str(ours)
    _add_folders("MAYA_MODULE_PATH", (ours / "modules", own / "modules"))
    scripts = _add_folders("MAYA_SCRIPT_PATH", (ours / "scripts", ours / "prefs" / "scripts", own / "scripts"))
    sys.path.extend(folder for folder in scripts if folder not in sys.path)


def _remove_private_folders() -> None:
    if _private is not None:
        shutil.rmtree(_private, ignore_errors=True)


def _add_folders(variable: str, folders: tuple[Path, ...]) -> list[str]:
    """Appends those of the folders that are there to a search path; returns them."""
    there = list(dict.fromkeys(str(folder) for folder in folders if folder.is_dir()))
    before = list(filter(None, os.environ.get(variable, "").split(os.pathsep)))
    if there:
        os.environ[variable] = os.pathsep.join(dict.fromkeys([*before, *there]))
    return there
