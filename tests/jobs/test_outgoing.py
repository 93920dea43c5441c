"""What leaves: by one helper, private, signed, never over another file, and in the register before it has its name."""

from __future__ import annotations

import ast
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import MakeStore
from tests.jobs.listed import list_outgoing
from tests.source_trees import SOURCES, nodes
from tests.test_architecture import imports, name
from tests.thorough import THOROUGH
from triage.errors import Refused, StoreError, WorldError
from triage.exports.verify import verify_file
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import backup, check, destruction, register
from triage.jobs.leaving import export_graded, export_timeline, outgoing
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.leaving.packet import create_packet
from triage.jobs.session import Session
from triage.jobs.state import child_lane
from triage.model.handover import Receipt
from triage.model.views import QueueFilter
from triage.store import audit

NUMBER = "900000001"
ELSEWHERE = {
    "triage/exports/sheet_rows.py": "the parts of a zip in memory",
    "triage/exports/bag.py": "the folder of a packet, by create_file",
    "triage/jobs/judging/worker.py": "a pipe to the host",
    "triage/ui/core/preferences.py": "settings, below the store",
    "triage/ui/core/window_place.py": "where the window was, below the store",
    "triage/cli/run.py": "the null device",
}
"""Besides the store, the demo and the sandbox."""


def writes(path: Path) -> Iterator[str]:
    """Calls that make or change a file or folder."""
    for call in nodes(path, ast.Call):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if called in {"open", "fdopen"}:
            said = ast.unparse(call)
            constants = [a.value for a in (*call.args, *(k.value for k in call.keywords)) if isinstance(a, ast.Constant)]
            texts = [set(text) for text in constants if isinstance(text, str)]
            mode = any(text <= set("rwxab+t") and text & set("wxa+") for text in texts)
            if mode or (said.startswith("os.open") and ("O_WRONLY" in said or "O_RDWR" in said)):
                yield said
        elif called in {"write_bytes", "write_text", "mkdir", "makedirs", "symlink_to", "hardlink_to", "replace_file"}:
            yield ast.unparse(call)


def test_nothing_else_writes_files_for_people() -> None:
    own = ("triage/safe_files.py", "triage/store/", "triage_demo/", "triage/decode/", "triage/exports/outgoing_file.py")
    found = {name(path): list(writes(path)) for path in SOURCES if not name(path).startswith(own)}
    assert sorted(path for path, said in found.items() if said and path not in ELSEWHERE) == []
    assert sorted(path for path in ELSEWHERE if not found[path]) == [], "it writes nothing any more"


def test_whoever_makes_what_leaves_registers_it() -> None:
    makers = {"packet", "certificate", "queue", "bag", "outgoing_file", "vics_file", "hash_files", "timeline_files"}
    jobs = [path for path in SOURCES if "jobs" in path.parts]
    using = {name(path) for path in jobs if {f"triage.exports.{maker}" for maker in makers} & set(imports(path))}
    registering = {name(path) for path in jobs if "triage.jobs.leaving.outgoing" in set(imports(path))}
    keys_of_a_bag = "triage/jobs/leaving/packet_record.py"  # verifies one
    assert using - registering == {"triage/jobs/leaving/outgoing.py", keys_of_a_bag}
    only = {name(path) for path in SOURCES if "triage.exports.outgoing_file.OutgoingFiles" in set(imports(path))}
    assert only == {"triage/exports/certificate.py", "triage/jobs/leaving/outgoing.py"}


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        import_bundles(session, [write_bundle(folder / "bundle")], receipt=Receipt())

    return make_store(fill)


EXPORTS = {
    "queue.csv": lambda session, out: export_queue(session, QueueFilter(), out),
    "head.json": check.export_head,
    "register.json": register.export_register,
    "vics.json": export_graded.export_vics,
    "icse.csv": export_graded.export_icse,
    "hashes.txt": lambda session, out: export_graded.export_hashes(session, out, kind="md5", grade="adult"),
    "timeline.csv": lambda session, out: export_timeline.export_timeline(session, [NUMBER], out),
    "timeline.kmz": lambda session, out: export_timeline.export_timeline(session, [NUMBER], out),
}


@pytest.mark.parametrize("file", EXPORTS)
def test_a_file_that_leaves_is_private_signed_and_registered(filled: Session, tmp_path: Path, file: str) -> None:
    before = os.umask(0)
    try:
        EXPORTS[file](filled, tmp_path / "new" / file)
    finally:
        os.umask(before)
    written = sorted((tmp_path / "new").iterdir())
    assert [path.name for path in written] == [file, f"{file}.pem", f"{file}.sig"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert verify_file(tmp_path / "new" / file).signature_key == filled.store.fingerprint
    (row,) = list_outgoing(filled)
    assert row.name == file and row.kind == file.partition(".")[0]


def list_obstacles() -> Iterator[tuple[str, str, str]]:
    """Yields what is exported, what lies there, and at which of the three names; each export meets each of them once, or all."""
    endings = ("", ".sig", ".pem")
    for n, file in enumerate(EXPORTS):
        for m, there in enumerate(("file", "link", "dangling link")):
            yield from ((file, there, ending) for ending in (endings if THOROUGH else endings[(n + m) % 3 :][:1]))


@pytest.mark.parametrize(("file", "there", "ending"), [*list_obstacles()])
def test_nothing_is_written_over_or_through_a_link(filled: Session, tmp_path: Path, file: str, there: str, ending: str) -> None:
    elsewhere, target = tmp_path / "elsewhere", tmp_path / f"{file}{ending}"
    if there != "dangling link":
        elsewhere.write_text("kept")
    target.write_text("kept") if there == "file" else target.symlink_to(elsewhere)
    with pytest.raises(WorldError, match="exists already"):
        EXPORTS[file](filled, tmp_path / file)
    assert not elsewhere.exists() or elsewhere.read_text() == "kept"
    assert list_outgoing(filled) == ()


def test_the_unfinished_name_is_no_way_through_a_link(filled: Session, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("kept")
    (tmp_path / "unfinished-queue.csv").symlink_to(tmp_path / "elsewhere")
    export_queue(filled, QueueFilter(), tmp_path / "queue.csv")
    assert (tmp_path / "elsewhere").read_text() == "kept" and not (tmp_path / "queue.csv").is_symlink()


def test_overwriting_is_asked_for(filled: Session, tmp_path: Path) -> None:
    for search in ("", "nothing-like-it"):
        export_queue(filled, QueueFilter(search=search or None), tmp_path / "queue.csv", overwrite=bool(search))
    assert verify_file(tmp_path / "queue.csv").valid and len((tmp_path / "queue.csv").read_text().splitlines()) == 1


def test_what_is_registered_is_there_also_when_the_log_s_head_could_not_be_written(
    filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.exports.packet.typeset", lambda *_, **__: b"%PDF- drawn")
    real, left = audit.write_head, iter(range(99))

    def refuse_once(path: Path, head: audit.LogHead) -> None:
        if filled.store.read().value("SELECT count(*) FROM outgoing") > before and next(left) == 0:
            raise StoreError("The disk is full.")
        real(path, head)

    for write in (
        lambda: export_queue(filled, QueueFilter(), tmp_path / "queue.csv"),
        lambda: create_packet(filled, [NUMBER], tmp_path / "packet"),
    ):
        before, left = filled.store.read().value("SELECT count(*) FROM outgoing"), iter(range(99))
        with monkeypatch.context() as patched:
            patched.setattr(audit, "write_head", refuse_once)
            write()
            assert next(left) > 0, "the head was refused"
    assert verify_file(tmp_path / "queue.csv").valid and (tmp_path / "packet/manifest-sha256.txt").exists()
    assert filled.store.check().valid


def test_what_could_not_be_registered_does_not_leave(filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise WorldError("The disk is full.")

    monkeypatch.setattr(outgoing, "add_to_register", full)
    monkeypatch.setattr("triage.jobs.leaving.packet.add_to_register", full)
    monkeypatch.setattr("triage.exports.packet.typeset", lambda *_, **__: b"%PDF- drawn")
    out = tmp_path / "out"
    out.mkdir()
    for leave in (lambda: export_queue(filled, QueueFilter(), out / "q.csv"), lambda: create_packet(filled, [NUMBER], out / "p")):
        with pytest.raises(WorldError, match="full"):
            leave()
    assert list(out.iterdir()) == []


def test_a_packet_of_a_cleared_person_says_so_first(filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typeset: list[object] = []
    monkeypatch.setattr("triage.exports.packet.typeset", lambda blocks, **_: typeset.extend(blocks) or b"%PDF- drawn")
    with pytest.raises(Refused, match="leave --although-cleared out"):
        create_packet(filled, [NUMBER], tmp_path / "p", although_cleared="no need")
    destruction.clear_person(filled, NUMBER, "the account was stolen")
    for reason in (None, "", " \n"):
        with pytest.raises(Refused, match=f"{NUMBER}: the reported user was cleared.*--although-cleared"):
            create_packet(filled, [NUMBER], tmp_path / "p", although_cleared=reason)
    assert not (tmp_path / "p").exists()
    create_packet(filled, [NUMBER], tmp_path / "p", although_cleared="the defence\nasks for it")
    sentence = (
        f"The reported user was CLEARED in {NUMBER}. This packet was made all the same, for this reason: the defence asks for it"
    )
    assert typeset[0].text == sentence  # type: ignore[attr-defined]
    assert (tmp_path / "p" / "README.txt").read_text().splitlines()[0] == sentence
    assert f"Cleared: {sentence}\n" in (tmp_path / "p" / "bag-info.txt").read_text()
    said = json.loads((tmp_path / "p" / "data" / "report.json").read_bytes())
    assert said["cleared"] == {"reports": [NUMBER], "reason": "the defence asks for it"}
    destruction.unclear_person(filled, NUMBER)
    create_packet(filled, [NUMBER], tmp_path / "again")
    assert json.loads((tmp_path / "again" / "data" / "report.json").read_bytes())["cleared"] is None
    assert "CLEARED" not in (tmp_path / "again" / "README.txt").read_text()


def test_a_sealed_packet_is_tied_to_its_reports(filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The case page names it, and retention keeps what went to court."""
    monkeypatch.setattr("triage.exports.packet.typeset", lambda *_, **__: b"%PDF- drawn")
    create_packet(
        filled, [NUMBER], tmp_path / "p", encrypt_all=True, recipients=[str(pyrage.x25519.Identity.generate().to_public())]
    )
    assert filled.store.read().all("SELECT outgoing_id, report_id FROM packet_report") == [(1, 1)]


def test_recipients_without_media_are_refused(filled: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="--with-media"):
        create_packet(filled, [NUMBER], tmp_path / "p", recipients=["age1xyz"])
    assert not (tmp_path / "p").exists()


def test_the_reported_minor_is_asked_about_by_the_helper(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_lane, "flags_from_bytes", lambda _: (child_lane.FLAG,))
    with filled.reading() as db, pytest.raises(Refused, match="may be a child"):
        outgoing.check_may_leave(db, [1])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_name_that_is_no_text_is_written_and_registered_with_escapes(filled: Session, tmp_path: Path) -> None:
    """A folder of a carrier was named under another encoding: each of these ended in a fault of Triage."""
    folder = tmp_path / os.fsdecode(b"carrier \xff\xfe")
    folder.mkdir()
    strange = os.fsdecode(b"\xff\xfe")
    export_queue(filled, QueueFilter(), folder / f"queue{strange}.csv")
    check.export_head(filled, folder / f"head{strange}.json")
    create_packet(filled, [NUMBER], folder / f"packet{strange}")
    names = {entry.name for entry in list_outgoing(filled)}
    assert {"queue\\udcff\\udcfe.csv", "head\\udcff\\udcfe.json", "packet\\udcff\\udcfe"} <= names
    for _ in range(2):
        backup.make_backup(filled, folder / f"backup{strange}")
    (known,) = backup.list_backups(filled)
    assert known.place == f"{tmp_path}/carrier \\udcff\\udcfe/backup\\udcff\\udcfe"
