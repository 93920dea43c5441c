"""The log file of a store: rotating, without content or identifiers."""

from __future__ import annotations

import logging
import logging.handlers
import time
from io import FileIO, TextIOWrapper
from pathlib import Path

from triage.errors import WorldError
from triage.model.printable import make_printable
from triage.safe_files import make_private_folder, open_to_write

_log = logging.getLogger(__name__)
_BYTES, _FILES = 1_000_000, 5


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating log file that only its owner can read."""

    def _open(self) -> TextIOWrapper:
        """Opens the log to append, with its folder private."""
        make_private_folder(Path(self.baseFilename).parent)
        handle = open_to_write(Path(self.baseFilename), append=True)
        return TextIOWrapper(FileIO(handle, "a"), encoding="utf-8", write_through=True)

    def handleError(self, record: logging.LogRecord) -> None:
        """Ignores that the log can't be written: that must not end the work it reports."""


class _Format(logging.Formatter):
    """Formats entries with times in UTC.

    Of an exception it writes only type, place and our own `detail`, because its text may quote what was read.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Returns one line for the entry, with unprintable characters escaped."""
        record.message = make_printable(record.message)  # one entry stays one line
        return super().formatMessage(record)

    def formatException(self, exc_info) -> str:  # type: ignore[no-untyped-def]
        """Returns type and place of the exception, and our own `detail`."""
        kind, error, trace = exc_info
        lines = [f"  {kind.__module__}.{kind.__qualname__}"]
        if isinstance(error, WorldError) and error.detail:
            lines.append(f"  {make_printable(error.detail)}")
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f"  at {Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return "\n".join(lines)


_last: Path | None = None
"""The store whose log was used last: an error that closed the store is still written to its log."""


def start_log(store: Path, *, read_only: bool = False) -> logging.Handler:
    """Sends what the program logs to log/triage.log of this store, until `stop_log`. The file is opened by the first message.

    With `read_only` nothing is logged.
    """
    global _last
    if read_only:
        _last = None
        return logging.NullHandler()
    handler = _PrivateFile(store / "log" / "triage.log", maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(_Format())
    root = logging.getLogger("triage")
    root.addHandler(handler)
    if root.level == logging.NOTSET:
        root.setLevel(logging.INFO)
    _last = store
    return handler


def stop_log(handler: logging.Handler) -> None:
    """Stops sending messages to the store's log and closes its file."""
    logging.getLogger("triage").removeHandler(handler)
    handler.close()


def log_error(error: BaseException) -> Path | None:
    """Writes what failed, and where, into the log of the store that is open or was open last; returns the log's path.

    Returns:
        None without such a store; then nothing is written.
    """
    level = logging.WARNING if isinstance(error, WorldError) else logging.ERROR
    if logging.getLogger("triage").handlers:
        _log.log(level, "ended with an error", exc_info=error)
    elif _last is None or not _last.is_dir():
        return None
    else:
        handler = start_log(_last)
        try:
            _log.log(level, "ended with an error", exc_info=error)
        finally:
            stop_log(handler)
    return None if _last is None else _last / "log" / "triage.log"
