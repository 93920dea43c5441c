"""Takes in replies: seals their bytes, reads them in the sandbox, matches rows to lines, and rejudges the reports.

A batch seals; another one matches. After a kill in between, the next call for the request matches what was sealed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import msgspec

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError, Refused
from triage.jobs.codec import document_to_json
from triage.jobs.intake.readers import Readers
from triage.jobs.judging.assess import assess
from triage.jobs.requests.life import find_request
from triage.jobs.requests.making import decode_fact
from triage.jobs.requests.reply_documents import ReadDocument, read_documents
from triage.jobs.requests.row_matching import LineMatcher, RowMatch, digest_row
from triage.jobs.requests.subscribers import MatchedRow, describe_subscribers
from triage.jobs.requests.watch import StepWatch
from triage.jobs.session import Session, now
from triage.message import Message, from_data, to_data
from triage.model.data_requests import ReplyResult, ReplyRow, UnmatchedRow
from triage.model.printable import make_printable
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.safe_files import read_file, resolve_file
from triage.store.batch import Batch
from triage.store.queries import judgement, request_replies, requests
from triage.store.queries.request_replies import StoredReply
from triage.store.queries.requests import StoredRequest

_READING = Message("reading the reply")


def take_reply(
    session: Session,
    number: str,
    files: Sequence[Path],
    *,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> ReplyResult:
    """Takes in the documents of a reply; without files, reads again what was sealed and not matched yet.

    A document whose bytes came before for this request is not taken twice. What was sealed stays when the reading is stopped.

    Raises:
        NotFound: if there is no such request
        InputError: if a file can't be read from the disk; then nothing is taken
        Refused: without the right, or for a file that is too large
        Cancelled: if the token was set
    """
    session.require(Right.DECIDE)
    with session.reading() as db:
        find_request(db, number)
    given = [(make_printable(path.name), _read(path)) for path in files]
    with session.store.batch() as batch:
        request = find_request(batch, number)
        known = _seal(session, batch, request, given)
    with session.reading() as db:
        waiting = [each for each in request_replies.list_replies(db, request.id) if each.matched is None]
    watch = StepWatch(on_progress, cancel)
    with Readers(1) as readers, MediaPool(1) as pool:
        for at, reply in enumerate(waiting):
            watch.step(at, len(waiting), "documents", _READING)
            data = session.store.unseal(reply.item)
            found = list(read_documents(reply.name, data, readers, pool))
            with session.store.batch() as batch:
                _match_reply(session, batch, request, reply, found)
    assess(session)
    return _describe(session, request, len(given) - len(known), tuple(known))


def _read(path: Path) -> bytes:
    """Returns the bytes of a file that a person named."""
    try:
        return read_file(resolve_file(path), limits.MAX_REPLY_FILE)
    except OSError as error:
        raise InputError("{name} can't be read: {why}.", name=path.name, why=error.strerror or "") from error


def _seal(session: Session, batch: Batch, request: StoredRequest, given: Sequence[tuple[str, bytes]]) -> list[str]:
    """Seals the documents; returns the names of those whose bytes had come before."""
    if request.closed is not None:
        raise Refused("Request {number} is closed.", number=request.number)
    known: list[str] = []
    for name, data in given:
        digest = sha256(data).hexdigest()
        if request_replies.has_reply(batch, request.id, digest):
            known.append(name)
            continue
        item = batch.seal(data, sha256=digest)
        reply = request_replies.add_reply(
            batch,
            request.id,
            name=name,
            sha256=digest,
            size=len(data),
            item=item,
            received=now(),
            user_id=session.user.id,
        )
        batch.note("reply sealed", request=request.id, reply=reply, bytes=session.store.keyed(digest))
    return known


def _match_reply(
    session: Session, batch: Batch, request: StoredRequest, reply: StoredReply, found: Sequence[ReadDocument]
) -> None:
    """Stores the rows of one sealed document with the lines they belong to, and what its reports show because of them."""
    if not any(each.id == reply.id and each.matched is None for each in request_replies.list_replies(batch, request.id)):
        return  # another program matched it meanwhile, or destroyed the report that it is about
    matcher = LineMatcher(requests.list_lines(batch, request.id), lambda line: requests.find_request_of_line(batch, line))
    seen = request_replies.list_row_digests(batch, request.id)
    rows: list[tuple[int, str, int | None, str | None, bytes, bytes]] = []
    for document in found:
        for row, match in _iter_matches(document, matcher):
            digest = digest_row(row) if match.line_id is not None or row.line or row.value else _digest_problem(document, row)
            if digest not in seen:
                seen.add(digest)
                reason = None if match.reason is None else json.dumps(to_data(match.reason), ensure_ascii=False)
                rows.append((reply.id, document.name, match.line_id, reason, msgspec.json.encode(row), digest))
    request_replies.add_reply_rows(batch, rows)
    request_replies.set_matched(batch, reply.id, now())
    touched = _save_documents(batch, request)
    judgement.mark_stale(batch, touched)
    batch.note("reply matched", request=request.id, reply=reply.id, reports=touched, rows=len(rows))


def _iter_matches(document: ReadDocument, matcher: LineMatcher) -> list[tuple[ReplyRow, RowMatch]]:
    """Returns the rows of a document, each with its line or the reason why there is none; a problem counts as a row."""
    matches = [(row, matcher.match(row)) for row in document.table.rows]
    if document.problem is not None:
        matches.append((ReplyRow(), RowMatch(None, document.problem)))
    if document.table.left_out:
        left = document.table.left_out
        why = Message(
            "{n} more row of the document was not read" if left == 1 else "{n} more rows of the document were not read", n=left
        )
        matches.append((ReplyRow(), RowMatch(None, why)))
    return matches


def _digest_problem(document: ReadDocument, row: ReplyRow) -> bytes:
    """Returns a digest of a document's problem, or of a row that names nothing: it stands once for each document."""
    return sha256(msgspec.json.encode((document.name, row, str(document.problem)))).digest()[:16]


def _save_documents(batch: Batch, request: StoredRequest) -> list[int]:
    """Stores for each report of the request what all its replies say; returns the reports that show something."""
    lines = {each.id: decode_fact(each.fact) for each in requests.list_lines(batch, request.id)}
    reports = requests.list_reports_of_lines(batch, request.id)
    of_report: defaultdict[int, list[MatchedRow]] = defaultdict(list)
    for stored in request_replies.list_reply_rows(batch, request.id):
        if stored.line_id is None:
            continue
        row = msgspec.json.decode(stored.said, type=ReplyRow)
        for report_id in reports.get(stored.line_id, ()):
            of_report[report_id].append(MatchedRow(stored.document, row, lines[stored.line_id]))
    touched: list[int] = []
    for report_id, rows in sorted(of_report.items()):
        document = describe_subscribers(request.number, rows, child=bool(request.child))
        if document is not None:
            request_replies.save_reply_document(batch, report_id, request.id, document_to_json(document))
            touched.append(report_id)
    return touched


def _describe(session: Session, request: StoredRequest, documents: int, known: tuple[str, ...]) -> ReplyResult:
    """Returns what all replies to the request have brought."""
    with session.reading() as db:
        rows = request_replies.list_reply_rows(db, request.id)
        reports = requests.list_reports_of_lines(db, request.id)
    matched = {each.line_id for each in rows if each.line_id is not None}
    return ReplyResult(
        number=request.number,
        documents=documents,
        matched_lines=len(matched),
        unmatched=tuple(
            UnmatchedRow(
                document=each.document, row=said.at, value=said.line or said.value, reason=from_data(json.loads(each.reason))
            )
            for each in rows
            if each.line_id is None and each.reason is not None
            for said in (msgspec.json.decode(each.said, type=ReplyRow),)
        ),
        reports=len({i for line in matched for i in reports.get(line, ())}),
        already_received=known,
    )
