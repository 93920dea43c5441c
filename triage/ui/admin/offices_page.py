"""Defines the page of offices: what each code means, which districts it serves, and how many reports it has."""

from __future__ import annotations

from collections.abc import Sequence

from triage.jobs.keeping.office_list import OfficeRow
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.listing_page import ListingPage
from triage.ui.core.runner import Runner
from triage.ui.kit.listing import add_facts
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, label
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn, word
from triage.ui.text.words import district, province

COLUMNS: tuple[TableColumn[OfficeRow], ...] = (
    TableColumn(mark("Code"), 64, lambda o: ltr(o.id)),
    TableColumn(mark("Office"), 180, lambda o: _name(o)),
    TableColumn(mark("Reports"), 84, lambda o: number(o.reports)),
    TableColumn(mark("Districts"), 0, lambda o: _list_words(o.districts), lambda _: "muted"),
)


class OfficesPage(ListingPage[OfficeRow]):
    """Lists the reporting centres. The agency edits resources/offices.toml; it is not changed here."""

    keys_of = "offices"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Offices"), RowsTable(COLUMNS, lambda office: office.id, name=tr("Offices")))

    def reload(self) -> None:
        """Reads the offices again."""
        if not self.api.may(Right.STATISTICS):
            self.message.say(tr("Your roles do not include statistics."), tr("Ask your administrator if that is wrong."))
            return
        self.read(self.api.offices, self.show_offices)

    def show_offices(self, offices: Sequence[OfficeRow]) -> None:
        """Shows the offices, headquarters first."""
        self.beside.setText(trn("{n} office", "{n} offices", len(offices)))
        self.show_listed(offices)

    def fill_side(self, office: OfficeRow) -> None:
        """Shows which districts and provinces an office serves, and how sure that is."""
        card = Card(_name(office))
        facts = [(tr("Code"), ltr(office.id)), (tr("Reports"), number(office.reports))]
        sure = tuple(each for each in office.districts if each not in office.inferred)
        if sure:
            facts.append((tr("Districts"), _list_words(sure)))
        if office.inferred:
            facts.append((tr("Inferred"), _list_words(office.inferred)))
        if office.provinces:
            facts.append((tr("Also without a district"), Safe(tr(", ").join(province(each) for each in office.provinces))))
        add_facts(card, facts)
        if office.inferred:
            card.body.addWidget(label(tr("Inferred districts: no notification says so. Check them first."), "warn", wrap=True))
        self.side.addWidget(card)
        why = tr("A report goes by district, else by province, else to headquarters.")
        edit = tr("The agency edits the table of offices in its files: resources/offices.toml.")
        self.side.addWidget(label(why, "small", wrap=True))
        self.side.addWidget(label(edit, "small", wrap=True))


def _name(office: OfficeRow) -> Safe:
    """Returns the city of an office, or headquarters."""
    return word(office.city) if office.city else tr("Headquarters")


def _list_words(names: Sequence[str]) -> Safe:
    """Returns names of districts."""
    return Safe(tr(", ").join(district(name) for name in names)) if names else tr("all others")
