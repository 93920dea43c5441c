"""SQL that checks whether the rows of the store agree with one another."""

from __future__ import annotations

from collections.abc import Callable

from triage.message import Message
from triage.store.database import Reader

_CHECKS: tuple[tuple[str, Callable[[int], Message]], ...] = (
    (
        "SELECT count(*) FROM original o LEFT JOIN vault_item v ON v.id = o.item WHERE v.id IS NULL",
        lambda count: Message("Originals without their bytes in the vault: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM media_item m LEFT JOIN vault_item v ON v.id = m.item WHERE v.id IS NULL",
        lambda count: Message("Media items without their bytes in the vault: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM media_item WHERE text IS NOT NULL AND facts IS NULL",
        lambda count: Message("Media items with a text that no facts describe: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM source s LEFT JOIN original o ON o.sha256 = s.sha256 WHERE o.sha256 IS NULL",
        lambda count: Message("Source documents without an original: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM report r WHERE NOT EXISTS (SELECT 1 FROM source s WHERE s.report_id = r.id AND s.until IS NULL)",
        lambda count: Message("Reports without a current document: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM report r LEFT JOIN report_number a ON a.number = r.number AND a.report_id = r.id WHERE a.number IS NULL",
        lambda count: Message("Reports that can't be found by their number: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM report r WHERE NOT EXISTS (SELECT 1 FROM report_version v WHERE v.report_id = r.id AND v.n = r.version)",
        lambda count: Message("Reports without a current version: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM report r LEFT JOIN score_card c ON c.report_id = r.id LEFT JOIN stale s ON s.report_id = r.id WHERE c.report_id IS NULL AND s.report_id IS NULL",
        lambda count: Message("Reports that were never judged and do not wait for it: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM score_card c LEFT JOIN queue q ON q.report_id = c.report_id WHERE q.report_id IS NULL",
        lambda count: Message("Judged reports that are missing from the queue: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM quarantined s WHERE s.sha256 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM original o WHERE o.sha256 = s.sha256) AND NOT EXISTS (SELECT 1 FROM media_item m WHERE m.sha256 = s.sha256)",
        lambda count: Message("Set-aside files without their bytes: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM correction WHERE confirmed_by = user_id",
        lambda count: Message("Corrections that the person who asked for them confirmed: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM request_reply p LEFT JOIN vault_item v ON v.id = p.item WHERE v.id IS NULL OR v.size <> p.size OR lower(hex(v.sha256)) <> p.sha256",
        lambda count: Message("Replies to requests that are not in the vault as they came: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM request_line l WHERE NOT EXISTS (SELECT 1 FROM request_line_report o WHERE o.line_id = l.id)",
        lambda count: Message("Lines of requests that belong to no report: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM request r WHERE r.lines < (SELECT count(*) FROM request_line l WHERE l.request_id = r.id)",
        lambda count: Message("Requests with more lines than were written out: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM reply_row WHERE (line_id IS NULL) = (reason IS NULL)",
        lambda count: Message("Rows of replies with neither a line nor a reason: {count}.", count=count),
    ),
    (
        "SELECT count(*) FROM (SELECT item FROM original UNION ALL SELECT item FROM media_item UNION ALL SELECT item FROM request_reply) i JOIN vault_item v ON v.id = i.item WHERE v.key IS NULL",
        lambda count: Message("Files that are still listed although their keys were destroyed: {count}.", count=count),
    ),
)


def find_problems(db: Reader) -> list[Message]:
    """Returns a message for each kind of disagreement, with the number of rows concerned."""
    counts = [(describe, int(db.value(sql))) for sql, describe in _CHECKS]
    return [describe(count) for describe, count in counts if count]
