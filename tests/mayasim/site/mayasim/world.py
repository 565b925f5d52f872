"""The session: the open scene and what surrounds it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .evaluate import parse
from .reader import Reader, frames_per_second
from .scene import Attribute, Node, Scene
from .undo import queue
from .writer import Writer

LONG_UNITS = {"cm": "centimeter", "m": "meter", "mm": "millimeter", "in": "inch", "ft": "foot", "deg": "degree", "rad": "radian"}
SHORT_UNITS = {long: short for short, long in LONG_UNITS.items()}
_RULE = re.compile(r'workspace\s+-fr\s+"([^"]*)"\s+"([^"]*)"')
_VERSION = re.compile(r"//Maya (?:ASCII|Binary) (\d{4})")
_PLAYBACK = {"min": "minTime", "max": "maxTime", "ast": "animationStartTime", "aet": "animationEndTime"}


class World:
    """One Maya."""

    def __init__(self) -> None:
        self.started = False
        self.batch = True
        self.prompt = True
        self.rename_to_save = False
        self.evaluation = "off"
        self.version = os.environ.get("FARMFUTURES_SIM_VERSION", "2026")
        self.missing = frozenset(filter(None, os.environ.get("FARMFUTURES_SIM_MISSING_PLUGINS", "").split(",")))
        self.up_axis = "y"
        self.plugins: dict[str, Any] = {}
        self.modules: dict[str, tuple[str, str]] = {}
        self.mapping: list[tuple[str, str]] = []
        self.mapping_on = False
        self.environ: dict[str, str] = {}
        """What ``Maya.env`` says, which ``os.environ`` does not."""
        self.rules: dict[str, str] = {}
        self.interface: dict[str, dict[str, Any]] = {}
        self.window: Any = None
        """The interface where it is drawn."""
        self.parent = ""
        """The control whose script runs."""
        self.deferred: list[Callable[[], object]] = []
        self.conditions: set[str] = set()
        """Conditions that hold: ``playingBack``, ``busy``."""
        self.callbacks: list[tuple[str, Callable[..., object], Any]] = []
        self.root = os.path.join(os.environ.get("HOME", os.getcwd()), "maya", "projects", "default")
        self.folder = self.root
        self._take(_empty())

    def _take(self, scene: Scene) -> None:
        """Makes a scene the open one; what a file does not say is as the preferences have it."""
        queue.flush()
        self.scene = scene
        self.units = {"linear": "cm", "angle": "deg", "time": "film"}
        self.playback = {"minTime": 1.0, "maxTime": 120.0, "animationStartTime": 1.0, "animationEndTime": 200.0}
        self.layer = "defaultRenderLayer"
        self.namespaces: set[str] = set()
        self.namespace = ""

    # --- the environment

    def getenv(self, name: str) -> str:
        """What MEL's ``getenv`` says: ``Maya.env`` counts where the process has no such variable."""
        return os.environ.get(name) or self.environ.get(name, "")

    def setenv(self, name: str, value: str) -> None:
        """Sets a variable of the process, as modules do."""
        os.environ[name] = value

    # --- messages

    def warn(self, text: str) -> None:
        """Says something, as Maya does where there is no script editor."""
        print(f"Warning: {text}", file=sys.stderr)

    def ask(self, message: str) -> None:
        """Asks who wants to be asked before files are written.

        Raises:
            RuntimeError: One of them said no.
        """
        for wanted, function, data in list(self.callbacks):
            if wanted == message and function(data) is False:
                raise RuntimeError("File operation cancelled by user supplied callback.")

    def tell(self, message: str) -> None:
        """Calls who asked to be told of what happens to scenes."""
        for wanted, function, data in list(self.callbacks):
            if wanted == message:
                function(data)

    # --- the project

    def open_project(self, path: str) -> None:
        """Makes a folder the project, with the rules of its ``workspace.mel``."""
        self.root = self.folder = os.path.abspath(path)
        file = Path(path, "workspace.mel")
        self.rules = dict(_RULE.findall(file.read_text(errors="replace"))) if file.is_file() else {}

    def resolve(self, path: str, holder: str) -> str:
        """Finds the file that a path in `holder` means: as it is, in the project, beside the holder."""
        path = os.path.expandvars(path)
        for source, target in self.mapping if self.mapping_on else ():
            if path.startswith(source):
                path = target + path.removeprefix(source)
        relative = path.partition("//")[2] if "//" in path else path
        scenes = self.rules.get("mayaAscii", self.rules.get("scene", "scenes"))
        places = [path, *(os.path.join(base, relative) for base in
                  (self.root, os.path.join(self.root, scenes), os.path.dirname(holder)))]  # fmt: skip
        return next((place for place in places if os.path.isabs(place) and os.path.isfile(place)), path)

    # --- scenes

    @property
    def fps(self) -> float:
        """Frames a second."""
        return frames_per_second(self.units["time"])

    def new(self) -> None:
        """Opens an empty scene."""
        self.tell("kBeforeNew")
        self._take(_empty())
        self.tell("kAfterNew")

    def open(self, path: str, *, depth: str | None, ignore_version: bool, script_nodes: bool) -> None:
        """Opens a file."""
        self.tell("kBeforeOpen")
        self._check_version(path, ignore_version)
        scene = Scene()
        reader = Reader(scene, self.resolve, self.warn, depth, self.missing)
        reader.read(path)
        self._take(scene)
        scene.name, scene.kind = path, "mayaBinary" if path.endswith(".mb") else "mayaAscii"
        for flag, unit in (("-l", "linear"), ("-a", "angle"), ("-t", "time")):
            if flag in reader.units:
                self.units[unit] = SHORT_UNITS.get(reader.units[flag], reader.units[flag])
        scene.time = _saved_time(scene)
        if script_nodes:
            self._playback_of_script_nodes()
        self.tell("kAfterOpen")

    def _check_version(self, path: str, ignore: bool) -> None:
        with open(path, encoding="utf-8", errors="replace") as file:
            match = _VERSION.match(file.readline())
        if match and int(match[1]) > int(self.version) and not ignore:
            raise RuntimeError(f"Error reading file. Unknown Maya file version: {match[1]}")

    def _playback_of_script_nodes(self) -> None:
        """``sceneConfigurationScriptNode`` sets the playback range with a line of MEL."""
        for node in self.scene.find("sceneConfigurationScriptNode"):
            text = str(parse(node.attributes["b"])) if "b" in node.attributes else ""
            for flag, name in _PLAYBACK.items():
                match = re.search(rf"-{flag} (-?[\d.]+)", text)
                if match:
                    self.playback[name] = float(match[1])

    def write(self, path: str, *, keep_references: bool = True, unloaded: bool = True) -> None:
        """Writes the scene; what it is called stays."""
        self.scene.find("time1")[0].attributes["o"] = Attribute([repr(self.scene.time)])
        units = {kind: LONG_UNITS.get(unit, unit) for kind, unit in self.units.items()}
        writer = Writer(self.scene, self.version, units, keep_references=keep_references, unloaded=unloaded)
        writer.write(path, os.path.basename(path))

    # --- names

    def node(self, name: str) -> Node:
        """Returns the one node of this name.

        Raises:
            ValueError: There is none, or there are several.
        """
        found = self.scene.find(name)
        if not found:
            raise ValueError(f"No object matches name: {name}")
        if len(found) > 1:
            raise ValueError(f"More than one object matches name: {name}")
        return found[0]

    def in_namespace(self, name: str) -> str:
        """Returns the name of a new node, which is in the current namespace unless it names one."""
        if name.startswith(":"):
            return name[1:]
        return f"{self.namespace}:{name}" if self.namespace else name

    def plug(self, text: str) -> tuple[Node, str]:
        """Returns node and attribute of ``"node.attribute"``."""
        from . import names

        name, dot, attribute = text.partition(".")
        if not dot:
            raise RuntimeError(f"Invalid attribute: {text}")
        try:
            node = self.node(name)
        except ValueError as error:
            raise ValueError(str(error).replace(name, text)) from None
        return node, names.short(node.kind, attribute)


def _empty() -> Scene:
    scene = Scene()
    scene.add_cameras()
    return scene


def _saved_time(scene: Scene) -> float:
    """Returns the frame that the scene was saved at; a file keeps it as an attribute of ``time1``."""
    saved = scene.find("time1")[0].attributes.get("o")
    return float(saved.values[0]) if saved else 1.0


world = World()
