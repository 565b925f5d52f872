"""The result of a work item: its value or its error as text, and the images that it made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from farmfutures import Farm, ItemInfo, JobInfo, State

from .. import look
from ..buttons import push
from ..elided import Elided
from ..feed import Feed
from ..flow import Flow
from ..steady import Steady
from . import picture
from .images import images
from .picture import Picture
from .readable import describe, readable

_THUMB = 72


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an item.

    Attributes:
        about: Its job and its index.
        item: The item.
        kind: What it is: ``list of 3``, an exception's class, or "" where there is none yet.
        text: The value, or the traceback.
        failed: It is an error.
        paths: Images that the item made.
    """

    about: tuple[int, int]
    item: ItemInfo
    kind: str = ""
    text: str = ""
    failed: bool = False
    paths: tuple[str, ...] = ()


class ResultPane(QWidget):
    """Shows what came of one item.

    Signals:
        beyond: Somebody flips on past the last image (1), or back past the first (-1).
    """

    beyond = Signal(int)

    def __init__(self, feed: Feed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.feed = feed
        self.about: tuple[int, int] | None = None
        self.result: Result | None = None
        self.at = 0
        """Which image is shown."""
        self._state: State | None = None
        self._asking = Steady(feed, "result", self)
        self._loading = Steady(feed, "result image", self)
        self._thumbing = Steady(feed, "result thumbs", self)
        self.headline = Elided(parent=self)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setFont(look.mono())
        self.text.setAccessibleName("Result")
        self.picture = Picture(self)
        self.thumbs = _thumbs(self)
        self.copy = push("Copy", self._copy, self, "Copy the text")
        self.open = push("Open image", self._open, self)
        self.folder = push("Open folder", self._open_folder, self)
        self._lay_out()
        self.picture.stepped.connect(self.step)
        self.picture.opened.connect(self._open)
        self.thumbs.currentRowChanged.connect(self._go_to)
        self._show(None)

    def _lay_out(self) -> None:
        self.images = QWidget(self)
        lines = QVBoxLayout(self.images)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.picture, 1)
        lines.addWidget(self.thumbs)
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.addWidget(self.images)
        self.split.addWidget(self.text)
        self.split.setSizes([300, 100])
        self.split.setStretchFactor(0, 1)  # More room is for the image.
        buttons = Flow(gap=look.GAP)
        buttons.setContentsMargins(look.GAP, 0, look.GAP, look.GAP)
        for button in (self.open, self.folder, self.copy):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.GAP, 0, 0)
        layout.setSpacing(look.GAP)
        self.headline.setContentsMargins(look.GAP, 0, look.GAP, 0)
        layout.addWidget(self.headline)
        layout.addWidget(self.split, 1)
        layout.addLayout(buttons)

    # --- what is shown

    def show_item(self, job: JobInfo | None, work: int, state: State | None) -> None:
        """Shows the result of an item that stands so."""
        about = (job.id, work) if job is not None and work >= 0 else None
        if about != self.about:
            self.about, self._state = about, None
            self._show(None)
        if about is not None and state is not self._state and self.isVisible():
            self._state = state
            self._asking.ask(about, partial(_read, about), self._come, self._is_gone)

    def _come(self, result: Result) -> None:
        if result.about == self.about:
            self._show(result)

    def _is_gone(self, error: Exception) -> None:
        self.headline.setText(str(error))

    def _show(self, result: Result | None) -> None:
        self.result = result
        paths = result.paths if result is not None else ()
        self.headline.setText(self._sentence())
        self.headline.setStyleSheet(f"color: {look.ERROR};" if result is not None and result.failed else "")
        self.text.setPlainText(result.text if result is not None else "")
        self.images.setVisible(bool(paths))
        self.thumbs.setVisible(len(paths) > 1)
        self.open.setVisible(bool(paths))
        self.folder.setVisible(bool(paths))
        self.copy.setEnabled(bool(result and result.text))
        had = self.text.hasFocus() or self.picture.hasFocus()
        self.setFocusProxy(self.picture if paths else self.text)
        if had:
            self.setFocus()
        self._show_thumbs(paths)
        if paths:
            self._go_to(0)

    def _sentence(self) -> str:
        if self.about is None:
            return "Choose an item to see its result."
        if self.result is None:
            return "Asking for the result..."
        item, kind = self.result.item, self.result.kind
        if not kind:
            return f"{item.name} is {item.state}: no result" + ("." if item.state.done else " yet.")
        return f"{item.name} {'raised' if self.result.failed else 'returned'} {kind}"

    # --- images

    def _show_thumbs(self, paths: tuple[str, ...]) -> None:
        self.thumbs.blockSignals(True)
        self.thumbs.clear()
        for path in paths:
            item = QListWidgetItem(Path(path).name)
            item.setToolTip(path)
            item.setSizeHint(QSize(_THUMB + 24, _THUMB + 8))
            self.thumbs.addItem(item)
        self.thumbs.blockSignals(False)
        if len(paths) > 1:
            self._load_thumb(0)

    def _load_thumb(self, place: int) -> None:
        """One after the other, so that what is looked at now is read in between."""
        if self.result is not None and place < len(self.result.paths):
            path = self.result.paths[place]
            self._thumbing.ask((self.about, place), lambda farm: (path, place, picture.read(path, _THUMB * 2)), self._show_thumb)

    def _show_thumb(self, found: tuple[str, int, tuple[QImage, QSize, str]]) -> None:
        path, place, (image, _, _) = found
        if self.result is None or self.result.paths[place : place + 1] != (path,):
            return
        if not image.isNull():
            self.thumbs.item(place).setIcon(QIcon(QPixmap.fromImage(image)))
        self._load_thumb(place + 1)

    def step(self, step: int) -> None:
        """Flips on or back; at the ends to the next item."""
        count = len(self.result.paths) if self.result is not None else 0
        if 0 <= self.at + step < count:
            self._go_to(self.at + step)
        else:
            self.beyond.emit(step)

    def _go_to(self, place: int) -> None:
        if self.result is None or not 0 <= place < len(self.result.paths):
            return
        self.at = place
        self.thumbs.setCurrentRow(place)
        path = self.result.paths[place]
        self._loading.ask(path, lambda farm: (path, picture.read(path)), self._show_image)

    def _show_image(self, found: tuple[str, tuple[QImage, QSize, str]]) -> None:
        path, (image, size, why) = found
        if self.result is None or self.result.paths[self.at : self.at + 1] != (path,):
            return
        self.picture.show_image(image, f"{path}\n\n{why}" if why else "")
        self.picture.setToolTip(path)
        of = f"   {self.at + 1} of {len(self.result.paths)}" if len(self.result.paths) > 1 else ""
        large = f"   {size.width()} × {size.height()}" if size.isValid() else ""
        self.headline.setText(f"{self._sentence()}   {Path(path).name}{large}{of}")

    # --- what can be done with it

    def _path(self) -> str:
        return self.result.paths[self.at] if self.result is not None and self.result.paths else ""

    def _open(self) -> None:
        if self._path():
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._path()))

    def _open_folder(self) -> None:
        if self._path():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._path()).parent)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.result.text if self.result is not None else "")


def _thumbs(parent: QWidget) -> QListWidget:
    made = QListWidget(parent)
    made.setViewMode(QListView.ViewMode.IconMode)
    made.setFlow(QListView.Flow.LeftToRight)
    made.setWrapping(False)
    made.setMovement(QListView.Movement.Static)
    made.setIconSize(QSize(_THUMB, _THUMB - 18))
    made.setFixedHeight(_THUMB + 28)
    made.setAccessibleName("Images")
    return made


def _read(about: tuple[int, int], farm: Farm) -> Result:
    """Asks for a result. Runs on a thread of the feed; what loads the value is what its own classes say."""
    item = farm.item(*about)
    if not item.state.done:
        return Result(about, item)
    try:
        value = farm.outcome(*about)
    except Exception as error:
        return _failed(about, item, error)
    folder = farm.spec(about[0]).get("launch", {}).get("cwd")
    return Result(about, item, describe(value), readable(value), paths=tuple(images(value, item, folder)))


def _failed(about: tuple[int, int], item: ItemInfo, error: Exception) -> Result:
    if item.error is None:  # It ended without one: killed, cancelled.
        return Result(about, item, paths=tuple(images(None, item, None)))
    remote = getattr(error.__cause__, "text", "")
    name = type(error).__name__
    return Result(about, item, name, remote or f"{name}: {error}", failed=True, paths=tuple(images(None, item, None)))
