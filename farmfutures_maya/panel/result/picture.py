"""One image, as large as there is room; the arrow keys go to the next."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from .. import look

LARGEST = 2048
"""Images are read with so many pixels a side at most."""


def read(path: str, most: int = LARGEST) -> tuple[QImage, QSize, str]:
    """Reads an image, on any thread; returns it, how large it is really, and why it can't be shown."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > most:
        reader.setScaledSize(size.scaled(most, most, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        kind = path.rpartition(".")[2].upper()
        known = {bytes(name.data()).decode().upper() for name in QImageReader.supportedImageFormats()}
        why = reader.errorString() if kind in known else f"{kind} images can't be shown here; open it in a viewer."
        return image, size, why
    return image, size if size.isValid() else image.size(), ""


class Picture(QWidget):
    """Shows an image, or says why not.

    Signals:
        stepped: 1 for the next image, -1 for the one before.
        opened: Somebody wants to see it in a viewer.
    """

    stepped = Signal(int)
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.text = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(80)
        self.setAccessibleName("Image")

    def show_image(self, image: QImage, text: str = "") -> None:
        """Shows another one; where it is none, the text stands in its place."""
        self.image, self.text = image, text
        self.update()

    def sizeHint(self) -> QSize:
        """Much room."""
        return QSize(480, 270)

    def paintEvent(self, event: QPaintEvent, /) -> None:
        """Draws it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(look.SUNK))
        if self.image.isNull():
            painter.setPen(QColor(look.QUIET))
            flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
            painter.drawText(self.rect().adjusted(12, 12, -12, -12), flags, self.text)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._place(), self.image)
        if self.hasFocus():
            painter.setPen(QPen(QColor(look.FOCUS), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _place(self) -> QRectF:
        """In the middle, never larger than it is."""
        ratio = self.devicePixelRatioF()
        size = self.image.size().toSizeF() / ratio
        room = self.size().toSizeF()
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room, Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((room.width() - size.width()) / 2, (room.height() - size.height()) / 2, size.width(), size.height())

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Arrows flip, Enter opens."""
        steps: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(event.key())
        if step is not None:
            self.stepped.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent, /) -> None:
        """Opens it."""
        self.opened.emit()
