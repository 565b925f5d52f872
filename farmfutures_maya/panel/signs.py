"""Signs, drawn and not typed: no font of an artist's machine need have them, and they are sharp at any size.

Each is drawn in a square of 14 units. `look` says which colour it has.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

SIDE = 14.0
_WIDTH = 1.8
_CIRCLE = QRectF(2.5, 2.5, 9, 9)


def paint(painter: QPainter, rect: QRectF, name: str, colour: QColor) -> None:
    """Draws a sign so that it fills a rectangle.

    Args:
        painter: Where.
        rect: How large.
        name: A state, or another one of `NAMES`.
        colour: Of its lines and of what is full in it.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / SIDE, rect.height() / SIDE)
    painter.setPen(QPen(colour, _WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _SIGNS[name](painter, colour)
    painter.restore()


def _line(painter: QPainter, *places: tuple[float, float]) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in places]))


# --- states


def _dashed(painter: QPainter, colour: QColor) -> None:
    painter.setPen(QPen(colour, _WIDTH, Qt.PenStyle.DotLine))
    painter.drawEllipse(_CIRCLE)


def _ring(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(_CIRCLE)


def _quarter(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(_CIRCLE)
    painter.setBrush(QBrush(colour))
    painter.drawPie(_CIRCLE, 0, 90 * 16)


def _play(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(QBrush(colour))
    painter.drawPolygon(QPolygonF([QPointF(4, 2.5), QPointF(11.5, 7), QPointF(4, 11.5)]))


def _tick(painter: QPainter, colour: QColor) -> None:
    _line(painter, (2.5, 7.5), (5.5, 10.5), (11.5, 3.5))


def _cross(painter: QPainter, colour: QColor) -> None:
    _line(painter, (3, 3), (11, 11))
    _line(painter, (11, 3), (3, 11))


def _slashed(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(_CIRCLE)
    _line(painter, (4, 10), (10, 4))


def _square(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(3, 3, 8, 8), colour)


def _bars(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(3.5, 3, 2.5, 8), colour)
    painter.fillRect(QRectF(8, 3, 2.5, 8), colour)


# --- others


def _search(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QRectF(2, 2, 7, 7))
    _line(painter, (8.2, 8.2), (12, 12))


def _triangle(painter: QPainter, colour: QColor) -> None:
    painter.drawPolygon(QPolygonF([QPointF(7, 2), QPointF(12.5, 12), QPointF(1.5, 12)]))
    _line(painter, (7, 6), (7, 8.2))
    _line(painter, (7, 10.2), (7, 10.3))


def _letter_i(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QRectF(1.5, 1.5, 11, 11))
    _line(painter, (7, 6.5), (7, 10))
    _line(painter, (7, 4.2), (7, 4.3))


def _up(painter: QPainter, colour: QColor) -> None:
    _line(painter, (3, 9), (7, 5), (11, 9))


def _down(painter: QPainter, colour: QColor) -> None:
    _line(painter, (3, 5), (7, 9), (11, 5))


def _left(painter: QPainter, colour: QColor) -> None:
    _line(painter, (9, 3), (5, 7), (9, 11))


def _right(painter: QPainter, colour: QColor) -> None:
    _line(painter, (5, 3), (9, 7), (5, 11))


def _lines(painter: QPainter, colour: QColor) -> None:
    for y in (3.5, 7, 10.5):
        _line(painter, (2.5, y), (11.5, y))


def _plus(painter: QPainter, colour: QColor) -> None:
    _line(painter, (7, 2.5), (7, 11.5))
    _line(painter, (2.5, 7), (11.5, 7))


def _again(painter: QPainter, colour: QColor) -> None:
    painter.drawArc(_CIRCLE, 60 * 16, 270 * 16)
    painter.setBrush(QBrush(colour))
    painter.drawPolygon(QPolygonF([QPointF(8, 1.2), QPointF(11.4, 3.2), QPointF(8, 5.4)]))


def _person(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QRectF(4.7, 1.8, 4.6, 4.6))
    painter.drawArc(QRectF(2, 8, 10, 9), 0, 180 * 16)


def _question(painter: QPainter, colour: QColor) -> None:
    painter.drawArc(QRectF(4, 2, 6, 5.5), -70 * 16, 250 * 16)
    _line(painter, (7, 7.6), (7, 9))
    _line(painter, (7, 11.6), (7, 11.7))


def _sheets(painter: QPainter, colour: QColor) -> None:
    painter.drawRect(QRectF(5, 4.5, 6.5, 7.5))
    _line(painter, (2.5, 9.5), (2.5, 2), (8.5, 2))


def _into(painter: QPainter, colour: QColor) -> None:
    _line(painter, (7, 2), (7, 8))
    _line(painter, (4.2, 5.4), (7, 8.2), (9.8, 5.4))
    _line(painter, (2, 9), (2, 12), (12, 12), (12, 9))


def _out(painter: QPainter, colour: QColor) -> None:
    _line(painter, (6, 3), (2.5, 3), (2.5, 11.5), (11, 11.5), (11, 8))
    _line(painter, (6.5, 7.5), (12, 2))
    _line(painter, (8.5, 2), (12, 2), (12, 5.5))


def _folder(painter: QPainter, colour: QColor) -> None:
    _line(painter, (2, 11.5), (2, 3), (5.5, 3), (7, 5), (12, 5), (12, 11.5), (2, 11.5))


_SIGNS: dict[str, Callable[[QPainter, QColor], None]] = {
    "blocked": _dashed, "pending": _ring, "starting": _quarter, "running": _play, "complete": _tick, "failed": _cross,
    "cancelled": _slashed, "killed": _square, "paused": _bars, "search": _search, "warning": _triangle, "error": _cross,
    "good": _tick, "news": _letter_i, "up": _up, "down": _down, "left": _left, "right": _right, "menu": _lines, "close": _cross,
    "add": _plus, "again": _again, "mine": _person, "help": _question, "copy": _sheets, "save": _into, "open": _out,
    "folder": _folder,
}  # fmt: skip

NAMES = tuple(_SIGNS)
"""Every sign there is: the states, ``paused``, and those of buttons and sentences."""
