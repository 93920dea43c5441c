"""A packet that was touched never verifies, and the verifier never falls over."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from triage import limits
from triage.exports.packet_parts import find_part_problems
from triage.exports.signature import fingerprint_of, to_pem
from triage.jobs.leaving.packet_record import find_log_problems
from triage.jobs.leaving.verify import verify_packet
from triage.model.verification import Written

TAGS, SIGNATURE, KEY = "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "signing-key.pem"


def problems(packet: Path) -> str:
    result = verify_packet(packet)
    assert result.valid is (not result.problems)
    return " ".join(map(str, result.problems))


def sign_again(packet: Path, key: Ed25519PrivateKey) -> None:
    """What a stranger does who changed a file: all manifests anew, a signature of his own."""
    for manifest in ("manifest-sha256.txt", TAGS):
        lines = (packet / manifest).read_text(encoding="utf-8").splitlines()
        names = [line[66:] for line in lines if (packet / line[66:]).is_file()]
        (packet / manifest).write_text(
            "".join(f"{hashlib.sha256((packet / n).read_bytes()).hexdigest()}  {n}\n" for n in names), encoding="utf-8"
        )
    (packet / SIGNATURE).write_bytes(key.sign((packet / TAGS).read_bytes()))
    (packet / KEY).write_bytes(to_pem(key.public_key().public_bytes_raw()))


def test_a_copy_is_as_good(packet: Path) -> None:
    assert verify_packet(packet).valid


def test_a_changed_byte_shows_in_every_file(packet: Path) -> None:
    for path in sorted(p for p in packet.rglob("*") if p.is_file()):
        before = path.read_bytes()
        at = len(before) // 2
        path.write_bytes(before[:at] + bytes([before[at] ^ 0x20]) + before[at + 1 :])
        name = path.relative_to(packet).as_posix()
        found = problems(packet)
        assert found, name
        if path.name not in (TAGS, SIGNATURE, KEY):
            assert path.name in found
        path.write_bytes(before)
    assert not problems(packet)


def test_a_removed_file_shows(packet: Path) -> None:
    for path in sorted(p for p in packet.rglob("*") if p.is_file()):
        before = path.read_bytes()
        path.unlink()
        assert path.name in problems(packet)
        path.write_bytes(before)


@pytest.mark.parametrize(
    "name", ["data/extra.txt", "extra.txt", "data/sources/900000001/more.xml", "fetch.txt", "manifest-md5.txt"]
)
def test_an_added_file_shows(packet: Path, name: str) -> None:
    (packet / name).write_text("more")
    assert "fetch" in problems(packet) if name == "fetch.txt" else name in problems(packet)


def test_swapped_files_show(packet: Path) -> None:
    one, two = packet / "data" / "report.json", packet / "data" / "case.jsonld"
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)
    assert "report.json" in problems(packet) and "case.jsonld" in problems(packet)


def test_a_renamed_file_shows(packet: Path) -> None:
    (packet / "data" / "report.pdf").rename(packet / "data" / "other.pdf")
    assert "report.pdf is missing" in problems(packet) and "other.pdf was added: it was not signed" in problems(packet)


def test_a_link_shows_even_when_it_leads_to_the_same_bytes(packet: Path) -> None:
    path = packet / "data" / "report.pdf"
    path.rename(packet.parent / "aside.pdf")
    path.symlink_to(packet.parent / "aside.pdf")
    assert "is a link" in problems(packet)


def test_a_linked_folder_shows(packet: Path) -> None:
    (packet / "data" / "sources").rename(packet.parent / "sources")
    (packet / "data" / "sources").symlink_to(packet.parent / "sources")
    assert "is a link" in problems(packet)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_shows_and_is_not_read(packet: Path) -> None:
    os.mkfifo(packet / "data" / "pipe")
    assert "neither file nor folder" in problems(packet)


def test_every_part_must_name_the_key_that_signed(packet: Path, made: Written) -> None:
    """A stranger changes a text, signs anew, and then puts the own key into one part after another."""
    stranger = Ed25519PrivateKey.generate()
    (packet / "data" / "files.csv").write_text("another story\n")
    sign_again(packet, stranger)
    result = verify_packet(packet)
    assert result.signature_key == fingerprint_of(stranger.public_key()) != made.signature_key
    assert "bag-info.txt names another signing key" in " ".join(map(str, result.problems))
    info = packet / "bag-info.txt"
    info.write_text(re.sub(r"(Signing-Key-Fingerprint: )\w+", rf"\g<1>{result.signature_key}", info.read_text()))
    sign_again(packet, stranger)
    assert tuple(map(str, verify_packet(packet).problems)) == (
        "data/report.json names another signing key than the one that signed.",
    )
    report = packet / "data" / "report.json"
    report.write_text(report.read_text(encoding="utf-8").replace(made.signature_key, result.signature_key), encoding="utf-8")
    sign_again(packet, stranger)
    assert tuple(map(str, verify_packet(packet).problems)) == (
        "data/record-proof.json holds a head of the audit log that another key signed.",
        "data/report.pdf names another signing key than the one that signed.",
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("Signing-Key-Fingerprint", "Key"),
        lambda text: re.sub(r"(Signing-Key-Fingerprint: )(\w+)", r"\g<1>" + "0" * 64 + r" \g<2>", text),
        lambda text: text + "Signing-Key-Fingerprint: " + "0" * 64 + "\n",
    ],
)
def test_bag_info_names_the_key_and_no_other(packet: Path, change: Callable[[str], str]) -> None:
    info = packet / "bag-info.txt"
    info.write_text(change(info.read_text()))
    sign_again(packet, Ed25519PrivateKey.generate())
    assert "bag-info.txt names another signing key" in problems(packet)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"about": {}}', '{"about": {"fingerprint": 1}}', "[" * 100_000])
def test_a_report_that_names_no_key(packet: Path, content: str) -> None:
    (packet / "data" / "report.json").write_text(content)
    sign_again(packet, Ed25519PrivateKey.generate())
    assert "report.json does not say which key signed" in problems(packet)


def change_proof(packet: Path, change: Callable[[dict[str, Any]], None]) -> tuple[str, ...]:
    path = packet / "data" / "record-proof.json"
    said = json.loads(path.read_bytes())
    change(said)
    path.write_text(json.dumps(said))
    return tuple(map(str, find_log_problems(packet)))


def test_proofs_custody_and_head_speak_of_one_state(packet: Path) -> None:
    assert find_log_problems(packet) == ()
    path = packet / "data" / "record-proof.json"
    before = path.read_bytes()

    def other_entry(said: dict[str, Any]) -> None:
        said["proofs"][0]["json"] = said["proofs"][0]["json"].replace('"user":1', '"user":2')

    def other_count(said: dict[str, Any]) -> None:
        said["proofs"][0]["count"] += 1

    def other_head(said: dict[str, Any]) -> None:
        said["head"]["time"] = "2001-01-01T00:00:00Z"

    def no_proof(said: dict[str, Any]) -> None:
        del said["proofs"][0]

    def no_hex(said: dict[str, Any]) -> None:
        said["proofs"][0]["path"] = ["no hex"]

    for change, words in (
        (other_entry, "does not prove entry"),
        (other_count, "does not prove entry"),
        (other_head, "another key signed"),
        (no_proof, "which data/record-proof.json does not prove"),
        (no_hex, "not as Triage writes it"),
        (dict.clear, "not as Triage writes it"),
    ):
        assert words in " ".join(change_proof(packet, change))
        path.write_bytes(before)
    path.unlink()
    assert "can't be read" in " ".join(map(str, find_log_problems(packet)))


def test_another_key_beside_the_signature_shows(packet: Path) -> None:
    stranger = Ed25519PrivateKey.generate()
    (packet / KEY).write_bytes(to_pem(stranger.public_key().public_bytes_raw()))
    assert "signature does not hold" in problems(packet)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "0" * 64 + "  ../../etc/passwd\n",
        lambda text: text + "0" * 64 + "  /etc/passwd\n",
        lambda text: text + "0" * 64 + "  data/../../outside\n",
        lambda text: text + "0" * 64 + "  bag-info.txt\n",
        lambda text: text + text.splitlines()[0] + "\n",
        lambda text: text + "no entry at all\n",
        lambda text: text.replace("  ", " ", 1),
        lambda text: text.upper(),
        lambda text: text + "\n",
        lambda text: "",
        lambda text: "\x00\xff" * 100,
    ],
)
def test_a_manifest_that_lies_is_refused(packet: Path, change: Callable[[str], str]) -> None:
    """Also when it is signed, by whomever."""
    manifest = packet / "manifest-sha256.txt"
    manifest.write_text(change(manifest.read_text(encoding="utf-8")), encoding="utf-8")
    lines = (packet / TAGS).read_text(encoding="utf-8").splitlines()
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
    (packet / TAGS).write_text("".join(f"{digest}  {x[66:]}\n" if manifest.name in x else f"{x}\n" for x in lines))
    key = Ed25519PrivateKey.generate()
    (packet / SIGNATURE).write_bytes(key.sign((packet / TAGS).read_bytes()))
    assert "manifest-sha256.txt" in problems(packet)


@pytest.mark.parametrize("name", ["manifest-sha256.txt", TAGS, SIGNATURE, KEY, "bagit.txt", "bag-info.txt"])
def test_a_huge_tag_file_is_not_read_into_memory(packet: Path, name: str) -> None:
    with (packet / name).open("r+b") as file:
        file.truncate(limits.MAX_DOCUMENT + 1)
    assert name in problems(packet)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PUBLIC KEY-----\n", b"\xff" * 200])
def test_a_key_that_is_none(packet: Path, content: bytes) -> None:
    (packet / KEY).write_bytes(content)
    result = verify_packet(packet)
    assert (result.valid, result.signature_key) == (False, None)


@pytest.mark.parametrize("content", [b"", b"x" * 63, b"x" * 64, b"x" * 65])
def test_a_signature_that_is_none(packet: Path, content: bytes) -> None:
    (packet / SIGNATURE).write_bytes(content)
    assert "signature does not hold" in problems(packet)


def test_an_rsa_key_is_refused(packet: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = generate_private_key(65537, 2048).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (packet / KEY).write_bytes(public)
    assert "not an Ed25519 key" in problems(packet)


def test_no_folder_and_an_empty_folder(tmp_path: Path) -> None:
    assert "folder" in problems(tmp_path / "nothing")
    assert "bagit.txt is missing" in problems(tmp_path)


def resign_as_the_desk(packet: Path, made: Written, change: Callable[[Path], None]) -> str:
    """Changes a part and signs all manifests with the desk's place taken by a key that every part but the changed one names."""
    stranger = Ed25519PrivateKey.generate()
    theirs = fingerprint_of(stranger.public_key())
    for name in ("bag-info.txt", "data/report.json", "data/report.pdf"):
        path = packet / name
        path.write_bytes(path.read_bytes().replace(made.signature_key.encode(), theirs.encode()))
    change(packet)
    sign_again(packet, stranger)
    return " ".join(map(str, find_part_problems(packet, theirs)))


def test_parts_that_agree_have_no_problem(packet: Path, made: Written) -> None:
    assert find_part_problems(packet, made.signature_key) == ()
    assert resign_as_the_desk(packet, made, lambda _: None) == ""


@pytest.mark.parametrize("name", ["report.pdf"])
def test_a_pdf_names_the_key_that_signed(packet: Path, made: Written, name: str) -> None:
    def put_back(packet: Path) -> None:
        path = packet / "data" / name
        path.write_bytes(re.sub(rb"signing key [0-9a-f]{64}", b"signing key " + made.signature_key.encode(), path.read_bytes()))

    assert f"data/{name} names another signing key" in resign_as_the_desk(packet, made, put_back)


def test_a_pdf_that_names_no_key_shows(packet: Path, made: Written) -> None:
    assert "names another signing key" in resign_as_the_desk(
        packet, made, lambda p: (p / "data" / "report.pdf").write_bytes(b"%PDF-1.3\n%%EOF")
    )


@pytest.mark.parametrize("folder", ["sources", "rules"])
def test_a_file_that_report_json_does_not_state_shows(packet: Path, made: Written, folder: str) -> None:
    def change(packet: Path) -> None:
        path = next(p for p in sorted((packet / "data" / folder).rglob("*")) if p.is_file())
        path.write_bytes(path.read_bytes() + b" ")

    assert "is not the file that data/report.json states" in resign_as_the_desk(packet, made, change)


def test_custody_and_report_json_speak_of_the_same_exhibits(packet: Path, made: Written) -> None:
    def change(packet: Path) -> None:
        path = packet / "data" / "custody.jsonl"
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        row = next(row for row in rows if "exhibit" in row)
        row["input_sha256"] = "ab" * 32
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    assert "differ on 900000001-S1" in resign_as_the_desk(packet, made, change)


@pytest.mark.parametrize("name", ["report.json", "custody.jsonl"])
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"exhibit": 7}', b"\xff", b"[" * 100_000])
def test_a_part_that_is_none_of_ours_is_said_to_be(packet: Path, made: Written, name: str, content: bytes) -> None:
    (packet / "data" / name).write_bytes(content)
    found = find_part_problems(packet, made.signature_key)
    assert found or (name, content) == ("custody.jsonl", b"")


def test_an_encrypted_packet_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "packet.tar.age").write_bytes(b"age-encryption.org/v1\n")
    said = problems(tmp_path / "packet.tar.age")
    assert "Decrypt it first" in said and "triage verify packet.tar.age" in said
