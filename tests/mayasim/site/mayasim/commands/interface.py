"""Commands of the interface. They are remembered, and drawn where there is a window; a batch Maya refuses them."""

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
    if world.window:
        world.window.add_menu(name, flags.get("label", name))
    return name


@command("label:l parent:p command:c annotation:ann divider:d sourceType:stp enable:en image:i")
def menuItem(name: str = "", **flags: Any) -> str:
    """A line of a menu."""
    _need_interface("menuItem")
    world.interface[flags["parent"]]["items"].append(flags)
    if world.window:
        world.window.add_item(flags["parent"], flags)
    return name or str(flags.get("label", ""))


@command("menu:m control:ctl layout:lay window:wnd")
def deleteUI(*names: str, **flags: Any) -> None:
    """Takes something away."""
    _need_interface("deleteUI")
    for name in names:
        if name not in world.interface:
            raise RuntimeError(f"Object '{name}' not found.")
        _take_away(name)


def _take_away(name: str) -> None:
    del world.interface[name]
    if world.window:
        world.window.remove(name)


@command("query:q title:t message:m text:tx button:b defaultButton:db cancelButton:cb dismissString:ds style:st "
         "scrollableField:sf")  # fmt: skip
def promptDialog(**flags: Any) -> Any:
    """Asks for a line of text; tests put the answer into ``world.interface``."""
    _need_interface("promptDialog")
    button, text = world.interface.get("promptDialog", {}).get("answer", ("Cancel", ""))
    return text if flags.get("query") else button


@command("exists:ex query:q edit:e label:l uiScript:ui restore:rs close:cl visible:vis retain:rt floating:fl requiredPlugin:rp "
         "checksPlugins:cp loadImmediately:li initialWidth:iw initialHeight:ih minimumWidth:mw widthProperty:wp")  # fmt: skip
def workspaceControl(name: str, **flags: Any) -> Any:
    """A panel that can be docked."""
    _need_interface("workspaceControl")
    if flags.get("exists"):
        return name in world.interface
    if (flags.get("query") or flags.get("edit")) and name not in world.interface:
        raise RuntimeError(f"Object '{name}' not found.")
    if flags.get("query"):
        return world.interface[name].get(next(flag for flag in flags if flag != "query"), False)
    if flags.get("close"):
        _close(name)
    elif flags.get("edit"):
        _edit(name, flags)
    elif name in world.interface:
        raise RuntimeError(f"Object's name '{name}' is not unique.")
    else:
        world.interface[name] = {"kind": "workspaceControl", "visible": True, **flags}
        if world.window:
            world.window.add_control(name, flags)
    return name


def _edit(name: str, flags: dict[str, Any]) -> None:
    shown = {"visible": True} if flags.get("restore") else {}
    world.interface[name].update(shown, **{flag: value for flag, value in flags.items() if flag not in ("edit", "restore")})
    if world.window:
        world.window.parts[name].setVisible(world.interface[name].get("visible", True))


def _close(name: str) -> None:
    """A control that is retained is hidden only."""
    if world.interface[name].get("retain"):
        _edit(name, {"visible": False})
    else:
        _take_away(name)


@command("exists:ex remove:r")
def workspaceControlState(name: str, **flags: Any) -> bool:
    """Where a control was, for when it comes back."""
    _need_interface("workspaceControlState")
    return name in world.interface


@command("")
def isTrue(name: str) -> bool:
    """A condition; tests put those that hold into ``world.conditions``."""
    return name in world.conditions


@command("assistMessage:amg position:pos fade:f fadeStayTime:fst")
def inViewMessage(**flags: Any) -> None:
    """A line over the view; tests look into ``world.interface``."""
    _need_interface("inViewMessage")
    world.interface.setdefault("inViewMessage", {"kind": "inViewMessage", "said": []})["said"].append(flags["assistMessage"])


@command("exists:ex query:q childArray:ca")
def shelfLayout(name: str, **flags: Any) -> Any:
    """A shelf."""
    _need_interface("shelfLayout")
    shelves = world.window.buttons if world.window else {}
    if flags.get("exists"):
        return name in shelves
    return list(shelves[name]) or None


@command("exists:ex query:q edit:e label:l imageOverlayLabel:iol annotation:ann")
def shelfButton(name: str, **flags: Any) -> Any:
    """A button of a shelf."""
    _need_interface("shelfButton")
    every = {key: button for shelf in (world.window.buttons if world.window else {}).values() for key, button in shelf.items()}
    if flags.get("exists"):
        return name in every
    if flags.get("query"):
        return every[name].property(next(flag for flag in flags if flag != "query"))
    for flag in ("label", "imageOverlayLabel", "annotation"):
        if flag in flags:
            every[name].setProperty(flag, flags[flag])
    every[name].setToolTip(every[name].property("annotation"))
    return name
