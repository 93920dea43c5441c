"""Packages and results that a known workstation signed and that are not in order: each is refused whole, and nothing is stored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.jobs.bundles import le_json
from tests.jobs.exchange_stores import NUMBERS, WORDS, Workstation, make_workstation, write_reports
from tests.jobs.package_forging import forge, read_plain
from triage.errors import InputError, Refused, StoreError
from triage.exports.signature import fingerprint_of, path_beside
from triage.jobs.casework import decisions
from triage.jobs.exchange.work_list import list_work
from triage.jobs.intake.imports import LOCK
from triage.jobs.keeping.check import check_store
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.session import unlock
from triage.message import Message
from triage.model.views import QueueFilter
from triage.store.lock import WriterLock

ONE, TWO, THREE = NUMBERS
pytestmark = pytest.mark.timeout(300)
Edit = Callable[[dict[str, Any]], object]


class Desk:
    """Headquarters, and a Lahore that is known and malicious; the files that it would write, to be edited."""

    def __init__(self, folder: Path) -> None:
        self.hq, self.lahore = make_workstation(folder / "hq", "Headquarters"), make_workstation(folder / "lahore", "Lahore")
        self.hq.knows(self.lahore)
        self.lahore.knows(self.hq)
        self.hq.takes_in(write_reports(folder / "bundle"))
        sent, path = self.hq.sends(self.lahore, ONE, TWO, with_media=True)
        self.lahore.takes_in(path)
        decisions.decide(self.lahore.session, ONE, status="in_progress", note="true", assignee="first")
        sha = load_report_view(self.lahore.session, ONE).files[0].sha256 or ""
        grade_file(self.lahore.session, ONE, sha, "exploitive")
        self.results = read_plain(self.lahore.answers(self.hq, sent.package_id).read_bytes(), self.hq)
        self.lahore.takes_in(write_reports(folder / "more", "900000007"))
        _, path = self.lahore.sends(self.hq, "900000007", file="new.age", with_media=True)
        self.work = read_plain(path.read_bytes(), self.hq)
        for each in (self.hq, self.lahore):
            each.session.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def hq(desk: Desk, tmp_path: Path) -> Iterator[Workstation]:
    with unlock(Path(shutil.copytree(desk.hq.folder / "store", tmp_path / "hq")), "first", WORDS) as session:
        yield replace(desk.hq, session=session, folder=tmp_path)


@pytest.fixture
def lahore(desk: Desk, tmp_path: Path) -> Iterator[Workstation]:
    with unlock(Path(shutil.copytree(desk.lahore.folder / "store", tmp_path / "lahore")), "first", WORDS) as session:
        yield replace(desk.lahore, session=session, folder=tmp_path)


def write(
    signer: Workstation,
    to: Workstation,
    files: dict[str, bytes],
    edit: Edit = lambda form: None,
    manifest: dict[str, Any] | None = None,
    more: dict[str, bytes] | None = None,
    without: str = "",
) -> Path:
    """The file with its first report edited, signed and sealed like any other."""
    said = json.loads(files["manifest.json"])
    said.pop("members")
    form = json.loads(files["reports/0.json"])
    edit(form)
    members = {**files, "reports/0.json": json.dumps(form).encode(), **(more or {})}
    listed = [(n, d) for n, d in members.items() if n.partition("/")[0] in ("reports", "sources", "media") and n != without]
    path = to.folder / "forged.age"
    path.write_bytes(forge(signer, to.age_key, {**said, **(manifest or {})}, listed))
    return path


def state(of: Workstation) -> object:
    """Everything that an import may change."""
    db = of.session.store.read()
    tables = [n for (n,) in db.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")]
    kept = [t for t in tables if not t.startswith(("temporary_item", "report_text"))]
    return {table: db.all(f"SELECT * FROM {table}") for table in kept}, of.session.store.read_head().count


def twice(rows: list[Any]) -> None:
    rows.append(dict(rows[0]))


WORK: dict[str, dict[str, Any]] = {
    "a source that is missing": {"edit": lambda f: f["sources"][0].update(sha256="0" * 64)},
    "a version out of range": {"edit": lambda f: f["sources"][0].update(version=10**9)},
    "a version of zero": {"edit": lambda f: f["sources"][0].update(version=0)},
    "no sources": {"edit": lambda f: f.update(sources=[])},
    "a grade of another file": {"edit": lambda f: f.update(grades=[GRADE])},
    "another report's number": {"edit": lambda f: f.update(number="900000001")},
    "a report that its document does not speak of": {
        "edit": lambda f: f.update(number="900000008"),
        "manifest": {"reports": ["900000008"]},
    },
    "an unknown field": {"edit": lambda f: f.update(media_view=[{"user": "first"}])},
    "a status that is none": {"edit": lambda f: f["state"].update(status="deleted")},
    "a person with control characters": {"edit": lambda f: f["state"].update(assignee="first\x1b[2J")},
    "a person who looks like a sentence": {"edit": lambda f: f["state"].update(assignee="this store")},
    "a band that nobody set": {"edit": lambda f: f["state"].update(band={"band": "E", "uid": "correction/1"})},
    "a card of infinite risk": {"edit": lambda f: f["card"].update(risk=1e308)},
    "a list kind that is none": {"edit": lambda f: f.update(list_matches=[{**MATCH, "list_kind": "harmless"}])},
    "a list name with direction marks": {"edit": lambda f: f.update(list_matches=[{**MATCH, "list_name": "a\u202eb"}])},
    "too many rows": {"edit": lambda f: f.update(decisions=[DECISION] * 10_001)},
    "a row twice": {"edit": lambda f: f.update(decisions=[DECISION, DECISION])},
    "a file that belongs to no report": {"more": {"sources/" + "0" * 64: b""}},
    "reports that the manifest does not name": {"manifest": {"reports": ["900000007", "900000010"]}},
    "no reports": {"manifest": {"reports": []}, "without": "reports/0.json"},
    "the id of a package that was sent from here": {"manifest": "sent"},
}
DECISION = {
    "uid": "decision/1", "taken": "2026-11-27T10:00:00Z", "by": "first", "status": "new", "reason": None, "note": None,
    "assignee": None, "undone": False,
}  # fmt: skip
GRADE = {"uid": "grade/9", "given": "2026-11-27T10:00:00Z", "by": ["first"], "grade": "adult", "sha256": "1" * 64}
MATCH = {
    "uid": "match/0", "sha256": "1" * 64, "md5": None, "sha1": None, "list_name": "agency", "list_kind": "known",
    "added": "2026-11-27T10:00:00Z", "hash_kind": "sha256", "tier": "exact", "category": None, "says": "", "distance": None,
}  # fmt: skip


@pytest.mark.parametrize("what", WORK)
def test_a_work_package_that_is_not_in_order_is_refused_whole(desk: Desk, hq: Workstation, what: str) -> None:
    how = dict(WORK[what])
    if how.get("manifest") == "sent":
        how["manifest"] = {"package_id": list_work(hq.session)[0].package_id}
    before = state(hq)
    with pytest.raises((InputError, Refused)) as refused:
        hq.takes_in(write(desk_signer(desk), hq, desk.work, **how))
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value) and "\x1b" not in str(refused.value)
    assert state(hq) == before, "nothing was stored"


def desk_signer(desk: Desk) -> Workstation:
    """Lahore with its own key, for signing only."""
    if not hasattr(desk, "signer"):
        session = unlock(desk.lahore.folder / "store", "first", WORDS)
        desk.signer = replace(desk.lahore, session=session)  # type: ignore[attr-defined]
    return desk.signer  # type: ignore[attr-defined,no-any-return]


def test_documents_are_read_before_anything_is_stored(desk: Desk, hq: Workstation) -> None:
    import hashlib

    for data, said in ((b"{not json", "can't be read|makes report"), (le_json(int(THREE)), f"speaks of report {THREE}")):
        sha = hashlib.sha256(data).hexdigest()
        old = next(name for name in desk.work if name.startswith("sources/"))
        files = {name: body for name, body in desk.work.items() if name != old} | {f"sources/{sha}": data}
        before = state(hq)
        with pytest.raises(InputError, match=said):
            hq.takes_in(write(desk_signer(desk), hq, files, lambda f, sha=sha: f["sources"][0].update(sha256=sha)))
        assert state(hq) == before


RESULTS: dict[str, dict[str, Any]] = {
    "a report that was not in the package": {
        "edit": lambda f: f.update(number=THREE),
        "manifest": {"reports": [THREE, TWO]},
    },
    "a package that was never sent": {"manifest": {"package_id": "0" * 32}},
    "a grade of a file of another report": {"edit": lambda f: f["grades"][0].update(sha256="1" * 64)},
    "a grade that is none": {"edit": lambda f: f["grades"][0].update(grade="harmless")},
    "sources": {
        "edit": lambda f: f.update(sources=[{"version": 1, "until": None, "path": "x", "sha256": "0" * 64, "exhibit": "x"}])
    },
    "media": {"more": {"media/" + "0" * 64: b""}},
    "a decision twice": {"edit": lambda f: twice(f["decisions"])},
    "a decision of next century": {"edit": lambda f: f["decisions"][0].update(taken="soon")},
    "another workstation's age key": {"manifest": {"sender_age_key": "age1" + "q" * 58}},
    "a negative sequence": {"manifest": {"sequence": -1}},
    "a stage that is none": {
        "edit": lambda f: f["state"].update(
            case={
                "number": "C-1",
                "stage": {"stage": "hanged", "since": "2026-11-27T10:00:00Z", "due": None, "note": None, "by": "first"},
                "numbers": [],
            }
        )
    },
}


@pytest.mark.parametrize("what", RESULTS)
def test_results_that_are_not_in_order_are_refused_whole(desk: Desk, hq: Workstation, what: str) -> None:
    before = state(hq)
    with pytest.raises((InputError, Refused)) as refused:
        hq.takes_in(write(desk_signer(desk), hq, desk.results, **RESULTS[what]))
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)
    assert state(hq) == before, "nothing was stored"


def test_results_whose_last_report_is_bad_change_not_even_the_first(desk: Desk, hq: Workstation) -> None:
    form = json.loads(desk.results["reports/1.json"])
    form["grades"] = [GRADE]
    before = state(hq)
    with pytest.raises(InputError, match="does not hold"):
        hq.takes_in(write(desk_signer(desk), hq, desk.results, more={"reports/1.json": json.dumps(form).encode()}))
    assert state(hq) == before
    assert hq.takes_in(write(desk_signer(desk), hq, desk.results)).package is not None, "without the bad part it is imported"


def test_whose_signature_lies_beside_a_package_is_said(desk: Desk, hq: Workstation) -> None:
    """The content is what the sender signed inside; a stranger's signature beside it says that another hand was at the carrier."""
    path = write(desk_signer(desk), hq, desk.results)
    data = path.read_bytes()
    stranger = Ed25519PrivateKey.generate()
    pem = stranger.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path_beside(path, ".pem").write_bytes(pem)
    path_beside(path, ".sig").write_bytes(stranger.sign(data))
    package = hq.takes_in(path).package
    assert package is not None and package.beside is not None
    assert fingerprint_of(stranger.public_key()) in str(package.beside)


def test_a_sequence_that_came_before_is_refused(desk: Desk, hq: Workstation) -> None:
    hq.takes_in(write(desk_signer(desk), hq, desk.results))
    with pytest.raises(Refused, match="number of results that were imported before"):
        hq.takes_in(write(desk_signer(desk), hq, desk.results, manifest={"file_id": "f" * 32}))


def test_what_a_note_holds_is_kept_and_never_printed_raw(
    desk: Desk, hq: Workstation, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nasty = "\x1b[2J\x1b]0;owned\x07 first line\nsecond\u202eline\x00"
    path = write(desk_signer(desk), hq, desk.results, lambda f: f["decisions"][0].update(note=nasty))
    hq.takes_in(path)
    (told,) = [each for each in load_report_view(hq.session, ONE).decisions if each.elsewhere]
    assert told.note == nasty
    from triage.cli.show_text import print_report

    print_report(load_report_view(hq.session, ONE))
    assert "\x1b" not in capsys.readouterr().out


def test_a_forged_card_or_band_moves_no_score_here(desk: Desk, hq: Workstation) -> None:
    before = load_report_view(hq.session, ONE).score
    lowered = {
        "uid": "correction/7", "made": "2026-11-27T10:00:00Z", "by": "first", "rule": None, "verdict": None, "band": "E",
        "lowers": False, "value": before.band, "basis": [], "reason": "r", "needs_second": False, "confirmed": "2026-11-27T10:00:00Z",
        "undone": None,
    }  # fmt: skip

    def edit(form: dict[str, Any]) -> None:
        form["card"].update(band="E", risk=0)
        form["corrections"] = [lowered]
        form["state"]["band"] = {"band": "E", "uid": "correction/7"}
        form["changed"] = ["band", "no such field", "status"]

    hq.takes_in(write(desk_signer(desk), hq, desk.results, edit))
    after = load_report_view(hq.session, ONE)
    assert after.score.band <= before.band, "no other store lowers a band by itself, whatever it says of a second person"
    assert after.work[0].card is not None and after.work[0].card.band == "E"


def test_a_full_disk_and_a_second_import_end_with_a_sentence(
    desk: Desk, hq: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(desk_signer(desk), hq, desk.work)
    before = state(hq)
    with (
        WriterLock(hq.session.store.directory / LOCK).hold(0, Message("held")),
        pytest.raises(StoreError, match="Another import"),
    ):
        hq.takes_in(path)
    with monkeypatch.context() as patch:
        patch.setattr("triage.limits.MIN_FREE", 1 << 60)
        with pytest.raises(StoreError, match="disk"):
            hq.takes_in(path)
    assert state(hq) == before
    assert hq.takes_in(path).reports.new == 1
    assert len(list_queue_rows(hq.session, QueueFilter())) == 4 and check_store(hq.session).valid
