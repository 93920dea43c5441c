"""Hostile chat logs: whatever the bytes are, a bounded text or one sentence comes back, in time that grows with the size."""

from __future__ import annotations

import json
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import THOROUGH, count_examples
from triage import limits
from triage.errors import InputError
from triage.importers.chat_files.chat_reading import read_chat_file
from triage.jobs.intake.document_worker import read_file_text
from triage.jobs.intake.readers import Readers
from triage.jobs.intake.text_wire import PROBLEMS, TOO_DEEP, FileToRead, pack_text, unpack_text

SIZE = 1 << 20 if THOROUGH else 1 << 19
BOUND = 10.0 if THOROUGH else 2.5
"""Seconds of processor time. Linear readers take half a second for half of 1 MB. A quadratic one takes a quarter of what it takes for
1 MB."""
BEGINNINGS = (
    "",
    "<html>",
    "[",
    '{"a":',
    "From: a\nTo: b\n\n",
    "From a\nFrom: a\nTo: b\n\n",
    "date,from,text\n",
    "10:00 Kite: ",
    "<?xml?><c>",
)
PARTS = (
    "a", " ", "\n", "<", ">", "<!--", "-->", "<![CDATA[", "<!DOCTYPE a [", "<text>", "<from a='b c'>", "<m from='a' text='b c'/>", "<a ", "<div class=", '<div class="from">', "<tr><td>", "<td>a<br>", "</td>", "<script>",
    "&", "&#", "&#x", "[", "{", '{"a":[', '"', ',"', "\\ud83d", "1:", "1/1/1 1:1 ", "10:00 a: ", "a: ", "<a> ", "(10:00)", "--b\n",
    "=?utf-8?q?", "=D8", "From a\nA: b\n\n", "\r", "\u200e", "\u202e", "\ufeff", "١", "1/1/26, ", "10:00 PM ", ", [", "Content-Type: m/x\n",
)  # fmt: skip


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_repetition_takes_linear_time(beginning: str) -> None:
    begun = BEGINNINGS.index(beginning)
    for part in PARTS if THOROUGH else PARTS[begun % 3 :: 3]:  # each part with three of the beginnings
        data = (beginning + part * (SIZE // len(part.encode()))).encode()
        started = time.process_time()
        check_bounded(data)
        assert time.process_time() - started < BOUND, (beginning, part)


def check_bounded(data: bytes) -> None:
    text = read_file_text(FileToRead(data))
    assert unpack_text(pack_text(text)) == text
    assert text.problem is None or text.problem in PROBLEMS
    assert sum(len(m.text) + len(m.sender) + len(m.time) for m in text.messages) <= limits.MAX_FILE_TEXT
    assert len(pack_text(text)) <= limits.MAX_TEXT_ANSWER


@settings(max_examples=count_examples(150), deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_bounded_text(data: bytes) -> None:
    check_bounded(data)
    for beginning in BEGINNINGS:
        check_bounded(beginning.encode() + data)


def test_deep_nesting_is_one_sentence_or_plain_text() -> None:
    check_bounded(b"[" * SIZE)
    check_bounded(b'{"a":' * (SIZE // 5))
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3_000))
    text = read_file_text(FileToRead(f"From: a\nTo: b\nMIME-Version: 1.0\n{deep}".encode()))
    assert text.problem == TOO_DEEP or text.count == 1


def test_many_parts_and_many_messages_are_bounded() -> None:
    parts = "--b\nContent-Type: text/plain\n\na kite\n" * 20_000
    check_bounded(f'From: a\nTo: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n{parts}'.encode())
    text = read_chat_file(json.dumps([{"from": "k", "text": "x"}] * 60_000).encode())
    assert (text.count, len(text.messages)) == (60_000, limits.MAX_FILE_MESSAGES)
    with pytest.raises(InputError):
        read_chat_file(b"a\n" * (limits.MAX_FILE_TEXT_LINES + 1))


def test_control_characters_and_half_characters_do_not_stay() -> None:
    text = read_chat_file("10:00 K\x00ite: a\x1b[31mb\x08\u2028c\n".encode() + b"10:01 Moon: \xed\xa0\xbd\n")
    kept = "".join(m.sender + m.text for m in text.messages)
    assert not any(ord(letter) < 32 for letter in kept)
    assert msgspec.msgpack.encode(text)


def test_a_page_opens_nothing_and_runs_nothing() -> None:
    page = b"""<html><head><meta http-equiv=refresh content="0;url=https://kite.invalid"></head><body>
    <script>alert(1)</script><style>p{}</style><img src=https://kite.invalid/a.png onerror=x><p>10:00 Kite: hi</p></body></html>"""
    assert [(m.sender, m.text) for m in read_chat_file(page).messages] == [("Kite", "hi")]


CHARSETS = (b"koi8-r", b"utf-7", b"idna", b"rot13", b"zlib", b"hex", b"nonsense", b'"utf-8\x00"', b"../../etc/passwd")
WAYS = (b"8bit", b"quoted-printable", b"base64", b"x-uuencode", b"nonsense")


def test_no_stated_encoding_hides_a_mail_from_the_confined_reader() -> None:
    head = b"From: kite@mail.invalid\nTo: b\nMIME-Version: 1.0\nContent-Type: text/plain; charset="
    body = {b"base64": b"a2l0ZXMgZmx5\n", b"x-uuencode": b"begin 644 a\n*:VET97,@9FQY\n`\nend\n"}
    mails = [
        head + charset + b"\nContent-Transfer-Encoding: " + way + b"\n\n" + body.get(way, b"kites fly \xe1\xe2\n")
        for charset in CHARSETS
        for way in WAYS
    ]
    headers = [
        b"From: =?" + charset + b"?q?kite?= <a>\nTo: x\nSubject: =?" + charset + b"?b?!!?=\n\nkites fly\n" for charset in CHARSETS
    ]
    with Readers(1) as readers:
        found = readers.read_texts([FileToRead(mail) for mail in (*mails, *headers)])
    assert [text.problem for text in found] == [None] * len(found)
    said = [text.messages[0].text for text in found]
    assert [
        mail for mail, text in zip((*mails, *headers), said, strict=True) if "kites" not in text and "uuencode" not in str(mail)
    ] == []
