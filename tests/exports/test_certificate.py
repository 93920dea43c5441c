"""Every value of a certificate of destruction is on its paper, below the heading that says what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exports.packet_paper.conftest import list_texts
from tests.exports.reading_back import ABOUT, OFFICER
from tests.exports.test_outgoing_file import DrawnSigner
from triage.errors import WorldError
from triage.exports import certificate as certificate_module
from triage.exports.certificate import Certificate, CertificateDraft, StillHeld, _make_blocks, check_target
from triage.exports.outgoing_file import OutgoingFiles
from triage.exports.pdf_documents import Block, HeadingBlock
from triage.model.users import Profile

SECOND = replace(OFFICER, user="bilal", profile=Profile(full_name="Bilal Example", rank="Inspector"))
CERTIFICATE = Certificate(
    report="900000001", aliases=("A-1", "A-2"), report_id=17, destroyed="2026-11-19T07:00:00Z", by="amina", by_since="added in May",
    second_person="bilal", second_person_since="added in June", second_officer=SECOND, reason="an order", order="Order 5/2026",
    documents=("d" * 32,), media=("e" * 32, "f" * 32), shared_documents=31, shared_media=32, set_aside_beside=33,
    still_held=(StillHeld(what="backup", where="a disk", made="2026-11-01T07:00:00Z"), StillHeld(what="packet", where="the Court", made="2026-11-02T07:00:00Z")),
    store="store 9", entry=41, entry_json='{"act": "destroy"}', leaf="ab" * 32,
)  # fmt: skip


def group_by_heading(blocks: Iterable[Block]) -> dict[str, str]:
    """Returns all text by the heading above it."""
    found: dict[str, list[str]] = {}
    for block in blocks:
        if isinstance(block, HeadingBlock):
            assert block.text not in found
            lines = found.setdefault(block.text, [])
        else:
            lines += list_texts([block])
    return {heading: "\n".join(lines) for heading, lines in found.items()}


def test_every_value_stands_below_its_heading() -> None:
    parts = group_by_heading(_make_blocks(CERTIFICATE, ABOUT))
    said = {
        "Certificate of destruction": (
            "900000001", "A-1, A-2", "2026-11-19 07:00:00 UTC (2026-11-19 12:00:00 PKT)", "amina: added in May", "Bilal Example", "added in June",
            "an order", "Order 5/2026", "store 9, report 17 in its audit log", "Triage 1, Linux", "the machine's",
        ),
        "What was destroyed": ("1 document and 2 media items were held by this report alone", "d" * 32, "e" * 32, "f" * 32, "Keyed hash"),
        "What is left": (
            "belong to other reports: 31.", "hold them too: 32.", "from the same bundles: 33;", "outside this store", "backup", "a disk", "packet",
            "the Court", "2026-11-01 07:00:00", "2026-11-02 07:00:00",
        ),
        "Proof": ("Entry 41 of", "ab" * 32, '{"act": "destroy"}', "openssl pkeyutl -verify"),
        "Signatures": ("We destroyed the report", "ہم نے اس حکم پر", "Amina Example", "Bilal Example"),
    }  # fmt: skip
    assert list(parts) == list(said)
    assert [(heading, each) for heading, texts in said.items() for each in texts if each not in parts[heading]] == []


def test_nothing_left_elsewhere_is_said() -> None:
    parts = group_by_heading(_make_blocks(replace(CERTIFICATE, aliases=(), documents=(), media=(), still_held=()), ABOUT))
    assert "No earlier backup, packet or work package is recorded." in parts["What is left"]
    assert "outside this store" not in parts["What is left"]
    assert "No document and no media item was held by this report alone." in parts["What was destroyed"]
    assert "Keyed hash" not in parts["What was destroyed"] and "none" in parts["Certificate of destruction"]


@pytest.mark.parametrize(
    ("documents", "media", "said"),
    [
        (1, 0, "1 document and no media items was held"), (0, 1, "No documents and 1 media item was held"),
        (1, 1, "1 document and 1 media item were held"), (2, 3, "2 documents and 3 media items were held"),
    ],
)  # fmt: skip
def test_what_only_this_report_held_is_counted(documents: int, media: int, said: str) -> None:
    blocks = _make_blocks(replace(CERTIFICATE, documents=("a",) * documents, media=("b",) * media), ABOUT)
    assert said in group_by_heading(blocks)["What was destroyed"]


# Its files


def test_a_folder_that_is_not_there_is_said_before_anything_is_destroyed(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="make it first"):
        check_target(tmp_path / "none" / "certificate.json")
    check_target(tmp_path / "certificate.json")
    (tmp_path / "certificate.pdf").write_bytes(b"")
    with pytest.raises(WorldError):
        check_target(tmp_path / "certificate.json")


def draw_draft(folder: Path, monkeypatch: pytest.MonkeyPatch, failures: list[BaseException]) -> CertificateDraft:
    """Returns a certificate whose publication fails with these errors, one after the other."""
    monkeypatch.setattr(certificate_module, "typeset", lambda *_, **__: b"%PDF- drawn")
    publish = OutgoingFiles.publish

    def failing(files: OutgoingFiles) -> None:
        if failures:
            raise failures.pop(0)
        publish(files)

    monkeypatch.setattr(OutgoingFiles, "publish", failing)
    return CertificateDraft(CERTIFICATE, folder / "certificate.json", DrawnSigner(), ABOUT, (folder / "register.json", b"{}"))


def list_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix in {".json", ".pdf"}}


ALL = {"certificate.json", "certificate.pdf", "register.json"}


def test_a_certificate_has_no_name_before_the_destruction_is_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = draw_draft(tmp_path, monkeypatch, [])
    assert list_names(tmp_path) == {f"unfinished-{name}" for name in ALL}
    assert draft.publish() == (tmp_path / "certificate.json", tmp_path / "certificate.pdf")
    assert list_names(tmp_path) == ALL


def test_files_that_could_not_be_named_once_are_named_in_a_second_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = draw_draft(tmp_path, monkeypatch, [WorldError("The disk is full; free some space.")])
    assert draft.publish_at_any_rate() == (tmp_path / "certificate.json", tmp_path / "certificate.pdf")
    assert list_names(tmp_path) == ALL


def test_whoever_interrupts_the_end_still_gets_the_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = draw_draft(tmp_path, monkeypatch, [KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        draft.publish_at_any_rate()
    assert list_names(tmp_path) == ALL


def test_files_that_can_not_be_named_at_all_stay_and_their_place_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = draw_draft(tmp_path, monkeypatch, [WorldError("The disk is full; free some space.") for _ in range(2)])
    with pytest.raises(WorldError, match=r"The report is destroyed, but certificate\.json"):
        draft.publish_at_any_rate()
    assert list_names(tmp_path) == {f"unfinished-{name}" for name in ALL}
