from __future__ import annotations

import pytest

from tests.decode import media
from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError, PasswordNeeded
from triage.model.media import RevealStep


def test_the_text_of_pages(pool: MediaPool) -> None:
    assert pool.extract_pdf_text(media.document(), ()) == ("Page 1: lanterns and boats", "Page 2: lanterns and boats")


def test_pages_drawn_by_columns_are_put_in_order_behind_the_walls(pool: MediaPool) -> None:
    (page,) = pool.extract_pdf_text(media.document_by_columns(), ())
    assert page.splitlines()[:2] == ["Name: Ayesha", "Phone: 0300 0000123"]


def test_an_empty_user_password_opens_by_itself(pool: MediaPool) -> None:
    assert len(pool.extract_pdf_text(media.document(owner_password="owner"), ())) == 2


def test_a_locked_document_needs_its_password(pool: MediaPool) -> None:
    locked = media.document(owner_password="owner", user_password="boats")
    with pytest.raises(PasswordNeeded):
        pool.extract_pdf_text(locked, ())
    with pytest.raises(PasswordNeeded):
        pool.extract_pdf_text(locked, (b"wrong",))
    assert len(pool.extract_pdf_text(locked, (b"wrong", b"boats"))) == 2
    assert pool.measure(locked).problem == "could not be decoded: it is locked with a password"


def test_a_document_has_a_preview_and_can_be_revealed(pool: MediaPool) -> None:
    facts = pool.measure(media.document())
    assert (facts.mime, facts.problem) == ("application/pdf", None)
    assert facts.preview is not None
    assert pool.render(media.document(), RevealStep.GREY, 300).height == 300


def test_too_many_pages_are_refused_as_a_whole(pool: MediaPool, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="larger than the limits"):
        pool.extract_pdf_text(media.document(pages=limits.MAX_PDF_PAGES + 1), ())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 not really", b"<html>"])
def test_no_document(pool: MediaPool, data: bytes) -> None:
    with pytest.raises(InputError):
        pool.extract_pdf_text(data, ())


def test_several_are_answered_in_order_and_each_for_itself(pool: MediaPool) -> None:
    locked = media.document(owner_password="owner", user_password="boats")
    files = [media.document(pages=1), b"%PDF-1.7 not really", locked, b"<html>", media.document(pages=3), b""]
    found = pool.extract_pdf_texts(files, ())
    assert [len(each) if isinstance(each, tuple) else type(each) for each in found] == [
        1, InputError, PasswordNeeded, InputError, 3, InputError,
    ]  # fmt: skip
    assert len(pool.extract_pdf_texts([locked, locked], (b"boats",))) == 2
    assert pool.extract_pdf_texts([]) == []


def test_what_is_too_much_together_is_asked_for_alone(pool: MediaPool, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [media.document(pages=1), media.document(pages=2)]
    alone = [pool.extract_pdf_text(data) for data in files]
    monkeypatch.setattr(limits, "MAX_PDF_TEXT", 100)
    assert sum(map(len, alone[1])) > 100 // len(files)
    assert pool.extract_pdf_texts(files) == alone
