"""The commands; ``maya.cmds`` gets them when Maya is initialised."""

from __future__ import annotations

import os
import re
import threading
import uuid
from typing import Any

import maya

_CREATE = re.compile(r'^createNode (\w+).*? -n "([^"]+)"', re.MULTILINE)


def _logged(function: Any) -> Any:
    def command(*args: Any, **flags: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("Maya commands were called off the main thread")
        maya.LOG.append((command.__name__, args, flags))
        return function(*args, **flags)

    command.__name__ = command.__qualname__ = function.__name__
    command.__module__ = "maya.cmds"
    return command


@_logged
def about(**flags: Any) -> Any:
    answers = {"version": maya.world.version, "apiVersion": 20260100, "cutIdentifier": "cut", "batch": maya.world.batch}
    return answers[next(iter(flags))]


@_logged
def file(path: str = "", **flags: Any) -> Any:  # noqa: C901
    world = maya.world
    if flags.pop("query", False):
        return _query(flags)
    if flags.get("open"):
        return _open(path)
    if flags.get("new"):
        world.name, world.nodes, world.units["linear"] = "", {}, "cm"
    elif flags.get("exportAll"):
        _write(path)
        if world.fail_export:
            raise RuntimeError(world.fail_export)
    elif "prompt" in flags:
        world.prompt = flags["prompt"]
    elif "modified" in flags:
        world.modified = flags["modified"]
    else:
        raise AssertionError(f"nobody should call file({path}, {flags})")
    return path


def _query(flags: dict[str, Any]) -> Any:
    world = maya.world
    return {
        "sceneName": world.name,
        "type": [world.kind],
        "modified": world.modified,
        "prompt": world.prompt,
    }[next(iter(flags))]


def _open(path: str) -> str:
    world = maya.world
    if not world.fail_open or world.open_despite_failure:
        with open(path, encoding="utf-8") as scene:
            world.nodes = {name: kind for kind, name in _CREATE.findall(scene.read())}
        world.name, world.modified = path, False
    if world.fail_open:
        raise RuntimeError(world.fail_open)
    return path


def _write(path: str) -> None:
    lines = ["//Maya ASCII 2026 scene", f"//Name: {os.path.basename(path)}", "//Last modified: now", "//Codeset: UTF-8"]
    lines += [f'fileInfo "UUID" "{uuid.uuid4()}";']
    lines += [f'createNode {kind} -n "{name}";' for name, kind in maya.world.nodes.items()]
    with open(path, "w", encoding="utf-8") as scene:
        scene.write("\n".join(lines) + "\n")


@_logged
def workspace(*args: str, **flags: Any) -> Any:
    if flags.get("query"):
        return maya.world.workspace and maya.world.workspace + "/"
    maya.world.workspace = args[0].rstrip("/")
    return None


@_logged
def ls(*_: str, **flags: Any) -> Any:
    if flags.get("selection"):
        return list(maya.world.selection)
    kind = flags.get("type")
    if kind == "reference":
        return [*maya.world.references, "sharedReferenceNode"]
    if kind == "file":
        return list(maya.world.textures)
    return [name for name, of in maya.world.nodes.items() if kind in (None, of)]


@_logged
def nodeType(name: str) -> str:
    return maya.world.nodes[name]


@_logged
def createNode(kind: str, name: str) -> str:
    maya.world.nodes[name] = kind
    maya.world.modified = True
    return name


@_logged
def getAttr(plug: str) -> Any:
    return maya.world.textures[plug.partition(".")[0]]


@_logged
def referenceQuery(node: str, **_: Any) -> Any:
    if node not in maya.world.references:
        raise RuntimeError(f"reference node '{node}' is not associated with a reference file.")
    return maya.world.references[node]


@_logged
def select(names: Any = (), **_: Any) -> None:
    maya.world.selection = list(names)


@_logged
def currentUnit(**flags: Any) -> Any:
    if flags.pop("query", False):
        return maya.world.units[next(iter(flags))]
    maya.world.units.update(flags)
    return None


@_logged
def upAxis(**flags: Any) -> Any:
    maya.world.up_axis = flags.get("axis") if not flags.get("query") else maya.world.up_axis
    return maya.world.up_axis


@_logged
def currentTime(*args: float, **_: Any) -> float:
    if args:
        maya.world.frame = args[0]
    return maya.world.frame


@_logged
def editRenderLayerGlobals(**flags: Any) -> str:
    if not flags.get("query"):
        if flags["currentRenderLayer"] == "ref:layer":
            raise RuntimeError("Cannot make a referenced layer the current one")
        maya.world.layer = flags["currentRenderLayer"]
    return maya.world.layer


@_logged
def pluginInfo(*args: str, **flags: Any) -> Any:
    if flags.get("listPlugins"):
        return list(maya.world.plugins) or None
    return maya.world.plugins[args[0]] if flags.get("path") else "1.0"


@_logged
def loadPlugin(name: str, **_: Any) -> list[str]:
    if name in maya.world.missing_plugins:
        raise RuntimeError(f'Plug-in, "{name}", was not found on MAYA_PLUG_IN_PATH.')
    maya.world.plugins[os.path.splitext(os.path.basename(name))[0]] = name
    return [name]


@_logged
def moduleInfo(**flags: Any) -> Any:
    return list(maya.world.modules) if flags.get("listModules") else maya.world.modules[flags["moduleName"]]


@_logged
def dirmap(**flags: Any) -> Any:
    if flags.get("query"):
        return bool(maya.world.mapping)
    if flags.get("getAllMappings"):
        return list(maya.world.mapping)
    maya.world.mapping += flags.get("mapDirectory", ())
    return None


@_logged
def unknownPlugin(**_: Any) -> list[str]:
    return sorted(maya.world.missing_plugins)


@_logged
def undoInfo(**flags: Any) -> None:
    maya.world.undo = flags["state"]


@_logged
def menu(name: str, **flags: Any) -> Any:
    if flags.get("exists"):
        return name in maya.world.menus
    maya.world.menus[name] = []
    return name


@_logged
def menuItem(**flags: Any) -> str:
    maya.world.menus[flags["parent"]].append(flags)
    return flags["label"]


@_logged
def deleteUI(name: str, **_: Any) -> None:
    del maya.world.menus[name]


@_logged
def promptDialog(**flags: Any) -> str:
    return maya.world.answer[1] if flags.get("query") else maya.world.answer[0]
