"""Do the rows agree with one another? Each finding is one sentence."""

from __future__ import annotations

from triage.store.database import Reader

_CHECKS = (
    (
        "SELECT count(*) FROM original o LEFT JOIN vault_item v ON v.id = o.item WHERE v.id IS NULL",
        "originals have no bytes in the vault",
    ),
    (
        "SELECT count(*) FROM medium m LEFT JOIN vault_item v ON v.id = m.item WHERE v.id IS NULL",
        "media have no bytes in the vault",
    ),
    (
        "SELECT count(*) FROM source s LEFT JOIN original o ON o.sha256 = s.sha256 WHERE o.sha256 IS NULL",
        "source documents have no original",
    ),
    (
        "SELECT count(*) FROM report r WHERE NOT EXISTS (SELECT 1 FROM source s WHERE s.report_id = r.id AND s.until IS NULL)",
        "reports have no current document",
    ),
    (
        "SELECT count(*) FROM report r LEFT JOIN alias a ON a.number = r.number AND a.report_id = r.id WHERE a.number IS NULL",
        "reports can't be found by their number",
    ),
    (
        "SELECT count(*) FROM report r WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.report_id = r.id AND v.n = r.version)",
        "reports have no current version",
    ),
    (
        "SELECT count(*) FROM report r LEFT JOIN card c ON c.report_id = r.id LEFT JOIN stale s ON s.report_id = r.id WHERE c.report_id IS NULL AND s.report_id IS NULL",
        "reports were never judged and are not waiting for it",
    ),
    (
        "SELECT count(*) FROM card c LEFT JOIN queue q ON q.report_id = c.report_id WHERE q.report_id IS NULL",
        "judged reports are missing from the queue",
    ),
    (
        "SELECT count(*) FROM set_aside s WHERE s.sha256 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM original o WHERE o.sha256 = s.sha256) AND NOT EXISTS (SELECT 1 FROM medium m WHERE m.sha256 = s.sha256)",
        "set-aside files have lost their bytes",
    ),
    (
        "SELECT count(*) FROM (SELECT item FROM original UNION ALL SELECT item FROM medium) i JOIN vault_item v ON v.id = i.item WHERE v.key IS NULL",
        "files are still listed although their keys were destroyed",
    ),
)


def problems(db: Reader) -> list[str]:
    found = []
    for sql, what in _CHECKS:
        count = int(db.value(sql))
        if count:
            found.append(f"{count} {what}.")
    return found
