"""Messages keep what they say apart from its language."""

from __future__ import annotations

import msgspec
import pytest

from triage.errors import StoreError
from triage.jobs.codec import card_to_bytes
from triage.message import NOTHING, Message, from_data, join, render, to_data

INNER = Message("a part of {name}", name="b.zip")


def test_english_is_the_template_with_its_values() -> None:
    assert str(Message("{n} files, risk {risk:.1f}", n=3, risk=44.04)) == "3 files, risk 44.0"


def test_messages_and_lists_stand_inside_messages() -> None:
    assert str(Message("It is {what}: {names}.", what=INNER, names=("x", INNER))) == "It is a part of b.zip: x, a part of b.zip."


def test_a_key_without_values_is_taken_as_it_is() -> None:
    assert str(Message("50 % {of} it")) == "50 % {of} it"


def test_a_value_with_braces_is_not_a_template() -> None:
    assert str(Message("{name}", name="{0.__class__}")) == "{0.__class__}"


def test_equal_messages_are_equal_whatever_the_order_of_values() -> None:
    assert Message("{a}{b}", a=1, b=2) == Message("{a}{b}", b=2, a=1)
    assert len({Message("{a}{b}", a=1, b=2), Message("{a}{b}", b=2, a=1)}) == 1
    assert Message("a") != Message("b") and Message("{a}", a=1) != Message("{a}", a=2)


@pytest.mark.parametrize("message", [NOTHING, INNER, Message("{a} {b} {c} {d}", a=1, b=1.5, c=("x", INNER), d=INNER)])
def test_it_survives_storing(message: Message) -> None:
    assert from_data(msgspec.json.decode(msgspec.json.encode(to_data(message)))) == message
    assert from_data(msgspec.msgpack.decode(msgspec.msgpack.encode(to_data(message)))) == message


def test_another_language_translates_templates_and_not_values() -> None:
    words = {"It is {what}.": "[{what}]", "a part of {name}": "<{name}>"}

    def insert(value: object, _spec: str) -> str:
        return render(value, words.__getitem__, insert) if isinstance(value, Message) else f"'{value}'"

    assert render(Message("It is {what}.", what=INNER), words.__getitem__, insert) == "[<'b.zip'>]"


def test_joining_leaves_out_what_says_nothing() -> None:
    assert str(join(Message("One."), NOTHING, Message("Two."))) == "One. Two."
    assert str(join(Message("one"), Message("two"), by="; ")) == "one; two"
    assert join(NOTHING, INNER) == INNER and not join(NOTHING)


@pytest.mark.parametrize("count", [2, 10, 11, 12])
def test_joined_parts_equal_a_message_that_was_built_by_name(count: int) -> None:
    parts = [Message(f"part {n}") for n in range(count)]
    joined = join(*parts)
    assert joined == Message(joined.key, **dict(zip((f"part{n}" for n in range(count)), parts, strict=True)))
    assert str(joined) == " ".join(map(str, parts))


def test_what_is_stored_of_a_message_is_its_plain_data() -> None:
    said = Message("{a} of {b}", a=("x", Message("word")), b=join(Message("one"), Message("two {n}", n=2.5)))
    assert card_to_bytes(said) == msgspec.msgpack.encode(to_data(said))
    assert card_to_bytes(Message("word")) == msgspec.msgpack.encode(to_data(Message("word")))


def test_an_error_carries_its_message() -> None:
    error = StoreError("Can't write {path}: permission denied.", path="/media/usb/h.json", detail="errno 13")
    assert error.message == Message("Can't write {path}: permission denied.", path="/media/usb/h.json")
    assert str(error) == "Can't write /media/usb/h.json: permission denied."
    assert StoreError(error.message).message == error.message
