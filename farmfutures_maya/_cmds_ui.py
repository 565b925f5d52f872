"""The calls into ``maya.cmds`` that make and take away parts of the interface. See `_cmds` for the rules of such a room."""

from __future__ import annotations

from typing import Any, cast

from ._cmds import is_batch, untyped

MAIN_WINDOW = "MayaWindow"
_STAYS_MS = 5000


def make_menu(name: str, label: str) -> None:
    """Adds a menu to the main window."""
    from maya import cmds

    cmds.menu(name, label=label, parent=MAIN_WINDOW, tearOff=True)


def add_item(menu: str, label: str, annotation: str, command: str, image: str) -> None:
    """Adds a line to a menu.

    Args:
        menu: The menu's name.
        label: What it says.
        annotation: What the help line says.
        command: Python source.
        image: The name of an icon.
    """
    from maya import cmds

    cmds.menuItem(label=label, annotation=annotation, command=command, sourceType="python", image=image, parent=menu)


def remove_menu(name: str) -> None:
    """Takes a menu away, if it is there."""
    from maya import cmds

    if not is_batch() and cmds.menu(name, exists=True):
        cmds.deleteUI(name, menu=True)


def ask_for_text(message: str, text: str = "") -> str | None:
    """Asks for some lines of text, beginning with `text`; None where they were not given."""
    from maya import cmds

    answer = cmds.promptDialog(
        title="FarmFutures",
        message=message,
        button=["Run", "Cancel"],
        defaultButton="Run",
        cancelButton="Cancel",
        dismissString="Cancel",
        scrollableField=True,
        text=text,
    )
    if answer != "Run":
        return None
    return cast("str", cast("Any", cmds.promptDialog(query=True, text=True)))


def has_control(name: str) -> bool:
    """Returns whether there is a workspace control of this name."""
    return not is_batch() and bool(untyped("workspaceControl")(name, exists=True))


def make_control(name: str, *, label: str, script: str, plugin: str) -> None:
    """Makes a workspace control.

    Args:
        name: Its name.
        label: What its tab says.
        script: Python that fills it, now and at every later start of Maya.
        plugin: Which plug-in must be loaded before. The script runs when Maya is done with loading plug-ins by itself.
    """
    from maya import cmds

    cmds.workspaceControl(
        name,
        label=label,
        uiScript=script,
        requiredPlugin=plugin,
        checksPlugins=True,
        retain=False,
        loadImmediately=True,
        initialWidth=760,
        initialHeight=320,
        minimumWidth=320,
    )


def restore_control(name: str) -> None:
    """Shows a control that was hidden, collapsed or behind others."""
    from maya import cmds

    cmds.workspaceControl(name, edit=True, restore=True)


def is_control_visible(name: str) -> bool:
    """Returns whether it is shown."""
    from maya import cmds

    return cmds.workspaceControl(name, query=True, visible=True)


def hide_control(name: str) -> None:
    """Hides it."""
    from maya import cmds

    cmds.workspaceControl(name, edit=True, visible=False)


def remove_control(name: str) -> None:
    """Takes it away, if it is there, and what Maya noted of where it was."""
    from maya import cmds

    if is_batch():
        return
    if has_control(name):
        cmds.workspaceControl(name, edit=True, close=True)
    if has_control(name):  # One that is retained is hidden only.
        untyped("deleteUI")(name, control=True)
    if untyped("workspaceControlState")(name, exists=True):
        cmds.workspaceControlState(name, remove=True)


def is_playing() -> bool:
    """Returns whether Maya plays the time slider back."""
    return bool(untyped("isTrue")("playingBack"))


def is_rendering() -> bool:
    """Returns whether Maya shows that it is busy, as it does while it renders into a window and makes playblasts."""
    return bool(untyped("isTrue")("busy"))


def show_in_view(text: str) -> None:
    """Shows a line over Maya's view for some seconds.

    Args:
        text: As HTML.
    """
    from maya import cmds

    cmds.inViewMessage(assistMessage=text, position="topCenter", fade=True, fadeStayTime=_STAYS_MS)


def label_shelf_button(shelf: str, label: str, overlay: str, annotation: str) -> None:
    """Writes something over the icon of a button of a shelf. A shelf that was not opened yet has none: then nothing is done.

    Args:
        shelf: The name of the shelf.
        label: What its button is called.
        overlay: A few letters, "" for none.
        annotation: What is said of the button.
    """
    from maya import cmds

    if is_batch() or not untyped("shelfLayout")(shelf, exists=True):
        return
    for button in untyped("shelfLayout")(shelf, query=True, childArray=True) or ():
        if untyped("shelfButton")(button, exists=True) and cmds.shelfButton(button, query=True, label=True) == label:
            cmds.shelfButton(button, edit=True, imageOverlayLabel=overlay, annotation=annotation)
