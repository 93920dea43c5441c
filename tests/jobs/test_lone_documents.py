"""Mails and documents that are handed over without a report: what lies inside them is not read, and that is said."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.decode.media import sound
from tests.jobs.bundles import jpeg, le_json
from tests.jobs.listed import list_quarantined
from triage.decode.protocol import SENTENCES, Refusal
from triage.importers.embedded_files import NOT_READ, UNOPENED, WITHOUT_REPORT
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.remedies import find_remedy
from triage.jobs.intake.retry import retry_quarantined
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import ImportResult


def make_mail(seed: int = 3) -> bytes:
    """Returns a mail with an image attached."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "clerk@example.org", "desk@example.org", "two boats"
    mail.set_content("See the attached image.")
    mail.add_attachment(jpeg(seed), maintype="image", subtype="jpeg", filename="boat.jpg")
    mail.set_boundary("part-of-a-mail")
    return mail.as_bytes()


def make_office_file() -> bytes:
    """Returns a zip as word processors write it, with an image inside."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr("word/document.xml", "<document/>")
        zipped.writestr("word/media/image1.jpg", jpeg(5))
    return packed.getvalue()


def import_paths(session: Session, *paths: Path) -> ImportResult:
    """Imports files and folders."""
    return import_bundles(session, paths, receipt=Receipt(received_from="desk"))


HOLDERS = {
    "letter.eml": make_mail(),
    "letter.txt": make_mail(),
    "box.mbox": b"From a@example.org Mon Nov 2 10:00:00 2026\n" + make_mail(),
    "letter.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "letter.docx": make_office_file(),
    "letter.rtf": b"{\\rtf1 hello}",
    "page.mhtml": b"From: <Saved by a browser>\r\nMIME-Version: 1.0\r\n\r\nhello",
}


@pytest.mark.parametrize("name", HOLDERS)
def test_a_file_that_may_hold_others_is_set_aside_without_a_report(session: Session, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(HOLDERS[name])
    first = import_paths(session, tmp_path / name)
    assert [(Path(each.path).name, each.reason) for each in first.quarantined] == [(name, UNOPENED)]
    assert find_remedy(first.quarantined[0].reason) == "with report"
    assert first.media.new == 0, "what was not looked into does not count as read"
    (row,) = list_quarantined(session)
    again = retry_quarantined(session, row.id)
    assert not again.resolved and again.why == UNOPENED, "reading it again changes nothing, and says so"
    assert [each.id for each in list_quarantined(session)] == [row.id]


TEXTS = {
    "notes.txt": b"three boats in the harbour\n",
    "rows.csv": b"a,b\n1,2\n",
    "messages.html": b"<html><body><p>three boats in the harbour</p></body></html>",
    "photo.jpg": b"three boats in the harbour\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_without_a_report_is_set_aside_until_it_lies_beside_one(session: Session, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(TEXTS[name])
    alone = import_paths(session, tmp_path / name)
    assert [(each.reason, find_remedy(each.reason)) for each in alone.quarantined] == [(WITHOUT_REPORT, "with report")]
    assert alone.media.new == 0, "what nobody can find does not count as read"
    folder = tmp_path / "900000001"
    folder.mkdir()
    (folder / "900000001.json").write_bytes(le_json(900_000_001))
    (folder / name).write_bytes(TEXTS[name])
    assert import_paths(session, folder).quarantined == ()
    assert list_quarantined(session) == ()


def test_a_sound_alone_is_stored_and_said_to_be_unread(session: Session, tmp_path: Path) -> None:
    (tmp_path / "voice.wav").write_bytes(sound())
    alone = import_paths(session, tmp_path / "voice.wav")
    assert [each.reason.key for each in alone.quarantined] == [SENTENCES[Refusal.SOUND_ONLY]]
    assert find_remedy(alone.quarantined[0].reason) == "stored" and alone.media.new == 0


def test_a_file_of_a_kind_that_is_not_read_is_named_beside_its_report(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "900000001"
    folder.mkdir()
    (folder / "900000001.json").write_bytes(le_json(900_000_001))
    (folder / "letter.docx").write_bytes(make_office_file())
    told = import_paths(session, folder).quarantined
    assert [(each.path.rpartition("/")[2], each.reason, find_remedy(each.reason)) for each in told] == [
        ("letter.docx", NOT_READ, "stored")
    ]


def test_a_mail_beside_its_report_is_kept_and_settles_the_row(session: Session, tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_bytes(make_mail())
    import_paths(session, tmp_path / "letter.eml")
    folder = tmp_path / "900000001"
    folder.mkdir()
    (folder / "900000001.json").write_bytes(le_json(900_000_001))
    (folder / "letter.eml").write_bytes(make_mail())
    result = import_paths(session, folder)
    assert (result.quarantined, result.media.new) == ((), 1)
    assert list_quarantined(session) == ()
    assert import_paths(session, tmp_path / "letter.eml").media.duplicate == 1, "it is known as a file of the report"
    assert list_quarantined(session) == ()


def test_the_files_of_a_mail_settle_it_as_another_copy(session: Session, tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_bytes(make_mail())
    import_paths(session, tmp_path / "letter.eml")
    (row,) = list_quarantined(session)
    with zipfile.ZipFile(tmp_path / "files.zip", "w") as zipped:
        zipped.writestr("boat.jpg", jpeg(3))
    done = retry_quarantined(session, row.id, copy=tmp_path / "files.zip")
    assert done.resolved and done.result.media.new == 1
