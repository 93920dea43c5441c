"""Every value of a source report is in the Word document, in its place, as another reader finds it."""

from __future__ import annotations

import io
from dataclasses import fields, is_dataclass, replace

import docx

from tests.exports.reading_back import ABOUT, OFFICER, URDU
from triage.exports.source_report import BLANK, format_source_report
from triage.exports.word_document import WordDocument
from triage.message import Message
from triage.model.damage import DAMAGE
from triage.model.moment import parse_utc
from triage.model.source_report import SourceIdentifier, SourceItem, SourceReport, SourceSection
from triage.model.users import Profile

ITEM = SourceItem(
    report_id="900000001", provider="Kites Ltd", incident_type="possession", incident_time="first time", received="second time",
    exhibits=(("900000001-S1", "1" * 64), ("900000001-F1", "2" * 64)),
    identifiers=(SourceIdentifier(kind="ip", value="192.0.2.7", port=40_123, time="third time"),
                 SourceIdentifier(kind="email", value="kite@example.org", port=None, time=None)),
    files=9, files_present=7, annotations=("viral mark", "second mark"), children=3, place="Pakistan",
    place_reasons=(Message("a telephone number"), Message("an address")), linked=("900000077", "900000078"),
    deadlines=(("operator data", "fourth time"), ("provider data", "fifth time")),
)  # fmt: skip
DRAFT = SourceReport(
    case="C-2026-0001", numbers=(("source report", "SR-11"), ("diary", "D-12")),
    officer=replace(OFFICER, profile=Profile(full_name="Amina Example", rank="Inspector", badge="B-13", post="Cybercrime")),
    offices=("Office North", "Office South"), items=(ITEM,),
    sections=(SourceSection(section="s.22", title="a title", reasons=("first reason.", "second reason."), certainty="likely"),),
    notices=(("Operator One", "2026-11-01T05:00:00Z", "N-14"), ("Operator Two", "2026-11-02T05:00:00Z", None)), missing=("the seal", "the stamp"),
    first="Before everything else.",
)  # fmt: skip


def read_word(data: bytes) -> tuple[list[str], dict[str, list[str]]]:
    """Returns the texts of the paragraphs between tables, and the values of the tables by name."""
    document = docx.Document(io.BytesIO(data))
    found: dict[str, list[str]] = {}
    for table in document.tables:
        for row in table.rows:
            name, value = (cell.text for cell in row.cells)
            found.setdefault(name, []).append(value)
    return [paragraph.text for paragraph in document.paragraphs], found


def list_values(value: object) -> list[str]:
    """Returns the text of all that a draft holds, at any depth."""
    if is_dataclass(value):
        return [text for field in fields(value) for text in list_values(getattr(value, field.name))]
    if isinstance(value, tuple):
        return [text for each in value for text in list_values(each)]
    return [] if value in (None, "") else [str(value)]


def test_every_value_of_the_draft_is_in_the_document() -> None:
    lines, tables = read_word(format_source_report(DRAFT, ABOUT))
    text = "\n".join([*lines, *(value for values in tables.values() for value in values), *tables])
    unsaid = {"amina", "9", *(issued for _, issued, _ in DRAFT.notices), *(kind for kind, _ in DRAFT.numbers)}
    assert [value for value in list_values(DRAFT) if value not in text and value not in unsaid] == []


def test_each_exhibit_stands_beside_its_digest_and_each_value_beside_its_name() -> None:
    lines, tables = read_word(format_source_report(DRAFT, ABOUT))
    at = lines.index("Exhibits and their SHA-256, as received:")
    assert lines[at + 1 : at + 3] == [f"1.\t900000001-S1: {'1' * 64}", f"2.\t900000001-F1: {'2' * 64}"]
    at = lines.index("Identifiers of the reported user, as the report states them:")
    assert lines[at + 1 : at + 3] == ["1.\tip: 192.0.2.7, source port 40123. Time: third time", "2.\temail: kite@example.org"]
    assert tables == {
        "Source report no.": ["SR-11"], "Date": ["2026-11-20"], "Case in this store": ["C-2026-0001"], "Diary no.": ["D-12"],
        "For the office": ["Office North, Office South"], "Reported by": ["Kites Ltd"], "Type as reported": ["possession"],
        "Time of the incident": ["first time"], "Received": ["second time"], "Marks of the provider": ["viral mark, second mark"],
        "Children named": ["3"], "Files": ["7 received, 2 named but not received"],
        "Reported user in Pakistan": ["Pakistan. a telephone number an address"], "Linked reports": ["900000077, 900000078"],
        "Runs out: operator data": ["fourth time"], "Runs out: provider data": ["fifth time"], "Prepared by": ["Amina Example"],
        "Rank, badge": ["Inspector, B-13"], "Post": ["Cybercrime"], "Signature, date": [BLANK, BLANK], "Approved by": [BLANK],
    }  # fmt: skip
    said = (
        "Before everything else.", "A notice under section 31 PECA was issued to Operator One on 2026-11-01, number N-14.",
        "A notice under section 31 PECA was issued to Operator Two on 2026-11-02.", "s.22, a title (likely). first reason. second reason.",
    )  # fmt: skip
    assert [each for each in said if sum(line.removeprefix("1.\t").removeprefix("2.\t") == each for line in lines) != 1] == []
    assert lines.index("(a)\tthe seal") + 1 == lines.index("(b)\tthe stamp")
    assert "1 report of the CyberTipline" in "\n".join(lines) and "complaint" not in "\n".join(lines)


def test_what_is_missing_is_said_and_nothing_is_invented() -> None:
    bare = replace(
        ITEM, report_id="P-1", provider=None, incident_type=None, incident_time=None, received=None, identifiers=(), files=2, files_present=2,
        annotations=(), children=0, place_reasons=(), linked=(), deadlines=(),
    )  # fmt: skip
    officer = replace(OFFICER, profile=Profile(), agency_name="", agency_address="")
    draft = replace(DRAFT, numbers=(), officer=officer, offices=(), items=(bare, bare), notices=(), missing=(), first=None)
    lines, tables = read_word(format_source_report(draft, ABOUT))
    for name in ("Reported by", "Type as reported", "Time of the incident", "Received"):
        assert tables[name] == ["not stated"] * 2, name
    assert tables["Marks of the provider"] == ["none"] * 2 and tables["Children named"] == ["none named"] * 2
    assert tables["Files"] == ["2 received"] * 2 and tables["Linked reports"] == ["none found"] * 2
    assert tables["Source report no."] == tables["Prepared by"] == tables["Rank, badge"] == tables["Post"] == [BLANK]
    assert tables["For the office"] == ["unclear; headquarters decides"]
    assert lines[0] == BLANK and lines.count("1.\tNone is stated.") == 2
    assert "1.\tNo notice was issued so far." in lines and "To be completed before it is signed" not in lines
    text = "\n".join(lines)
    assert "2 complaints or other reports received in Pakistan." in text and "of the CyberTipline" not in text


def test_a_table_of_a_document_has_the_given_rows_and_two_columns() -> None:
    rows = (("Name", "Amina"), ("Place", URDU), ("Signature", BLANK))
    word = WordDocument(title="A title", made=parse_utc(ABOUT.made), head="head", foot="foot", author="Amina")
    word.add_rows(rows)
    (table,) = docx.Document(io.BytesIO(word.to_bytes())).tables
    assert [tuple(cell.text for cell in row.cells) for row in table.rows] == list(rows)
    name, value = (column.width.cm for column in table.columns)
    assert len(table.columns) == 2 and 2 < name < value and name + value < 17.5, "it fits between the margins"
    assert all(tuple(cell.width.cm for cell in row.cells) == (name, value) for row in table.rows)
    gaps = [row.cells[0].paragraphs[0].paragraph_format.space_after.pt for row in table.rows]
    assert gaps[2] > gaps[0] == gaps[1], "there is room to sign"


def test_what_a_damaged_report_states_is_not_known() -> None:
    bare = replace(
        ITEM, provider=None, incident_type=None, incident_time=None, received=None, identifiers=(), annotations=(), children=0,
        linked=(), damaged=("documents", "links"),
    )  # fmt: skip
    lines, tables = read_word(format_source_report(replace(DRAFT, items=(bare,)), ABOUT))
    for name in ("Reported by", "Type as reported", "Marks of the provider", "Children named", "Linked reports"):
        assert tables[name] == ["not known"], name
    assert tables["Not known"] == [str(DAMAGE["documents"]), str(DAMAGE["links"])]
    assert any("Not known." in line for line in lines) and not any("None is stated." in line for line in lines)
