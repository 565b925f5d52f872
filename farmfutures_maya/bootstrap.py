"""Makes a worker's Maya ready: called in the interpreter before anything of the user's is unpickled.

In this order, each for a reason:

1. a private ``MAYA_APP_DIR``, before Maya reads it: two Mayas that write the same preferences spoil them for both;
2. ``maya.standalone.initialize()``, and the version, which must be the session's year;
3. plug-ins, quietly: translators of references are not in a scene's ``requires``, so opening would miss them;
4. up-axis and units, which an empty scene takes over;
5. path mapping and project *before* the scene: paths in it are resolved while it opens, against both;
6. the scene, by force and without dialogs;
7. frame and render layer: opening with a referenced layer as the current one fails in some Mayas, setting it later not.

Called again in the same process it opens what the new settings say. What it can't do without is a `BootstrapError`,
which is final; what may be better next time (no licence just now) is a `RuntimeError`, which is tried again.
Everything else is said in the log and left out.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from farmfutures.errors import BootstrapError
from farmfutures.worker import context

from . import _cmds, path_mapping
from .mayapy import VARIABLE, MayaVersion
from .session import app_dir, remarks_on

WORKER_ENVIRON = {
    "MAYA_DISABLE_CIP": "1",  # No customer involvement program: known to crash on start.
    "MAYA_DISABLE_CER": "1",  # No error report dialog: it holds a crashed process for minutes.
    "MAYA_DISABLE_CLIC_IPM": "1",  # No cloud log-in: slow start.
    "MAYA_DISABLE_ADP": "1",  # No analytics: known to hang when a batch process ends.
    "MAYA_NO_STANDALONE_ATEXIT": "1",  # Otherwise uninitialize() turns every exit code into 0.
    "MAYA_DEBUG_NO_SAVE_ON_CRASH": "1",  # A crash leaves no scene in the temporary folder.
    "MAYA_CM_DISABLE_ERROR_POPUPS": "1",
    "MAYA_COLOR_MGT_NO_LOGGING": "1",
    "MAYA_IGNORE_DIALOGS": "1",
}
"""What a worker's Maya is started with (maya-usd's cmake/test.cmake, docker-mayapy, cmdx). A job's ``env`` wins."""

_APP_DIR_PREFIX = "farmfutures-maya-"

_private: Path | None = None
_opened = False


def bootstrap(settings: dict[str, Any]) -> Callable[[], None]:
    """Makes this process a Maya that looks like the session that sent the job.

    Args:
        settings: JSON-able; every key may be missing. ``version`` (str), ``workspace`` (folder), ``filename`` (scene),
            ``plugins`` ([[name, path], ...]), ``up_axis`` (``"y"`` or ``"z"``), ``units`` ([linear, angle, time]),
            ``path_mapping`` ([[from, to], ...]), ``path_rules`` and what else `path_mapping.payload` makes, ``frame``
            (float), ``render_layer`` (str), ``namespace`` (str), ``selection`` (list of long names), ``evaluation`` (str),
            ``missing_variables``, ``provenance`` (see `Session.settings`), ``ignore_version`` (bool),
            ``load_references`` (``"all"``, ``"none"`` or ``"topOnly"``), ``shared_app_dir`` (bool), ``mayapy`` (what
            ``FARMFUTURES_MAYAPY`` was for the sender).

    Returns:
        What to call before the process ends.

    Raises:
        BootstrapError: Trying again is useless: no Maya, another version, no such project or scene.
        RuntimeError: Maya did not start, most often for want of a licence.
    """
    table = path_mapping.table_of(settings)
    settings = path_mapping.settings_here(settings, table)
    _check_paths(settings)
    if settings.get("mayapy"):
        os.environ.setdefault(VARIABLE, settings["mayapy"])  # For calls that submit calls in their turn.
    if not _cmds.in_maya():
        path_mapping.prepare_process(settings, table)
        _start(settings)
    context.on_arguments(table.arguments if table.pairs else None)
    _check_version(settings)
    _cmds.set_prompt(False)
    _load_plugins(settings.get("plugins") or ())
    _set_preferences(settings)
    if settings.get("path_mapping"):
        _cmds.map_paths([(source, target) for source, target in settings["path_mapping"]])
    if settings.get("workspace"):
        _cmds.open_workspace(settings["workspace"])
    _open(settings)
    _set_moment(settings)
    for text in remarks_on(settings):
        _say(text)
    return goodbye


def goodbye() -> None:
    """Takes leave of Maya; the caller ends the process by ``os._exit`` afterwards.

    Maya's own destructors are known to crash and hang, and a full undo queue makes that likelier.
    """
    with contextlib.suppress(Exception):
        _cmds.undo_off()
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            if stream is not None:
                stream.flush()
    if sys.platform == "win32":  # pragma: no cover - elsewhere uninitialize() is itself known to crash
        with contextlib.suppress(Exception):
            from maya import standalone

            standalone.uninitialize()
    _remove_private_app_dir()


def _check_paths(settings: dict[str, Any]) -> None:
    """Before Maya is started: that takes seconds, and a licence."""
    workspace, filename = settings.get("workspace"), settings.get("filename")
    if workspace and not os.path.isdir(workspace):
        raise BootstrapError(
            f"the workspace {workspace} is not a folder on {_host()}: make it reachable there, or give another workspace=."
        )
    if filename and not os.path.isfile(filename):
        raise BootstrapError(f"the scene {filename} is not on {_host()}: make it reachable there, or give another filename=.")


def _host() -> str:
    import socket

    return socket.gethostname() or "this machine"


# Starting


def _start(settings: dict[str, Any]) -> None:
    if not settings.get("shared_app_dir"):
        _make_private_app_dir(settings.get("version"))
    try:
        from maya import standalone
    except ImportError as error:
        raise BootstrapError(
            f"{sys.executable} is not a mayapy (import maya.standalone: {error}). Set {VARIABLE}, or the option "
            "interpreter=, to the mayapy of the Maya that this job is for."
        ) from error
    try:
        standalone.initialize(name="python")
    except RuntimeError as error:
        raise RuntimeError(_why_no_start(error)) from error
    if not _cmds.in_maya():
        raise RuntimeError(f"{sys.executable}: maya.standalone.initialize() returned, but maya.cmds is empty.")


def _why_no_start(error: RuntimeError) -> str:
    """Maya says "check for sufficient disk space" when it got no licence; so name all that it can be."""
    folder = os.environ.get("MAYA_APP_DIR", "")
    free = shutil.disk_usage(folder).free // 2**20 if os.path.isdir(folder) else None
    licence = os.environ.get("ADSKFLEX_LICENSE_FILE", "not set")
    return (
        f"Maya did not start: {error} In most cases there was no licence: ADSKFLEX_LICENSE_FILE is {licence}. "
        f"If there was one, look at MAYA_APP_DIR={folder} ({free} MB free)."
    )


def _make_private_app_dir(version: str | None) -> None:
    """Points MAYA_APP_DIR to a folder of this process, keeping what the user's own folder would add.

    That is ``Maya.env``, the modules and the scripts (``userSetup.py`` among them) in it. It lies in the worker's folder,
    so that it goes with the worker, even one that was killed.
    """
    global _private
    own = Path(app_dir(os.environ))
    _private = Path(tempfile.mkdtemp(prefix=_APP_DIR_PREFIX, dir=os.environ.get("FARMFUTURES_WORKER_DIR")))
    atexit.register(_remove_private_app_dir)  # A bootstrap that fails later has no goodbye.
    os.environ["MAYA_APP_DIR"] = str(_private)
    year = str(MayaVersion.parse(version).major or "") if version else ""
    ours = own / year
    if year and (ours / "Maya.env").is_file() and "MAYA_ENV_DIR" not in os.environ:
        os.environ["MAYA_ENV_DIR"] = str(ours)
    _add_folders("MAYA_MODULE_PATH", (ours / "modules", own / "modules"))
    scripts = _add_folders("MAYA_SCRIPT_PATH", (ours / "scripts", own / "scripts"))
    sys.path.extend(folder for folder in scripts if folder not in sys.path)


def _remove_private_app_dir() -> None:
    if _private is not None:
        shutil.rmtree(_private, ignore_errors=True)


def _add_folders(variable: str, folders: tuple[Path, ...]) -> list[str]:
    """Appends those of the folders that are there to a search path; returns them."""
    there = list(dict.fromkeys(str(folder) for folder in folders if folder.is_dir()))
    before = list(filter(None, os.environ.get(variable, "").split(os.pathsep)))
    if there:
        os.environ[variable] = os.pathsep.join(dict.fromkeys([*before, *there]))
    return there


def _check_version(settings: dict[str, Any]) -> None:
    """A pickle by value of one Python doesn't load in another, and scenes of a newer Maya do not open."""
    if not settings.get("version"):
        return
    wanted, here = MayaVersion.parse(settings["version"]), MayaVersion.parse(_cmds.version())
    if wanted.major is not None and here.major is not None and wanted.major != here.major:
        raise BootstrapError(
            f"{sys.executable} is Maya {here.text}, but the job is for Maya {wanted.text}. Set {VARIABLE} to the "
            f"mayapy of Maya {wanted.major} ({{version}} in it stands for the year), or give version={here.major}."
        )


# Looking like the session


def _load_plugins(plugins: Any) -> None:
    loaded = set(_cmds.plugins())
    for name, path in plugins:
        if name not in loaded:
            _load_plugin(name, path)


def _load_plugin(name: str, path: str) -> None:
    """By name first: this Maya's own build of it. The session's file only where this Maya has none."""
    try:
        _cmds.load_plugin(name)
        return
    except RuntimeError as error:
        problem = error
    if path and os.path.isfile(path):
        try:
            _cmds.load_plugin(path)
            return
        except RuntimeError as error:
            problem = error
    _say(f"the plug-in {name} of the session could not be loaded here, going on without it: {str(problem).strip()}")


def _set_preferences(settings: dict[str, Any]) -> None:
    if settings.get("up_axis"):
        _cmds.set_up_axis(settings["up_axis"])
    if settings.get("units"):
        _cmds.set_units(*settings["units"])
    if settings.get("evaluation") and settings["evaluation"] != _cmds.evaluation_mode():
        _cmds.set_evaluation_mode(settings["evaluation"])


def _open(settings: dict[str, Any]) -> None:
    global _opened
    filename = settings.get("filename")
    if filename:
        _open_file(filename, settings)
    elif _opened:
        _cmds.new_scene()
        _set_preferences(settings)  # A new scene takes its units from the preferences of this user.
    _opened = bool(filename)


def _open_file(filename: str, settings: dict[str, Any]) -> None:
    path = filename.replace("\\", "/")
    try:
        _cmds.open_scene(
            path,
            ignore_version=bool(settings.get("ignore_version")),
            load_references=settings.get("load_references"),
        )
    except RuntimeError as error:
        # Maya raises for a missing reference or plug-in too, after it has opened all the rest.
        if not _is_open(path):
            cause = str(error).strip().rstrip(".")
            raise BootstrapError(
                f"Maya {_cmds.version()} could not open {filename}: {cause}. Open it in the same Maya by "
                "hand, or give ignore_version=True if it was saved by a newer update."
            ) from error
        _say(f"{filename} was opened with errors: {str(error).strip()}")


def _is_open(path: str) -> bool:
    name = _cmds.scene_name()
    return bool(name) and os.path.realpath(name) == os.path.realpath(path)


def _set_moment(settings: dict[str, Any]) -> None:
    frame, layer = settings.get("frame"), settings.get("render_layer")
    if frame is not None and frame != _cmds.current_time():
        _cmds.set_current_time(frame)
    if layer and layer != _cmds.render_layer():
        try:
            _cmds.set_render_layer(layer)
        except (RuntimeError, ValueError) as error:
            _say(f"the render layer {layer} could not be made the current one: {str(error).strip()}")
    _set_place(settings)


def _set_place(settings: dict[str, Any]) -> None:
    """The namespace and the selection. What is not in the scene as it was saved is left out."""
    namespace, selection = settings.get("namespace"), settings.get("selection")
    if namespace and namespace != _cmds.namespace():
        try:
            _cmds.set_namespace(namespace)
        except (RuntimeError, ValueError) as error:
            _say(f"the namespace {namespace} could not be made the current one: {str(error).strip()}")
    if selection is not None:
        there = _cmds.existing(selection)
        _cmds.set_selection(there)
        if len(there) < len(selection):
            _say(f"{len(selection) - len(there)} of {len(selection)} selected nodes are not in the scene that was opened")


def _say(text: str) -> None:
    print(f"farmfutures: {text}", file=sys.stderr, flush=True)
