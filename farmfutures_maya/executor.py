"""The executor whose calls run in headless Maya."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import farmfutures
from farmfutures.errors import OptionError, PackError, SceneNotFoundError, SubmitError, WorkspaceNotFoundError
from farmfutures.job import JobSpec, WorkSpec
from farmfutures.settings import Settings

from . import _cmds, mayapy, path_mapping
from .environ import Policy
from .future import Future
from .path_mapping import PathMapping
from .prune import prune_later
from .reach import place, scenes_folder
from .restore import POLICIES
from .scene import Snapshot, snapshot
from .session import Session, missing_text, require_maya
from .standalone import worker_environ
from .store import Store
from .uses import Use, confirm, is_stored, noted

if TYPE_CHECKING:
    from farmfutures.rehearsal import Rehearsal, Rehearsed

    from .checks import Checking, Progress, Subject
    from .problems import Problem

BOOTSTRAP = "farmfutures.maya:bootstrap"

_SETTINGS = ("filename", "workspace", "ignore_version", "load_references", "strict", "open_timeout_s")
_OF_JOBS = ("version", "skip_usersetup", "restore", "path_mapping", "pack")
"""What the work items of one job share, since they share its interpreters."""

_REFERENCES = ("all", "none", "topOnly")


class Executor(farmfutures.Executor):
    """Runs calls in headless ``mayapy`` processes that look like a Maya session.

    Args:
        clone_environ: Convenience for `clone_environ`.
        create_tempfile: Convenience for `create_tempfile`; a path says where the copy goes.
        filename: The scene that is open while a call runs. None: an empty one.
        workspace: The project that is set before the scene is opened.
        version: Which Maya runs on the worker: 2026, ``"2026"``, ``"2026.1"``. None: that of the session, and outside
            Maya the newest one that is installed.
        **job: Defaults of every job, as of `farmfutures.Executor`, and besides: ``ignore_version`` (bool: open a scene
            of a newer update too), ``load_references`` (``"all"``, ``"none"``, ``"topOnly"``), ``skip_usersetup``
            (bool: do not run ``userSetup.py``, for a faster start), ``restore`` (how the scene is put back between two
            items of a job: ``"fresh"``, the default, opens it again where an item changed it; ``"reset"`` undoes what the
            item did; ``"keep"`` leaves it as it is), ``strict`` (bool: a reference or texture that is not there is an
            error, not a remark), ``open_timeout_s`` (seconds that opening the scene may take; 3600),
            ``pack`` (a folder: the open scene is packed into it with all that it needs, and workers open it from there, see
            `farmfutures.maya.pack`; or the list of a pack that was made before), ``path_mapping`` (rules as of `PathMapping`,
            before those of the settings).

    All of ``filename``, ``workspace``, ``version`` and ``interpreter`` may be given with a job too; the first two with
    a single work item of a batch.

    Raises:
        NotInMayaError: `clone_environ` or `create_tempfile` outside a running Maya.
        OptionError: `version` is not a version, or a rule of `path_mapping` not a rule.

    Example:
        >>> executor = farmfutures.maya.Executor(clone_environ=True, cpus=4)
        >>> executor.create_tempfile()
        >>> with executor.batch("Node types") as batch:
        ...     for node in cmds.ls(selection=True):
        ...         future = batch.submit(cmds.nodeType, node)
        ...         future.node = node
    """

    OPTIONS: ClassVar[frozenset[str]] = frozenset({*_SETTINGS, *_OF_JOBS})
    FUTURE: ClassVar[type[farmfutures.Future]] = Future

    def __init__(
        self,
        clone_environ: bool | None = None,
        create_tempfile: bool | str | os.PathLike[str] = False,
        filename: str | os.PathLike[str] | None = None,
        workspace: str | os.PathLike[str] | None = None,
        version: int | str | None = None,
        **job: Any,
    ) -> None:
        # Asked before the base makes anything that would have to be shut down again.
        if version is not None:
            mayapy.MayaVersion.parse(version)
        PathMapping(path_mapping.rules_of(job.get("path_mapping"), Settings.load().path_mapping))
        if clone_environ:
            require_maya("clone environment")
        if create_tempfile:
            require_maya("create tempfile")
        super().__init__(**job)
        self._given = {"filename": filename, "workspace": workspace, "version": version}
        self._session: Session | None = None
        self._with_selection = False
        self._snapshot: Snapshot | None = None
        if clone_environ:
            self.clone_environ()
        if create_tempfile:
            self.create_tempfile(None if create_tempfile is True else create_tempfile)

    @property
    def filename(self) -> str | None:
        """The scene that workers open: the one given, else the copy of `create_tempfile`, else the cloned one."""
        given = self._given["filename"]
        if given is None and self._snapshot is not None:
            return self._snapshot.path
        return _text(given) or (self._session.scene or None if self._session else None)

    @property
    def workspace(self) -> str | None:
        """The project that workers set: the one given, else the cloned one."""
        return _text(self._given["workspace"]) or (self._session.workspace or None if self._session else None)

    @property
    def version(self) -> str | None:
        """The Maya that runs on the worker, or None where nobody said so."""
        return _text(self._given["version"]) or (self._session.version if self._session else _running_version())

    @property
    def session(self) -> Session | None:
        """What `clone_environ` captured."""
        return self._session

    def clone_environ(self, *, policy: Policy | None = None, selection: bool = False, scene: bool = True) -> Session:
        """Has workers look like this session: version, project, scene, plug-ins, variables and the rest of a `Session`.

        What was given to the constructor stays. A scene with unsaved changes travels as it was *saved*; to send it as
        it is on screen, use `create_tempfile` too.

        Args:
            policy: What a studio adds to the rules for variables.
            selection: Have the same selected on the worker. Jobs with another selection need another interpreter.
            scene: Whether workers open the session's scene; else all is as in the session, with an empty scene.

        Returns:
            What was captured; its ``explain()`` says what travels.

        Raises:
            NotInMayaError: There is no running Maya in this process, or this is not its main thread.
            MissingVariableError: Paths in the scene use a variable that can't travel, and the policy refuses that.
        """
        require_maya("clone environment")
        policy = policy or Policy()
        captured = Session.capture(policy=policy)
        self._session = captured if scene else replace(captured, scene="", modified=False, render_layer="", namespace=":")
        self._with_selection = selection and scene
        if self._session.missing_variables and policy.missing == "warn":
            warnings.warn(missing_text(self._session.missing_variables), stacklevel=2)
        return self._session

    def create_tempfile(self, path: str | os.PathLike[str] | None = None) -> Snapshot:
        """Copies the open scene as it is on screen, unsaved changes included, and has workers open the copy.

        Scene name, modified flag, selection and undo queue of the session stay as they are. The same state copied again
        is the same file. A copy wins over a scene that was cloned, not over a `filename` that was given.

        Args:
            path: A folder to keep copies in, or a path that ends in ``.ma`` or ``.mb``. None: ``$FARMFUTURES_STORE``,
                else ``.farmfutures`` in the project, else a folder of this user: a temporary one, or in the shared folder of an
                engine with more than one machine.

        Raises:
            NotInMayaError: There is no running Maya in this process, or this is not its main thread.
            SnapshotError: The scene could not be written; the session is as it was.
        """
        require_maya("create tempfile")
        self._snapshot = snapshot(path, scenes_folder(self._engine) if path is None else None)
        for text in self._snapshot.warnings:
            warnings.warn(text, stacklevel=2)
        return self._snapshot

    def launch(self, **extra: Any) -> dict[str, Any]:
        """Returns how the Maya of a job is started: the core's options ``interpreter``, ``env``, ``settings`` and others.

        Args:
            **extra: Options of the job.

        Raises:
            InterpreterNotFoundError: There is no such Maya.
            SceneNotFoundError: There is no such scene.
            WorkspaceNotFoundError: There is no such folder.
        """
        return self._job_options({**self._defaults, **extra})

    def check(
        self, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None, **job: Any
    ) -> list[Problem]:  # fmt: skip
        """Looks for everything that is wrong with a job before it is submitted. Nothing is submitted, nothing is changed.

        Found are changes that would not travel, references, textures and caches that are not there (sequences, tiles and
        tokens too), paths on local drives, plug-ins that workers lack, other versions, unknown nodes, options that would
        be refused. The scene is looked at where it is open in this session. An interactive Maya draws on meanwhile.

        Args:
            progress: Called now and then with how many were looked at, of how many (0 while that is not known), and of
                what, as text.
            cancelled: Asked now and then; True stops the check.
            **job: Options of the job, as for `submit_ext`.

        Returns:
            The problems, the worst first; none if all is well.

        Raises:
            CancelledError: The check was stopped.
            NotInMayaError: Called from a thread of a running Maya.
        """
        from .checks import check  # Late, as below: workers never check.

        return check(self._subject(job), progress, cancelled)

    def checking(self, **job: Any) -> Checking:
        """Starts the same check for an interface that steps through it: see `Checking`."""
        from .checks import Checking

        return Checking(self._subject(job))

    def _subject(self, job: dict[str, Any]) -> Subject:
        from .checks import Subject

        if _cmds.in_maya():
            require_maya("check a job")
        merged = {**self._defaults, **job}
        refusal: SubmitError | None = None
        settings: dict[str, Any] = {}
        table = PathMapping()
        try:
            self._check(job)
            table = PathMapping(self._rules(merged.get("path_mapping")))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Unsaved changes are a problem of their own.
                settings = self._job_options({**merged, "pack": None})["settings"]  # A check copies nothing.
        except SubmitError as error:
            refusal = error
        return Subject(
            scene=settings.get("filename") or _text(merged.get("filename")) or self.filename or "",
            version=settings.get("version") or self.version, session=self._session, snapshot=self._snapshot, refusal=refusal,
            ignore_version=bool(merged.get("ignore_version")), mapping=table,
            elsewhere=self._engine.report().supports(farmfutures.Feature.MACHINES),
        )  # fmt: skip

    def _job_options(self, extra: dict[str, Any]) -> dict[str, Any]:
        options = dict(extra)
        rules = self._rules(options.pop("path_mapping", None))
        folder = options.pop("pack", None)
        settings = self._job_settings(options, PathMapping(rules))
        if folder is not None:
            settings["pack"] = self._pack(folder, settings, PathMapping(rules))
        if os.environ.get(mayapy.VARIABLE) and not options.get("interpreter"):
            settings["mayapy"] = os.environ[mayapy.VARIABLE]
        found = mayapy.choose(options.get("interpreter"), settings.get("version"), session=_running_version())
        options["interpreter"] = list(found.command)
        if found.version is not None:
            settings.setdefault("version", found.version.text)  # The worker says it again, when it has started.
        if options.get("restore") is not None:
            settings["restore"] = _one_of("restore", options["restore"], POLICIES)
        options.pop("restore", None)
        skip = {"MAYA_SKIP_USERSETUP_PY": "1"} if options.pop("skip_usersetup", False) else {}
        cloned = self._session.environ if self._session else {}
        environ: dict[str, str] = {**worker_environ(), **cloned, **skip, **(options.get("env") or {})}
        options["env"] = environ
        if settings.get("missing_variables"):
            settings["missing_variables"] = [name for name in settings["missing_variables"] if name not in environ]
        options["secret_env"] = {**self._secrets(environ), **(options.get("secret_env") or {})}
        if options.setdefault("bootstrap", BOOTSTRAP) is None:
            options["bootstrap"] = BOOTSTRAP
        mapped = path_mapping.payload(rules, {name for name in environ if name not in worker_environ()})
        options["settings"] = {**settings, **mapped, **(options.get("settings") or {})}
        options.pop("version", None)
        return super()._job_options(options)

    def _pack(self, folder: str | os.PathLike[str], settings: dict[str, Any], table: PathMapping) -> str:
        """Packs the scene of a job, unless a list of a pack is given; returns the list."""
        from .pack import pack  # Late: few jobs are packed.

        if os.path.isfile(folder):
            return _absolute(os.fspath(folder), (), table)
        require_maya("pack a scene")
        scene, is_open, copy = settings.get("filename"), _cmds.scene_name(), self._snapshot
        is_copy = copy is not None and (copy.path, copy.source) == (scene, is_open)
        if not scene or (scene != is_open and not is_copy):
            raise PackError(
                f"pack={os.fspath(folder)!r}: what {scene or 'an untitled scene'} needs is known only while it is open, and "
                f"{is_open or 'an untitled scene'} is open: open it, or call create_tempfile()."
            )
        packed = pack(folder, scene=scene, mapping=table)
        if packed.problems and settings.get("strict"):
            raise PackError(f"not everything could be packed, and strict=True: {'; '.join(map(str, packed.problems))}")
        for problem in packed.problems:
            warnings.warn(f"not in the pack: {problem}", stacklevel=5)
        return packed.manifest

    def _secrets(self, given: Container[str]) -> dict[str, str]:
        """Returns the session's secrets but for those that are given. Read now: nothing of ours holds values in between."""
        names = self._session.secrets if self._session is not None else ()
        return {name: os.environ[name] for name in names if name in os.environ and name not in given}

    def _rules(self, given: object = None) -> tuple[str, ...]:
        return path_mapping.rules_of(given, self.settings.path_mapping)

    def _job_settings(self, options: dict[str, Any], table: PathMapping) -> dict[str, Any]:
        """Takes our own options out of `options` and returns what `bootstrap` gets of them."""
        given = {name: options.pop(name, None) for name in _SETTINGS}
        filename = _text(given["filename"]) or self.filename
        workspace = _text(given["workspace"]) or self.workspace
        version = _text(options.get("version"))
        if version is not None:
            mayapy.MayaVersion.parse(version)
        settings: dict[str, Any] = {}
        if self._session is not None:
            settings = self._session.settings(same_scene=self._is_captured(filename), selection=self._with_selection)
            self._warn_of_unsaved_changes(filename)
        settings.update(_checked(given, filename, workspace, table))
        if version or self.version:
            settings["version"] = version or self.version
        return settings

    def _item_options(self, extra: dict[str, Any]) -> dict[str, Any]:
        options = dict(extra)
        for name in (*_OF_JOBS, "interpreter"):
            if options.pop(name, None) is not None:
                raise OptionError(
                    f"{name}= can't differ between the work items of one job, which share their interpreters: "
                    f"give it to the batch, or submit a job of its own."
                )
        given = {name: options.pop(name) for name in _SETTINGS if name in options}
        filename, workspace = _text(given.get("filename")), _text(given.get("workspace"))
        table = PathMapping(self._rules(self._defaults.get("path_mapping")))
        settings = _checked(given, filename, workspace, table, base=self.workspace)
        if filename and not self._is_captured(filename):
            # The captured moment is one of another scene. None stands for "not", so that it overrides the job's.
            settings.update(units=None, frame=None, render_layer=None, namespace=None, selection=None)
        if settings:
            options["settings"] = {**settings, **(options.get("settings") or {})}
        return super()._item_options(options)

    def _hand_over(self, spec: JobSpec, name: str, works: list[WorkSpec], futures: list[farmfutures.Future]) -> int:
        scenes = _stored_scenes(spec, works)
        if not scenes:
            return super()._hand_over(spec, name, works, futures)
        use = Use.of_this_process(self._engine.name, place(self._engine))
        with noted(scenes, use) as notes:
            job = super()._hand_over(spec, name, works, futures)
        confirm(notes, use, job)
        for root in {Path(scene).parents[2] for scene in scenes}:
            prune_later(Store(root), self._engine, self.settings.snapshot_days * 24 * 3600)
        return job

    def _paths(self, spec: JobSpec, works: list[WorkSpec]) -> list[tuple[str, str]]:
        every = [spec.launch.settings, *(work.extra.get("settings", {}) for work in works)]
        named = {"workspace": "workspace", "filename": "scene"}
        return list(dict.fromkeys((what, opened[key]) for opened in every for key, what in named.items() if opened.get(key)))

    def _rehearse(self, rehearsal: Rehearsal, timeout_s: float, cancelled: Callable[[], bool] | None) -> Rehearsed:
        from .aside import run_aside  # Late: few programs rehearse.

        def run(stopped: Callable[[], bool]) -> Rehearsed:
            return rehearsal.run(timeout_s, lambda: stopped() or (cancelled is not None and cancelled()))

        return run_aside(run, "Trying the job in a fresh interpreter")

    def _is_captured(self, filename: str | None) -> bool:
        """Returns whether this scene is the one of the captured session, or the copy of it."""
        if self._session is None:
            return False
        copy = self._snapshot is not None and filename == self._snapshot.path and self._snapshot.source == self._session.scene
        return copy or (filename or "") == self._session.scene

    def _warn_of_unsaved_changes(self, filename: str | None) -> None:
        session = self._session
        if session is not None and session.modified and (filename or "") == session.scene:
            what = f"the unsaved changes of {session.scene}" if session.scene else "the untitled scene"
            warnings.warn(f"{what} won't be on the workers: call create_tempfile(), or save the scene.", stacklevel=4)


def _stored_scenes(spec: JobSpec, works: list[WorkSpec]) -> set[str]:
    """Returns the scenes of a store that a job opens."""
    settings = [spec.launch.settings, *(work.extra.get("settings", {}) for work in works)]
    return {opened["filename"] for opened in settings if opened.get("filename") and is_stored(opened["filename"])}


def _running_version() -> str | None:
    return _cmds.version() if _cmds.in_maya() else None


def _text(value: object) -> str | None:
    """Returns an option as text, nothing as None."""
    if value is None or value == "":
        return None
    return str(value)  # A path object says its path.


def _checked(
    given: dict[str, Any], filename: str | None, workspace: str | None, table: PathMapping, base: str | None = None
) -> dict[str, Any]:
    """Returns settings of these options, with paths that mean the same on the worker.

    Raises:
        SceneNotFoundError: There is no such scene.
        WorkspaceNotFoundError: There is no such folder.
        OptionError: An option has a value that means nothing.
    """
    settings: dict[str, Any] = {}
    if workspace:
        settings["workspace"] = workspace = _absolute(workspace, (), table)
        if not os.path.isdir(workspace):
            raise WorkspaceNotFoundError(f"there is no folder {workspace}: give workspace= the folder of a Maya project.")
    if filename:
        settings["filename"] = filename = _absolute(filename, [folder for folder in (workspace, base) if folder], table)
        if not os.path.isfile(filename):
            raise SceneNotFoundError(f"there is no scene {filename}: give filename= the path of a .ma or .mb file.")
    if given.get("ignore_version"):
        settings["ignore_version"] = True
    if given.get("load_references") is not None:
        settings["load_references"] = _one_of("load_references", given["load_references"], _REFERENCES)
    if given.get("strict") is not None:
        settings["strict"] = bool(given["strict"])
    if given.get("open_timeout_s") is not None:
        settings["open_timeout_s"] = _seconds("open_timeout_s", given["open_timeout_s"])
    return settings


def _one_of(name: str, value: object, known: tuple[str, ...]) -> str:
    if value not in known:
        raise OptionError(f"{name}={value!r} is none of {', '.join(known)}.")
    return str(value)


def _seconds(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise OptionError(f"{name}={value!r}: give a number of seconds above 0.")
    return float(value)


def _absolute(path: str, folders: Iterable[str], table: PathMapping) -> str:
    """Returns a full path: the worker has another current folder, and may lack the variables in it."""
    path = table.path(os.path.expanduser(os.path.expandvars(path)))
    if not os.path.isabs(path) and not os.path.exists(path):
        for folder in folders:
            if os.path.exists(os.path.join(folder, path)):
                return os.path.join(os.path.abspath(folder), path).replace("\\", "/")
    absolute = os.path.abspath(path)
    return absolute.replace("\\", "/") if sys.platform == "win32" else absolute
