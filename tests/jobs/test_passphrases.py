from __future__ import annotations

from pathlib import Path

import pytest

from triage.errors import Refused
from triage.jobs.passphrases import Strength, check_passphrase, rate_passphrase
from triage.jobs.session import Session, create_store, unlock
from triage.jobs.users import change_passphrase

WEAK = [
    "1",
    " ",
    "a",
    "password",
    "triage2026",
    "Triage2026!",
    "Amal Khan",
    "amalkhan",
    "desk-lhr",
    "12345678901234567890",
    "qwertyuiop",
    "aaaaaaaaaaaaaaaaaaaaaaaa",
]


@pytest.mark.parametrize("passphrase", WEAK)
def test_what_is_guessed_first_is_refused(passphrase: str) -> None:
    with pytest.raises(Refused, match=r"easy to guess|is empty"):
        check_passphrase(passphrase, "Amal Khan", Path("/stores/desk-lhr"))


@pytest.mark.parametrize(
    "passphrase",
    ["seven green boats on the canal 41", "nine grey herons by the weir 52", "x7#Qp!2vR$k9Lm@4", "سات سبز کشتیاں نہر پر"],
)
def test_several_words_are_taken(passphrase: str) -> None:
    check_passphrase(passphrase, "Amal", Path("store"))


def test_only_the_first_72_characters_are_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    """zxcvbn's time grows with the square of the length; hostile input costs no more than 72 characters."""
    import zxcvbn

    lengths = []
    real = zxcvbn.zxcvbn
    monkeypatch.setattr(zxcvbn, "zxcvbn", lambda text, **how: lengths.append(len(text)) or real(text, **how))
    assert rate_passphrase("seven green boats " * 10_000) == Strength.GOOD
    assert lengths == [72]


def test_no_way_in_takes_a_weak_passphrase(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="easy to guess"):
        create_store(tmp_path / "other", "Amal", "triage2026")
    assert not (tmp_path / "other").exists()
    with pytest.raises(Refused, match="easy to guess"):
        change_passphrase(session, "first")
    with pytest.raises(Refused, match="is the old one"):
        change_passphrase(session, "seven green boats")
    with pytest.raises(Refused, match="present passphrase is wrong"):
        change_passphrase(session, "ten grey stones sleep", "seven green boat")
    unlock(session.store.directory, "first", "seven green boats").close()
