"""Module files on MAYA_MODULE_PATH: the grammar of Maya's help, and what MHendricks/maya-module-examples found by test.

Every file of a module folder is read, whatever its name. A blank line or a comment ends a module's block. Of two modules
of one name the first that is found counts. Values of several modules come in the order of the modules' names; what is
appended to an unset variable begins with a separator. Paths have forward slashes.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

_PLATFORM = {"win32": "win64", "darwin": "mac"}.get(sys.platform, "linux")
_VARIABLE = re.compile(r"(\w+)\s*(\+?:?=)\s*(.*)")
_FOLDER = re.compile(r"(\[r\] )?(icons|plug-ins|presets|scripts|resources): ?(.+)")
_VARIABLES = {
    "plug-ins": "MAYA_PLUG_IN_PATH",
    "scripts": "MAYA_SCRIPT_PATH",
    "icons": "XBMLANGPATH",
    "presets": "MAYA_PRESET_PATH",
}
_LOCALE = "en_US"  # As about(uiLanguage=True) says.


@dataclass
class Module:
    """One block of a module file."""

    name: str
    root: str
    file: str
    folders: dict[str, list[str]] = field(default_factory=dict)
    settings: list[tuple[str, str, str]] = field(default_factory=list)


def load(world: World) -> None:
    """Reads all module files and sets what they say."""
    found: list[Module] = []
    for folder in _folders(world):
        for file in sorted(Path(folder).glob("*")) if os.path.isdir(folder) else ():
            if file.is_file():
                found += _read(file, world.version)
    first = {module.name: module for module in reversed(found)}
    for name, module in sorted(first.items()):
        world.modules[name] = (module.root, module.file)
        _apply(world, module)


def _folders(world: World) -> list[str]:
    """Returns the module path, the user's own folders behind it."""
    path = world.getenv("MAYA_MODULE_PATH")
    own = os.environ.get("MAYA_APP_DIR")
    users = [os.path.join(own, world.version, "modules"), os.path.join(own, "modules")] if own else []
    return list(dict.fromkeys(filter(None, [*path.split(os.pathsep), *users])))


def _read(file: Path, version: str) -> list[Module]:
    found: list[Module] = []
    current: Module | None = None
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("+ "):
            current = _begin(file, line[2:].split(), version)
            found += [current] if current else []
        elif not line.strip() or line.lstrip().startswith(("#", "//")):
            current = None
        elif current is not None:
            _setting(current, line.strip())
    return found


def _begin(file: Path, words: list[str], version: str) -> Module | None:
    """Reads ``MAYAVERSION:2026 PLATFORM:linux name version path``; None where it is for another Maya."""
    here = {"MAYAVERSION": version, "PLATFORM": _PLATFORM, "LOCALE": _LOCALE}
    while words and words[0].partition(":")[0] in here:
        key, _, value = words.pop(0).partition(":")
        if here[key] != value:
            return None
    if len(words) < 3:
        return None
    root = os.path.normpath(os.path.join(file.parent, " ".join(words[2:])))
    return Module(words[0], root.replace("\\", "/"), file.as_posix())


def _setting(module: Module, line: str) -> None:
    folder = _FOLDER.fullmatch(line)
    variable = _VARIABLE.fullmatch(line)
    if folder:
        recursive, name, path = folder.groups()
        top = _relative(module, path)
        module.folders[name] = [top, *_below(top)] if recursive else [top]
    elif variable:
        name, how, value = variable.groups()
        if ":" in how:
            value = _relative(module, value) if value else f"{module.root}/"
        module.settings.append((name, how, value.replace("\\", "/")))


def _relative(module: Module, path: str) -> str:
    return os.path.normpath(os.path.join(module.root, path.replace("\\", "/"))).replace("\\", "/")


def _below(folder: str) -> list[str]:
    """Returns all folders in a folder, but for those that are hidden."""
    below = sorted(path for path in Path(folder).rglob("*") if path.is_dir())
    return [path.as_posix() for path in below if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def _apply(world: World, module: Module) -> None:
    for folder, variable in _VARIABLES.items():
        for path in module.folders.get(folder, [f"{module.root}/{folder}"]):
            # Linux looks for icons by a pattern: %B is the name of the bitmap.
            _append(world, variable, f"{path}/%B" if folder == "icons" and _PLATFORM == "linux" else path)
    for scripts in module.folders.get("scripts", [f"{module.root}/scripts"]):
        _append(world, "PYTHONPATH", scripts)
        sys.path.append(scripts)
    for name, how, value in module.settings:
        if "+" in how:
            _append(world, name, value)
        else:
            world.setenv(name, value)
        if name == "PYTHONPATH":
            sys.path.append(value)


def _append(world: World, name: str, value: str) -> None:
    world.setenv(name, f"{world.getenv(name)}{os.pathsep}{value}")
