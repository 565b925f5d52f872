"""Makes a worker's Maya ready: called in the interpreter before anything of the user's is unpickled.

In this order, each for a reason:

1. private folders for preferences and temporary files, before Maya reads them: two Mayas that write the same preferences
   spoil them for both;
2. ``maya.standalone.initialize()``, and the version, which must be the session's year (standalone.py);
3. plug-ins, quietly: translators of references are not in a scene's ``requires``, so opening would miss them;
4. up-axis and units, which an empty scene takes over;
5. path mapping and project *before* the scene: paths in it are resolved while it opens, against both;
6. the scene, by force and without dialogs, and a look at what it lacks (missing.py);
7. frame and render layer: opening with a referenced layer as the current one fails in some Mayas, setting it later not.

Between items the scene is put back to that (restore.py). Called again in the same process it opens what the new settings
say. What it can't do without is a `BootstrapError`, which is final; what may be better next time (no licence just now) is
a `RuntimeError`, which is tried again. Everything else is said in the log and left out.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

from farmfutures.errors import BootstrapError
from farmfutures.worker import context, stage

from . import _cmds, launch_failures, missing, path_mapping, restore, standalone, unpack
from .launch_failures import host
from .mayapy import VARIABLE
from .session import remarks_on

_opened = False
_watched: restore.Opened | None = None


def bootstrap(settings: dict[str, Any]) -> context.Hooks:
    """Makes this process a Maya that looks like the session that sent the job.

    Args:
        settings: JSON-able; every key may be missing. ``version`` (str), ``workspace`` (folder), ``filename`` (scene),
            ``plugins`` ([[name, path], ...]), ``up_axis`` (``"y"`` or ``"z"``), ``units`` ([linear, angle, time]),
            ``path_mapping`` ([[from, to], ...]), ``path_rules`` and what else `path_mapping.payload` makes, ``frame``
            (float), ``render_layer`` (str), ``namespace`` (str), ``selection`` (list of long names), ``evaluation`` (str),
            ``missing_variables``, ``provenance`` (see `Session.settings`), ``ignore_version`` (bool), ``load_references``
            (``"all"``, ``"none"`` or ``"topOnly"``), ``strict`` (bool: a file that the scene needs and that is not there
            is an error), ``restore`` (``"fresh"``, ``"reset"`` or ``"keep"``: the scene between items),
            ``pack`` (the list of a pack, whose scene and project are opened instead), ``open_timeout_s`` (float: seconds
            that opening may take), ``shared_app_dir`` and ``shared_temp`` (bool: no private folders), ``uninitialize``
            (bool: see `standalone.goodbye`), ``mayapy`` (what ``FARMFUTURES_MAYAPY`` was for the sender).

    Returns:
        What to call before each item and before the process ends.

    Raises:
        BootstrapError: Trying again is useless: no Maya, another version, no such project or scene, or with ``strict``
            a file that it needs.
        RuntimeError: Maya did not start, most often for want of a licence.
    """
    global _watched
    table = path_mapping.table_of(settings)
    settings = path_mapping.settings_here(unpack.opened(settings, table), table)
    _check_paths(settings)
    if settings.get("mayapy"):
        os.environ.setdefault(VARIABLE, settings["mayapy"])  # For calls that submit calls in their turn.
    if not _cmds.in_maya():
        path_mapping.prepare_process(settings, table)
        standalone.start(settings)
    context.on_arguments(table.arguments if table.pairs else None)
    standalone.check_version(settings)
    _cmds.set_prompt(False)
    _load_plugins(settings.get("plugins") or ())
    _set_preferences(settings)
    if settings.get("path_mapping"):
        _cmds.map_paths([(source, target) for source, target in settings["path_mapping"]])
    _open(settings)
    _watched = restore.watch(settings.get("restore") or restore.FRESH, functools.partial(_open_again, settings))
    more = {} if settings.get("uninitialize") is None else {"uninitialize": bool(settings["uninitialize"])}
    return context.Hooks(
        functools.partial(standalone.goodbye, **more), _before_item if _watched else None, before_item_s=_open_timeout_s(settings)
    )


def _before_item() -> None:
    if _watched is not None:
        _watched.put_back()


def _open_timeout_s(settings: dict[str, Any]) -> float:
    return float(settings.get("open_timeout_s") or launch_failures.OPEN_TIMEOUT_S)


def _check_paths(settings: dict[str, Any]) -> None:
    """Before Maya is started: that takes seconds, and a licence."""
    workspace, filename = settings.get("workspace"), settings.get("filename")
    if workspace and not os.path.isdir(workspace):
        raise BootstrapError(
            f"the workspace {workspace} is not a folder on {host()}: make it reachable there, or give another workspace=."
        )
    if filename and not os.path.isfile(filename):
        raise BootstrapError(f"the scene {filename} is not on {host()}: make it reachable there, or give another filename=.")


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
    """Opens what the settings say, in its project."""
    global _opened
    if settings.get("workspace"):
        _cmds.open_workspace(settings["workspace"])
    filename = settings.get("filename")
    if filename:
        stage.enter(launch_failures.opening(filename, _open_timeout_s(settings)))
        _open_file(filename, settings)
    elif _opened:
        _cmds.new_scene()
        _set_preferences(settings)  # A new scene takes its units from the preferences of this user.
    _opened = True
    _remark(settings)
    _set_moment(settings)


def _open_again(settings: dict[str, Any]) -> None:
    _check_paths(settings)
    try:
        _open(settings)
    finally:
        stage.leave()


def _open_file(filename: str, settings: dict[str, Any]) -> None:
    path = filename.replace("\\", "/")
    try:
        _cmds.open_scene(
            path,
            ignore_version=bool(settings.get("ignore_version")),
            load_references=settings.get("load_references"),
        )
    except RuntimeError as error:
        # Maya raises for a missing reference, plug-in or render layer too, after it has opened all the rest.
        cause = str(error).strip().rstrip(".")
        if not _is_open(path):
            raise BootstrapError(
                f"Maya {_cmds.version()} could not open {filename}: {cause}. Open it in the same Maya by "
                "hand, or give ignore_version=True if it was saved by a newer update."
            ) from error
        if settings.get("strict"):
            raise BootstrapError(f"Maya opened {filename} with errors, and strict=True: {cause}.") from error
        _say(f"{filename} was opened with errors: {cause}.")


def _remark(settings: dict[str, Any]) -> None:
    """Says what the scene lacks: in the log of the next item, and with every call that fails in this scene."""
    lacking = missing.missing_files(references=settings.get("load_references") != "none")
    texts = list(remarks_on(settings))
    if lacking:
        texts.insert(0, missing.describe(lacking, settings.get("filename") or "the scene", host()))
        if settings.get("strict"):
            raise BootstrapError(f"{texts[0]} With strict=False the job runs without them.")
    for text in texts:
        _say(text)
    context.set_remarks(tuple(f"farmfutures: {text}" for text in texts))


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
