"""The About box: which version, which farm, and what the panel has cost Maya so far."""

from __future__ import annotations

import sys

import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QMessageBox, QWidget

import farmfutures

from . import words
from .feed import Cost, Feed


def cost(spent: Cost) -> str:
    """Says what a feed has cost Maya's main thread."""
    took = f"{spent.main_s * 1000:,.0f} ms" if spent.main_s < 10 else f"{spent.main_s:,.1f} s"
    held = f" It held still for {words.about(spent.held_s)} while Maya played back or rendered." if spent.held_s >= 1 else ""
    return (
        f"Since it was opened, the panel has looked at the farm {words.many(spent.looks, 'time')} and asked it "
        f"{words.many(spent.asks, 'question')} beside. All that happened on other threads; showing the answers took {took} of "
        f"Maya's main thread, {spent.longest_s * 1000:.1f} ms at the longest.{held}"
    )


def text(feed: Feed, engine: str) -> str:
    """Returns what the box says."""
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        f"<h3>FarmFutures {farmfutures.__version__}</h3><p>Engine: {engine or 'none has answered yet'}<br>Python {python}, "
        f"Qt {qVersion()}, PySide6 {PySide6.__version__}</p><p>{cost(feed.cost)}</p>"
    )


def show(parent: QWidget, feed: Feed, engine: str) -> QMessageBox:
    """Shows the box; it holds nobody up."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "About FarmFutures", text(feed, engine), QMessageBox.StandardButton.Close, parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
