"""U2: every state has a colour, a sign and a word, which can be read, and told apart by people who see colours differently."""

from __future__ import annotations

import itertools
import math
from importlib import import_module
from typing import Any

import pytest

from farmfutures import State

TEXT_CONTRAST = 4.5
"""For text of normal size; WCAG 2.2, 1.4.3."""

SIGN_CONTRAST = 3.0
"""For what is no text; WCAG 2.2, 1.4.11."""

APART = 10.0
"""Differences by CIEDE2000 that are seen at a glance; 1 is just noticed side by side."""

SIGHTS = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB."""

Triple = tuple[float, float, float]


def linear(colour: str) -> Triple:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Returns how well two colours are told apart, 1 to 21; as WCAG 2.2 defines it."""
    dark, light = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True)) for colour in (one, other)
    )
    return (light + 0.05) / (dark + 0.05)


def seen_by(sight: str, colour: str) -> Triple:
    """Returns a colour in CIE L*a*b*, as somebody sees it."""
    rgb = linear(colour)
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in SIGHTS[sight])
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Triple, other: Triple) -> float:
    """CIEDE2000, after Sharma, Wu and Dalal 2005."""
    mean = (math.hypot(*one[1:]) + math.hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * math.sqrt(mean**7 / (mean**7 + 25**7))
    chroma = [math.hypot(stretch * lab[1], lab[2]) for lab in (one, other)]
    hue = [math.degrees(math.atan2(lab[2], stretch * lab[1])) % 360 for lab in (one, other)]
    turn = (hue[1] - hue[0] + 180) % 360 - 180 if all(chroma) else 0.0
    middle = (hue[0] + turn / 2) % 360 if all(chroma) else sum(hue)
    d_hue = 2 * math.sqrt(chroma[0] * chroma[1]) * math.sin(math.radians(turn / 2))
    light, vivid = (one[0] + other[0]) / 2, sum(chroma) / 2
    weight = 1 + sum(
        part * math.cos(math.radians(times * middle + shift))
        for part, times, shift in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    )
    by_light = (other[0] - one[0]) / (1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2))
    by_chroma = (chroma[1] - chroma[0]) / (1 + 0.045 * vivid)
    by_hue = d_hue / (1 + 0.015 * vivid * weight)
    twist = -2 * math.sqrt(vivid**7 / (vivid**7 + 25**7)) * math.sin(math.radians(60 * math.exp(-(((middle - 275) / 25) ** 2))))
    return math.sqrt(by_light**2 + by_chroma**2 + by_hue**2 + twist * by_chroma * by_hue)


@pytest.fixture
def look(qt: Any) -> Any:
    return import_module("farmfutures_maya.panel.look")


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ],
)
def test_differences_are_computed_as_published(one: Triple, other: Triple, published: float) -> None:
    assert difference(one, other) == pytest.approx(published, abs=1e-4)


def test_u2_every_colour_of_a_state_can_be_read(look: Any) -> None:
    for colour in (*look.COLOURS.values(), look.PAUSED):
        for behind in (look.PANE, look.STRIPE):
            assert contrast(colour, behind) >= TEXT_CONTRAST, (colour, behind)


@pytest.mark.parametrize("sight", SIGHTS)
def test_u2_states_are_told_apart_by_colour_however_one_sees_them(look: Any, sight: str) -> None:
    colours = {**look.COLOURS, "paused": look.PAUSED}
    for one, other in itertools.combinations(colours, 2):
        apart = difference(seen_by(sight, colours[one]), seen_by(sight, colours[other]))
        assert apart >= APART, (one, other, apart)


@pytest.mark.parametrize("sight", SIGHTS)
def test_u2_what_happens_stands_out_of_what_waits_in_areas(look: Any, sight: str) -> None:
    waiting = [look.FILLS[State.BLOCKED], look.FILLS[State.PENDING], look.SUNK, look.PANE]
    for state in set(State) - {State.BLOCKED, State.PENDING}:
        for quiet in waiting:
            assert difference(seen_by(sight, look.FILLS[state]), seen_by(sight, quiet)) >= 2 * APART
            assert contrast(look.FILLS[state], quiet) >= SIGN_CONTRAST - 0.5


def test_u2_every_state_has_a_sign_of_its_own(look: Any) -> None:
    gui = import_module("PySide6.QtGui")
    names: list[Any] = [*State, "paused"]
    signs = set()
    for name in names:
        image = look.icon(name).pixmap(look.SIGN, look.SIGN).toImage()
        signs.add(bytes(image.convertToFormat(gui.QImage.Format.Format_Alpha8).constBits()))
    assert len(signs) == len(names)


def test_u2_texts_and_frames_can_be_read_on_what_is_behind_them(look: Any) -> None:
    pairs = [
        (look.TEXT, look.WINDOW), (look.TEXT, look.PANE), (look.TEXT, look.RAISED), (look.QUIET, look.WINDOW),
        (look.QUIET, look.PANE), (look.QUIET, look.SUNK), (look.WHITE, look.CHOSEN), (look.LINK, look.PANE),
        (look.LINK, look.WINDOW), (look.TEXT, look.MARK), (look.TEXT, look.SUNK),
    ]  # fmt: skip
    assert {pair: round(contrast(*pair), 1) for pair in pairs if contrast(*pair) < TEXT_CONTRAST} == {}
    for behind in (look.WINDOW, look.PANE):
        assert contrast(look.FOCUS, behind) >= SIGN_CONTRAST
    for colour in (look.ERROR, look.WARNING, look.GOOD, look.NEWS):
        assert contrast(colour, look.PANE) >= TEXT_CONTRAST
        assert contrast(colour, look.SUNK) >= TEXT_CONTRAST


def test_signs_are_sharp_at_any_scale_and_white_where_they_are_chosen(look: Any) -> None:
    gui, core = import_module("PySide6.QtGui"), import_module("PySide6.QtCore")
    icon = look.icon(State.RUNNING)
    for scale in (1.0, 2.0, 3.0):
        pixmap = icon.pixmap(core.QSize(look.SIGN, look.SIGN), scale)
        assert pixmap.width() == look.SIGN * scale
    inside = (look.SIGN // 2, look.SIGN // 2)
    assert icon.pixmap(look.SIGN, look.SIGN).toImage().pixelColor(*inside).name() == look.COLOURS[State.RUNNING]
    assert icon.pixmap(look.SIGN, look.SIGN, gui.QIcon.Mode.Selected).toImage().pixelColor(*inside).name() == look.WHITE


def test_every_sign_draws_something(look: Any) -> None:
    for name in import_module("farmfutures_maya.panel.signs").NAMES:
        image = look.icon(name if name not in set(State) else State(name)).pixmap(look.SIGN, look.SIGN).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(look.SIGN) for y in range(look.SIGN)), name


def test_the_stand_ins_window_is_as_dark_as_ours(look: Any, window: Any) -> None:
    gui = import_module("PySide6.QtGui")
    of_maya = import_module("mayasim.window").palette()
    for role in ("Window", "Base", "Text", "AlternateBase"):
        assert look.palette().color(gui.QPalette.ColorRole[role]) == of_maya.color(gui.QPalette.ColorRole[role])


def test_the_style_has_no_colour_that_is_not_of_the_language(look: Any) -> None:
    assert look.style_sheet().count("{") == look.style_sheet().count("}")
    for name in ("QLineEdit", "QToolButton[chip=", "QTabBar::tab:selected", "QPushButton[primary="):
        assert name in look.style_sheet()
