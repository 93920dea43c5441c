"""Chat logs in seven formats and several languages give their messages, with sender and time as written. All of it is invented."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from triage import limits
from triage.errors import InputError
from triage.importers.chat_files.chat_reading import TOO_MANY_LINES, read_chat_file
from triage.importers.chat_files.text_sniffing import is_text_like
from triage.model.file_text import NO_TEXT

LINES = {
    "english": ("Kite", "Shall we fly kites at the park?", "Moon", "Yes, after school."),
    "urdu": ("پتنگ", "کیا ہم پارک میں پتنگ اڑائیں؟", "چاند", "ہاں، اسکول کے بعد۔"),
    "roman_urdu": ("Patang", "kya hum park mein patang urayen?", "Chand", "haan, school ke baad"),
    "sindhi": ("پتنگ", "ڇا اسين پارڪ ۾ پتنگ اڏايون؟", "چنڊ", "ها، اسڪول کان پوءِ."),
}
FIRST, SECOND = "2026-01-05 10:00:00", "2026-01-05 10:01:30"


def write_text(a: str, says: str, b: str, answers: str) -> bytes:
    return f"{FIRST} - {a}: {says}\n{SECOND} - {b}: {answers}\n".encode()


def write_table(a: str, says: str, b: str, answers: str) -> bytes:
    return f'Date,From,Message\n{FIRST},{a},"{says}"\n{SECOND},{b},"{answers}"\n'.encode()


def write_html(a: str, says: str, b: str, answers: str) -> bytes:
    page = "".join(
        f'<div class="message"><div class="from_name">{who}</div><div class="date">{when}</div><div class="text">{text}</div></div>'
        for who, when, text in ((a, FIRST, says), (b, SECOND, answers))
    )
    return f"<!DOCTYPE html><html><head><title>x</title></head><body>{page}<script>steal()</script></body></html>".encode()


def write_json(a: str, says: str, b: str, answers: str) -> bytes:
    return json.dumps([{"from": a, "text": says, "date": FIRST}, {"from": b, "text": answers, "date": SECOND}]).encode()


def write_xml(a: str, says: str, b: str, answers: str) -> bytes:
    def one(who: str, when: str, text: str) -> str:
        return f"<message><from>{who}</from><time>{when}</time><body>{text}</body></message>"

    return f'<?xml version="1.0"?>\n<!-- a log --><chat>{one(a, FIRST, says)}{one(b, SECOND, answers)}</chat>'.encode()


def write_mail(a: str, says: str, b: str, answers: str) -> bytes:
    def one(who: str, when: str, text: str) -> str:
        head = f"From: {who}\nDate: {when}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        return f"From kite Mon Jan  5 10:00:00 2026\n{head}\n{text}\n\n"

    return (one(a, FIRST, says) + one(b, SECOND, answers)).encode()


FORMATS = {
    "text": write_text, "table": write_table, "html": write_html, "json": write_json, "xml": write_xml, "mail": write_mail,
}  # fmt: skip


def said(data: bytes, pages: Sequence[str] | None = None) -> list[tuple[str, str, str]]:
    return [(each.sender, each.time, each.text) for each in read_chat_file(data, pages).messages]


@pytest.mark.parametrize("language", LINES)
@pytest.mark.parametrize("kind", [*FORMATS, "pdf"])
def test_a_chat_of_each_format_and_language_is_read(kind: str, language: str) -> None:
    a, says, b, answers = LINES[language]
    data = write_text(*LINES[language]) if kind == "pdf" else FORMATS[kind](*LINES[language])
    text = read_chat_file(b"", (data.decode(),)) if kind == "pdf" else read_chat_file(data)
    assert [(m.sender, m.time, m.text) for m in text.messages] == [(a, FIRST, says), (b, SECOND, answers)]
    assert (text.kind, text.count, text.is_chat, text.left_out, text.problem) == (kind, 2, True, 0, None)
    assert kind == "pdf" or is_text_like(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", LINES)
def test_unicode_of_each_kind_is_decoded(encoding: str, language: str) -> None:
    data = write_text(*LINES[language]).decode().encode(encoding)
    assert is_text_like(data)
    assert said(data) == said(write_text(*LINES[language]))


def test_old_arabic_letters_are_decoded() -> None:
    line = "05/01/2026, 10:00 - \u062a\u0627\u0631\u0627: \u0633\u0644\u0627\u0645 \u0627\u0645\u064a \u0627\u0628\u0648\n" * 3
    assert said(line.encode("cp1256")) == said(line.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "\u200e[31/12/2025, 21:41:05] Kite: hi\nthere\n[31/12/2025, 21:42:05] Moon: yo",
            ("Kite", "31/12/2025, 21:41:05", "hi\nthere"),
        ),
        ("12/31/25, 9:41\u202fPM - Kite: hi\n12/31/25, 9:42\u202fPM - Moon: yo", ("Kite", "12/31/25, 9:41 PM", "hi")),
        ("۵/۱/۲۰۲۶، ۹:۴۱ شام - پتنگ: سلام\n۵/۱/۲۰۲۶، ۹:۴۲ شام - چاند: سلام", ("پتنگ", "۵/۱/۲۰۲۶، ۹:۴۱ شام", "سلام")),
        ("[10:00] <kite> hi\n[10:01] <moon> yo", ("kite", "10:00", "hi")),
        ("Kite, [05.01.2026 10:00]\nhi\n\nMoon, [05.01.2026 10:01]\nyo", ("Kite", "05.01.2026 10:00", "hi")),
        ("Kite (10:00): hi\nMoon (10:01): yo", ("Kite", "10:00", "hi")),
        ("Kite: hi\nMoon: yo\nKite: well?\nMoon: fine", ("Kite", "", "hi")),
        ("2026-01-05T10:00:00Z Kite: hi\n2026-01-05T10:00:01+05:00 Moon: yo", ("Kite", "2026-01-05T10:00:00Z", "hi")),
        (
            "5 January 2026 10:00 +92 300 0000123: hi\n5 January 2026 10:01 Moon: yo",
            ("+92 300 0000123", "5 January 2026 10:00", "hi"),
        ),
    ],
)
def test_lines_as_messengers_export_them(text: str, expected: tuple[str, str, str]) -> None:
    assert said(text.encode())[0] == expected


def test_lines_that_are_no_chat_are_one_text() -> None:
    letter = "Dear Kite,\nNote: the sky is blue. See https://kite.invalid/a\nBye"
    text = read_chat_file(letter.encode())
    assert [m.text for m in text.messages] == [letter]
    assert (text.kind, text.count, text.is_chat) == ("text", 1, False)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("وقت;بھیجنے والا;پیغام\n10:00;پتنگ;سلام\n", ("پتنگ", "10:00", "سلام")),
        ("وقت\tموڪليندڙ\tنياپو\n10:00\tپتنگ\tسلام\n", ("پتنگ", "10:00", "سلام")),
        ("Chat of kites\n\nsent_at|author|body\n10:00|Kite|hi\n", ("Kite", "10:00", "hi")),
        ('date,time,sender,text\n2026-01-05,10:00,Kite,"hi,\nthere"\n', ("Kite", "2026-01-05 10:00", "hi,\nthere")),
    ],
)
def test_tables_name_their_columns_in_several_ways(data: str, expected: tuple[str, str, str]) -> None:
    assert said(data.encode()) == [expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"messages": [{"sender_name": "Kite", "timestamp_ms": 1, "content": "سلام".encode().decode("latin-1")}]},
            ("Kite", "1", "سلام"),
        ),
        ({"a": {"b": [{"author": {"username": "kite"}, "body": "hi", "sentAt": "10:00"}]}}, ("kite", "10:00", "hi")),
        ([{"from": "Kite", "text": ["hi ", {"type": "bold", "text": "you"}], "date": 5}], ("Kite", "5", "hi you")),
        ([{"from": "Kite", "text": "a \ud83d b"}], ("Kite", "", "a \ufffd b")),
    ],
)
def test_json_exports_of_several_shapes(value: object, expected: tuple[str, str, str]) -> None:
    assert said(json.dumps(value).encode()) == [expected]


def test_json_of_no_known_shape_gives_its_texts() -> None:
    text = read_chat_file(b'{"a": ["a kite flies", "x"], "b": {"c": "over the park"}}')
    assert ([m.text for m in text.messages], text.is_chat) == (["a kite flies", "over the park"], False)


def test_html_tables_and_plain_pages() -> None:
    table = "<html><table><tr><th>Date</th><th>From</th><th>Message</th></tr><tr><td>10:00</td><td>Kite</td><td>hi<br>you</td></tr></table>"
    assert said(table.encode()) == [("Kite", "10:00", "hi you")]
    plain = (
        "<html><body><p>10:00 Kite: hi &amp; bye</p><p>10:01 Moon: sl<b></b>ow</p><!-- <p>10:02 Moon: no</p> --></body></html>"
    )
    assert said(plain.encode()) == [("Kite", "10:00", "hi & bye"), ("Moon", "10:01", "slow")]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (
            '<smses count="2"><sms address="0300" date="1" type="1" body="hi &amp; &lt;you&gt;"/><sms address="0300" date="2" type="2" body="yo"/></smses>',
            [("0300", "1", "hi & <you>"), ("", "2", "yo")],
        ),
        (
            '<Log><Message Date="5/1" Time="10:00"><From><User FriendlyName="Kite"/></From><Text Style="x">hi</Text></Message></Log>',
            [("Kite", "5/1 10:00", "hi")],
        ),
        ('<chat xmlns="urn:k"><message sender="Kite" time="10:00"><div>hi <b>you</b></div></message></chat>', [("Kite", "10:00", "hi you")]),
        ('<l><line who="Kite" at="1">hi</line><line who="Moon">yo</line></l>', [("Kite", "", "hi"), ("Moon", "", "yo")]),
        (
            '<r><model type="Chat"><field name="From"><value>Kite</value></field><field name="Body"><value>hi</value></field></model></r>',
            [("Kite", "", "hi")],
        ),
        ('<c><m from="Kite"><text>hi</text><text>you</text></m></c>', [("Kite", "", "hi"), ("Kite", "", "you")]),
        (
            '<c><chat name="Kite"><text>about boats</text><list><m from="Moon" text="inside"/></list></chat></c>',
            [("Kite", "", "about boats"), ("Moon", "", "inside")],
        ),
        ("<c><m from='Kite'><text><![CDATA[hi <b> you]]></text></m>and a tail</c>", [("Kite", "", "hi <b> you"), ("", "", "and a tail")]),
        ("<note>I fly kites<br/>and boats</note>", [("", "", "I fly kites"), ("", "", "and boats")]),
        ("<note><a>one</a><b title='two words'>three more words</b></note>", [("", "", "two words"), ("", "", "three more words")]),
        ("<kite> hi\n<moon> yo\n<kite> well\n<moon> fine", [("kite", "", "hi"), ("moon", "", "yo"), ("kite", "", "well"), ("moon", "", "fine")]),
    ],
)  # fmt: skip
def test_xml_exports_of_several_shapes(xml: str, expected: list[tuple[str, str, str]]) -> None:
    assert said(xml.encode()) == expected


@pytest.mark.parametrize(
    "xml",
    [
        '<?xml version="1.0"?><!DOCTYPE c [<!ENTITY e "secret">]><c><m from="Kite">I fly kites &e;</m></c>',
        '<?xml version="1.0"?><!DOCTYPE c SYSTEM "file:///etc/passwd"><c><m from="Kite">I fly kites</m></c>',
        '<?xml version="1.0"?><c><m from="Kite" body="I fly kites"/><m from=',
        '<?xml version="1.0"?><c>' + "<d>" * 500 + "I fly kites" + "</d>" * 500 + "</c>",
        '<?xml version="1.0"?><c><m><![CDATA[I fly kites]]></m><m>',
    ],
)
def test_unsafe_and_damaged_xml_is_read_as_a_page_without_its_entities(xml: str) -> None:
    text = read_chat_file(xml.encode())
    words = " ".join(each.text for each in text.messages)
    assert text.kind == "xml" and "I fly kites" in words
    assert "secret" not in words and "root:" not in words


def test_mail_decodes_its_parts_and_leaves_attachments_out() -> None:
    mail = (
        b"From: =?utf-8?b?2b7YqtmG2q8=?= <kite@mail.invalid>\r\nSubject: =?utf-8?q?a_kite?=\r\nDate: Mon, 5 Jan 2026 10:00:00 +0500\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\n'
        b'Content-Type: multipart/alternative; boundary="i"\r\n\r\n--i\r\nContent-Type: text/plain; charset=utf-8\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=D8=B3=D9=84=D8=A7=D9=85 =\r\nyou\r\n--i\r\nContent-Type: text/html\r\n\r\n"
        b"<b>you</b>\r\n--i--\r\n--o\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nhidden\r\n"
        b"--o\r\nContent-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+bGFzdDwvYj4=\r\n--o--\r\n"
    )
    assert said(mail) == [("پتنگ <kite@mail.invalid>", "Mon, 5 Jan 2026 10:00:00 +0500", "a kite\nسلام you\nlast")]
    assert read_chat_file(mail).attachments == 1, "what is left out is counted"


def test_long_texts_keep_their_beginning_and_their_end_and_say_so() -> None:
    count = 30_000
    data = "".join(f"2026-01-05 10:00 Kite: message {n} of many about the wind\n" for n in range(count)).encode()
    text = read_chat_file(data)
    assert text.count == count == len(text.messages) + text.left_out
    assert text.left_out > 0
    assert text.messages[0].text == "message 0 of many about the wind"
    assert text.messages[-1].text == f"message {count - 1} of many about the wind"
    assert sum(len(m.text) + len(m.sender) + len(m.time) for m in text.messages) <= limits.MAX_FILE_TEXT
    one = read_chat_file(b"x" * 200_000)
    assert (len(one.messages[0].text), one.shortened) == (limits.MAX_FILE_MESSAGE, 1)


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"[]", b"<html></html>", "\ufeff".encode()])
def test_a_file_without_text_says_so(data: bytes) -> None:
    with pytest.raises(InputError, match=NO_TEXT):
        read_chat_file(data)
    with pytest.raises(InputError, match=NO_TEXT):
        read_chat_file(b"", ("", " "))
    with pytest.raises(InputError, match=TOO_MANY_LINES.split(".")[0]):
        read_chat_file(b"\n" * (limits.MAX_FILE_TEXT_LINES + 1))


@pytest.mark.parametrize(
    ("head", "is_text"),
    [
        (b"Kite: hi", True),
        ("پتنگ: سلام".encode(), True),
        (b"%PDF-1.7\n%\xe2\xe3", True),
        (b"\x89PNG\r\n\x1a\n", False),
        (b"\xff\xd8\xff\xe0", False),
        (b"PK\x03\x04", False),
        (b"{\\rtf1 Kite}", False),
        (b"<?xml version='1.0'?><svg/>", False),
        (b"<?xml version='1.0'?><!-- <c> --><svg/>", False),
        (b"<?xml version='1.0'?><chat/>", True),
        (b"<?xml version='1.0'?><html><p>hi</p></html>", True),
        (b"-----BEGIN KEY-----", False),
        (bytes(range(256)) * 8, False),
        (b"\0" * 64, False),
        (b"", False),
    ],
)
def test_text_is_told_by_content(head: bytes, is_text: bool) -> None:
    assert is_text_like(head) is is_text


def test_mail_hides_nothing_in_odd_types() -> None:
    head = b"From: kite@mail.invalid\nTo: b\nMIME-Version: 1.0\n"
    assert said(head + b"Content-Type: multipart/alternative\n\nkites fly\n")[0][2] == "kites fly"
    assert said(head + b"Content-Type: application/pdf\n\nkites fly\n")[0][2] == "kites fly"
    both = b'Content-Type: multipart/alternative; boundary="i"\n\n--i\n\nkites\n--i\nContent-Type: text/html\n\n<p>boats sink</p>\n--i--\n'
    assert said(head + both)[0][2] == "kites\nboats sink"
