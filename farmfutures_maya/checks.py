"""What is wrong with a job before it is submitted: everything at once, each with cause, place and fix.

The scene is asked on Maya's main thread, where commands belong, in slices shorter than a frame; the disk is looked at in
threads, which need no Maya. In between, whoever steps may draw.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass

from farmfutures.errors import InterpreterNotFoundError, SubmitError

from . import _cmds, _cmds_inputs, main_thread
from .disk import Place, Search
from .inputs import SLICE_S, Collector
from .looks import Look, Looked, Looks
from .mayapy import MayaVersion
from .path_mapping import PathMapping
from .problems import Kind, Problem, Severity, listed
from .scene import Snapshot
from .session import OWN_PLUGIN, Plugin, Session

Progress = Callable[[int, int, str], object]
"""Called with how many were looked at, of how many (0 while that is not known), and of what."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be checked.

    Attributes:
        scene: The scene that workers open, "" for an empty one.
        version: The Maya that is to run there, None for any.
        session: What the executor captured, if anything.
        snapshot: Its copy of the scene, if any.
        refusal: Why a job would be refused at once, if it would.
        ignore_version: Whether scenes of newer Mayas are to be opened.
        elsewhere: Whether workers are on other machines.
        mapping: The rules by which they map paths.
    """

    scene: str
    version: str | None = None
    session: Session | None = None
    snapshot: Snapshot | None = None
    refusal: SubmitError | None = None
    ignore_version: bool = False
    elsewhere: bool = False
    mapping: PathMapping = PathMapping()

    @property
    def is_copy(self) -> bool:
        """Whether workers open the copy of the scene."""
        return self.snapshot is not None and self.snapshot.path == self.scene

    @property
    def source(self) -> str:
        """The scene as the artist knows it, "" while it is untitled."""
        return self.snapshot.source if self.is_copy and self.snapshot is not None else self.scene


class Checking:
    """A check under way. Call `step` on Maya's main thread, from a timer say, for as long as it returns True.

    Attributes:
        done: How many nodes, then files, were looked at.
        total: Of how many; 0 while that is not known.
        text: What is looked at now.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.done, self.total, self.text = 0, 0, "the session"
        self._problems: list[Problem] = []
        self._search: Search[Look, Looked] | None = None
        self._cancelled = False
        self._steps = self._run()

    def step(self) -> bool:
        """Does what can be done in less than a frame; returns whether there is more to do."""
        if self._cancelled:
            return False
        return next(self._steps, self._steps) is None

    def cancel(self) -> None:
        """Looks at nothing more; threads that wait for a disk are left to it."""
        self._cancelled = True
        if self._search is not None:
            self._search.stop()

    @property
    def problems(self) -> list[Problem]:
        """What was found so far, the worst first.

        Raises:
            CancelledError: It was cancelled: what was not looked at is not fine for that.
        """
        if self._cancelled:
            raise CancelledError("the check was cancelled before it had looked at everything")
        return sorted(self._problems, key=lambda problem: _ORDER.index(problem.severity))

    def _run(self) -> Iterator[None]:
        subject = self.subject
        if subject.refusal is not None:
            self._problems.append(_of_refusal(subject.refusal))
        looks: list[Look] = []
        place = Place()
        if _cmds.in_maya() and _is_open(subject):
            self._problems += [*_of_state(subject), *_of_version(subject)]
            yield
            self._problems += _of_nodes()
            yield
            place = place_here(subject.mapping)
            collector = Collector()
            yield from self._collect(collector)
            looks = _looks(collector, Looks(place))
        elif _cmds.in_maya():
            self._problems += _of_other_scene(subject)
        if subject.version and subject.scene and not subject.ignore_version:
            version = MayaVersion.parse(subject.version)
            looks.append(functools.partial(Looks(place).at_header, subject.scene, version))
        yield from self._look(looks)

    def _collect(self, collector: Collector) -> Iterator[None]:
        self.text = "nodes"
        for _ in collector.run():
            self.done = collector.seen
            yield

    def _look(self, looks: list[Look]) -> Iterator[None]:
        self.text, self.done, self.total = "files", 0, len(looks)
        self._search = search = Search(looks, _call)
        search.start()
        while not search.wait(SLICE_S):
            self.done = len(search.results)
            yield
        self.done = self.total
        for looked in search.results:
            self._problems += looked.problems
        self._problems += _of_drives(search.results, self.subject.elsewhere)


_ORDER = tuple(Severity)


def _call(look: Look) -> Looked:
    return look()


def check(subject: Subject, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None) -> list[Problem]:
    """Checks to the end; an interface is kept alive meanwhile.

    Args:
        subject: What.
        progress: Told now and then how far it is.
        cancelled: Asked now and then whether to stop.

    Raises:
        CancelledError: It was stopped.
    """
    checking = Checking(subject)
    try:
        with main_thread.mailbox.hold():  # Callbacks of futures are not called inside a command.
            while checking.step():
                if progress is not None:
                    progress(checking.done, checking.total, checking.text)
                if cancelled is not None and cancelled():
                    checking.cancel()
                let_draw(clicks=progress is not None or cancelled is not None)
    except BaseException:
        checking.cancel()
        raise
    return checking.problems


def let_draw(*, clicks: bool) -> None:
    """Lets an interactive Maya draw.

    Args:
        clicks: Take clicks and keys, too: somebody shows how far it is, and may have a button to cancel.
    """
    if _cmds.in_maya() and not _cmds.is_batch():
        from PySide6.QtCore import QCoreApplication, QEventLoop

        flags = QEventLoop.ProcessEventsFlag
        QCoreApplication.processEvents(flags.AllEvents if clicks else flags.ExcludeUserInputEvents)


# The session and the job


def _of_refusal(refusal: SubmitError) -> Problem:
    kind = Kind.VERSION if isinstance(refusal, InterpreterNotFoundError) else Kind.OPTION
    return Problem(kind, Severity.ERROR, str(refusal).rstrip("."), "the job", "Nothing would be submitted as it is.")


def _is_open(subject: Subject) -> bool:
    """Whether the scene that workers open, or what it is a copy of, is the one that is open here."""
    return subject.source == _cmds.scene_name()


def _of_other_scene(subject: Subject) -> Iterator[Problem]:
    session = subject.session
    if session is None or subject.source != session.scene:
        return  # A scene that was given by name: it need not be the open one.
    cause = f"the executor was made for {session.scene or 'an untitled scene'}, and {_open_name()} is open now"
    yield Problem(Kind.STALE, Severity.ERROR, cause, "the session", "Call clone_environ() and create_tempfile() again.")


def _open_name() -> str:
    return _cmds.scene_name() or "an untitled scene"


def _of_state(subject: Subject) -> Iterator[Problem]:
    if subject.snapshot is not None and subject.is_copy:
        for text in subject.snapshot.warnings:
            yield Problem(Kind.SIDE_FILES, Severity.WARNING, text.rstrip("."), _open_name(), "Then submit again.")
        if not subject.snapshot.exported and _cmds.is_modified():
            # Of a scene that had changes when it was copied Maya does not tell whether there are more by now.
            cause = "its changes since the copy was made will not be on the workers"
            yield Problem(Kind.UNSAVED, Severity.ERROR, cause, _open_name(), "Call create_tempfile() again.", subject.scene)
    elif _cmds.is_modified():
        what = "its changes since it was saved" if subject.scene else "what is in it"
        fix = "Call create_tempfile() to send the scene as it is on screen, or save it."
        yield Problem(Kind.UNSAVED, Severity.ERROR, f"{what} will not be on the workers", _open_name(), fix, subject.scene)


def _of_version(subject: Subject) -> Iterator[Problem]:
    if not subject.version:
        return
    wanted, here = MayaVersion.parse(subject.version), MayaVersion.parse(_cmds.version())
    if wanted.major is None or here.major is None or wanted.major == here.major:
        return
    severity = Severity.ERROR if wanted.major < here.major else Severity.WARNING
    cause = (
        f"the job is for Maya {wanted.text}, and the session is Maya {here.text}: scenes of a newer Maya are not opened by an "
        "older one, and functions that travel by value do not load in another Python"
    )
    yield Problem(Kind.VERSION, severity, cause, "the job", f"Leave version out, or give version={here.major}.")


def _of_nodes() -> Iterator[Problem]:
    plugins, nodes = _cmds.unknown_plugins(), _cmds_inputs.unknown_nodes()
    for name in plugins:
        cause = "the scene asks for it and it could not be loaded here, so that it will not be on the workers"
        yield Problem(Kind.PLUGIN, Severity.WARNING, cause, f"the plug-in {name}", "Install it, or remove it from the scene.")
    if nodes:
        cause = f"{len(nodes)} nodes are of types that nobody here knows; they are carried along and do nothing"
        fix = f"Load what they need ({listed(plugins) or 'the scene does not say'}), or delete them."
        yield Problem(Kind.UNKNOWN_NODE, Severity.WARNING, cause, listed(nodes), fix)


# What is on disk


def place_here(mapping: PathMapping) -> Place:
    """Returns what relative paths of the open scene are relative to, here."""
    return Place(
        workspace=_cmds.workspace_root().rstrip("/"),
        scene_folder=os.path.dirname(_cmds.scene_name()),
        rules=_cmds_inputs.file_rules(),
        environ=dict(os.environ),
        mapping=(*mapping.dirmap(), *_cmds.path_mapping()),
        shared=tuple(folder for _, folder in mapping.pairs),
    )


def _looks(collector: Collector, looks: Looks) -> list[Look]:
    location = os.environ.get("MAYA_LOCATION", "")
    plugins = [Plugin(name, _cmds.plugin_path(name)) for name in _cmds.plugins() if name != OWN_PLUGIN]
    files: list[Look] = [functools.partial(looks.at_input, found) for found in collector.inputs]
    return [*files, *(functools.partial(looks.at_plugin, plugin, location) for plugin in plugins)]


def _of_drives(results: list[Looked], elsewhere: bool) -> Iterator[Problem]:
    """One problem a drive, not one a file: a project on a local disk is one thing to mend."""
    drives: dict[str, list[str]] = {}
    for looked in results:
        if looked.local:
            drives.setdefault(looked.local, []).append(looked.path)
    severity = Severity.WARNING if elsewhere else Severity.NOTE
    for drive, paths in sorted(drives.items()):
        count = "a file is" if len(paths) == 1 else f"{len(paths)} files are"
        cause = f"{count} on a drive that only this machine has: {listed(sorted(paths))}"
        fix = "Move them to a shared drive before the job goes to other machines."
        yield Problem(Kind.LOCAL_PATH, severity, cause, drive, fix, drive)
