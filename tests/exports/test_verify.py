"""Each way in which an export can't be verified is said in a sentence of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.exports.verify import verify_file, verify_packet


@pytest.mark.parametrize(
    ("there", "named", "said"),
    [
        (("q.csv", "q.csv.sig", "q.csv.pem"), "q.csv.sig", "Name the file itself (q.csv), not its signature or key."),
        (("q.csv", "q.csv.sig", "q.csv.pem"), "q.csv.pem", "Name the file itself (q.csv), not its signature or key."),
        (("q.csv",), "q.csv", "There is no signature beside q.csv (q.csv.sig, q.csv.pem)."),
        (("q.sig",), "q.sig", "There is no signature beside q.sig (q.sig.sig, q.sig.pem)."),
        (("q.csv", "q.csv.sig"), "q.csv", "q.csv.pem is missing."), (("q.csv", "q.csv.pem"), "q.csv", "q.csv.sig is missing."),
        (("q.csv.sig", "q.csv.pem"), "q.csv", "q.csv is missing."),
        (("q.csv", "q.csv.sig", "q.csv.pem"), "q.csv", "The signing key is no public key in PEM form."),
    ],
)  # fmt: skip
def test_a_file(tmp_path: Path, there: tuple[str, ...], named: str, said: str) -> None:
    for name in there:
        (tmp_path / name).write_bytes(b"x")
    result = verify_file(tmp_path / named)
    assert (result.valid, result.checked, result.signature_key) == (False, {}, None)
    assert tuple(map(str, result.problems)) == (said,)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("p.age", "p.age is encrypted. Decrypt it first with: age"),
        ("q.csv", "q.csv is not a packet (a folder). For a single file use"),
    ],
)
def test_a_packet(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    result = verify_packet(tmp_path / name)
    assert not result.valid and [str(each).startswith(said) for each in result.problems] == [True]
