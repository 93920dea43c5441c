"""A damaged stored value costs its own report: what reads many reports in one go leaves it out, or holds it back, and goes on.

SQLCipher authenticates pages, so such a value comes from a fault of ours or of the memory. "Unknown is not no": a report whose card
can't be read is held back from what leaves.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json, write_bundle
from tests.jobs.conftest import MakeStore
from tests.jobs.damaged_parts import BROKEN, PICTURES, SAYS, SOUND
from triage.decode.client import MediaPool
from triage.errors import Refused
from triage.jobs.case_page.contents import read_contents
from triage.jobs.casework.child_lane import confirm_child_lane
from triage.jobs.casework.corrections import correct_band, list_correction_ids, load_corrections
from triage.jobs.codec import is_card_sound
from triage.jobs.exchange.gather import Gatherer
from triage.jobs.exchange.own_identifiers import gather_identifiers
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import rule_counts, rules
from triage.jobs.judging.assess import assess
from triage.jobs.judging.rule_outcomes import measure_rules
from triage.jobs.keeping import document_check
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.document_check import DocumentCheck
from triage.jobs.leaving.counting import iter_counted
from triage.jobs.leaving.export_timeline import _list_places
from triage.jobs.leaving.outgoing import check_may_leave, list_held_back
from triage.jobs.leaving.rule_files import export_rules
from triage.jobs.load import load_report
from triage.jobs.lookup import find_report
from triage.jobs.matching.pictures import load_hashes
from triage.jobs.reading.clusters import list_clusters, show_links
from triage.jobs.reading.gallery import load_cells, load_gallery
from triage.jobs.reading.provider_profiles import measure_providers
from triage.jobs.reading.queue_sheet import load_sheet
from triage.jobs.reading.show import load_report_view
from triage.jobs.requests.collecting import collect_lines, find_kept_back
from triage.jobs.requests.sent_notices import _save_preserved
from triage.jobs.session import Session
from triage.jobs.state.child_lane import CARD_DAMAGED
from triage.jobs.sweeping.sweep import _decode_cells
from triage.model.gallery import GalleryScope
from triage.model.handover import Receipt
from triage.model.progress import ignore_progress
from triage.model.statistics import UNREADABLE, Period
from triage.model.views import QueueFilter
from triage.store.queries import judgement, request_replies, requests, stored_documents
from triage.store.queries.requests import RequestSort
from triage.store.queries.score_cards import iterate_cards

ENDED = b"\xc1\x02 kite"
"""Begins as a compressed value does, and is none."""
DAMAGES = {
    "score": "UPDATE score_card SET score = ?2 WHERE report_id = ?1",
    "location": "UPDATE score_card SET location = ?2 WHERE report_id = ?1",
    "deadlines": "UPDATE score_card SET deadlines = ?2 WHERE report_id = ?1",
    "links": "UPDATE score_card SET links = ?2 WHERE report_id = ?1",
    "document": "UPDATE source SET parsed = ?2 WHERE report_id = ?1",
    "reading": "UPDATE report_digest SET reading = ?2 WHERE report_id = ?1",
    "facts": "UPDATE media_item SET facts = ?2 WHERE id IN (SELECT media_item_id FROM file WHERE report_id = ?1)",
}


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        for number in (BROKEN, SOUND):
            (folder / number).mkdir()
            (folder / number / "r.json").write_bytes(le_json(int(number), dateReceived="2026-03-10T10:00:00Z"))
        import_bundles(session, [folder / BROKEN, folder / SOUND, write_bundle(folder / "pictures")], receipt=Receipt())
        correct_band(session, BROKEN, "A", "looks grave")
        export_rules(session, folder / "rules")

    return make_store(fill)


def damage(session: Session, what: str, number: str = BROKEN) -> int:
    """Damages a stored value of a report; returns the report's id."""
    with session.store.batch() as batch:
        report_id = find_report(batch, number)
        batch.execute(DAMAGES[what], (report_id, ENDED))
    return report_id


def read_all(session: Session, rules_folder: Path) -> dict[str, Callable[[], object]]:
    """Returns everything that reads the values of many reports, or of reports beside the one that is asked for, by name."""
    with session.reading() as db:
        ids = [i for (i,) in db.all("SELECT id FROM report ORDER BY id")]
        files = db.all("SELECT media_item_id, report_id FROM file WHERE report_id IS NOT NULL")
    everyone = Period(first="2000-01-01", last="2040-01-01")

    def preserve() -> None:
        with session.store.batch() as batch:
            _save_preserved(batch, ids)

    def judge() -> None:
        with session.store.batch() as batch:
            judgement.mark_scores_stale(batch)
        assess(session)

    with session.reading() as db:
        return {
            "kept back": lambda: find_kept_back(db, ids),
            "lines": lambda: collect_lines(db, ids, abroad=True, child_line=False),
            "held back": lambda: list_held_back(db, ids),
            "preserved": preserve,
            "rule counts": lambda: rule_counts.count_rules(session),
            "rule outcomes": lambda: measure_rules(session),
            "statistic": lambda: list(iter_counted(session, everyone, ignore_progress, None)),
            "providers": lambda: measure_providers(session),
            "sheet": lambda: load_sheet(session, QueueFilter(), -1, 0),
            "case": lambda: read_contents(db, ids, "2026-11-01T00:00:00Z"),
            "links": lambda: [show_links(session, number) for number in (BROKEN, SOUND)],
            "clusters": lambda: list_clusters(session),
            "corrections": lambda: load_corrections(session, list_correction_ids(session)),
            "card of a work package": lambda: [Gatherer(db, {}, passing_on=False)._gather_card(i) for i in ids],
            "deconfliction": lambda: gather_identifiers(session, ignore_progress, None),
            "places": lambda: [list(_list_places(db, i)) for i in ids],
            "report": lambda: [load_report(db, i) for i in ids],
            "report's page": lambda: [load_report_view(session, number) for number in (BROKEN, SOUND)],
            "gallery": lambda: load_gallery(session, GalleryScope()),
            "cells": lambda: load_cells(session, files),
            "rules on trial": lambda: rules.try_rules(session, rules_folder),
            "judging": judge,
        }


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_value_stops_nothing_that_reads_many_reports(filled: Session, filled_store: Path, what: str) -> None:
    damage(filled, what, PICTURES if what == "facts" else BROKEN)
    failed = []
    for name, read in read_all(filled, filled_store.parent / "work" / "rules").items():
        try:
            read()
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__} {error}")
    assert failed == []


def test_a_report_whose_card_is_damaged_is_held_back_with_the_reason_until_a_lead_confirms_it(filled: Session) -> None:
    broken = damage(filled, "score")
    with filled.reading() as db:
        sound = find_report(db, SOUND)
        (held,) = find_kept_back(db, [broken, sound]).items()
        assert held[0] == broken and "score card is damaged" in str(held[1])
        assert list_held_back(db, [broken, sound]) == {broken: CARD_DAMAGED}
        with pytest.raises(Refused, match=f"^{BROKEN}: the score card is damaged"):
            check_may_leave(db, [broken, sound])
        check_may_leave(db, [sound])
    assert load_report_view(filled, BROKEN).score.flags == ("not judged",)
    confirm_child_lane(filled, BROKEN)
    with filled.reading() as db:
        assert find_kept_back(db, [broken]) == {}
        check_may_leave(db, [broken])


def test_a_check_names_the_reports_whose_card_is_damaged(filled: Session) -> None:
    assert check_store(filled).problems == ()
    damage(filled, "location")
    damage(filled, "links", SOUND)
    (problem,) = check_store(filled).problems
    assert problem.startswith("Reports with a damaged score card: 2.") and f"{BROKEN}, {SOUND}" in problem


def test_a_check_names_the_reports_whose_documents_cannot_be_read_once(filled: Session) -> None:
    """However many of its documents are damaged, and in whichever way; the slices of a check come to all documents together."""
    sound = check_store(filled)
    assert not sound.problems and "documents_unread" not in sound.checked
    with filled.store.batch() as batch:
        broken = find_report(batch, BROKEN)
        ((whole,),) = batch.all("SELECT parsed FROM source WHERE report_id = ?", (broken,))
        copied = "report_id, slot, format, path, sha256, exhibit, parsed, since"
        batch.execute(f"INSERT INTO source ({copied}, until) SELECT {copied}, 1 FROM source WHERE report_id = ?", (broken,))
    problem = f"Reports with a document that can't be read: 1. What it states is not known: {BROKEN}. Restore the newest backup."
    for stored in (ENDED, b"", b"{", b"[]", b'{"format":"le_json"}', b'{"format":1,"slot":"","path":""}', whole[:-9]):
        with filled.store.batch() as batch:
            batch.execute("UPDATE source SET parsed = ? WHERE report_id = ?", (stored, broken))
        found, counted = DocumentCheck()(filled.store.read())
        assert (list(map(str, found)), counted) == ([problem], {"documents": sound.checked["documents"] + 1})
    assert check_store(filled).problems == (problem,)
    parts = [check_store(filled, subset=(n, 3)) for n in (1, 2, 3)]
    assert sum(part.checked["documents"] for part in parts) == sound.checked["documents"] + 1
    assert all(part.checked["documents"] + part.checked["documents_unread"] == sound.checked["documents"] + 1 for part in parts)
    assert any(problem in part.problems for part in parts)


def test_a_check_names_the_reports_of_which_a_reply_cannot_be_read(filled: Session) -> None:
    """What an operator replied is a document of each report that it speaks of, and judged with it."""
    with filled.store.batch() as batch:
        broken = find_report(batch, BROKEN)
        ((whole,),) = batch.all("SELECT parsed FROM source WHERE report_id = ?", (broken,))
        sort = RequestSort(kind="subscriber", addressee="an operator", case_id=None, ready=True, child=False)
        for number in ("R-2026-0001", "R-2026-0002"):
            requests.add_request(batch, sort, number=number, name="An operator", made="2026-11-28T00:00:00Z", user_id=1)
        for request in (1, 2):
            request_replies.save_reply_document(batch, broken, request, whole)
            request_replies.save_reply_document(batch, find_report(batch, SOUND), request, whole)
    with filled.reading() as db:
        total = stored_documents.count_documents(db)
        assert DocumentCheck()(db) == ([], {"documents": total})
    with filled.store.batch() as batch:
        request_replies.save_reply_document(batch, broken, 2, ENDED)
    with filled.reading() as db:
        problem = (
            f"Reports with a document that can't be read: 1. What it states is not known: {BROKEN}. Restore the newest backup."
        )
        assert list(map(str, DocumentCheck()(db)[0])) == [problem]
        parts = [DocumentCheck((n, 3))(db) for n in (1, 2, 3)]
    assert sorted(list(map(str, found)) for found, _ in parts) == [[], [], [problem]]
    assert sum(counts["documents"] for _, counts in parts) == total


def test_a_check_of_many_documents_decodes_a_share_and_says_how_many_it_left_out(
    filled: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "documents_unread" not in check_store(filled).checked, "few documents are decoded each time"
    damage(filled, "document")
    monkeypatch.setattr(document_check, "LEAST_DECODED", 1)
    with filled.reading() as db:
        total = stored_documents.count_documents(db)
        drawn = [DocumentCheck()(db) for _ in range(60)]
    assert {counts["documents"] + counts["documents_unread"] for _, counts in drawn} == {total}
    assert {bool(problems) for problems, _ in drawn} == {True, False}, "each share is drawn at some time"
    assert not check_store(filled, documents=True).valid


@pytest.mark.parametrize("what", ["score", "location", "deadlines", "links"])
def test_each_part_of_a_card_is_looked_at(filled: Session, what: str) -> None:
    broken = damage(filled, what)
    with filled.reading() as db:
        assert [i for i, card in iterate_cards(db) if not is_card_sound(card, i)] == [broken]
    view = load_report_view(filled, BROKEN)
    if what == "location":
        assert "is damaged" in str(view.location.office_why)
    else:
        assert view.score.flags == ("not judged",), "the page must not say that there are no deadlines or links"


def test_what_a_damaged_document_states_is_not_counted_as_nothing(filled: Session) -> None:
    damage(filled, "document")
    everyone = Period(first="2000-01-01", last="2040-01-01")
    counted = list(iter_counted(filled, everyone, ignore_progress, None))
    assert sorted((each.age_band == UNREADABLE, each.annotations == {UNREADABLE}) for each in counted).count((True, True)) == 1
    (profile,) = (each for each in measure_providers(filled) if each.unread)
    assert (profile.unread, profile.viewed.of) == (1, profile.reports - 1)


def test_a_newer_version_of_a_damaged_report_is_imported(filled: Session, tmp_path: Path) -> None:
    damage(filled, "document")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "r.json").write_bytes(le_json(int(BROKEN), dateReceived="2026-03-12T10:00:00Z"))
    assert import_bundles(filled, [tmp_path / "later"], receipt=Receipt()).reports.updated == 1
    view = load_report_view(filled, BROKEN)
    assert view.not_understood == () and "could not find out" in str(view.versions[1].changes[0])


def test_an_image_whose_facts_are_damaged_is_compared_all_the_same(filled: Session) -> None:
    """It is compared by what is indexed of it; its pixels are not looked at, and the reason is kept."""
    with filled.reading() as db:
        (image,) = (i for (i,) in db.all("SELECT media_item_id FROM image_hashes"))
        before = load_hashes(db, image)
    damage(filled, "facts", "900000001")
    with filled.reading() as db:
        after = load_hashes(db, image)
    assert (after.pdq, after.quality, after.windows) == (before.pdq, before.quality, before.windows)
    assert after.turns[0] == after.pdq and len(after.turns) == len(before.turns)
    with MediaPool(1) as pool:
        assert _decode_cells(filled, pool, image) == (
            None,
            "not searched, because what was measured of the file is damaged in the store",
        )


@pytest.mark.parametrize("what", SAYS)
def test_whatever_shows_a_damaged_part_says_that_it_is_not_known(filled: Session, what: str) -> None:
    assert [name for name, says in SAYS[what].items() if says(filled)] == [], "nothing is damaged yet"
    damage(filled, what, PICTURES if what == "facts" else BROKEN)
    assert [name for name, says in SAYS[what].items() if not says(filled)] == []


DECODERS = re.compile(
    r"(score|location|clocks|links|facts|messages|flags)_from_bytes|location_without_words|document_from_json|decompress"
)
RAISING = {
    "judging/report_keys.py": "a worker answers for each report apart",
    "judging/judge.py": "a worker answers for each report apart",
    "judging/rule_counts.py": "called through read_or_none",
    "case_page/contents.py": "within a try of its own",
    "reading/shared_values.py": "within a try of its own",
    "requests/collecting.py": "within a try of its own",
    "load.py": "within a try of its own",
    "reading/queue_sheet.py": "called through read_or_none",
    "casework/corrections.py": "within a try of its own",
    "judging/version_plans.py": "within a try of its own",
    "codec.py": "the decoders themselves",
}


def test_no_other_module_decodes_a_stored_value_without_read_or_none() -> None:
    """Else the next reader of many rows stops at the first damaged one again."""
    import triage.jobs

    root = Path(triage.jobs.__path__[0])
    texts = {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*.py")}
    found = {
        name
        for name, text in texts.items()
        if DECODERS.search(text)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and DECODERS.fullmatch(node.func.id)
    }
    assert found == set(RAISING)
