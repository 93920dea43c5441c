"""Documents are read in confined workers: whatever one of them does, it costs itself, and never the import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.jobs.bundles import REPORT, le_json
from triage import limits
from triage.decode import process
from triage.decode.protocol import ProtocolError
from triage.errors import InputError, MemoryUsedUp
from triage.importers.base import NotAReport, RefusedPart
from triage.importers.registry import IMPORTERS
from triage.jobs.intake import document_worker, memory, readers
from triage.jobs.intake.document_wire import Answered, Asked, most_bytes, pack_answered, pack_asked, unpack_answered
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.readers import Readers
from triage.jobs.session import Session
from triage.model.document import Document
from triage.model.handover import Receipt

GOOD = Asked("le_json", "in/a.json", le_json("123456789"))


def document(**changes: object) -> Document:
    return Document(**{"format": "le_json", "slot": "le_json", "path": "in/a.json", **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pool() -> Readers:
    with Readers(1) as made:
        yield made  # type: ignore[misc]


def test_a_worker_reads_what_the_importers_read(pool: Readers) -> None:
    asked = [*document_worker._SAMPLES, GOOD, Asked("esp_xml", "b/ü.xml", REPORT.encode() if isinstance(REPORT, str) else REPORT)]
    found = pool.read(asked)
    assert found == [document_worker.read_document(each) for each in asked]
    assert pool.read([]) == []


def test_each_importer_reads_a_sample_before_the_restrictions_begin() -> None:
    """Otherwise a module that it loads late can't be loaded: it would refuse its first document, and nobody would see why."""
    assert {sample.format for sample in document_worker._SAMPLES} == {importer.format for importer in IMPORTERS}


def test_a_worker_loads_no_ciphers() -> None:
    """Nothing that a worker reads is locked: the host opens zips. What it loads is loaded for each import."""
    program = "import sys; from triage.jobs.intake import document_worker as w; w.warm_up(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True)
    assert {"pyzipper", "Cryptodome", "cffi", "cryptography"}.isdisjoint(done.stdout.split())


def test_why_a_document_could_not_be_read(pool: Readers) -> None:
    damaged, other, deep = pool.read(
        [
            Asked("esp_xml", "a.xml", b"<report>"),
            Asked("le_json", "a.json", b'{"a": 1}'),
            Asked("le_json", "a.json", b"[" * 100_000 + b"]" * 100_000),
        ]
    )
    assert (type(damaged), str(damaged)) == (InputError, "The XML is damaged.")
    assert isinstance(other, NotAReport)
    assert isinstance(deep, InputError)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("MemoryError()", readers.NO_MEMORY),
        ("KeyError('kite')", readers.FAULT),
        ("os._exit(3)", readers.ENDED),
        ("time.sleep(600)", readers.TOO_LONG),
    ],
)
def test_one_document_costs_itself(error: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's own program, in which one kind of document meets a fault."""
    program = f"""
import os, time
from triage.jobs.intake import document_worker
from triage.importers.own_cases import OwnCasesImporter
def fail(text):
    raise text
def read(self, path, data, cell, refused=None, before=OwnCasesImporter.read):
    if b"kite" in data:
        found = {error}
        if isinstance(found, BaseException):
            raise found
    return before(self, path, data, cell, refused)
OwnCasesImporter.read = read
document_worker.main()
"""
    bad = Asked("own_case", "in/k.csv", b"case number,kind,value\n1,ip,kite\n")
    sizes = [len(pack_asked(each)) for each in (GOOD, bad)]
    assert sizes[0] != sizes[1]
    monkeypatch.setattr(process, "allowed_seconds", lambda size: 60 if size == sizes[0] else 1)  # a busy machine reads slowly
    with Readers(1, command=(sys.executable, "-c", program)) as pool:
        first, found, last = pool.read([GOOD, bad, GOOD])
    assert isinstance(first, Answered)
    assert first == last
    assert isinstance(found, InputError)
    assert str(found) == reason
    assert "kite" not in found.detail


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode({"outcome": "read"}),
        msgspec.msgpack.encode(["read", [], ""]),
        msgspec.msgpack.encode(["maybe", [], ""]),
        msgspec.msgpack.encode(["refused", [], "line\nbreak"]),
        msgspec.msgpack.encode(["refused", [], "a" * 501]),
        pack_answered(Answered("refused", reason="{n}", values=(("n", "a" * 501),))),
        pack_answered(Answered("refused", reason="{n}", values=(("n", "line\nbreak"),))),
        pack_answered(Answered("refused", reason="{n}")),
        pack_answered(Answered("refused", reason="{n")),
        pack_answered(Answered("refused", reason="{n:999999999}", values=(("n", 1),))),
        pack_answered(Answered("refused", reason="{n:,}", values=(("n", "text"),))),
        pack_answered(Answered("refused", reason="{n!r}", values=(("n", 1),))),
        pack_answered(Answered("refused", reason="{n.real}", values=(("n", 1),))),
        msgspec.msgpack.encode(["refused", [], "{n}", [["n", {"key": "a", "values": {}}]]]),
        msgspec.msgpack.encode(["read", [{"format": 1}], ""]),
        pack_answered(Answered("refused", (document(),))),
        pack_answered(Answered("read", (document(),), refused=(RefusedPart("$", "{n!r}", (("n", 1),), b""),))),
        pack_answered(Answered("read", (document(),), refused=(RefusedPart("$", "a", (), b"", 0),))),
        pack_answered(Answered("refused", reason="a", refused=(RefusedPart("$", "a", (), b""),))),
        pack_answered(Answered("read", (document(format="esp_xml"),))),
        pack_answered(Answered("read", (document(), document(path="in/other.json")))),
        pack_answered(Answered("read", (document(annotations=("a" * most_bytes(GOOD),)),))),
        b"\x91" * 100_000,
    ],
)
def test_nothing_of_an_answer_against_the_rules_is_believed(answer: bytes) -> None:
    with pytest.raises(ProtocolError):
        unpack_answered(answer, GOOD)
    assert unpack_answered(pack_answered(Answered("read", (document(),))), GOOD).documents == (document(),)


def test_nothing_is_loaded_after_the_walls_stand() -> None:
    program = """
import sys
from triage.jobs.intake import document_worker
from triage.jobs.intake.document_wire import Asked
def made(encoding):
    text = '<report><additionalInfo>+44 20 7946 0000 \u0627</additionalInfo></report>'
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
samples = [Asked("esp_xml", "a.xml", made(encoding)) for encoding in ("utf-16", "iso-8859-6", "windows-1256")]
for name in [name for name in sys.modules if name.startswith("encodings.iso") or name.startswith("encodings.cp125")]:
    del sys.modules[name]
document_worker.warm_up()
before = set(sys.modules)
for sample in samples:
    answer = document_worker.read_document(sample)
    assert answer.outcome == "read", answer
for sample in document_worker._SAMPLES:
    document_worker.read_document(sample)
print(sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"[]"


def test_a_hostile_document_beside_a_good_one(session: Session, tmp_path: Path) -> None:
    """800 kB that took 4.8 GB, with the good report beside it lost at every try."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "good.json").write_bytes(GOOD.data)
    (bundle / "bad.xml").write_bytes(f'<report xmlns:q="urn:{"A" * 400_000}">'.encode() + b"<x/>" * 12_000 + b"</report>")
    result = import_bundles(session, [bundle], receipt=Receipt())
    assert result.report_ids == ("123456789",)
    assert [each.path for each in result.quarantined] == ["bundle/bad.xml"]


def test_an_import_that_takes_too_much_memory_says_so(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(GOOD.data)
    monkeypatch.setattr(limits, "IMPORT_MEMORY", -(1 << 40))
    with pytest.raises(MemoryUsedUp, match="more memory than it may use"):
        import_bundles(session, [tmp_path / "a.json"], receipt=Receipt())
    monkeypatch.undo()
    assert import_bundles(session, [tmp_path / "a.json"], receipt=Receipt()).reports.new == 1


def test_running_out_of_memory_is_said_in_a_sentence(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def runs_out(*_: object) -> None:
        raise MemoryError

    (tmp_path / "a.json").write_bytes(GOOD.data)
    monkeypatch.setattr("triage.jobs.intake.import_bundles.import_media", runs_out)
    with pytest.raises(MemoryUsedUp):
        import_bundles(session, [tmp_path / "a.json"], receipt=Receipt())
    assert memory.measure_memory() > limits.MIB
