"""What is captured from a running Maya, and rebuilt on the worker.

A scene file carries its units and, as a node, its current time; it does not carry the up-axis, the project, loaded
translators or the path mapping, which change what the same file means. All of that is in a `Session`.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from farmfutures.errors import MissingVariableError, NotInMayaError

from . import _cmds
from .environ import Judged, Place, Policy, judge, variables_in
from .inputs import written_paths
from .modules import additions

OWN_PLUGIN = "farmfutures_plugin"
"""Never loaded on a worker: it is there for people."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A loaded plug-in."""

    name: str
    path: str = ""
    version: str = ""


@dataclass(frozen=True)
class Session:
    """A Maya session as a worker has to rebuild it. Plain data: it goes through JSON and pickle.

    Attributes:
        version: What ``about(version=True)`` says: ``"2026"``, ``"Preview Release 150"``.
        api_version: ``about(apiVersion=True)``.
        cut_identifier: The build.
        python: The version of the session's Python.
        platform: As ``sys.platform``.
        codeset: How it writes text into scenes.
        workspace: The project's folder, without a slash at its end; "" where there is none.
        scene: The scene's path; "" while it is untitled.
        scene_type: ``"mayaAscii"`` or ``"mayaBinary"``.
        modified: Whether there were changes that the scene's file does not have.
        linear: Linear unit (``"cm"``).
        angle: Angular unit (``"deg"``).
        time_unit: Time unit (``"film"``: 24 frames a second).
        up_axis: ``"y"`` or ``"z"``.
        frame: The current time, in frames of `time_unit`.
        render_layer: The current render layer.
        namespace: The current namespace (``":"``).
        selection: Long names of what was selected, in order.
        evaluation: How the graph is evaluated: ``"off"``, ``"serial"`` or ``"parallel"``.
        plugins: The plug-ins that were loaded, without our own. A scene's ``requires`` has only those of its nodes, not the
            translators of its references.
        path_mapping: Pairs of folders that Maya maps while it reads files.
        environ: The variables that travel.
        secrets: Names of secrets that travel apart from these; their values are read when a job is submitted.
        held_back: Names of variables that do not, and why.
        missing_variables: Variables that paths in the scene use and that are not set, or held back.
        captured_s: When, in Unix seconds.
    """

    version: str
    api_version: int = 0
    cut_identifier: str = ""
    python: str = ""
    platform: str = ""
    codeset: str = ""
    workspace: str = ""
    scene: str = ""
    scene_type: str = "mayaAscii"
    modified: bool = False
    linear: str = ""
    angle: str = ""
    time_unit: str = ""
    up_axis: str = ""
    frame: float | None = None
    render_layer: str = ""
    namespace: str = ""
    selection: tuple[str, ...] = ()
    evaluation: str = ""
    plugins: tuple[Plugin, ...] = ()
    path_mapping: tuple[tuple[str, str], ...] = ()
    environ: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    secrets: tuple[str, ...] = ()
    held_back: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    missing_variables: tuple[str, ...] = ()
    captured_s: float = 0.0

    @classmethod
    def capture(cls, *, environ: Mapping[str, str] | None = None, policy: Policy | None = None) -> Session:
        """Captures the running Maya. It changes nothing there.

        Args:
            environ: Instead of ``os.environ``.
            policy: What a studio adds to the rules for variables.

        Raises:
            NotInMayaError: There is no running Maya in this process, or this is not its main thread.
            MissingVariableError: Paths in the scene use a variable that can't travel, and the policy refuses that.
        """
        require_maya("capture a session")
        judged = _judged(os.environ if environ is None else environ, policy or Policy())
        linear, angle, time_unit = _cmds.units()
        return cls(
            version=_cmds.version(),
            api_version=_cmds.api_version(),
            cut_identifier=_cmds.cut_identifier(),
            python=platform.python_version(),
            platform=sys.platform,
            codeset=_cmds.codeset(),
            workspace=_workspace(),
            scene=_cmds.scene_name(),
            scene_type=_cmds.scene_type(),
            modified=_cmds.is_modified(),
            linear=linear,
            angle=angle,
            time_unit=time_unit,
            up_axis=_cmds.up_axis(),
            frame=_cmds.current_time(),
            render_layer=_cmds.render_layer(),
            namespace=_cmds.namespace(),
            selection=tuple(_cmds.selection()),
            evaluation=_cmds.evaluation_mode(),
            plugins=tuple(_plugins()),
            path_mapping=tuple(_cmds.path_mapping()),
            environ=judged.values,
            secrets=judged.secrets,
            held_back=judged.held_back,
            missing_variables=judged.missing,
            captured_s=time.time(),
        )

    def to_json(self) -> str:
        """Returns all of it as JSON. It holds the values of variables: keep it as private as they are."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Session:
        """Reads what `to_json` wrote, by this version or an older one."""
        known = {item.name for item in fields(cls)}
        values: dict[str, Any] = {name: value for name, value in json.loads(text).items() if name in known}
        values["plugins"] = tuple(Plugin(**plugin) for plugin in values.get("plugins", ()))
        values["path_mapping"] = tuple((source, target) for source, target in values.get("path_mapping", ()))
        for name in ("missing_variables", "selection", "secrets"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)

    def settings(self, *, same_scene: bool = True, selection: bool = False) -> dict[str, Any]:
        """Returns what `bootstrap` needs of it, as plain JSON, without scene, workspace and environment.

        Args:
            same_scene: Whether the worker opens the captured scene. Units, time, render layer, namespace and selection are
                that scene's.
            selection: Whether the selection travels. Interpreters are shared between jobs that need the same; an artist
                selects something else all the time, and hardly any call asks for it.
        """
        settings: dict[str, Any] = {
            "version": self.version,
            "up_axis": self.up_axis,
            "plugins": [[plugin.name, plugin.path] for plugin in self.plugins],
            "path_mapping": [list(pair) for pair in self.path_mapping],
            "evaluation": self.evaluation,
            "missing_variables": list(self.missing_variables),
            "provenance": {name: getattr(self, name) for name in _PROVENANCE},
        }
        if same_scene:
            settings["units"] = [self.linear, self.angle, self.time_unit]
            settings["frame"] = self.frame
            settings["render_layer"] = self.render_layer
            settings["namespace"] = self.namespace
            if selection:
                settings["selection"] = list(self.selection)
        return settings

    def explain(self) -> str:
        """Says in lines for people what travels, what is held back and why. Names of variables only, never values."""
        state = "with changes that are not saved" if self.modified else "saved"
        build = f"{self.api_version}, {self.cut_identifier or 'unknown build'}"
        lines = [
            f"Maya {self.version} ({build}), Python {self.python}, {self.platform}, codeset {self.codeset or 'unknown'}",
            f"scene: {self.scene or 'untitled'} ({state})",
            f"workspace: {self.workspace or 'none'}",
            f"units: {self.linear}, {self.angle}, {self.time_unit}; up-axis {self.up_axis}; frame {self.frame}",
            f"render layer: {self.render_layer or 'none'}; namespace {self.namespace or ':'}; "
            f"{len(self.selection)} selected; evaluation {self.evaluation or 'unknown'}",
            _listed("plug-ins", (f"{plugin.name} {plugin.version}".strip() for plugin in self.plugins)),
            _listed("path mapping", (f"{source} -> {target}" for source, target in self.path_mapping)),
            _listed("variables that travel", self.environ),
            _listed("secrets that travel out of band", self.secrets),
            _listed("variables held back", (f"{name} ({why})" for name, why in self.held_back.items())),
            _listed("variables that the scene's paths use and a worker lacks", self.missing_variables),
        ]
        return "\n".join(lines)


def _listed(title: str, items: Iterable[str]) -> str:
    return f"{title}: {', '.join(items) or 'none'}"


_PROVENANCE = ("platform", "api_version", "cut_identifier", "python", "codeset")


def remarks_on(settings: Mapping[str, Any]) -> list[str]:
    """Returns what of a session can't be had in this Maya, a sentence each, for whoever reads the job's log.

    Args:
        settings: What `Session.settings` made.
    """
    found: list[str] = []
    if settings.get("missing_variables"):
        names = ", ".join(settings["missing_variables"])
        found.append(f"paths in the scene use {names}, which the session could not send: files may not be found")
    provenance: Mapping[str, str] = settings.get("provenance") or {}
    theirs = provenance.get("codeset")
    if theirs and theirs != _cmds.codeset():
        found.append(f"the session's codeset is {theirs}, here it is {_cmds.codeset()}: names with other letters may differ")
    return found


def _judged(environ: Mapping[str, str], policy: Policy) -> Judged:
    used = variables_in(written_paths())
    # Of a variable in Maya.env a mayapy's os.environ knows nothing, and Maya expands it in paths all the same.
    own = {name: value for name in used if name not in environ and (value := _cmds.getenv(name))}
    judged = judge({**environ, **own}, _place(environ), used=used, policy=policy)
    if judged.missing and policy.missing == "refuse":
        raise MissingVariableError(missing_text(judged.missing))
    return judged


def missing_text(names: Iterable[str]) -> str:
    """Returns the sentence about variables that paths in the scene use and that can't travel."""
    listed = ", ".join(names)
    return (
        f"paths in the scene use {listed}, which a worker will not have: set what is not set before Maya starts, and name "
        "a secret in Policy(allow_secrets=...). Session.explain() says what stays and why."
    )


def require_maya(what: str) -> None:
    """Refuses to go on outside a running Maya, or off its main thread.

    Args:
        what: What was asked for, to go after "cannot".

    Raises:
        NotInMayaError: As said.
    """
    if not _cmds.in_maya():
        raise NotInMayaError(
            f"cannot {what} when not in Maya: run this inside Maya, or in mayapy after maya.standalone.initialize()."
        )
    if not _cmds.on_main_thread():
        raise NotInMayaError(
            f"cannot {what} from a thread: Maya's commands work on its main thread only. "
            "Call it there, or through maya.utils.executeInMainThreadWithResult."
        )


def _workspace() -> str:
    """Maya's default project is a name only, until something is saved there; workers have the same default."""
    root = _cmds.workspace_root().rstrip("/")
    return root if os.path.isdir(root) else ""


def _place(environ: Mapping[str, str]) -> Place:
    modules = ((name, folder, _cmds.module_file(name)) for name, folder in _cmds.modules().items())
    return Place(environ.get("MAYA_LOCATION", ""), app_dir(environ), additions(modules))


def app_dir(environ: Mapping[str, str], platform: str = sys.platform) -> str:
    """Returns Maya's folder for preferences, modules and scripts of this user (Maya help: MAYA_APP_DIR).

    Args:
        environ: The environment to read.
        platform: As ``sys.platform``.
    """
    if environ.get("MAYA_APP_DIR"):
        return environ["MAYA_APP_DIR"]
    if platform == "win32":
        return os.path.join(environ.get("USERPROFILE", os.path.expanduser("~")), "Documents", "maya")
    home = environ.get("HOME", os.path.expanduser("~"))
    return os.path.join(home, "Library/Preferences/Autodesk/maya" if platform == "darwin" else "maya")


def _plugins() -> Iterable[Plugin]:
    for name in _cmds.plugins():
        if name != OWN_PLUGIN:
            yield Plugin(name, _cmds.plugin_path(name), _cmds.plugin_version(name))
