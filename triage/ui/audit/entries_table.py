"""A table over the audit log that holds only the windows that are looked at, however many entries the log has."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from triage.jobs.keeping.audit_reading import AuditEntry
from triage.ui.audit.kind_words import GRAVE
from triage.ui.audit.value_words import describe_facts
from triage.ui.core.api import Api
from triage.ui.core.paged_table import PagedRows, PagedTable
from triage.ui.core.runner import Runner
from triage.ui.kit.table import TableColumn
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, mark, number, tr, word

COLUMNS: tuple[TableColumn[AuditEntry], ...] = (
    TableColumn(mark("No."), 68, lambda e: number(e.n), lambda _: "muted", spare=True),
    TableColumn(mark("When"), 132, lambda e: times.moment(e.when), told=lambda e: times.both(e.when)),
    TableColumn(mark("Who"), 100, lambda e: _describe_user(e)),
    TableColumn(mark("What"), 0, lambda e: word(e.kind), lambda e: "bad" if e.kind in GRAVE else "text"),
    TableColumn(mark("Of what"), 240, lambda e: describe_about(e), lambda _: "muted", spare=True),
)


def _describe_user(entry: AuditEntry) -> Safe:
    """Returns who did it, or that only auditors see it."""
    return tr("auditors only") if entry.hidden else isolated(entry.user)


def describe_about(entry: AuditEntry) -> Safe:
    """Returns what an entry names, in one line."""
    return Safe(tr(", ").join(tr("{what} {value}", what=name, value=value) for name, value in describe_facts(entry)))


class EntriesTable(PagedTable[AuditEntry]):
    """Shows the entries of the audit log, the newest first. The number of an entry is its id less one: 0 is a heading's."""

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(COLUMNS, runner, name=tr("Audit log"))
        self._api = api

    def show_all(self, count: int) -> None:
        """Shows the whole log, which has this many entries."""
        self.show_found(PagedRows(range(count, 0, -1), self._load, {}, 0))

    def begin_search(self) -> None:
        """Shows no entry until the search finds some."""
        self.show_found(PagedRows(array("q"), self._load, {}, 0))

    def add_found(self, numbers: Sequence[int]) -> None:
        """Adds entries that a search found; each is older than those before."""
        self.paged.extend([n + 1 for n in numbers])

    def _load(self, ids: Sequence[int]) -> dict[int, AuditEntry]:
        """Reads entries."""
        return {entry.n + 1: entry for entry in self._api.audit_entries([each - 1 for each in ids])}
