"""Commands of the interface. They are remembered, not drawn; a batch Maya refuses them."""

from __future__ import annotations

from typing import Any

from ..flags import command
from ..world import world


def _need_interface(name: str) -> None:
    if world.batch:
        raise RuntimeError(f"{name}: UI commands can't be run in batch mode.")


@command("label:l parent:p exists:ex tearOff:to")
def menu(name: str = "menu1", **flags: Any) -> Any:
    """A menu."""
    _need_interface("menu")
    if flags.get("exists"):
        return name in world.interface
    world.interface[name] = {"kind": "menu", **flags, "items": []}
    return name


@command("label:l parent:p command:c annotation:ann divider:d sourceType:stp enable:en image:i")
def menuItem(name: str = "", **flags: Any) -> str:
    """A line of a menu."""
    _need_interface("menuItem")
    world.interface[flags["parent"]]["items"].append(flags)
    return name or str(flags.get("label", ""))


@command("menu:m control:ctl layout:lay window:wnd")
def deleteUI(*names: str, **flags: Any) -> None:
    """Takes something away."""
    _need_interface("deleteUI")
    for name in names:
        if name not in world.interface:
            raise RuntimeError(f"Object '{name}' not found.")
        del world.interface[name]


@command("query:q title:t message:m text:tx button:b defaultButton:db cancelButton:cb dismissString:ds style:st "
         "scrollableField:sf")  # fmt: skip
def promptDialog(**flags: Any) -> Any:
    """Asks for a line of text; tests put the answer into ``world.interface``."""
    _need_interface("promptDialog")
    button, text = world.interface.get("promptDialog", {}).get("answer", ("Cancel", ""))
    return text if flags.get("query") else button


@command("title:t message:m button:b defaultButton:db cancelButton:cb dismissString:ds icon:icn")
def confirmDialog(**flags: Any) -> str:
    """Asks for a button."""
    _need_interface("confirmDialog")
    return str(world.interface.get("confirmDialog", {}).get("answer", flags.get("defaultButton", "OK")))


@command("assistMessage:amg statusMessage:smg position:pos fade:f")
def inViewMessage(**flags: Any) -> None:
    """Shows a message over the view."""
    _need_interface("inViewMessage")


@command("exists:ex query:q edit:e label:l uiScript:ui restore:rs close:cl visible:vis retain:rt floating:fl requiredPlugin:rp "
         "loadImmediately:li initialWidth:iw minimumWidth:mw widthProperty:wp")  # fmt: skip
def workspaceControl(name: str, **flags: Any) -> Any:
    """A panel that can be docked."""
    _need_interface("workspaceControl")
    if flags.get("exists"):
        return name in world.interface
    if flags.get("close"):
        world.interface.pop(name, None)
    else:
        world.interface.setdefault(name, {"kind": "workspaceControl"}).update(flags)
    return name
