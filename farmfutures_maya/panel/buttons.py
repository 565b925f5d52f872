"""Buttons, made in one line each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from farmfutures import State

from . import look


def push(text: str, pressed: Callable[[], object], parent: QWidget, tip: str = "") -> QPushButton:
    """Returns a button with a word on it."""
    button = QPushButton(text, parent)
    button.setToolTip(tip)
    button.clicked.connect(lambda: pressed())
    return button


def tool(sign: State | str, tip: str, pressed: Callable[[], object], parent: QWidget, text: str = "") -> QToolButton:
    """Returns a small button with a sign on it, and a word where there is one."""
    button = QToolButton(parent)
    button.setIcon(look.icon(sign))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if text:
        button.setText(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.clicked.connect(lambda: pressed())
    return button


def switch(text: str, tip: str, toggled: Callable[[bool], object], parent: QWidget, *, on: bool = False) -> QToolButton:
    """Returns a button that stays pressed."""
    button = QToolButton(parent)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(True)
    button.setChecked(on)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.toggled.connect(toggled)
    return button
