"""Packets that were made to hurt the verifier: it answers with a sentence, within bounds of memory and work."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.exports.test_tamper import sign_again
from triage import limits
from triage.errors import InputError
from triage.exports.untrusted_folder import UntrustedFolder
from triage.jobs.leaving.verify import verify, verify_file, verify_packet
from triage.model.json_text import encode_json

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and odd names are other things there")
BOUND = 1 << 30
"""Bytes of address space for a verifier on top of what it has: a packet of 30 GB or a signature of 5 GB goes through."""


def verified(path: Path) -> str:
    """Verifies in a process of its own with bounded memory; returns the JSON, which must say that something is wrong."""
    command = [sys.executable, "-m", "triage", "packet", "verify", str(path), "--json"]
    if path.is_file():
        command[3:5] = ["verify"]
    done = subprocess.run(
        command, capture_output=True, timeout=100, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (BOUND, BOUND)),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, b"")
    said = json.loads(done.stdout)
    assert said["valid"] is False
    return " ".join(said["problems"])


def nest(folder: Path, depth: int) -> None:
    """Makes folders in one another deeper than a path can name."""
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=handle)
        below = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    os.close(handle)


def unnest(folder: Path) -> None:
    """Removes them again, since pytest's own cleaning recurses."""
    while (inner := folder / "d").exists():
        (inner / "d").rename(folder / "e") if (inner / "d").exists() else None
        inner.rmdir()
        if (folder / "e").exists():
            (folder / "e").rename(inner)


def test_folders_nested_beyond_any_path(packet: Path) -> None:
    nest(packet, 2_500)
    assert "lies deeper than the 16 folders" in verified(packet)
    unnest(packet)


@pytest.mark.parametrize("name", ["bag-info.txt", "tagmanifest-sha256.txt.sig", "manifest-sha256.txt", "data/report.pdf"])
def test_a_sparse_file_takes_no_memory_and_no_time(packet: Path, name: str) -> None:
    os.truncate(packet / name, 30 << 30)
    assert Path(name).name in verified(packet)


def test_a_sparse_payload_that_is_signed_is_not_hashed(packet: Path) -> None:
    (packet / "data" / "hole").write_bytes(b"")
    manifest = packet / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text() + "0" * 64 + "  data/hole\n")
    sign_again(packet, Ed25519PrivateKey.generate())
    os.truncate(packet / "data" / "hole", 30 << 30)
    assert "data/hole is a sparse file" in verified(packet)


@pytest.mark.parametrize("ending", ["", ".sig", ".pem"])
def test_a_signed_file_of_any_size(tmp_path: Path, ending: str) -> None:
    for each in ("", ".sig", ".pem"):
        (tmp_path / f"q.csv{each}").write_bytes(b"x")
    key = Ed25519PrivateKey.generate().public_key()
    from triage.exports.signature import to_pem

    (tmp_path / "q.csv.pem").write_bytes(to_pem(key.public_bytes_raw()))
    os.truncate(tmp_path / f"q.csv{ending}", 5 << 30)
    assert f"q.csv{ending} is larger than it may be" in verified(tmp_path / "q.csv")


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
@pytest.mark.parametrize("ending", [".sig", ".pem"])
def test_what_lies_beside_a_signed_file_is_a_regular_file(tmp_path: Path, kind: str, ending: str) -> None:
    for each in ("", ".sig", ".pem"):
        (tmp_path / f"q.csv{each}").write_bytes(b"x")
    odd = tmp_path / f"q.csv{ending}"
    odd.unlink()
    {"link": lambda: odd.symlink_to("/dev/zero"), "pipe": lambda: os.mkfifo(odd), "folder": odd.mkdir}[kind]()
    assert not verify_file(tmp_path / "q.csv").valid


ODD = [b"a\nvalid: yes", b"\xff\xfe", b"\x1b[2Ja", "\u202egpj.exe".encode(), b"\r", b"a" * 255, b"%0a", "\u2028".encode()]


@pytest.mark.parametrize("kind", ["file", "folder", "link", "pipe"])
@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_told_on_one_line_and_as_json(packet: Path, name: bytes, kind: str) -> None:
    odd = packet / "data" / os.fsdecode(name)
    match kind:
        case "file":
            odd.write_bytes(b"")
        case "folder":
            odd.mkdir()
            (odd / "x").write_bytes(b"")
        case "link":
            odd.symlink_to("/dev/zero")
        case _:
            os.mkfifo(odd)
    result = verify_packet(packet)
    assert not result.valid and json.loads(encode_json(result))["valid"] is False
    assert all(str(problem).isprintable() for problem in result.problems)


def test_odd_names_in_a_signed_manifest(packet: Path) -> None:
    for name in ODD:
        manifest = packet / "manifest-sha256.txt"
        before = manifest.read_bytes()
        manifest.write_bytes(before + b"0" * 64 + b"  data/" + name + b"\n")
        result = verify_packet(packet)
        assert not result.valid and json.loads(encode_json(result)) and all(str(p).isprintable() for p in result.problems)
        manifest.write_bytes(before)


def test_more_files_and_problems_than_are_told(packet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PACKET_PROBLEMS", 5)
    for n in range(20):
        (packet / f"extra{n}").write_bytes(b"")
    result = verify_packet(packet)
    assert len(result.problems) == 6 and str(result.problems[-1]) == "Further problems: 15."
    monkeypatch.setattr(limits, "MAX_PACKET_FILES", 12)
    assert "holds more than 12 files" in " ".join(map(str, verify_packet(packet).problems))


def test_a_path_that_is_too_long(packet: Path) -> None:
    deep = packet / "data" / "/".join(["n" * 200] * 6)
    deep.mkdir(parents=True)
    assert "has a path of more than 1,024 bytes" in " ".join(map(str, verify_packet(packet).problems))


def test_a_file_with_many_names_is_read_once(packet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(9):
        os.link(packet / "data" / "report.pdf", packet / "data" / f"again{n}")
    with UntrustedFolder(packet) as folder:
        left = folder._left
        digests = {folder.digest(f"data/again{n}") for n in range(9)}
        assert len(digests) == 1 and left - folder._left == (packet / "data" / "report.pdf").stat().st_size
    monkeypatch.setattr(limits, "MAX_PACKET_BYTES", 100)
    with UntrustedFolder(packet) as folder, pytest.raises(InputError, match="more than 100 bytes"):
        folder.digest("data/report.pdf")


@pytest.mark.parametrize("at", ["data", "data/sources"])
def test_a_folder_that_becomes_a_link_leads_nowhere(packet: Path, at: str, tmp_path: Path) -> None:
    """Between the walk and the reading."""
    with UntrustedFolder(packet) as folder:
        files = sorted(f for f in folder.walk(lambda _: None) if f.startswith(f"{at}/"))
        (packet / at).rename(tmp_path / "aside")
        (packet / at).symlink_to(tmp_path / "aside")
        with pytest.raises(InputError, match="can't be read"):
            folder.digest(files[0])


def test_a_packet_that_is_named_by_a_link_is_the_packet(packet: Path, tmp_path: Path) -> None:
    (tmp_path / "named").symlink_to(packet)
    assert verify(tmp_path / "named").valid


def test_a_name_that_became_a_link_or_a_pipe_after_the_walk_is_never_opened(tmp_path: Path) -> None:
    """Whoever made the folder may change it while it is checked: a link would lead out, and a pipe would wait for its writer."""
    outside, folder = tmp_path / "outside", tmp_path / "packet"
    outside.mkdir()
    (outside / "secret.txt").write_bytes(b"seven tin boats")
    folder.mkdir()
    (folder / "below").mkdir()
    (folder / "below" / "file.txt").write_bytes(b"here")
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    (folder / "inner.txt").symlink_to("below/file.txt")
    (folder / "linked").symlink_to(outside)
    os.mkfifo(folder / "pipe.txt")
    with UntrustedFolder(folder) as opened:
        for read in (lambda path: opened.read(path, 100), opened.digest):
            for path in ("link.txt", "inner.txt", "linked/secret.txt", "pipe.txt", "below", "none.txt", "below/none.txt"):
                with pytest.raises(InputError):
                    read(path)
        assert opened.read("below/file.txt", 4) == b"here"
        with pytest.raises(InputError):
            opened.read("below/file.txt", 3)


def test_no_program_that_is_started_meanwhile_inherits_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_bytes(b"here")
    with UntrustedFolder(tmp_path) as opened, opened._open_file("file.txt") as file:
        assert not os.get_inheritable(file.fileno())
        assert opened._top is not None and not os.get_inheritable(opened._top)
