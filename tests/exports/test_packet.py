"""What lies in a packet, read back with other people's programs."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
import re
import subprocess
import sys
import tarfile
import textwrap
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import bagit
import pypdfium2
import pyrage
import pytest

from tests.exports.conftest import NUMBER, URDU
from triage.exports.verify import verify_packet
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.verification import Written


def data(made: Written, name: str) -> bytes:
    return (Path(made.path) / "data" / name).read_bytes()


@pytest.fixture(scope="session")
def pdf_text(made: Written) -> str:
    with pypdfium2.PdfDocument(data(made, "report.pdf")) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def squeezed(text: str) -> str:
    """Without white space, wrap marks and the marks before escapes, since tables wrap long values."""
    return re.sub(r"[\s\ufffe\u00ad\u200e]", "", text)


def test_bagit_python_finds_it_valid(made: Written) -> None:
    bag = bagit.Bag(made.path)
    bag.validate()
    assert bag.info["External-Identifier"] == f"{NUMBER}, 900000002"
    assert bag.info["Second-Person"] == "no second person: this store has one user"
    assert bag.info["Signing-Key-Fingerprint"] == made.signature_key


def test_the_readme_holds_word_for_word(made: Written, desk: Session, tool: Callable[[str], str], tmp_path: Path) -> None:
    """Runs the indented commands of README.txt as they stand there."""
    for name in ("sha256sum", "openssl", "sh"):
        tool(name)
    readme = (Path(made.path) / "README.txt").read_text(encoding="utf-8")
    commands = re.findall(r"^ {7}((?:sha256sum|openssl)(?:.*\\\n)?.*)$", readme, re.MULTILINE)
    commands = [command for command in commands if "$env:" not in command]  # PowerShell's
    assert len(commands) == 5
    said = []
    proof = re.search(r"^ {7}import hashlib, json\n(?: {7}.*\n)+", readme, re.MULTILINE)
    assert proof is not None
    subprocess.run([sys.executable, "-c", textwrap.dedent(proof.group())], cwd=made.path, check=True)
    for command in commands:
        done = subprocess.run(["sh", "-c", command], cwd=made.path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert all(line.endswith(": OK") for line in (said[0] + said[1]).splitlines())
    assert "Signature Verified Successfully" in said[2]
    assert "Signature Verified Successfully" in said[4], "the head of the audit log"
    assert said[3].split()[0] == desk.store.fingerprint == made.signature_key
    assert made.signature_key in readme


def test_our_own_verifier_agrees(made: Written) -> None:
    result = verify_packet(Path(made.path))
    assert (result.valid, result.problems, result.signature_key) == (True, (), made.signature_key)
    bound = [p for p in Path(made.path).rglob("*") if p.is_file()]
    assert result.checked["files"] == len(bound) - 3
    tags = (Path(made.path) / "tagmanifest-sha256.txt").read_bytes()
    assert made.manifest_sha256 == hashlib.sha256(tags).hexdigest()


def test_report_json_is_what_show_says(made: Written, desk: Session, shown: dict[str, Any]) -> None:
    assert shown["report_id"] == NUMBER
    assert len(shown["identifiers"]) == len(load_report_view(desk, NUMBER).identifiers)
    about = json.loads(data(made, "report.json"))["about"]
    assert about["fingerprint"] == made.signature_key


def test_sources_are_byte_for_byte(made: Written, tmp_path: Path, desk: Session) -> None:
    lying = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (Path(made.path) / "data" / "sources").rglob("*") if p.is_file()}
    received = {
        hashlib.sha256(p.read_bytes()).hexdigest()
        for p in desk.store.directory.parent.joinpath("bundle").rglob("*")
        if p.suffix in (".xml", ".json")
    }
    assert lying == received


def test_custody_begins_with_how_the_bundle_was_received(made: Written, desk: Session) -> None:
    steps = [s for s in map(json.loads, data(made, "custody.jsonl").splitlines()) if s["report"] == NUMBER]
    assert steps[0]["what"] == "SHA-256 of the delivered folder recorded"
    received = [s for s in steps if s["what"].startswith("Received")]
    assert steps[1 : 1 + len(received)] == received
    for words in ("from: the courier", "Carrier: USB stick 0001", "Note: sealed", "Seal: not recorded"):
        assert words in received[0]["what"]
    home = desk.store.directory.parent
    for step in received:
        assert hashlib.sha256((home / step["subject"]).read_bytes()).hexdigest() == step["input_sha256"]
    assert {Path(step["subject"]).name for step in received} == {"report.xml", "details.xml", "a.jpg"}
    assert [s["what"] for s in steps[-2:]] == ["packet made", "packet handed over"]
    assert steps[-1]["says"] == "first made this packet. It is not recorded to whom the packet is handed."
    assert {(s["who"], s["tool"].split()[0]) for s in steps} == {("first", "Triage")}
    assert [s["entry"] for s in steps if s["entry"]] == sorted(s["entry"] for s in steps if s["entry"])


def root_of(leaf: bytes, n: int, count: int, path: list[bytes]) -> bytes:
    """RFC 6962, section 2.1.1, read backwards: the root that an audit path leads to, by the recursive definition."""
    if count == 1:
        assert not path
        return leaf
    split = 1
    while split * 2 < count:
        split *= 2
    *rest, last = path
    if n < split:
        return hashlib.sha256(b"\x01" + root_of(leaf, n, split, rest) + last).digest()
    return hashlib.sha256(b"\x01" + last + root_of(leaf, n - split, count - split, rest)).digest()


def test_the_record_proof_holds_by_the_rfc(made: Written) -> None:
    said = json.loads(data(made, "record-proof.json"))
    custody = {s["entry"]: s["leaf"] for s in map(json.loads, data(made, "custody.jsonl").splitlines()) if s["entry"] is not None}
    assert {p["n"] for p in said["proofs"]} == set(custody)
    for proof in said["proofs"]:
        leaf = hashlib.sha256(b"\x00" + proof["json"].encode()).digest()
        assert leaf.hex() == proof["leaf"] == custody[proof["n"]]
        assert proof["count"] == said["head"]["count"]
        root = root_of(leaf, proof["n"], proof["count"], [bytes.fromhex(h) for h in proof["path"]])
        assert root.hex() == proof["root"] == said["head"]["root"]
    changed = said["proofs"][0]["json"].replace('"user":1', '"user":2').encode()
    path = [bytes.fromhex(h) for h in said["proofs"][0]["path"]]
    other = root_of(hashlib.sha256(b"\x00" + changed).digest(), said["proofs"][0]["n"], said["head"]["count"], path)
    assert other.hex() != said["head"]["root"]


def test_media_decrypt_to_a_tar_of_the_originals(made: Written, recipient: pyrage.x25519.Identity, desk: Session) -> None:
    sealed = data(made, "media.tar.age")
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(sealed, [recipient]))) as tar:
        members = {member.name: tar.extractfile(member) for member in tar}
        found = {name: hashlib.sha256(file.read()).hexdigest() for name, file in members.items() if file}
    original = (desk.store.directory.parent / "bundle" / NUMBER / "a.jpg").read_bytes()
    digest = hashlib.sha256(original).hexdigest()
    assert found == {f"{NUMBER}/{NUMBER}-F1.jpg": digest}
    assert original[100:164] not in b"".join(p.read_bytes() for p in Path(made.path).rglob("*") if p.is_file())
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.generate()])


def test_files_csv_says_what_is_not_stated(made: Written) -> None:
    rows = list(csv.DictReader(io.StringIO(data(made, "files.csv").decode())))
    mine = next(r for r in rows if r["report"] == NUMBER)
    assert (mine["viewed_by_esp"], mine["exif_viewed_by_esp"], mine["publicly_available"]) == ("yes", "not stated", "not stated")
    assert (mine["original_name"], mine["annotations"]) == ("'=cmd.jpg", "viral")
    absent = next(r for r in rows if r["report"] == "900000002")
    assert (absent["present"], absent["sha256"], absent["viewed_by_esp"]) == ("no", "not stated", "not stated")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_the_pdf_says_what_a_court_needs(made: Written, shown: dict[str, Any], pdf_text: str) -> None:
    text = squeezed(pdf_text)
    assert made.signature_key in text
    for wanted in [i["value"] for i in shown["identifiers"]] + [shown["files"][0]["sha256"], shown["files"][0]["pdq"]]:
        assert squeezed(wanted) in text, wanted
    for words in (
        "reported user",
        "What was not done",
        "no second person",
        "the courier",
        "not stated",
        "2026-10-01 05:00:00 UTC",
    ):
        assert squeezed(words) in text, words
    assert "suspect" not in text.lower()
    assert "kept" in text, "what was not understood stands in the PDF"


def test_the_pdf_shapes_urdu_and_escapes_direction_marks(pdf_text: str, made: Written, tool: Callable[[str], str]) -> None:
    assert "\\u202egpj.exe\\u202c" in squeezed(pdf_text)
    assert not set(pdf_text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
    pdftotext = tool("pdftotext")
    read = subprocess.run([pdftotext, "-", "-"], input=data(made, "report.pdf"), capture_output=True, check=True).stdout.decode()
    plain = re.sub("[\u202a-\u202e\u200e\u200f\u2066-\u2069]", "", read)
    assert squeezed(URDU) in squeezed(plain)
    fonts = re.findall(rb"/BaseFont /[A-Z]{6}\+(\w+)", data(made, "report.pdf"))
    assert any(b"Naskh" in name for name in fonts), "Urdu is set in a font that has it, and the font lies in the file"


@pytest.mark.skipif(importlib.util.find_spec("case_utils") is None, reason="case-utils is not installed")
def test_case_validate_finds_the_graph_conforming(made: Written) -> None:
    program = Path(sys.executable).with_name("case_validate")
    if not program.exists():
        pytest.skip("case_validate is not installed")
    done = subprocess.run([program, Path(made.path) / "data" / "case.jsonld"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Conforms: True" in done.stdout


def test_the_graph_holds_every_file_with_its_hashes(made: Written, shown: dict[str, Any]) -> None:
    text = data(made, "case.jsonld").decode()
    for file in shown["files"]:
        assert file["sha256"].upper() in text
    nodes = json.loads(text)["@graph"]
    assert len({n["@id"] for n in nodes}) == len(nodes)
    starts = [n for n in nodes if n["@type"] == "case-investigation:InvestigativeAction"]
    assert {n["uco-core:name"] for n in starts} >= {"bundle received", "report imported", "packet made", "packet handed over"}


def test_who_made_a_packet_is_told_the_digest_of_its_list(made: Written) -> None:
    """The register and the form of viewings name a packet by it."""
    assert made.manifest_sha256 == sha256((Path(made.path) / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
