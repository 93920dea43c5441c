"""The outline of each paper: every block in its place, with its headings' levels, and what the pages are.

A paper that loses a heading, a rule or its signature lines still holds all values, so no test of values would notice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exports.outlines import outline, read_whole
from tests.exports.reading_back import ABOUT, URDU
from tests.exports.test_certificate import CERTIFICATE
from tests.exports.test_outgoing_file import DrawnSigner
from tests.exports.test_papers_read_back import PACKET, SERIES
from tests.exports.test_queue_read_back import SHEET
from tests.exports.test_values_read_back import DIARY, FEEDBACK
from triage.exports import case_diary, certificate, feedback, queue_pdf, shift_sheet, statistic_files, training_certificate
from triage.exports.certificate import CertificateDraft
from triage.exports.pdf_documents import Block, GridBlock
from triage.exports.queue import format_queue
from triage.exports.series_sheet import SheetClue, make_sheet
from triage.exports.viewing_form import make_form
from triage.model.media import Pixels
from triage.model.shift import ShiftList, ShiftRow, ShiftSheet
from triage.model.statistics import Period, StatisticCell, StatisticTable
from triage.model.training import Answer, Step, StepProgress, Tutorial, TutorialProgress, Words

# -- papers that are typeset where they are made ---------------------------------------------------------------------------

WORDS = Words(en="Words", ur="الفاظ")
TUTORIAL = Tutorial(
    role="analyst", title=Words(en="First steps", ur="x"),
    steps=(Step(id="a", minutes=7, title=Words(en="Read", ur="x"), text=WORDS, question=WORDS, answers=(Answer(text=WORDS, why=WORDS, right=True),)),
           Step(id="b", minutes=5, title=Words(en="Grade", ur="x"), text=WORDS)),
)  # fmt: skip
TRAINED = TutorialProgress(TUTORIAL, (StepProgress("a", done=True, answer=0, tries=3), StepProgress("b", done=True)))
ROW = ShiftRow(number="900000001", band="A", due=None, due_for=None, assignee=None, what=None)
SHIFT = ShiftSheet(
    number=7, made="2026-11-20T03:00:00Z", by="amina", counts={}, note=None, acknowledged=None, acknowledged_by=None,
    lists=(ShiftList(name="overdue", total=3, rows=(ROW, ROW)), ShiftList(name="waiting", total=0, rows=()), ShiftList(name="new", total=1, rows=(ROW,))),
)  # fmt: skip
SINGLE = ("month", "province", "esp", "type", "annotation", "outcome", "age_band")
TABLES = tuple(
    StatisticTable(name=name, dimensions=(name,), cells=(StatisticCell(names=("total",), count=1_234),)) for name in SINGLE
)
KEY = "ab" * 32


class Typeset:
    """Stands where the typesetter is called, and keeps what it is given."""

    def __init__(self) -> None:
        self.blocks: Sequence[Block] = ()
        self.title = self.footer = ""
        self.landscape = False

    def __call__(self, blocks: Sequence[Block], *, title: str, footer: str, landscape: bool = False) -> bytes:
        self.blocks, self.title, self.footer, self.landscape = blocks, title, footer, landscape
        return b"%PDF-drawn"


def make_certificate(folder: Path) -> None:
    CertificateDraft(CERTIFICATE, folder / "c.json", DrawnSigner(), ABOUT, (folder / "register.json", b"{}")).discard()


PAPERS: dict[str, tuple[object, Callable[[Path], object], str, str, bool, str]] = {
    "training": (
        training_certificate, lambda _: training_certificate.format_training_certificate(TRAINED, "Amina Example", "amina", ABOUT),
        "Certificate of training", f"training, invented data; signing key {KEY}", False,
        """\
# Certificate of training
frame: Training with invented data. No report, person
frame: فرضی مواد سے تربیت۔ اس تربیت کی
pairs: Trainee, User account, Tutorial, Completed, Steps done, Planned time
text: The trainee entered this name. The program
## Steps
table of 2: Step, Kind, How it was checked
## Signatures
pairs: Trainee, Instructor""",
    ),
    "feedback": (
        feedback, lambda _: feedback.format_feedback(FEEDBACK, ".pdf", "NCMEC", ABOUT), "Feedback on reports", f"Signing key {KEY}", True,
        """\
# Feedback on CyberTipline reports
pairs: To, From, Address, Made, Made by, Reports
text: An outcome describes the state of the
grid of 2: Report, Provider, Received (UTC), Outcome, Outcome of (UTC), Agency case number, Duplicate of""",
    ),
    "shift": (
        shift_sheet, lambda _: shift_sheet.format_shift_sheet(SHIFT, ABOUT), "Shift sheet 7", f"signing key {KEY}", False,
        """\
# Shift sheet 7
pairs: Shift closed, Acknowledged, Note, Lists as of
table of 3: List, Now, When the shift was closed
## Overdue
table of 2: Number, Band, Next deadline (PKT), For, Assigned to, State
small: The first 2 of 3; the others
## New
table of 1: Number, Band, Next deadline (PKT), For, Assigned to, State
## Signatures
pairs: Handed over by, Taken over by""",
    ),
    "diary": (
        case_diary, lambda _: case_diary.format_diary(DIARY, Path("d.PDF"), ABOUT, "Stands first."), "Diary of case C-2", f"signing key {KEY}", True,
        """\
# Diary of case C-2
text: Stands first.
pairs: Case, Officer, Stage, Numbers, Reports, Written, Clock, Not in it
table of 3: No., Time (UTC), Time (PKT), Who, Report, What was done, In their words
pairs: Officer of the case, Date""",
    ),
    "certificate": (
        certificate, make_certificate, "Certificate of destruction 900000001", f"signed with key {KEY}", False,
        """\
# Certificate of destruction
pairs: CyberTipline report, Also known as, Destroyed, By, Second person, Reason, Order, Store, Software, Clock
## What was destroyed
text: 1 document and 2 media items were
table of 3: What, Keyed hash
## What is left
text: Documents kept because they also belong to
text: These were made before and are outside
table of 2: What, Where, Made
## Proof
text: Entry 41 of this store's audit log
small: {"act": "destroy"}
small: Check the signature with: openssl pkeyutl -verify
## Signatures
text: We destroyed the report named above on
text: ہم نے اس حکم پر اوپر دی
form: Full name, Rank, Badge number, Post, Agency, Signed in as, Office address
form: Operator, Second person, Rank, badge, Rank, badge, Signature, Signature, Place, date, Place, date""",
    ),
    "queue": (
        queue_pdf, lambda _: format_queue(SHEET, ".pdf"), "Prioritised queue", f"Signing key {KEY}", True,
        """\
# Prioritised queue
pairs: Lists, Reports, Closed among them, Made, Made by, Agency, Order, Program, Clock, Signing key
## Totals of the listed reports
table of 3: Office, A act now, B urgent, C soon, D in turn, E info only, All bands, Overdue, Due in 7 days, Unassigned
text: Overdue, due and unassigned count open reports
grid of 3, on a new page, Band coloured: No., Assigned to, Next act, By when, Report, Band, Risk, Can act, Case, Other reports on user, Duplicates, Type, provider, Flags, Office, Status""",
    ),
    "statistics": (
        statistic_files, lambda _: statistic_files.format_pdf(TABLES, Period(first="2026-10-01", last="2026-10-31"), ABOUT),
        "Statistics 2026-10-01 to 2026-10-31", f"Signing key {KEY}", False,
        """\
# Reports received from 2026-10-01 to 2026-10-31
text: Agency یہ تصویر پل کی ہے. Counted
small: Numbers from 1 to 4 are withheld,
charts: Month of receipt, Province of the reported user, Outcome, Age of the youngest child
charts, on a new page: Incident type, Provider, Mark""",
    ),
}  # fmt: skip
"""Name -> module, what makes the paper, title, footer, whether its pages lie on their side, and outline."""


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_has_each_block_in_its_place(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module, make, title, footer, landscape, expected = PAPERS[name]
    made = Typeset()
    monkeypatch.setattr(module, "typeset", made)
    make(tmp_path)
    assert (made.title, made.footer, made.landscape) == (title, footer, landscape)
    assert outline(made.blocks) == expected


# -- papers of which others make the pages ---------------------------------------------------------------------------------


def test_the_form_of_viewings_has_each_block_in_its_place() -> None:
    assert (
        outline(make_form(PACKET, ABOUT))
        == """\
# Log of supervised viewings · نگرانی میں دیکھنے کا اندراج
pairs: Reports, Edition, Packet made, Manifest of the packet (SHA-256), Key of the packet, Form made
text: Files are viewed only in the presence
text: فائلیں صرف نگران افسر کی موجودگی میں،
## Exhibits
table of 2: Report, Exhibit, Bytes, SHA-256
## Viewings
table of 18: No., Date, From, To, Exhibits, Viewed by (name, post), Purpose, Signature, Supervising officer, signature
## Signatures
pairs: Custodian of the packet, Supervising officer, Seen by the Court or prosecutor"""
    )


def test_the_sheet_of_a_series_has_each_block_in_its_place() -> None:
    pictured = SheetClue(
        mark="C3", kind="cloth", words="a blue flag", added="2026-11-03", file="F1", crop=Pixels(2, 1, b"rgbrgb"), failed=False
    )
    assert (
        outline(make_sheet(replace(SERIES, clues=(*SERIES.clues, pictured)), ABOUT))
        == """\
# Series S-2026-0001 · سلسلہ
pairs: Agency, Made, Second person, Child of the series, Source of this
text: This sheet asks for help in identifying
text: یہ صفحہ اس سلسلے کے بچے کی
## Clues
text: C1 place: a red gate (seen on file
small: The crop could not be decoded.
text: C2 voice: a song (of the series as
text: C3 cloth: a blue flag (seen on file
image 2 x 1: C3: crop of file F1
## Files of the series
table of 6: File, Digest, Value"""
    )


def test_the_certificate_of_training_says_what_was_done_and_how_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Typeset()
    monkeypatch.setattr(training_certificate, "typeset", made)
    training_certificate.format_training_certificate(TRAINED, "Amina Example", "amina", ABOUT)
    facts, steps, signatures = (each for each in read_whole(made.blocks) if isinstance(each, tuple))
    assert dict(facts[1:]) == {
        "Trainee": "Amina Example", "User account": "amina", "Tutorial": "First steps", "Completed": "2026-11-20 12:00:00 PKT, Triage 1", "Steps done": "2", "Planned time": "12 minutes",
    }  # fmt: skip
    assert steps[1:] == (
        ("Read", "lesson", "the question was answered rightly at try 3; it has 1 answers"),
        ("Grade", "task", "by the audit log and the state of the training store"),
    )
    assert not any(value.strip() for _, value in signatures[1:])


def test_each_row_of_the_printed_queue_is_whole_and_has_the_colours_of_its_band(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Typeset()
    monkeypatch.setattr(queue_pdf, "typeset", made)
    ran_out = "provider data ran out on 2026-11-11, line data ran out on 2026-11-12 (ask anyway)"
    gone = replace(SHEET.rows[0], row=replace(SHEET.rows[0].row, deadline=None))
    format_queue(replace(SHEET, rows=(*SHEET.rows, gone)), ".pdf")
    grid = made.blocks[-1]
    assert isinstance(grid, GridBlock)
    full = (
        "6", "sana", "Write the letter", f"2026-11-22 13:30 PKT\n2 days, operator traffic data\n{ran_out}", "900000001", "A act now", "81.4", "62.5", "C-2026-0003", "4",
        "duplicate of 900000007", f"Kite flying\n{URDU}", "child named, viral", "LHR", "case opened",
    )  # fmt: skip
    bare = (
        "nobody",
        "Read it",
        "none known",
        "900000002",
        "E info only",
        "0.0",
        "0.0",
        "none",
        "0",
        "none",
        "not stated\nprovider not stated",
        "none",
        "none",
        "new",
    )
    assert grid.rows == (
        full, ("7", *bare), ("8", *bare[:3], "900000003", *bare[4:9], "3 folded into it", *bare[10:]), ("9", *full[1:3], f"none runs\n{ran_out}", *full[4:]),
    )  # fmt: skip
    assert grid.fills == (("#B23A31", "#FFFFFF"), ("#D5D9DE", "#000000"), ("#D5D9DE", "#000000"), ("#B23A31", "#FFFFFF"))
