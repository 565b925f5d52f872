"""The Maya door: everything public of the Maya side, under the name that pickles, tracebacks and people use.

    Executor      an executor whose calls run in headless Maya
    Session       what is captured from a running Maya and rebuilt on the worker
    Plugin        a plug-in that was loaded in it
    Future        a future of it, which never freezes an interactive Maya
    Policy        what a studio adds to the rules for environment variables
    pack          the open scene and what it needs, in a folder that travels: Packing before, Packed after
    unpack        lays that out: Unpacked
    render_plan   what the open scene would render: a RenderPlan of RenderPasses, submitted as Chunks
    render        runs one of these on a worker, which prepare_render made ready
    PathMapping   which folders are the same place on which platform
    Snapshot      a copy of the open scene, made without touching the session
    Problem       what `Executor.check` finds: its Kind, its Severity, cause, place and fix
    Checking      a check that an interface steps through
    Demo          how `farmfutures demo` starts its session on this machine
    bootstrap     makes a worker's Maya ready (named by jobs, rarely called by people)
    undo_step     makes what a script does with results one step of undo
    wait          waits for futures, with progress and a way to cancel
    show_panel    opens the panel in Maya's window
    evaluate      runs Python source, or ``"module:function"``, with ``cmds`` and ``mel`` at hand
    evaluate_at   the same, at a frame
    actions       ready-made work, and how a studio adds its own; run_action runs it on a worker

And for the command line, imported when they are asked for:

    Installation  what ``farmfutures install`` wrote into a folder of modules
    install, uninstall, installation, user_folder
    examine       whether farmfutures fits this machine and its Mayas
    support_bundle  a zip for whoever helps; Bundle is what was written
    read_bundle, replay  its call, run again; Recorded is what it says
    run_here      a script in a Maya of its own, on this terminal
    run_panel     the panel as a window of its own
    run_script    a script in this Maya

Nothing here needs a running Maya to be imported. Import this, never ``farmfutures_maya``, which is not on ``sys.path``
inside Maya.
"""

from __future__ import annotations

from typing import TYPE_CHECKING as _TYPE_CHECKING

from ._sibling import import_sibling as _import_sibling

_import_sibling("farmfutures_maya")  # Does nothing where it was imported or installed before.

from farmfutures_maya.bootstrap import bootstrap as bootstrap  # noqa: E402
from farmfutures_maya.demo import Demo as Demo  # noqa: E402
from farmfutures_maya.environ import Policy as Policy  # noqa: E402
from farmfutures_maya.executor import Executor as Executor  # noqa: E402
from farmfutures_maya.future import Future as Future  # noqa: E402
from farmfutures_maya.path_mapping import PathMapping as PathMapping  # noqa: E402
from farmfutures_maya.scene import Snapshot as Snapshot  # noqa: E402
from farmfutures_maya.session import Plugin as Plugin  # noqa: E402
from farmfutures_maya.session import Session as Session  # noqa: E402
from farmfutures_maya.source import evaluate as evaluate  # noqa: E402
from farmfutures_maya.source import evaluate_at as evaluate_at  # noqa: E402
from farmfutures_maya.undo import undo_step as undo_step  # noqa: E402
from farmfutures_maya.waiting import wait as wait  # noqa: E402

if _TYPE_CHECKING:
    from farmfutures_maya import actions as actions
    from farmfutures_maya.actions.run import run_action as run_action
    from farmfutures_maya.checks import Checking as Checking
    from farmfutures_maya.doctor import examine as examine
    from farmfutures_maya.install import Installation as Installation
    from farmfutures_maya.install import install as install
    from farmfutures_maya.install import installation as installation
    from farmfutures_maya.install import uninstall as uninstall
    from farmfutures_maya.install import user_folder as user_folder
    from farmfutures_maya.launch import run_here as run_here
    from farmfutures_maya.pack import Packed as Packed
    from farmfutures_maya.pack import Packing as Packing
    from farmfutures_maya.pack import pack as pack
    from farmfutures_maya.panel.alone import run_panel as run_panel
    from farmfutures_maya.panel.control import show_panel as show_panel
    from farmfutures_maya.problems import Kind as Kind
    from farmfutures_maya.problems import Problem as Problem
    from farmfutures_maya.problems import Severity as Severity
    from farmfutures_maya.render import prepare_render as prepare_render
    from farmfutures_maya.render import render as render
    from farmfutures_maya.render_plan import Chunk as Chunk
    from farmfutures_maya.render_plan import RenderPass as RenderPass
    from farmfutures_maya.render_plan import RenderPlan as RenderPlan
    from farmfutures_maya.render_plan import render_plan as render_plan
    from farmfutures_maya.replay import Recorded as Recorded
    from farmfutures_maya.replay import read_bundle as read_bundle
    from farmfutures_maya.replay import replay as replay
    from farmfutures_maya.script import run_script as run_script
    from farmfutures_maya.support import Bundle as Bundle
    from farmfutures_maya.support import support_bundle as support_bundle
    from farmfutures_maya.unpack import Unpacked as Unpacked
    from farmfutures_maya.unpack import unpack as unpack

__all__ = (
    "Bundle",
    "Checking",
    "Chunk",
    "Demo",
    "Executor",
    "Future",
    "Installation",
    "Kind",
    "Packed",
    "Packing",
    "PathMapping",
    "Plugin",
    "Policy",
    "Problem",
    "Recorded",
    "RenderPass",
    "RenderPlan",
    "Session",
    "Severity",
    "Snapshot",
    "Unpacked",
    "actions",
    "bootstrap",
    "evaluate",
    "evaluate_at",
    "examine",
    "install",
    "installation",
    "pack",
    "prepare_render",
    "read_bundle",
    "render",
    "render_plan",
    "replay",
    "run_action",
    "run_here",
    "run_panel",
    "run_script",
    "show_panel",
    "support_bundle",
    "undo_step",
    "uninstall",
    "unpack",
    "user_folder",
    "wait",
)

_LATE = {
    "Bundle": "support",
    "Checking": "checks",
    "Chunk": "render_plan",
    "Installation": "install",
    "Kind": "problems",
    "Packed": "pack",
    "Packing": "pack",
    "Problem": "problems",
    "Recorded": "replay",
    "RenderPass": "render_plan",
    "RenderPlan": "render_plan",
    "Severity": "problems",
    "Unpacked": "unpack",
    "actions": "",
    "examine": "doctor",
    "install": "install",
    "installation": "install",
    "pack": "pack",
    "prepare_render": "render",
    "read_bundle": "replay",
    "render": "render",
    "render_plan": "render_plan",
    "replay": "replay",
    "run_action": "actions.run",
    "run_here": "launch",
    "run_panel": "panel.alone",
    "run_script": "script",
    "show_panel": "panel.control",
    "support_bundle": "support",
    "uninstall": "install",
    "unpack": "unpack",
    "user_folder": "install",
}

# Pickles made today must load after the rooms behind this door were moved, and in a Maya that can't import them.
for _public in set(__all__).difference(_LATE):
    globals()[_public].__module__ = __name__


def __getattr__(name: str) -> object:
    """Imports what workers never need, and sessions not at once."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    if name == "actions":
        globals()[name] = import_module("farmfutures_maya.actions")
        return globals()[name]
    value = getattr(import_module(f"farmfutures_maya.{_LATE[name]}"), name)
    value.__module__ = __name__
    globals()[name] = value
    return value
