"""Ready-made farm work, and how a studio adds its own. Import it as ``from farmfutures.maya import actions``.

    action.py     `action`: a function becomes something that people choose, its typed parameters the form of it
    params.py     what the types of parameters mean: a switch, a number with limits, a folder; a frame, a node
    registry.py   `find`: what there is, shipped, of entry points and of a studio's folders; what is broken is told
    split.py      how a call becomes work items: by frame, by node, by item
    submitting.py `submit`, and the same in steps for an interface
    run.py        worker side: runs what a work item holds
    request.py    everything that a form asks for, as plain data
    wrong.py      what is wrong with that, field by field
    wrong_values.py  the same for what the action itself asks for
    surroundings.py  what of the session and the engine it is judged by
    executing.py  the executor of a request
    as_python.py  the script that does the same
    scripts.py    shipped: Python and MEL, once or for each frame or item
    functions.py  shipped: a function, once or on nodes
    rendering.py  shipped: the frames of the scene by its renderer, through each layer and camera
    playblast.py  shipped: what the viewport shows
    caches.py     shipped: Alembic, USD and FBX of hierarchies

Nothing here needs Maya to be imported, and nothing is pickled under the name of this package.
"""

from __future__ import annotations

from .action import Action as Action
from .action import action as action
from .params import Between as Between
from .params import Code as Code
from .params import File as File
from .params import Folder as Folder
from .params import Frame as Frame
from .params import FrameRange as FrameRange
from .params import Frames as Frames
from .params import Item as Item
from .params import Node as Node
from .registry import Found as Found
from .registry import find as find
from .submitting import Setup as Setup
from .submitting import SetupOf as SetupOf
from .submitting import submit as submit

__all__ = (
    "Action",
    "Between",
    "Code",
    "File",
    "Folder",
    "Found",
    "Frame",
    "FrameRange",
    "Frames",
    "Item",
    "Node",
    "Setup",
    "SetupOf",
    "action",
    "find",
    "submit",
)
