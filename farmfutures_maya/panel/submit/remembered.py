"""What was submitted for a scene the last time: the form begins with it, as ``farmSubmit -sticky`` does."""

from __future__ import annotations

from typing import Any

from ...actions.request import Request, Scene
from ...sticky import Sticky
from ...submitting import FORM


def load(scene: str) -> Request | None:
    """Returns what was submitted for a scene the last time: by the form, else by the command or the menu."""
    chosen = Sticky.of(scene).load()
    if FORM in chosen:
        return Request.from_dict(chosen[FORM])
    return _of_command(chosen) if chosen.get("source") else None


def _of_command(chosen: dict[str, Any]) -> Request:
    where: dict[str, Any] = {}
    if chosen.get("filename"):
        where = {"scene": Scene.FILE, "filename": chosen["filename"]}
    elif chosen.get("snapshot") is False:
        where = {"scene": Scene.SAVED}
    same: dict[str, Any] = {
        name: chosen[name] for name in ("name", "frames", "cpus", "priority", "retries", "timeout_s") if name in chosen
    }
    return Request.from_dict({"values": {"source": chosen["source"]}, **same, **where})


def save(scene: str, request: Request) -> None:
    """Remembers what was submitted. The command finds what it has a flag for, too."""
    common = {
        "frames": request.frames, "name": request.name, "cpus": request.cpus, "priority": request.priority,
        "retries": request.retries, "timeout_s": request.timeout_s,
    }  # fmt: skip
    if request.action == "script" and request.values.get("language", "Python") == "Python":
        common["source"] = request.values.get("source", "")
    if request.scene in (Scene.SNAPSHOT, Scene.SAVED):
        common["snapshot"] = request.scene == Scene.SNAPSHOT
    Sticky.of(scene).save({FORM: request.to_dict(), **common})
