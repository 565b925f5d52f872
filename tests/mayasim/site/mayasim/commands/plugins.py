"""Plug-ins and modules."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

from ..flags import COMMANDS, OF_PLUGINS, command
from ..world import world

SHIPPED = frozenset({
    "AbcExport", "AbcImport", "fbxmaya", "mtoa", "mayaUsdPlugin", "objExport", "stereoCamera", "renderSetup", "matrixNodes",
    "quatNodes", "modelingToolkit", "xgenToolkit", "bifrostGraph", "MASH", "curveWarp", "poseInterpolator", "svgFileTranslator",
})  # fmt: skip
"""Names that load without a file, like those that come with Maya."""


@command("quiet:qt")
def loadPlugin(*names: str, **flags: Any) -> list[str] | None:
    """Loads plug-ins."""
    loaded = [name for name in (_load(name) for name in names) if name]
    if world.window:
        world.window.fill_controls()
    return loaded or None


def _load(name: str) -> str:
    plugin = os.path.splitext(os.path.basename(name))[0]
    if plugin in world.plugins:
        return ""
    path = _find(name)
    if plugin in world.missing or (path is None and plugin not in SHIPPED):
        raise RuntimeError(f'Plug-in, "{name}", was not found on MAYA_PLUG_IN_PATH.')
    world.plugins[plugin] = {"path": path or f"/usr/autodesk/maya/plug-ins/{plugin}.so", "version": world.version}
    _add_commands(plugin)
    if path is not None:
        try:
            _start(plugin, path)
        except Exception as error:
            del world.plugins[plugin]
            raise RuntimeError(f"Unable to dynamically load : {path}\n{error}") from error
    return plugin


def _add_commands(plugin: str) -> None:
    from maya import cmds

    for name, function in OF_PLUGINS.get(plugin, {}).items():
        COMMANDS[name] = function
        setattr(cmds, name, function)


def _remove_commands(plugin: str) -> None:
    from maya import cmds

    for name in OF_PLUGINS.get(plugin, {}):
        del COMMANDS[name]
        delattr(cmds, name)


def _find(name: str) -> str | None:
    if os.path.isabs(name):
        return name if os.path.isfile(name) else None
    folders = world.getenv("MAYA_PLUG_IN_PATH").split(os.pathsep)
    for folder in filter(None, folders):
        for file in (name, f"{name}.py"):
            if os.path.isfile(os.path.join(folder, file)):
                return os.path.join(folder, file)
    return None


def _start(plugin: str, path: str) -> None:
    spec = importlib.util.spec_from_file_location(plugin, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[plugin] = module
    spec.loader.exec_module(module)
    world.plugins[plugin]["module"] = module
    module.initializePlugin(plugin)


@command("force:f")
def unloadPlugin(*names: str, **flags: Any) -> list[str]:
    """Unloads plug-ins."""
    for name in names:
        plugin = os.path.splitext(os.path.basename(name))[0]
        if plugin not in world.plugins:
            raise RuntimeError(f"Plug-in, {name}, is not loaded.")
        module = world.plugins[plugin].get("module")
        if module is not None:
            module.uninitializePlugin(plugin)
        _remove_commands(plugin)
        del world.plugins[plugin]
    return list(names)


@command("query:q listPlugins:ls path:p version:v vendor:vd loaded:l")
def pluginInfo(*args: str, **flags: Any) -> Any:
    """What is loaded."""
    if flags.get("listPlugins"):
        return list(world.plugins) or None
    if flags.get("loaded"):
        return args[0] in world.plugins
    if args[0] not in world.plugins:
        raise RuntimeError(f"Plug-in, {args[0]}, is not registered.")
    found = world.plugins[args[0]]
    return next((found.get(flag, "") for flag in ("path", "version", "vendor") if flag in flags), None)


@command("listModules:lm moduleName:mn path:p definition:d")
def moduleInfo(**flags: Any) -> Any:
    """The modules that were found."""
    if flags.get("listModules"):
        return list(world.modules)
    if flags["moduleName"] not in world.modules:
        raise RuntimeError(f"Module not found: {flags['moduleName']}")
    root, file = world.modules[flags["moduleName"]]
    return file if flags.get("definition") else root
