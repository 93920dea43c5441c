"""A report's languages are those that were recognised in its texts; the queue filters by them."""

from __future__ import annotations

from pathlib import Path

from tests.jobs.bundles import le_json
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import list_facet_values, list_queue_rows
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.languages import OTHER_LANGUAGE, QUEUE_LANGUAGES, decode_languages, encode_languages
from triage.model.queue_order import FacetValue
from triage.model.views import QueueFilter

TEXTS = {
    900000601: "تم نے مجھے تصویر بھیجی تھی، اب پیسے بھی بھیجو ورنہ سب کو بتا دوں گا",
    900000602: "mujhe tumhari photo chahiye warna main sab ko bata dunga, paise bhejo abhi",
    900000603: "Please send the money today.",
}


def test_the_queue_knows_the_languages_of_each_report(session: Session, tmp_path: Path) -> None:
    for number, text in TEXTS.items():
        folder = tmp_path / "in" / str(number)
        folder.mkdir(parents=True)
        told = {"reportingEsp": {"espName": "Lantern Chat"}, "additionalInformations": [{"value": text}]}
        (folder / "r.json").write_bytes(le_json(number, reportedInformation=told))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    found = {int(row.report_id): row.languages for row in list_queue_rows(session, QueueFilter())}
    assert found == {900000601: ("Urdu",), 900000602: ("Roman Urdu (or Hindi in Latin letters)",), 900000603: ()}
    urdu = list_queue_rows(session, QueueFilter(languages=("Urdu",)))
    assert [row.report_id for row in urdu] == ["900000601"]
    assert FacetValue("", 1) in list_facet_values(session, QueueFilter(), "language")


def test_languages_without_a_name_count_as_one() -> None:
    bits = encode_languages(["Urdu", "language tl", "language sw"])
    assert decode_languages(bits) == (OTHER_LANGUAGE, "Urdu")
    assert decode_languages(encode_languages(QUEUE_LANGUAGES)) == QUEUE_LANGUAGES and len(QUEUE_LANGUAGES) < 63
