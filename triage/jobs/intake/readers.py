"""Lets sandboxed workers read documents. A document that ends a worker costs only itself."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import msgspec

from triage import limits, programs
from triage.decode.pool import WorkerPool
from triage.decode.process import WorkerFailed
from triage.decode.protocol import Operation, Refusal, Request
from triage.errors import InputError
from triage.importers.base import NotAReport
from triage.jobs.faults import LOG
from triage.jobs.intake.document_wire import Answered, Asked, pack_asked, unpack_answered
from triage.jobs.intake.reply_wire import unpack_reply
from triage.jobs.intake.text_wire import FileToRead, pack_file, unpack_text
from triage.model.data_requests import ReplyTable
from triage.model.file_text import FileText

log = logging.getLogger(LOG)
T = TypeVar("T", FileText, ReplyTable)

TOO_LONG = "The document takes longer to read than a report may. Its bytes are kept."
NO_MEMORY = "The document needs more memory to read than a report may. Its bytes are kept."
ENDED = "The program that reads documents ended at this one. Its bytes are kept."
TEXT_TOO_LONG = "The text of the file takes longer to read than a file may."
TEXT_NO_MEMORY = "The text of the file needs more memory to read than a file may."
TEXT_ENDED = "The program that reads the texts of files ended at this one."
FAULT = "The document could not be read because of a fault in Triage. Its bytes are kept; please report the fault."


class Readers(WorkerPool):
    """A pool of workers that read documents."""

    def __init__(self, workers: int, *, command: Sequence[str] | None = None, seconds: float = limits.DECODE_SECONDS) -> None:
        """`command` and `seconds` are for tests, which put other programs in the worker's place."""
        super().__init__(programs.build_command(programs.READ), workers, command=command, seconds=seconds)

    def read(self, asked: Sequence[Asked]) -> list[Answered | InputError]:
        """Returns for each document what was read and refused of it, or why it could not be read.

        Small documents go to one worker together.
        """
        request = Request(operation=Operation.READ)
        files = [(pack_asked(each), partial(unpack_answered, asked=each)) for each in asked]
        return [_take_answer(each) for each in self._ask_together(request, files, request)]

    def read_texts(self, files: Sequence[FileToRead]) -> list[FileText]:
        """Returns the text of each file, or the reason why it was not read. Small files go to one worker together."""
        request = Request(operation=Operation.READ_TEXT)
        found = self._ask_together(request, [(pack_file(each), unpack_text) for each in files], request)
        texts = [FileText(problem=_choose_text_reason(each)) if isinstance(each, WorkerFailed) else each for each in found]
        return [_log_fault("text of a file", each) for each in texts]

    def read_replies(self, files: Sequence[FileToRead]) -> list[ReplyTable]:
        """Returns the rows of each document of a reply, or the reason why there are none."""
        request = Request(operation=Operation.READ_REPLY)
        found = self._ask_together(request, [(pack_file(each), unpack_reply) for each in files], request)
        tables = [ReplyTable(problem=_choose_reply_reason(each)) if isinstance(each, WorkerFailed) else each for each in found]
        return [_log_fault("document of a reply", each) for each in tables]


def _log_fault(what: str, answer: T) -> T:
    """Logs the fault of an answer, and returns the answer without it: it is nothing to keep."""
    if not answer.fault:
        return answer
    log.error("%s not read: %s", what, answer.fault)
    return msgspec.structs.replace(answer, fault="")


def _take_answer(answered: Answered | WorkerFailed) -> Answered | InputError:
    """Returns an answer with documents, or the error."""
    if isinstance(answered, WorkerFailed):
        return InputError(_choose_reason(answered), detail=answered.sentence)  # message-ok
    if answered.outcome == "no report":
        return NotAReport(answered.message)  # message-ok
    if answered.outcome == "refused":
        return InputError(answered.message)  # message-ok
    if answered.outcome == "fault":
        log.error("document not read: %s", answered.reason)
        return InputError(FAULT, detail=answered.reason)
    return answered


def _choose_reason(failure: WorkerFailed) -> str:
    """Returns the sentence for a worker that failed."""
    if failure.took_too_long:
        return TOO_LONG
    return NO_MEMORY if failure.refusal is Refusal.NO_MEMORY else ENDED


def _choose_text_reason(failure: WorkerFailed) -> str:
    """Returns the sentence for a worker that failed at the text of a file."""
    if failure.took_too_long:
        return TEXT_TOO_LONG
    return TEXT_NO_MEMORY if failure.refusal is Refusal.NO_MEMORY else TEXT_ENDED


def _choose_reply_reason(failure: WorkerFailed) -> str:
    """Returns the sentence for a worker that failed at a document of a reply."""
    if failure.took_too_long:
        return TOO_LONG
    return NO_MEMORY if failure.refusal is Refusal.NO_MEMORY else ENDED
