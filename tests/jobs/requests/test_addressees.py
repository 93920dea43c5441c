"""The table of addressees: each operator once, nothing invented, and what is not known is filled in by hand."""

from __future__ import annotations

import re

from triage.jobs.requests import addressees
from triage.locate.ip import look_up
from triage.locate.phone import read_numbering
from triage.locate.tables import read_operators
from triage.resources import resource


def test_no_number_address_or_mail_is_invented() -> None:
    text = resource("addressees.toml").read_text(encoding="utf-8")
    assert "@" not in text and "http" not in text and not re.search(r"\+?\d{7,}", re.sub(r"asn = \[.*\]", "", text))


def test_each_network_and_prefix_has_one_addressee() -> None:
    table = addressees._read_table()
    for numbers in (
        [asn for each in table.operator for asn in each.asn],
        [name for each in table.operator for name in each.mobile],
    ):
        assert len(numbers) == len(set(numbers))
    assert {asn for each in table.operator for asn in each.asn} <= set(read_operators())
    assert set(read_numbering().mobile.values()) - {name for each in table.operator for name in each.mobile} == {"Instaphone"}
    for operator in read_operators().values():
        assert addressees.find_of_network(operator).name


def test_who_is_not_known_is_to_be_filled_in() -> None:
    for found in (addressees.find_of_network(None), addressees.find_of_mobile(None), addressees.find_of_wallet("bc1qexample")):
        assert not found.known and "to be filled in" in found.name
        assert not addressees.find_by_id(found.id, found.name, abroad=False).known


def test_addressees_are_found_by_what_a_report_states() -> None:
    finding = look_up("39.32.10.9")
    assert finding is not None and addressees.find_of_network(finding.operator).id == "ptcl"
    assert addressees.find_of_wallet("JazzCash 0300 0000123").id == "jazzcash"
    assert addressees.find_of_provider("Instagram, Inc.").id == "meta"
    assert addressees.find_of_provider("Snapfish").id == "provider-snapfish"


def test_a_hostile_name_makes_a_plain_folder() -> None:
    for name in ("../../etc", "نام", "a" * 900, "‮evil\n", "CON"):
        found = addressees.find_of_provider(name)
        assert re.fullmatch(r"[a-z0-9-]{1,50}", found.id) and found.name.isprintable() and len(found.name) <= 400
