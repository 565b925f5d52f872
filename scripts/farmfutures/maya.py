"""The Maya door: everything public of the Maya side, under the name that pickles, tracebacks and people use.

    Executor      an executor whose calls run in headless Maya
    Session       what is captured from a running Maya and rebuilt on the worker
    Plugin        a plug-in that was loaded in it
    Policy        what a studio adds to the rules for environment variables
    Snapshot      a copy of the open scene, made without touching the session
    Demo          how `farmfutures demo` starts its session on this machine
    bootstrap     makes a worker's Maya ready (named by jobs, rarely called by people)
    evaluate      runs Python source, or ``"module:function"``, with ``cmds`` and ``mel`` at hand

Nothing here needs a running Maya to be imported. Import this, never ``farmfutures_maya``, which is not on ``sys.path``
inside Maya.
"""

from __future__ import annotations

from ._sibling import import_sibling as _import_sibling

_import_sibling("farmfutures_maya")  # Does nothing where it was imported or installed before.

from farmfutures_maya.bootstrap import bootstrap as bootstrap  # noqa: E402
from farmfutures_maya.demo import Demo as Demo  # noqa: E402
from farmfutures_maya.environ import Policy as Policy  # noqa: E402
from farmfutures_maya.executor import Executor as Executor  # noqa: E402
from farmfutures_maya.scene import Snapshot as Snapshot  # noqa: E402
from farmfutures_maya.session import Plugin as Plugin  # noqa: E402
from farmfutures_maya.session import Session as Session  # noqa: E402
from farmfutures_maya.source import evaluate as evaluate  # noqa: E402

__all__ = ("Demo", "Executor", "Plugin", "Policy", "Session", "Snapshot", "bootstrap", "evaluate")

# Pickles made today must load after the rooms behind this door were moved, and in a Maya that can't import them.
for _public in (Demo, Executor, Plugin, Policy, Session, Snapshot, bootstrap, evaluate):
    _public.__module__ = __name__
del _public
