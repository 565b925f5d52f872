"""The table of jobs: what is chosen in it stays chosen, whatever comes, goes or changes its place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTableView, QWidget

from farmfutures import JobInfo

from .. import look
from .cells import BarDelegate, StateDelegate
from .columns import COLUMNS, NAME, PROGRESS, STATE, SUBMITTED
from .layout import Layout
from .model import JobModel

_ROWS = QItemSelectionModel.SelectionFlag.Rows


class JobTable(QTableView):
    """A table of jobs, of which some are chosen.

    Signals:
        chosen: The jobs that are chosen, as they are now: when others are, and when one of them has changed.
        opened: A job was clicked twice, or Enter was pressed on it.
        asked: Somebody wants the menu of what is chosen, at this place of the screen.
    """

    chosen = Signal(object)
    opened = Signal(object)
    asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("FarmFuturesJobs")
        self.setAccessibleName("Jobs")
        self.jobs = JobModel(self)
        self.setModel(self.jobs)
        self._said: list[JobInfo] = []
        self._kept: tuple[set[int], int | None] = (set(), None)
        self._dress()
        self.layout_of = Layout(self, self.jobs)
        self.empty = QLabel(self.viewport())
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setProperty("quiet", True)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.viewport().installEventFilter(self)
        self._connect()

    def _dress(self) -> None:
        self.setPalette(look.palette())
        self.setItemDelegateForColumn(STATE, StateDelegate(self))
        self.setItemDelegateForColumn(PROGRESS, BarDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)  # Tab leads out of the table: everything can be reached by keys.
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # Names of shots differ at their ends.
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(look.row_height(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSortingEnabled(True)
        self.sortByColumn(SUBMITTED, Qt.SortOrder.DescendingOrder)

    def _connect(self) -> None:
        self.customContextMenuRequested.connect(self._ask)
        self.doubleClicked.connect(self._open)
        self.selectionModel().selectionChanged.connect(self._say)
        self.jobs.modelAboutToBeReset.connect(self._keep)
        self.jobs.modelReset.connect(self._put_back)

    # --- what is chosen

    def chosen_jobs(self) -> list[JobInfo]:
        """Returns the jobs that are chosen, from above to below."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.jobs.job_at(row) for row in rows]

    def current_job(self) -> JobInfo | None:
        """Returns the job that the keyboard is on."""
        index = self.currentIndex()
        return self.jobs.job_at(index.row()) if index.isValid() else None

    def choose(self, numbers: set[int], current: int | None = None) -> None:
        """Chooses jobs by their numbers, as far as they are shown, and puts the keyboard on one of them."""
        rows = self.jobs.rows_of(numbers)
        selection = QItemSelection()
        for row in rows:
            selection.select(self.jobs.index(row, 0), self.jobs.index(row, len(COLUMNS) - 1))
        place = next(iter(self.jobs.rows_of({current})), None) if current is not None else next(iter(rows), None)
        if place is not None:
            index = self.jobs.index(place, NAME)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect | _ROWS)

    def refresh(self) -> None:
        """Says what is chosen, where one of it has changed; shows something where nothing was chosen yet."""
        self._say()

    def _ask(self, at: QPoint) -> None:
        self.asked.emit(self.viewport().mapToGlobal(at))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.jobs.job_at(index.row()))

    def _say(self, *_: object) -> None:
        jobs = self.chosen_jobs()
        if len(jobs) != len(self._said) or any(one is not other for one, other in zip(jobs, self._said, strict=True)):
            self._said = jobs
            self.chosen.emit(jobs)

    def _keep(self) -> None:
        current = self.current_job()
        self._kept = ({job.id for job in self.chosen_jobs()}, current.id if current else None)

    def _put_back(self) -> None:
        self.choose(*self._kept)
        self._say()

    # --- the rest

    def say(self, text: str) -> None:
        """Says something in the middle of an empty table."""
        self.empty.setText(text)
        self.empty.setVisible(bool(text))

    def activate(self) -> None:
        """Opens the job that the keyboard is on, the first one where it is on none."""
        if self.current_job() is None and self.jobs.rowCount():
            self.choose({self.jobs.job_at(0).id})
        job = self.current_job()
        if job is not None:
            self.opened.emit(job)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps the text over an empty table in its middle."""
        if event.type() == QEvent.Type.Resize:
            self.empty.setGeometry(self.viewport().rect().adjusted(look.GAP, 0, -look.GAP, 0))
        return super().eventFilter(watched, event)
