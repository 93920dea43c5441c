"""Defines the page of what left the store: each export with its hash, for whom and on which carrier."""

from __future__ import annotations

from triage.model.handover import Outgoing
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.listing_page import ListingPage
from triage.ui.core.paged_table import PagedRows, PagedTable, read_rows
from triage.ui.core.runner import Runner
from triage.ui.kit.listing import add_facts, group_digits
from triage.ui.kit.table import TableColumn
from triage.ui.kit.widgets import Card
from triage.ui.text import times
from triage.ui.text.i18n import isolated, ltr, mark, tr, trn, word
from triage.ui.text.role_names import name_person

KINDS = (
    mark("certificate"), mark("diary"), mark("feedback"), mark("hashes"), mark("head"), mark("icse"), mark("packet"),
    mark("queue"), mark("referral"), mark("register"), mark("reminder"), mark("request"), mark("rules"), mark("shift_sheet"),
    mark("source_report"), mark("statistics"), mark("timeline"), mark("vics"), mark("viewing_log"), mark("work_package"),
    mark("work_results"), mark("deconfliction"), mark("chart"), mark("internal_chart"), mark("report"), mark("series_sheet"),
    mark("training_certificate"),
)  # fmt: skip
"""Kinds of the register of outgoing data, as words."""
COLUMNS: tuple[TableColumn[Outgoing], ...] = (
    TableColumn(mark("Written"), 190, lambda o: times.pkt(o.written)),
    TableColumn(mark("By"), 100, lambda o: name_person(o.user)),
    TableColumn(mark("What"), 130, lambda o: word(o.kind)),
    TableColumn(mark("File"), 0, lambda o: ltr(o.name)),
    TableColumn(
        mark("Handed to"), 150, lambda o: isolated(o.handover.handed_to or tr("not stated")), lambda _: "muted", spare=True
    ),
)


class OutgoingPage(ListingPage[Outgoing]):
    """Lists what left. The register only grows."""

    keys_of = "outgoing"

    def __init__(self, api: Api, runner: Runner) -> None:
        table = PagedTable(COLUMNS, runner, name=tr("What left"))
        super().__init__(api, runner, tr("What left"), table)
        table.paged.failed.connect(self.said)
        self.paged = table

    def reload(self) -> None:
        """Reads the register again."""
        if not self.api.may(Right.RECORD):
            self.message.say(tr("Your roles do not include the audit log."), tr("Ask your administrator if that is wrong."))
            return
        kept = self.paged.current_id()
        self.read(lambda: read_rows(self.api.list_outgoing_ids(), self.api.load_outgoing, kept), self.show_found)

    def show_found(self, found: PagedRows[Outgoing]) -> None:
        """Shows what left, the newest first."""
        if not found.ids:
            self.message.say(
                tr("Nothing has left this store yet."), tr("Each export, packet and letter is listed here with its hash.")
            )
            self.states.setCurrentWidget(self.message)
            return
        self.beside.setText(trn("{n} file", "{n} files", len(found.ids)))
        self.paged.show_found(found)
        self.show_body()

    def fill_side(self, row: Outgoing) -> None:
        """Shows all that is known of one file."""
        card = Card(word(row.kind))
        unknown = tr("not stated")
        add_facts(
            card,
            [
                (tr("File"), ltr(row.name)),
                (tr("SHA-256"), group_digits(row.sha256)),
                (tr("Written"), times.both(row.written)),
                (tr("By"), name_person(row.user)),
                (tr("Handed to"), isolated(row.handover.handed_to or unknown)),
                (tr("Carrier"), isolated(row.handover.medium or unknown)),
                (tr("Serial number"), isolated(row.handover.medium_serial or unknown)),
                (tr("Encrypted for"), isolated(", ".join(row.recipients)) if row.recipients else tr("not encrypted")),
                *([(tr("Note"), isolated(row.handover.note))] if row.handover.note else []),
            ],
        )
        self.side.addWidget(card)
