"""The calls into ``maya.cmds`` that we use, each with the type that it really returns.

The published stubs copy a flag's own type to its query (``file(query=True, sceneName=True)`` says ``bool``), so the
answers are cast here, once. Where the stubs lack a documented flag the call goes through `untyped`, and the gap is
named. All of it belongs on Maya's main thread. Maya is imported inside the functions: this room loads without it.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator, Sequence
from typing import Any, cast


def in_maya() -> bool:
    """Returns whether Maya is up in this process; ``maya.cmds`` is empty until a ``mayapy`` was initialised."""
    try:
        from maya import cmds
    except ImportError:
        return False
    return hasattr(cmds, "about")


def on_main_thread() -> bool:
    """Returns whether commands may be called here."""
    return threading.current_thread() is threading.main_thread()


def untyped(command: str) -> Callable[..., Any]:
    """Returns a command without its types, for flags that the stubs lack."""
    from maya import cmds

    return cast("Callable[..., Any]", getattr(cmds, command))


def _strings(answer: object) -> list[str]:
    """Maya answers None or a lone string where a list of strings would be."""
    if isinstance(answer, str):
        return [answer] if answer else []
    return [str(item) for item in cast("Sequence[object]", answer or ())]


# What this Maya is


def version() -> str:
    """Returns ``"2026"``, or ``"Preview Release 150"``."""
    from maya import cmds

    return str(cmds.about(version=True))


def api_version() -> int:
    """Returns a number like 20260100."""
    from maya import cmds

    return int(cmds.about(apiVersion=True))


def cut_identifier() -> str:
    """Returns the build, like ``"202503101234-abcdef"``."""
    from maya import cmds

    return str(cmds.about(cutIdentifier=True))


def codeset() -> str:
    """Returns how this Maya writes text into files: ``"UTF-8"``, ``"1252"``, ``"932"``."""
    from maya import cmds

    return str(cast("object", cmds.about(codeset=True)) or "")


def getenv(name: str) -> str:
    """Returns a variable as Maya sees it: what ``Maya.env`` sets is not in ``os.environ`` of a ``mayapy``."""
    from maya import mel

    return str(mel.eval(f'getenv "{name}"') or "")


def is_batch() -> bool:
    """Returns whether there is no interface."""
    from maya import cmds

    return bool(cmds.about(batch=True))


# The scene


def scene_name() -> str:
    """Returns the scene's path, or "" while it is untitled (``expandName`` would make a name up)."""
    from maya import cmds

    return cast("str", cast("object", cmds.file(query=True, sceneName=True))) or ""


def scene_type() -> str:
    """Returns ``"mayaAscii"`` or ``"mayaBinary"``; an untitled scene is what it would be saved as."""
    from maya import cmds

    return next(iter(_strings(cmds.file(query=True, type=True))), "mayaAscii")


def is_modified() -> bool:
    """Returns whether there are changes that are not in the scene's file."""
    from maya import cmds

    return cmds.file(query=True, modified=True)


def set_modified(modified: bool) -> None:
    """Sets the modified flag; documented as settable outside edit mode."""
    from maya import cmds

    cmds.file(modified=modified)


def prompt() -> bool:
    """Returns whether ``file`` may open dialogs."""
    from maya import cmds

    return cmds.file(query=True, prompt=True)


def set_prompt(prompt: bool) -> None:
    """Sets whether ``file`` may open dialogs; this stays so for the whole session."""
    from maya import cmds

    cmds.file(prompt=prompt)


def export_all(path: str, kind: str) -> str:
    """Writes the scene to `path` without renaming it: references stay references, unloaded ones are kept."""
    from maya import cmds

    return cmds.file(
        path,
        exportAll=True,
        preserveReferences=True,
        exportUnloadedReferences=True,
        type=kind,
        force=True,
        options="v=0;",
    )


def open_scene(path: str, *, ignore_version: bool = False, load_references: str | None = None) -> None:
    """Opens a scene, whatever the open one holds.

    Args:
        path: The scene.
        ignore_version: Open a scene of a newer Maya too.
        load_references: ``"all"``, ``"none"`` or ``"topOnly"``; None leaves each as it was saved.
    """
    from maya import cmds

    more: dict[str, Any] = {"ignoreVersion": True} if ignore_version else {}
    if load_references:
        more["loadReferenceDepth"] = load_references
    cmds.file(path, open=True, force=True, **more)


def new_scene() -> None:
    """Opens an empty scene, whatever the open one holds."""
    from maya import cmds

    cmds.file(new=True, force=True)


def references() -> list[str]:
    """Returns the path of every reference, nested ones too, as it is written in the file (``$VAR`` not expanded)."""
    from maya import cmds

    found: list[str] = []
    for node in cmds.ls(type="reference") or ():
        try:
            found += _strings(cmds.referenceQuery(node, filename=True, unresolvedName=True, withoutCopyNumber=True))
        except RuntimeError:
            continue  # sharedReferenceNode, _UNKNOWN_REF_NODE_ and the like stand for no file.
    return found


def references_not_found() -> list[str]:
    """Returns the path of every reference that should be loaded and whose file Maya did not find."""
    from maya import cmds

    found: list[str] = []
    for node in cmds.ls(type="reference") or ():
        try:
            if cmds.referenceQuery(node, isLoaded=True):
                continue
            path = _strings(cmds.referenceQuery(node, filename=True, withoutCopyNumber=True))[0]
            deferred = untyped("file")(query=True, referenceNode=node, deferReference=True)  # The stubs: edit only.
            if not os.path.isfile(path) and not deferred:
                found.append(path)
        except RuntimeError:
            continue  # As above.
    return found


def nodes_of_type(kind: str) -> list[str]:
    """Returns the nodes of this type; none where the type is not registered."""
    from maya import cmds

    try:
        return _strings(cmds.ls(type=kind))
    except RuntimeError:
        return []


def unknown_plugins() -> list[str]:
    """Returns the plug-ins that the scene asked for and Maya could not load."""
    from maya import cmds

    return _strings(cmds.unknownPlugin(query=True, list=True))


def selection() -> list[str]:
    """Returns the long names of what is selected, in order."""
    from maya import cmds

    return _strings(cmds.ls(selection=True, long=True))


def set_selection(names: Sequence[str]) -> None:
    """Selects exactly these."""
    from maya import cmds

    if names:
        cmds.select(list(names), replace=True)
    else:
        cmds.select(clear=True)


def existing(names: Sequence[str]) -> list[str]:
    """Returns the long names of those of these that are something in the scene."""
    from maya import cmds

    return _strings(cmds.ls(list(names), long=True)) if names else []


def namespace() -> str:
    """Returns the current namespace from the root on: ``":"``, ``":rig:left"``."""
    from maya import cmds

    name = str(cast("object", cmds.namespaceInfo(currentNamespace=True)) or "")
    return f":{name.strip(':')}"


def set_namespace(name: str) -> None:
    """Makes a namespace the current one.

    Raises:
        RuntimeError: There is no such namespace.
    """
    from maya import cmds

    cmds.namespace(set=name)


# Project, units, time, layer


def workspace_root() -> str:
    """Returns the project's folder; Maya answers with a slash at its end."""
    from maya import cmds

    return cast("str", cast("object", cmds.workspace(query=True, rootDirectory=True))) or ""


def open_workspace(path: str) -> None:
    """Makes this folder the project, with the file rules of its ``workspace.mel``; ``dir=`` would not read them."""
    from maya import cmds

    cmds.workspace(path, openWorkspace=True)


def units() -> tuple[str, str, str]:
    """Returns linear, angle and time unit by their short names: ``("cm", "deg", "film")``."""
    from maya import cmds

    return (
        cmds.currentUnit(query=True, linear=True),
        cmds.currentUnit(query=True, angle=True),
        cmds.currentUnit(query=True, time=True),
    )


def set_units(linear: str, angle: str, time: str) -> None:
    """Sets the units; keys keep their time, not their frame number, when the time unit changes."""
    from maya import cmds

    cmds.currentUnit(linear=linear, angle=angle, time=time)


def up_axis() -> str:
    """Returns ``"y"`` or ``"z"``: a preference, no scene file holds it."""
    from maya import cmds

    return cmds.upAxis(query=True, axis=True)


def set_up_axis(axis: str) -> None:
    """Sets the up-axis without turning the views."""
    untyped("upAxis")(axis=axis, rotateView=False)  # The stubs have axis for queries only.


def evaluation_mode() -> str:
    """Returns ``"off"`` (DG), ``"serial"`` or ``"parallel"``."""
    from maya import cmds

    return next(iter(_strings(cast("object", cmds.evaluationManager(query=True, mode=True)))), "")


def set_evaluation_mode(mode: str) -> None:
    """Sets how the graph is evaluated, for this session."""
    from maya import cmds

    cmds.evaluationManager(mode=mode)


def current_time() -> float:
    """Returns the current frame."""
    return float(untyped("currentTime")(query=True))  # The stubs have no query for it.


def set_current_time(frame: float) -> None:
    """Goes to a frame and evaluates the scene there."""
    from maya import cmds

    cmds.currentTime(frame)


def render_layer() -> str:
    """Returns the name of the current render layer."""
    from maya import cmds

    return cmds.editRenderLayerGlobals(query=True, currentRenderLayer=True) or ""


def set_render_layer(layer: str) -> None:
    """Makes a render layer the current one."""
    from maya import cmds

    cmds.editRenderLayerGlobals(currentRenderLayer=layer)


# Plug-ins, modules, path mapping, undo


def plugins() -> list[str]:
    """Returns the names of the plug-ins that are loaded."""
    from maya import cmds

    return _strings(cast("object", cmds.pluginInfo(query=True, listPlugins=True)))


def plugin_path(name: str) -> str:
    """Returns the file of a loaded plug-in."""
    from maya import cmds

    return cmds.pluginInfo(name, query=True, path=True) or ""


def plugin_version(name: str) -> str:
    """Returns what a loaded plug-in says of its version."""
    from maya import cmds

    return str(cast("object", cmds.pluginInfo(name, query=True, version=True)) or "")


def load_plugin(name_or_path: str) -> None:
    """Loads a plug-in; one that is loaded already stays as it is.

    Raises:
        RuntimeError: It was not found, or did not start.
    """
    from maya import cmds

    cmds.loadPlugin(name_or_path, quiet=True)


def modules() -> dict[str, str]:
    """Returns the name and the folder of every module that Maya found."""
    from maya import cmds

    found: dict[str, str] = {}
    for name in _strings(cmds.moduleInfo(listModules=True)):
        found[name] = next(iter(_strings(cmds.moduleInfo(moduleName=name, path=True))), "")
    return found


def module_file(name: str) -> str:
    """Returns the file that describes a module."""
    from maya import cmds

    return next(iter(_strings(cmds.moduleInfo(moduleName=name, definition=True))), "")


def path_mapping() -> list[tuple[str, str]]:
    """Returns the pairs of folders that Maya maps while it reads files; none while the mapping is off."""
    from maya import cmds

    if not cmds.dirmap(query=True, enable=True):
        return []
    flat = _strings(cast("object", cmds.dirmap(getAllMappings=True)))
    return list(zip(flat[0::2], flat[1::2], strict=False))


def map_paths(pairs: Sequence[tuple[str, str]]) -> None:
    """Switches path mapping on, with these pairs added."""
    from maya import cmds

    cmds.dirmap(enable=True)
    known = path_mapping()
    for pair in pairs:
        if pair not in known:
            cmds.dirmap(mapDirectory=pair)


def undo_off() -> None:
    """Switches undo off and empties its queue."""
    from maya import cmds

    cmds.undoInfo(state=False)


@contextlib.contextmanager
def no_undo() -> Generator[None, None, None]:
    """What is done inside is not in the undo queue, which stays as it is."""
    from maya import cmds

    was = bool(cmds.undoInfo(query=True, state=True))
    cmds.undoInfo(stateWithoutFlush=False)
    try:
        yield
    finally:
        cmds.undoInfo(stateWithoutFlush=was)


def open_undo_chunk(name: str) -> None:
    """Begins what is one step of undo; chunks may be nested.

    Raises:
        RuntimeError: This is not the main thread.
    """
    from maya import cmds

    cmds.undoInfo(openChunk=True, chunkName=name)


def close_undo_chunk() -> None:
    """Ends it."""
    from maya import cmds

    cmds.undoInfo(closeChunk=True)
