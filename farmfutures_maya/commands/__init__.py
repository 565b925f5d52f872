"""The commands of the plug-in, for MEL and Python. The only rooms that import Maya at once: the plug-in loads them.

farm_submit.py    farmSubmit
farm_panel.py     farmPanel
"""

from __future__ import annotations

from .farm_panel import FarmPanel
from .farm_submit import FarmSubmit

COMMANDS = (FarmSubmit, FarmPanel)
