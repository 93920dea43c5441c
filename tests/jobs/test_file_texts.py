"""Chat logs that come as files are read, kept with their report, shown, found, judged by, and gone with it. All of it is invented."""

from __future__ import annotations

import json
import random
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.drawn_papers import typeset_job
from tests.importers.chat_files.test_chat_reading import FORMATS, LINES, write_text
from tests.importers.pdf_pages import pdf
from tests.jobs.bundles import jpeg, le_json
from tests.jobs.listed import list_quarantined
from tests.jobs.pages import plain_pages
from tests.people import add_person
from triage import limits
from triage.cli.show_text import print_report
from triage.decode.client import MediaPool
from triage.decode.protocol import ProtocolError
from triage.exports import pdf_documents
from triage.jobs.consent import Consent
from triage.jobs.intake import file_texts, text_wire
from triage.jobs.intake.file_texts import FileTextReader
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.readers import TEXT_ENDED, Readers
from triage.jobs.intake.text_wire import FileToRead, pack_text, unpack_text
from triage.jobs.keeping.backup import make_backup, restore_backup
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.leaving.packet import create_packet
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.model.file_text import FileMessage, FileText
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.model.views import ImportResult, QueueFilter, ShowFile
from triage.store.generations import find_newest

NUMBER = 900000500
ENDINGS = {"text": "txt", "table": "csv", "html": "html", "json": "json", "xml": "xml", "mail": "eml", "pdf": "pdf"}
LIFE = ("Kite", "I want to kill myself tonight.", "Moon", "Please talk to me first.")
PDF_PAGE = [f"2026-01-05 10:0{n}:00 - {who}: {text}" for n, (who, text) in enumerate(zip(LIFE[::2], LIFE[1::2], strict=True))]


def chat(kind: str, lines: tuple[str, str, str, str] = LIFE) -> bytes:
    return pdf([PDF_PAGE]) if kind == "pdf" else FORMATS[kind](*lines)


def bundle(place: Path, files: dict[str, bytes], *, listed: bool, number: int = NUMBER, apart: bool = False) -> Path:
    """Writes a report with a picture and these files. With `apart` nothing of its user links it to other reports."""
    folder = place / str(number)
    folder.mkdir(parents=True)
    information = json.loads(le_json(number))["reportedInformation"]
    if apart:
        del information["reportedPeople"]["reportedPersons"][0]["phones"]
    names = [f"{number}.jpg", *(files if listed else ())]
    information["uploadedFiles"] = {"uploadedFiles": [{"filename": name} for name in names]}
    (folder / f"{number}.json").write_bytes(le_json(number, reportedInformation=information))
    (folder / f"{number}.jpg").write_bytes(jpeg(number % 50))
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def take(session: Session, *paths: Path) -> ImportResult:
    return import_bundles(session, paths, receipt=Receipt())


def shown(session: Session, number: int = NUMBER) -> dict[str, ShowFile]:
    return {file.name or "": file for file in load_report_view(session, str(number)).files}


def conversation(session: Session, number: int = NUMBER) -> str:
    factors = load_report_view(session, str(number)).score.factors
    return next((str(factor.value) for factor in factors if factor.rule == "evidence.conversation"), "")


def band(session: Session, number: int = NUMBER) -> str:
    return next(row.band for row in list_queue_rows(session, QueueFilter()) if row.report_id == str(number))


@pytest.mark.parametrize("listed", [True, False])
def test_a_chat_of_each_format_is_read_shown_found_and_judged_by(session: Session, tmp_path: Path, listed: bool) -> None:
    """Each in a report of its own, all in one store. No report is linked to another."""
    numbers = {kind: NUMBER + n for n, kind in enumerate(ENDINGS)}
    for kind, number in numbers.items():
        bundle(tmp_path / "in", {f"log.{ENDINGS[kind]}": chat(kind)}, listed=listed, number=number, apart=True)
    result = take(session, tmp_path / "in")
    assert (result.reports.new, result.media.new, result.quarantined) == (len(numbers), 2 * len(numbers), ())
    for kind, number in numbers.items():
        name, files = f"log.{ENDINGS[kind]}", shown(session, number)
        text = files[name].file_text
        assert text is not None
        assert (text.state, text.count, text.format, text.why) == ("read", 2, kind, None)
        assert [(m.sender, m.text) for m in text.messages] == [LIFE[:2], LIFE[2:]]
        assert files[f"{number}.jpg"].file_text is None
        assert conversation(session, number) == f"{name}: A file that may be a chat log came; it was read (2 messages)."
        assert band(session, number) == "A", "the parties' own words of self-harm"
        assert load_report_view(session, str(number)).links == ()
    found = {row.report_id for row in list_queue_rows(session, QueueFilter(search="talk to me"))}
    assert found == set(map(str, numbers.values()))
    assert check_store(session).problems == ()


@pytest.mark.parametrize("language", LINES)
def test_harmless_chats_in_four_languages_raise_nothing(session: Session, tmp_path: Path, language: str) -> None:
    take(session, bundle(tmp_path, {"log.txt": write_text(*LINES[language])}, listed=True))
    assert conversation(session).endswith("it was read (2 messages).")
    assert band(session) in "CDE"
    word = LINES[language][1].split()[2]
    assert list_queue_rows(session, QueueFilter(search=word))


def test_the_content_counts_and_not_the_name(session: Session, tmp_path: Path) -> None:
    files = {"log": chat("text"), "scan.jpg": chat("table"), "a.txt": jpeg(7)}
    result = take(session, bundle(tmp_path, files, listed=True))
    texts = {name: file.file_text for name, file in shown(session).items()}
    assert texts["log"] is not None and texts["log"].count == 2
    assert texts["scan.jpg"] is not None and texts["scan.jpg"].count == 2
    assert texts["a.txt"] is None
    assert {q.path.rpartition("/")[2] for q in result.quarantined} == set(), "a text that was read is not set aside"


def test_what_cannot_be_read_is_kept_and_marked(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_TEXT_FILE", 1_000)
    locked = pdf([PDF_PAGE], owner_password="a", user_password="b")
    files = {"large.txt": b"Kite: hi\n" * 200, "empty.txt": b"\n", "locked.pdf": locked, "blob.txt": bytes(range(256))}
    take(session, bundle(tmp_path, files, listed=True))
    found = shown(session)
    assert found["large.txt"].file_text is not None
    assert (found["large.txt"].file_text.state, str(found["large.txt"].file_text.why)) == ("not read", file_texts.TOO_LARGE)
    assert found["large.txt"].sha256 and found["large.txt"].problem is None
    assert found["blob.txt"].file_text is None, "no text by its content"
    told = conversation(session)
    assert f"large.txt: A file that may be a chat log came; it was not read: {file_texts.TOO_LARGE}" in told
    assert "blob.txt: A file that may be a chat log came; it was not read." in told


def test_a_mail_with_attached_files_is_read_in_part(session: Session, tmp_path: Path) -> None:
    """Nobody opens what is attached: the page and the card say so, also when the middle of the text is left out."""
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = "kite@example.org", "Mon, 5 Jan 2026 10:00:00 +0500", "the harbour"
    mail.set_content("two boats")
    short = mail.as_bytes()
    mail.add_attachment(jpeg(3), maintype="image", subtype="jpeg", filename="boat.jpg")
    with_image = mail.as_bytes()
    mail.add_attachment("many boats " * 20_000, filename="boats.txt")
    mail.get_payload(0).set_content("long " * 20_000)  # type: ignore[union-attr]
    files = {"short.eml": short, "image.eml": with_image, "long.eml": mail.as_bytes()}
    take(session, bundle(tmp_path, files, listed=True))
    texts = {name: file.file_text for name, file in shown(session).items()}
    found = {name: (text.state, str(text.why)) for name, text in texts.items() if text is not None}
    assert found["short.eml"][0] == "read"
    assert found["image.eml"] == ("read in part", "Attached files that were not read: 1. Open the original.")
    state, why = found["long.eml"]
    assert state == "read in part" and "that are cut: 1" in why and "Attached files that were not read: 2." in why
    told = conversation(session)
    assert "image.eml: A file that may be a chat log came; it was read in part (1 message)." in told
    assert "short.eml: A file that may be a chat log came; it was read (1 message)." in told


@pytest.mark.parametrize("listed", [True, False])
def test_a_locked_pdf_says_so_until_a_later_import_brings_its_password(session: Session, tmp_path: Path, listed: bool) -> None:
    locked = pdf([PDF_PAGE], owner_password="a", user_password="b")
    result = take(session, bundle(tmp_path, {"log.pdf": locked}, listed=listed))
    assert [each.path for each in result.quarantined] == [f"{NUMBER}/log.pdf"], "so that a password is asked for"
    assert conversation(session) == f"log.pdf: A file that may be a chat log came; it was not read: {file_texts.LOCKED}"
    other = bundle(tmp_path, {}, listed=False, number=NUMBER + 1)
    import_bundles(session, [other], receipt=Receipt(), passwords=(b"wrong",))
    assert file_texts.LOCKED in conversation(session) and len(list_quarantined(session)) == 1
    import_bundles(session, [other], receipt=Receipt(), passwords=(b"wrong", b"b"))
    assert conversation(session) == "log.pdf: A file that may be a chat log came; it was read (2 messages)."
    assert band(session) == "A" and list_quarantined(session) == ()
    assert [row.report_id for row in list_queue_rows(session, QueueFilter(search="talk to me"))] == [str(NUMBER)]
    assert check_store(session).problems == ()


def test_an_unlocked_copy_of_a_locked_pdf_is_read_beside_it(session: Session, tmp_path: Path) -> None:
    locked = pdf([PDF_PAGE], owner_password="a", user_password="b")
    take(session, bundle(tmp_path / "a", {"log.pdf": locked}, listed=True))
    take(session, bundle(tmp_path / "b", {"log.pdf": chat("pdf")}, listed=True))
    assert "it was read (2 messages)" in conversation(session) and file_texts.LOCKED in conversation(session)
    assert band(session) == "A"


def test_a_listed_chat_whose_bytes_did_not_come_is_not_read(session: Session, tmp_path: Path) -> None:
    folder = bundle(tmp_path, {"log.txt": b"x"}, listed=True)
    (folder / "log.txt").unlink()
    take(session, folder)
    assert conversation(session) == "log.txt: A file that may be a chat log came; it was not read."


def test_a_pdf_beside_a_report_that_is_no_chat_is_quarantined_as_before(session: Session, tmp_path: Path) -> None:
    letter = pdf([["This is a letter about kites, long enough to be text.", "It has no sender and no time."]])
    result = take(session, bundle(tmp_path, {"letter.pdf": letter}, listed=False))
    assert [str(each.reason) for each in result.quarantined] == ["PDF, but not a CyberTipline report."]
    assert "letter.pdf" not in shown(session)
    assert len(list_quarantined(session)) == 1


def test_whose_words_a_text_without_senders_is(session: Session, tmp_path: Path) -> None:
    note = b"I want to kill myself tonight.\n"
    take(session, bundle(tmp_path / "a", {"note.txt": note}, listed=True))
    take(session, bundle(tmp_path / "b", {"readme.txt": note + b"."}, listed=False, number=NUMBER + 1))
    assert band(session) == "A", "a file that the user uploaded"
    assert band(session, NUMBER + 1) == "B", "it lay beside: nobody knows whose words it is"


def test_the_same_bytes_are_read_once_and_cards_do_not_depend_on_the_order(session: Session, tmp_path: Path) -> None:
    paths = [
        bundle(tmp_path, {"log.txt": chat("text"), f"{n}.csv": chat("table")}, listed=n % 2 == 0, number=NUMBER + n)
        for n in range(6)
    ]
    take(session, *paths[:3])
    take(session, *paths[3:])
    once = [load_report_view(session, str(NUMBER + n)) for n in range(6)]
    assert session.store.read().value("SELECT count(*) FROM media_item WHERE text IS NOT NULL") == 2
    random.Random(1).shuffle(paths)
    for path in paths:
        assert take(session, path).media.new == 0
    assert [load_report_view(session, str(NUMBER + n)).score for n in range(6)] == [each.score for each in once]
    assert [load_report_view(session, str(NUMBER + n)).files for n in range(6)] == [each.files for each in once]


def test_one_import_reads_the_same_bytes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Counting(Readers):
        def read_texts(self, files):  # type: ignore[no-untyped-def]
            asked.append(len(files))
            return super().read_texts(files)

    with MediaPool(1) as pool, Counting(1) as readers:
        reader = FileTextReader(pool, readers, ())
        first = reader.read_all({"a": chat("text"), "b": chat("pdf")})
        assert reader.read_all({"a": chat("text"), "b": chat("pdf")}) == first
        assert asked == [2, 0]
        monkeypatch.setattr(file_texts, "_KEPT_CHARACTERS", 10)
        assert reader.read_all({"c": chat("json")})["c"].count == 2
        assert reader._known.keys() == {"c"}


@pytest.mark.usefixtures("short_papers")
def test_texts_leave_with_a_destroyed_report_and_stay_with_others(session: Session, tmp_path: Path) -> None:
    own, both = b"10:00 Kite: onlyhere marmalade\n10:01 Moon: yes\n", b"10:00 Kite: everywhere tangerine\n10:01 Moon: yes\n"
    take(session, bundle(tmp_path, {"own.txt": own, "both.txt": both}, listed=True))
    take(session, bundle(tmp_path, {"both.txt": both}, listed=True, number=NUMBER + 1))
    add_person(session.store, "second", [Role.LEAD], "eight blue kites")
    second = Consent("second", "eight blue kites")
    destroy_report(session, str(NUMBER), reason="over", order="rule 7", second=second, certificate=tmp_path / "c.json")
    session.store._database.empty_log()
    plain = plain_pages(find_newest(session.store.directory), bytes(session.store.keys.ring.keys.database))
    assert b"marmalade" not in plain and b"tangerine" in plain
    assert not list_queue_rows(session, QueueFilter(search="marmalade"))
    assert session.store.read().value("SELECT count(*) FROM media_item WHERE text IS NOT NULL") == 1
    kept = shown(session, NUMBER + 1)["both.txt"].file_text
    assert kept is not None and kept.count == 2


def test_the_text_of_a_file_is_not_part_of_a_packet(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_documents, "_run_typesetter", typeset_job)  # the paper holds all that it is made of, in the clear
    take(session, bundle(tmp_path, {"log.txt": b"10:00 Kite: marmalade\n10:01 Moon: yes\n"}, listed=True))
    create_packet(session, [str(NUMBER)], tmp_path / "packet", with_media=False)
    written = b"".join(path.read_bytes() for path in (tmp_path / "packet").rglob("*") if path.is_file())
    assert b"log.txt" in written and b"marmalade" not in written


def test_more_text_than_is_read_of_one_report_is_said(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_REPORT_TEXT", 150)
    take(session, bundle(tmp_path, {"a.txt": chat("text"), "b.csv": chat("table", LINES["english"])}, listed=True))
    found = shown(session)
    assert found["a.txt"].file_text is not None and found["a.txt"].file_text.state == "read"
    assert found["b.csv"].file_text is not None and found["b.csv"].file_text.state == "not read"
    assert "hold too much text" in conversation(session)


def test_a_backup_keeps_texts(session: Session, tmp_path: Path) -> None:
    take(session, bundle(tmp_path, {"log.txt": chat("text")}, listed=True))
    assert make_backup(session, tmp_path / "backup").check.valid
    words = "seven green boats"
    assert restore_backup(tmp_path / "backup", tmp_path / "new", "first", words, no_register="nothing was destroyed").check.valid
    with unlock(tmp_path / "new", "first", words) as restored:
        assert load_report_view(restored, str(NUMBER)) == load_report_view(session, str(NUMBER))
        assert list_queue_rows(restored, QueueFilter(search="talk to me"))


def test_show_prints_the_messages(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = write_text("Ki\u202ete", "hi \x1b[31m red", "Moon", "yes")
    take(session, bundle(tmp_path, {"log.txt": hostile, "none.txt": b" \n \n"}, listed=True))
    print_report(load_report_view(session, str(NUMBER)))
    printed = capsys.readouterr().out
    assert "Text of log.txt: read (2 messages, text)" in printed
    assert "  | [2026-01-05 10:01:30] Moon: yes" in printed
    assert "\x1b" not in printed and "\u202e" not in printed


def test_a_text_without_facts_is_a_problem_of_the_store(session: Session, tmp_path: Path) -> None:
    take(session, bundle(tmp_path, {"log.txt": chat("text")}, listed=True))
    with session.store.batch() as batch:
        batch.execute("UPDATE media_item SET facts = NULL WHERE text IS NOT NULL")
    assert "Media items with a text that no facts describe: 1." in map(str, check_store(session).problems)


def test_a_worker_that_ends_costs_one_text() -> None:
    program = """
import os
from triage.jobs.intake import document_worker
def read(data, pages=None, before=document_worker.read_chat_file):
    if b"marmalade" in data:
        os._exit(3)
    return before(data, pages)
document_worker.read_chat_file = read
document_worker.main()
"""
    with Readers(1, command=(sys.executable, "-c", program)) as readers:
        good, bad, after = readers.read_texts([FileToRead(chat("text")), FileToRead(b"marmalade"), FileToRead(chat("json"))])
    assert (good.count, after.count) == (2, 2)
    assert bad == FileText(problem=TEXT_ENDED)


@pytest.mark.parametrize(
    "text",
    [
        FileText(),
        FileText(problem="A sentence of a worker's own making."),
        FileText(problem=text_wire.FAULT, messages=(FileMessage("", "", "x"),), count=1),
        FileText(kind="text", count=2, messages=(FileMessage("", "", "x"),)),
        FileText(kind="text", count=0, left_out=-1, messages=(FileMessage("", "", "x"),)),
        FileText(kind="text", count=1, messages=(FileMessage("x" * 201, "", "x"),)),
        FileText(kind="text", count=1, messages=(FileMessage("", "", "x" * 50_001),)),
        FileText(kind="text", count=1, shortened=2, messages=(FileMessage("", "", "x"),)),
        FileText(kind="doc", count=1, messages=(FileMessage("", "", "x"),)),  # type: ignore[arg-type]
    ],
)
def test_the_host_believes_no_answer_that_breaks_a_limit(text: FileText) -> None:
    with pytest.raises(ProtocolError):
        unpack_text(pack_text(text))


def test_chats_in_a_zip_are_read_too(session: Session, tmp_path: Path) -> None:
    folder = bundle(tmp_path, {"log.txt": chat("text")}, listed=True)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"{NUMBER}/{path.name}")
    take(session, tmp_path / "b.zip")
    text = shown(session)["log.txt"].file_text
    assert text is not None and text.count == 2
