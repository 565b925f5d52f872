"""A few of Maya's commands with just enough state to see what our side asks of it, and in which order.

It is no stand-in for Maya: it checks no flags and reads ``createNode`` lines only. Every call is in ``LOG``.
"""

from __future__ import annotations

from typing import Any

LOG: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []


class World:
    """The state of the session."""

    def __init__(self) -> None:
        self.name = ""
        self.kind = "mayaAscii"
        self.modified = False
        self.prompt = True
        self.nodes: dict[str, str] = {}
        self.textures: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.selection: list[str] = []
        self.workspace = ""
        self.units = {"linear": "cm", "angle": "deg", "time": "film"}
        self.up_axis = "y"
        self.frame = 1.0
        self.layer = "defaultRenderLayer"
        self.plugins: dict[str, str] = {}
        self.missing_plugins: set[str] = set()
        self.modules: dict[str, str] = {}
        self.mapping: list[str] = []
        self.undo = True
        self.version = "2026"
        self.batch = True
        self.menus: dict[str, list[dict[str, Any]]] = {}
        self.answer = ("Cancel", "")
        self.fail_export = ""
        self.fail_open = ""
        self.open_despite_failure = False


world = World()
