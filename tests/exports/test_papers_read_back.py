"""Papers that are signed by hand: every value in its place, what is missing said, and the lines for signatures."""

from __future__ import annotations

from dataclasses import replace

from tests.exports.packet_paper.conftest import list_texts
from tests.exports.reading_back import ABOUT
from triage.exports.pdf_documents import ImageBlock, Pairs, Rows
from triage.exports.series_sheet import NO_CROP, SeriesSheet, SheetClue, SheetFile, make_sheet
from triage.exports.shift_sheet import _make_blocks
from triage.exports.viewing_form import BLANK_ROWS, ViewableExhibit, ViewedPacket, make_form
from triage.model.exports import Cleared
from triage.model.shift import ShiftList, ShiftRow, ShiftSheet

PACKET = ViewedPacket(
    reports=("900000001", "900000002"), edition="full", made="2026-11-19T07:00:00Z", manifest_sha256="1" * 64, signature_key="2" * 64,
    exhibits=(ViewableExhibit(report="900000001", exhibit="900000001-F1", size=1_234_567, sha256="3" * 64),
              ViewableExhibit(report="900000002", exhibit="900000002-F4", size=8, sha256="4" * 64)),
)  # fmt: skip


def test_the_form_of_viewings_names_the_packet_and_each_exhibit_and_has_room_for_all_signatures() -> None:
    blocks = list(make_form(PACKET, ABOUT))
    facts, signatures = [block for block in blocks if isinstance(block, Pairs)]
    assert dict(facts.rows) == {
        "Reports": "900000001, 900000002", "Edition": "full", "Packet made": "2026-11-19T07:00:00Z", "Manifest of the packet (SHA-256)": "1" * 64,
        "Key of the packet": "2" * 64, "Form made": "2026-11-20T07:00:00Z by amina",
    }  # fmt: skip
    exhibits, viewings = [block for block in blocks if isinstance(block, Rows)]
    assert exhibits.rows == (("900000001", "900000001-F1", "1,234,567", "3" * 64), ("900000002", "900000002-F4", "8", "4" * 64))
    assert [row[0].strip() for row in viewings.rows] == [str(n) for n in range(1, BLANK_ROWS + 1)]
    assert all(len(row) == len(viewings.head) == 9 and not any(row[1:]) for row in viewings.rows)
    assert [name.split(":")[0] for name, _ in signatures.rows] == [
        "Custodian of the packet", "Supervising officer", "Seen by the Court or prosecutor",
    ]  # fmt: skip
    (none, _) = [block for block in make_form(replace(PACKET, exhibits=()), ABOUT) if isinstance(block, Rows)]
    assert none.rows == (("none", "", "", ""),)


SERIES = SeriesSheet(
    number="S-2026-0001", state="not identified", source="said so", second_person="bilal (a lead)", cleared=None,
    files=(SheetFile(mark="F1", md5="1" * 32, sha1="2" * 40, sha256="3" * 64), SheetFile(mark="F2", md5="4" * 32, sha1="5" * 40, sha256="6" * 64)),
    clues=(SheetClue(mark="C1", kind="place", words="a red gate", added="2026-11-01", file="F2", crop=None, failed=True),
           SheetClue(mark="C2", kind="voice", words="a song", added="2026-11-02", file="", crop=None, failed=False)),
)  # fmt: skip


def test_the_sheet_of_a_series_holds_each_clue_and_digest() -> None:
    blocks = list(make_sheet(SERIES, ABOUT))
    text = "\n".join(list_texts(block for block in blocks if not isinstance(block, ImageBlock)))
    for said in (
        "Series S-2026-0001", "place: a red gate (seen on file F2, recorded 2026-11-01)", "voice: a song (of the series as a whole, recorded 2026-11-02)",
        "bilal (a lead)", "not identified", "said so", "2026-11-20T07:00:00Z by amina", "1" * 32, "2" * 40, "3" * 64, "4" * 32, "5" * 40, "6" * 64,
    ):  # fmt: skip
        assert text.count(said) == 1, said
    assert text.count(NO_CROP) == 1 and "cleared" not in text
    empty = replace(
        SERIES, clues=(), files=(), second_person="", source="", cleared=Cleared(reports=("9",), reason="asked by the court")
    )
    text = "\n".join(list_texts(make_sheet(empty, ABOUT)))
    for said in (
        "No clue is recorded.",
        "not needed: no crop is enclosed",
        "written all the same for this reason: asked by the court",
        "not stated",
    ):
        assert said in text, said


def test_a_shift_sheet_holds_both_counts_and_each_row_and_says_what_is_not_known() -> None:
    full = ShiftRow(number="900000001", band="A", due="2026-11-22T20:30:00Z", due_for="traffic data", assignee="sana", what="new")
    empty = ShiftRow(number="R-2026-0001", band=None, due=None, due_for=None, assignee=None, what=None)
    sheet = ShiftSheet(
        number=7, made="2026-11-20T03:00:00Z", by="amina", counts={"overdue": 5}, note=None, acknowledged=None, acknowledged_by=None,
        lists=(ShiftList(name="overdue", total=3, rows=(full, empty)), ShiftList(name="waiting", total=0, rows=())),
    )  # fmt: skip
    blocks = list(_make_blocks(sheet, ABOUT, "Shift sheet 7"))
    facts, signatures = [block for block in blocks if isinstance(block, Pairs)]
    assert dict(facts.rows) == {
        "Shift closed": "2026-11-20 08:00:00 PKT, by amina", "Acknowledged": "not yet", "Note": "none", "Lists as of": "2026-11-20 12:00:00 PKT, Triage 1",
    }  # fmt: skip
    counts, rows = [block for block in blocks if isinstance(block, Rows)]
    assert counts.rows == (("overdue", "3", "5"), ("waiting", "0", "0"))
    assert rows.rows == (
        ("900000001", "A", "2026-11-23 01:30:00 PKT", "traffic data", "sana", "new"),
        ("R-2026-0001", "see queue", "none known", "none known", "nobody", ""),
    )
    assert "The first 2 of 3; the others stand in the queue." in list_texts(blocks)
    assert [name for name, _ in signatures.rows] == ["Handed over by", "Taken over by"]
    done = replace(sheet, note="quiet", acknowledged="2026-11-20T04:00:00Z", acknowledged_by="bilal")
    facts = next(block for block in _make_blocks(done, ABOUT, "t") if isinstance(block, Pairs))
    assert dict(facts.rows) | {"Note": "quiet", "Acknowledged": "2026-11-20 09:00:00 PKT, by bilal"} == dict(facts.rows)
