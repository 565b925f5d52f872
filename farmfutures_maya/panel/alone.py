"""The panel as a window of its own, outside of Maya: ``farmfutures panel``."""

from __future__ import annotations

import signal
from types import FrameType

from . import libraries

EXIT_S = 2.0


def run_panel() -> int:
    """Opens the panel in a window, on the engine of the settings, and returns the exit code when it is closed.

    Raises:
        InstallError: Qt can't show a window here; the message names the packages.
    """
    libraries.check()
    import shiboken6
    from PySide6.QtWidgets import QApplication

    from . import look
    from .notify import Herald
    from .window import Panel

    app = QApplication.instance() or QApplication(["farmfutures"])
    assert isinstance(app, QApplication)
    app.setApplicationDisplayName("FarmFutures")
    app.setStyle("Fusion")
    app.setPalette(look.palette())
    panel = Panel()
    panel.setWindowTitle("FarmFutures")
    panel.setWindowIcon(look.icon("running"))
    panel.show()
    heard = Herald(panel, feed=panel.feed)

    def leave(_number: int, _frame: FrameType | None) -> None:
        app.quit()  # Heard within a second: a timer of the panel gives Python its turn.

    before = signal.signal(signal.SIGINT, leave)
    try:
        return app.exec()
    finally:
        signal.signal(signal.SIGINT, before)
        heard.close()
        panel.close()
        panel.feed.close(wait_s=EXIT_S)
        shiboken6.delete(panel)
