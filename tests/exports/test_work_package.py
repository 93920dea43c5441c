"""The container of work packages against everything that a known but malicious sender may put into it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from triage import limits
from triage.errors import InputError, WorldError
from triage.exports.signature import fingerprint_of, to_pem
from triage.exports.work_package import (
    FORMAT,
    Day,
    DayOrTime,
    OpenedPackage,
    Time,
    WorkManifest,
    is_age_file,
    open_package,
    seal_package,
)
from triage.jobs.casework.preservation import parse_past_moment

ME = pyrage.x25519.Identity.generate()
MINE = str(ME.to_public())
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@dataclass
class Key:
    key: Ed25519PrivateKey = KEY

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data)


def make_manifest(**changes: Any) -> WorkManifest:
    manifest = WorkManifest(
        format=FORMAT,
        version=1,
        kind="work",
        package_id="ab" * 16,
        file_id="ab" * 16,
        sequence=0,
        sender=fingerprint_of(KEY.public_key()),
        sender_age_key=MINE,
        recipient=MINE,
        made="2026-11-27T10:00:00Z",
        due=None,
        tool="Triage 1",
        rules="2026.6",
        although_alone=False,
        reports=("900000001",),
        members=(),
    )
    return msgspec.structs.replace(manifest, **changes)


def source(data: bytes) -> tuple[str, bytes]:
    return f"sources/{hashlib.sha256(data).hexdigest()}", data


MEMBERS = [("reports/0.json", b"{}"), source(b"<report/>")]


def build(
    members: list[tuple[str, bytes]],
    *,
    kind: bytes = tarfile.REGTYPE,
    tail: bytes = bytes(1024),
    listed: list[dict[str, Any]] | None = None,
    signer: Ed25519PrivateKey = KEY,
    first: tuple[str, ...] = ("manifest.json", "manifest.json.sig", "signing-key.pem"),
    edit: Any = lambda fields: fields,
) -> bytes:
    fields = msgspec.to_builtins(make_manifest())
    own = [{"name": n, "size": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in members]
    fields["members"] = own if listed is None else listed
    bound = json.dumps(edit(fields)).encode()
    parts = dict(
        zip(
            ("manifest.json", "manifest.json.sig", "signing-key.pem"),
            (bound, signer.sign(bound), to_pem(Key(signer).public_key)),
            strict=True,
        )
    )
    tar = io.BytesIO()
    for name, data in [*((n, parts[n]) for n in first), *members]:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        if name not in parts:
            info.type = kind
            info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
        tar.write(info.tobuf(tarfile.GNU_FORMAT))
        tar.write(data + bytes(-len(data) % 512))
    tar.write(tail)
    return bytes(pyrage.encrypt(tar.getvalue(), [ME.to_public()]))


def opened(data: bytes) -> OpenedPackage:
    return open_package(data, str(ME), MINE, "w.age")


def test_what_is_sealed_opens_again() -> None:
    found = opened(seal_package(make_manifest(), MEMBERS, Key()))
    assert {name: bytes(data) for name, data in found.members.items()} == dict(MEMBERS)
    assert [m.name for m in found.manifest.members] == [name for name, _ in MEMBERS]
    assert opened(build(MEMBERS)).manifest == found.manifest


def test_the_same_content_makes_the_same_plain_bytes() -> None:
    one, two = (pyrage.decrypt(seal_package(make_manifest(), MEMBERS, Key()), [ME]) for _ in range(2))
    assert one == two


BAD = {
    "a path outside": lambda: build([*MEMBERS, ("../../etc/cron.d/x", b"1")]),
    "an absolute path": lambda: build([*MEMBERS, ("/etc/cron.d/x", b"1")]),
    "a name of 5,000 letters": lambda: build([*MEMBERS, ("sources/" + "a" * 5000, b"1")]),
    "a folder": lambda: build([*MEMBERS, ("reports/7.json", b"")], kind=tarfile.DIRTYPE),
    "a link": lambda: build([*MEMBERS], kind=tarfile.SYMTYPE),
    "a hard link": lambda: build([*MEMBERS], kind=tarfile.LNKTYPE),
    "a device": lambda: build([*MEMBERS], kind=tarfile.CHRTYPE),
    "a sparse file": lambda: build([*MEMBERS], kind=tarfile.GNUTYPE_SPARSE),
    "a member twice": lambda: build([MEMBERS[0], *MEMBERS]),
    "a second manifest": lambda: build([*MEMBERS, ("manifest.json", b"{}")]),
    "no key": lambda: build(MEMBERS, first=("manifest.json", "manifest.json.sig")),
    "another order": lambda: build(MEMBERS, first=("manifest.json.sig", "manifest.json", "signing-key.pem")),
    "bytes behind the end": lambda: build(MEMBERS, tail=bytes(1024) + b"x" * 512),
    "no end": lambda: build(MEMBERS, tail=b""),
    "one more than listed": lambda: build(MEMBERS, listed=[]),
    "one less than listed": lambda: build(MEMBERS[:1], listed=[{"name": n, "size": 1, "sha256": "00" * 32} for n, _ in MEMBERS]),
    "other bytes": lambda: build(MEMBERS, listed=[{"name": n, "size": len(d), "sha256": "00" * 32} for n, d in MEMBERS]),
    "another size": lambda: build(
        MEMBERS, listed=[{"name": n, "size": 1, "sha256": hashlib.sha256(d).hexdigest()} for n, d in MEMBERS]
    ),
    "a source under another digest": lambda: build([MEMBERS[0], ("sources/" + "0" * 64, b"<report/>")]),
    "another key's signature": lambda: build(MEMBERS, signer=Ed25519PrivateKey.generate()),
    "an unknown field": lambda: build(MEMBERS, edit=lambda f: {**f, "more": 1}),
    "a number out of range": lambda: build(MEMBERS, edit=lambda f: {**f, "sequence": 10**30}),
    "a negative number": lambda: build(MEMBERS, edit=lambda f: {**f, "sequence": -1}),
    "a report twice": lambda: build(MEMBERS, edit=lambda f: {**f, "reports": ["900000001"] * 2}),
    "a number with control characters": lambda: build(MEMBERS, edit=lambda f: {**f, "reports": ["9\x1b[2J"]}),
    "a version of the future": lambda: build(MEMBERS, edit=lambda f: {**f, "version": 2}),
    "another format": lambda: build(MEMBERS, edit=lambda f: {**f, "format": "other"}),
    "a day that is none": lambda: build(MEMBERS, edit=lambda f: {**f, "due": "soon"}),
    "an id that is none": lambda: build(MEMBERS, edit=lambda f: {**f, "package_id": "../x"}),
    "nesting without end": lambda: build(MEMBERS, edit=lambda f: {**f, "tool": nest(5_000)}),
    "garbage": lambda: bytes(pyrage.encrypt(b"garbage" * 1000, [ME.to_public()])),
    "nothing": lambda: bytes(pyrage.encrypt(b"", [ME.to_public()])),
}


def nest(depth: int) -> Any:
    deep: Any = 1
    for _ in range(min(depth, 900)):
        deep = [deep]
    return deep


@pytest.mark.parametrize("what", BAD)
def test_one_bad_part_costs_the_package_a_clean_refusal(what: str) -> None:
    with pytest.raises(InputError) as refused:
        opened(BAD[what]())
    said = str(refused.value)
    assert said.endswith(".") and "\n" not in said and "w.age" in said


def write_headers(count: int) -> Iterator[bytes]:
    """Yields headers of empty members as tarfile writes them, which takes it twenty times as long."""
    first = tarfile.TarInfo(f"sources/{0:064x}").tobuf(tarfile.USTAR_FORMAT)
    rest = sum(first[100:148]) + 8 * ord(" ") + sum(first[156:])  # the checksum counts its own field as blanks
    for n in range(count):
        name = b"sources/%064x" % n
        yield b"%b%b%06o\0 %b" % (name.ljust(100, b"\0"), first[100:148], rest + sum(name), first[156:])


def test_headers_are_those_of_tarfile() -> None:
    assert [*write_headers(300)] == [tarfile.TarInfo(f"sources/{n:064x}").tobuf(tarfile.USTAR_FORMAT) for n in range(300)]


def test_a_million_members_are_refused_before_they_are_kept() -> None:
    header = tarfile.TarInfo("reports/000001.json").tobuf(tarfile.USTAR_FORMAT)
    many = bytes(pyrage.encrypt(header * 300_000 + bytes(1024), [ME.to_public()]))
    with pytest.raises(InputError, match="twice"):
        opened(many)
    blocks = b"".join(write_headers(limits.MAX_PACKAGE_MEMBERS + 5))
    with pytest.raises(InputError, match="too many"):
        opened(bytes(pyrage.encrypt(blocks + bytes(1024), [ME.to_public()])))


def test_a_size_that_lies_is_no_reason_to_read_beyond_the_end() -> None:
    info = tarfile.TarInfo("reports/0.json")
    info.size = 1 << 40
    with pytest.raises(InputError, match="longer than the package"):
        opened(bytes(pyrage.encrypt(info.tobuf(tarfile.GNU_FORMAT) + bytes(2048), [ME.to_public()])))


SEALED = seal_package(make_manifest(), MEMBERS, Key())


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_no_changed_byte_passes(place: int, change: int) -> None:
    sealed = bytearray(SEALED)
    begin = len(b"age-encryption.org/v1\n")
    sealed[begin + place % (len(sealed) - begin)] ^= change
    try:
        found = opened(bytes(sealed))
    except InputError as refused:
        assert str(refused).endswith(".")
    else:  # a stanza that nobody needs may have changed, never the content
        assert {name: bytes(part) for name, part in found.members.items()} == dict(MEMBERS)


@given(st.binary(max_size=3000))
def test_any_plain_bytes_are_refused_with_a_sentence(plain: bytes) -> None:
    with pytest.raises(InputError):
        opened(bytes(pyrage.encrypt(plain, [ME.to_public()])))


@given(st.binary(max_size=600))
def test_any_file_that_calls_itself_age_is_refused_with_a_sentence(tail: bytes) -> None:
    with pytest.raises(InputError):
        opened(b"age-encryption.org/v1\n" + tail)


def test_a_package_that_nobody_could_verify_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SIGNED_FILE", limits.MAX_PACKAGE_MANIFEST + 3000)
    with pytest.raises(WorldError, match="send fewer reports"):
        seal_package(make_manifest(), [source(bytes(5000))], Key())


def test_a_package_that_no_workstation_takes_in_is_not_made() -> None:
    """One of 6,667 reports was written, signed and entered, and no other store took it in."""
    numbers = tuple(f"{n}" for n in range(limits.MAX_PACKAGE_REPORTS + 1))
    assert seal_package(make_manifest(reports=numbers[1:]), MEMBERS, Key())
    with pytest.raises(WorldError, match="would not take it in"):
        seal_package(make_manifest(reports=numbers), MEMBERS, Key())


def test_only_age_files_are_taken_for_packages() -> None:
    assert is_age_file(b"age-encryption.org/v1\n-> X25519") and not is_age_file(b"PK\x03\x04")
    with pytest.raises(InputError, match="not a binary age file"):
        opened(b"-----BEGIN AGE ENCRYPTED FILE-----\n")


def is_day(text: str) -> bool:
    try:
        return msgspec.convert(text, Day) == text
    except msgspec.ValidationError:
        return False


def test_the_days_of_a_package_are_those_of_the_calendar() -> None:
    """Screens and papers reckon with them, so a day like 2026-02-30 is refused when the package is read."""
    first = date(1896, 1, 1)
    for n in range(366 * 8 + 366 * 12):  # 1900 is no leap year
        assert is_day((first + timedelta(n)).isoformat())
    for year in (1900, 1996, 2000, 2026, 2028, 2100, 9999):
        for month in range(20):
            for day in range(40):
                text = f"{year:04}-{month:02}-{day:02}"
                try:
                    date(year, month, day)
                except ValueError:
                    assert not is_day(text), text
                else:
                    assert is_day(text), text
    assert not any(is_day(text) for text in ("0000-01-01", "2026-1-01", "2026-01-01\n", " 2026-01-01", "2026-01-01T00:00:00Z"))


@given(st.datetimes(timezones=st.just(UTC)).map(lambda when: when.replace(microsecond=0)))
def test_every_time_there_is_may_stand_in_a_package(when: datetime) -> None:
    text = when.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    assert msgspec.convert(text, Time) == text


@pytest.mark.parametrize("text", ["2026-01-01T24:00:00Z", "2026-01-01T23:60:00Z", "2026-01-01T23:59:60Z", "2026-02-30T00:00:00Z"])
def test_no_other_time_may(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Time)


@pytest.mark.parametrize("said", ["2026-10-05", "2026-10-05T13:00:00+05:00", "2026-W40-1", "20261005", "2026-10-05T13:00"])
def test_a_notice_of_ours_may_always_stand_in_a_package(said: str) -> None:
    """A day that a person wrote in another form of ISO 8601 would have the other workstation refuse the whole package."""
    assert msgspec.convert(parse_past_moment(said), DayOrTime)
