"""Many destructions in a store of hundreds of reports: no page holds a word that only the destroyed reports had.

Deleted rows are zeroed by SQLite, but a page that was split keeps copies of rows that moved away. Few reports don't show that.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.jobs.conftest import CHEAP
from tests.jobs.pages import plain_pages
from tests.people import add_person
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import backup
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.destruction import destroy_report, erase_report
from triage.jobs.keeping.keys import rotate_database_key
from triage.jobs.lookup import find_report
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store.generations import find_newest
from triage.store.queries.destruction import add_destruction
from triage.store.queries.destruction import plan_destruction as plan_destruction
from triage.store.queries.reports import list_numbers
from triage.store.store import Store
from triage_demo.feed.bundles import documents
from triage_demo.feed.plan import plan

REPORTS, DESTROYED = 300, 100
FINISHED_EACH = 20
"""Of so many destructions one is whole; the others are left as a kill behind their commit leaves them."""
WORD, TIME = re.compile(r"[\w@.+-]{8,}"), re.compile(r"\d{4}-\d\d-\d\d")
SECOND = Consent("second", "eight blue kites")
FIRST = ("first", "seven green boats")


class Digests(dict[str, bytes]):
    """Stands for the pictures: the documents state digests of them, and none is delivered."""

    def __missing__(self, name: object) -> bytes:
        return repr(name).encode()


def write_feed(folder: Path) -> dict[str, str]:
    """Writes the XML and JSON documents of a feed; returns the texts of each report, by its number."""
    texts: dict[str, str] = {}
    for report in plan(1, REPORTS, datetime(2026, 11, 20, tzinfo=UTC)).reports:
        for path, data in documents(report, Digests()).items():
            if path.endswith((".xml", ".json")):
                place = folder / report.key / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
                texts[report.key] = texts.get(report.key, "") + data.decode() + "\n"
    return texts


def own_words(texts: dict[str, str], numbers: list[str]) -> list[str]:
    """Returns the words of these reports that stand in no other report, each report by itself."""
    whole = "".join(texts.values()).lower()
    words = Counter(WORD.findall(whole))
    found = []
    for text in (texts[number] for number in numbers):
        counts = Counter(WORD.findall(text.lower()))
        own = {word for word in counts if counts[word] == words[word] and not TIME.match(word)}
        found += sorted(word for word in own if whole.count(word) == text.lower().count(word))  # nor within another word
    return found


@pytest.mark.timeout(300)
def test_no_page_holds_a_word_of_the_destroyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.exports.certificate.typeset", lambda *_, **__: b"%PDF- drawn")
    monkeypatch.setattr("os.fsync", lambda handle: None)  # nothing crashes here
    texts, directory = write_feed(tmp_path / "in"), tmp_path / "store"
    with Session(Store.create(directory, *FIRST, cost=CHEAP).store) as session:
        session.store._database.writer.execute("PRAGMA synchronous = OFF")
        add_person(session.store, SECOND.user, [Role.LEAD], SECOND.passphrase)
        import_bundles(session, [tmp_path / "in"], receipt=Receipt())
        numbers = [row[0] for row in session.store.read().all("SELECT number FROM report_number ORDER BY report_id")]
        going = [number for number in numbers if number in texts][:: REPORTS // DESTROYED]
        secret = own_words(texts, going)
        assert len(going) > DESTROYED * 3 // 4 and len(secret) > len(going) * 5
        session.store._database.empty_log()
        some = secret[::40]
        assert len(find_words(directory, session, some)) > len(some) * 3 // 4, "the words are in the store before"
        for n, number in enumerate(going, 1):
            if n % FINISHED_EACH and number != going[-1]:
                erase_rows(session, number)
                continue
            out = tmp_path / f"certificate {n}.json"  # its name stays, in the register of outgoing data
            made = destroy_report(session, number, reason="a reason", order="rule 7", second=SECOND, certificate=out)
            assert made.log_emptied
        assert find_words(directory, session, secret) == []
        assert check_store(session).valid
        backup.make_backup(session, tmp_path / "backup")
    rotate_database_key(directory, *FIRST)
    with unlock(directory, *FIRST) as session:
        session.store._database.empty_log()
        assert find_words(directory, session, secret) == []
        assert check_store(session).valid
    backup.restore_backup(tmp_path / "backup", tmp_path / "restored", *FIRST, no_register="none was lost")
    with unlock(tmp_path / "restored", *FIRST) as session:
        session.store._database.empty_log()
        assert find_words(tmp_path / "restored", session, secret) == []
    packs = [*tmp_path.glob("*/vault/*.pack"), *tmp_path.glob("*/log/*")]
    sealed = b"".join(pack.read_bytes() for pack in packs)
    assert find_in(sealed, secret) == []


def erase_rows(session: Session, number: str) -> None:
    """Does what the batch of a destruction does."""
    with session.store.batch() as batch:
        report_id = find_report(batch, number)
        going = plan_destruction(batch, report_id)
        when = "2026-11-20T00:00:00Z"
        counted = add_destruction(batch, report_id, destroyed=when, user=1, second=2, documents=0, media=0)
        erase_report(session, batch, report_id, list_numbers(batch, report_id), going, counted)


def find_words(directory: Path, session: Session, secret: list[str]) -> list[str]:
    """Returns those of the words that stand in the pages, in any case of letters."""
    assert session.store._database.empty_log()
    return find_in(plain_pages(find_newest(directory), bytes(session.store.keys.ring.keys.database)).lower(), secret)


def mix(eights: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Returns 22 bits of each number to which all of its bits contribute."""
    return (eights * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(42)


def find_in(plain: bytes, secret: list[str]) -> list[str]:
    """Returns those of the words that stand in some bytes. Words have eight bytes or more: those are looked up first."""
    words: dict[int, set[bytes]] = {}
    for word in map(str.encode, secret):
        words.setdefault(int.from_bytes(word[:8], "little"), set()).add(word)
    known, found = np.zeros(1 << 22, np.bool_), set[bytes]()
    known[mix(np.fromiter(words, np.uint64))] = True
    for shift in range(8):
        eights = np.frombuffer(plain, np.uint64, count=(len(plain) - shift) // 8, offset=shift)
        for at in np.flatnonzero(known[mix(eights)]).tolist():  # few
            for word in words.get(int(eights[at]), ()):
                if plain.startswith(word, at * 8 + shift):
                    found.add(word)
    return sorted(word.decode() for word in found)
