from __future__ import annotations

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import messages_used
from tests.catalogue_files import features
from tests.ui import words_used
from triage.model.casework import Grade
from triage.priority.rules import shipped
from triage.ui.audit.outgoing_page import KINDS
from triage.ui.text import i18n
from triage.ui.text.i18n import FSI, LRI, PDI, Safe, isolated, ltr, mark, shown, shown_block, tr, trn, word

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@pytest.fixture
def urdu() -> object:
    i18n.set_language("ur")
    yield
    i18n.set_language("en")


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_is_a_literal() -> None:
    assert words_used.not_literal() == []


def test_every_sentence_has_its_urdu() -> None:
    known = i18n.catalogue("ur")
    missing = sorted(f"{file}: {text}" for text, file in words_used.sentences().items() if text not in known)
    assert not missing, "\n".join(missing)


def test_every_text_of_the_shipped_rules_has_its_urdu() -> None:
    rules = shipped()
    texts = [text for rule in rules.rules for text in (rule.reason, rule.flag, rule.suppose, rule.without) if text]
    known = i18n.catalogue("ur")
    assert [text for text in [*texts, *(family.about for family in rules.families.values())] if text not in known] == []


def test_every_message_has_a_literal_key() -> None:
    assert messages_used.keys_that_are_no_literals() == []


def test_every_message_has_its_urdu() -> None:
    known = i18n.catalogue("ur")
    missing = sorted(f"{file}: {key}" for key, file in messages_used.messages().items() if key and key not in known)
    assert not missing, "\n".join(missing)


def test_each_key_stands_in_one_file_that_of_its_feature() -> None:
    wanted = features()
    seen: dict[str, str] = {}
    wrong = []
    for path in sorted((messages_used.ROOT / "resources" / "translations").glob("ur*.json")):
        if path.name == "ur_older.json":  # what stores hold in older wordings
            continue
        pairs = json.loads(path.read_text("utf-8"), object_pairs_hook=list)
        for key, _ in pairs:
            if key in seen:
                wrong.append(f"{path.name}: {key!r} also stands in {seen[key]}")
            if path.stem.removeprefix("ur_") not in wanted.get(key, set()) | ({"common"} if key in wanted else set()):
                wrong.append(f"{path.name}: {key!r} belongs to {sorted(wanted.get(key, [])) or 'nothing'}")
            seen[key] = path.name
    assert not wrong, "\n".join(wrong)


def test_english_has_words_only_for_what_is_stored_and_for_advice_to_the_window() -> None:
    stored = {grade.value for grade in Grade} | set(KINDS)
    assert set(i18n.catalogue("en")) - stored <= set(messages_used.messages())


def test_a_catalogue_fills_in_the_same_values() -> None:
    words = [*i18n.catalogue("ur").items(), *i18n.catalogue("en").items()]
    wrong = [text for text, said in words if not names(said) <= names(text)]
    wrong += [text for text, said in words if names(text) - names(said) - {"n"}]
    assert not wrong


def test_urdu_is_urdu() -> None:
    """A sentence of more than one English word is not left as it is."""
    left = [
        text
        for text, said in i18n.catalogue("ur").items()
        if sum(word.isalpha() and word.isascii() for word in text.split()) > 2
        and not any("\u0600" <= c <= "\u06ff" for c in said)
    ]
    assert not left


def test_values_are_filled_in() -> None:
    assert tr("{n} report", n=3) == "3 report"
    assert trn("{n} report", "{n} reports", 1) == "1 report"
    assert trn("{n} report", "{n} reports", 38112) == "38,112 reports"
    assert tr("no such sentence {x}", x="a") == "no such sentence a"
    assert mark("kept") == "kept"


def test_hostile_names_reorder_nothing() -> None:
    name = "invoice\u202egpj.exe"
    assert shown(name) == "invoice‹U+202E›gpj.exe"
    said = tr("with {name}", name=f"{PDI}{name}{LRI}")
    assert not set(BIDI) & set(said)
    right_to_left = tr("with {name}", name="كتاب")
    assert right_to_left == f"with {FSI}كتاب{PDI}"


def test_controls_and_invisible_characters_are_written_out() -> None:
    assert shown("a\x00b\x1b[2J\u200bc\ufeffd") == "a‹U+0000›b‹U+001B›[2J‹U+200B›c‹U+FEFF›d"
    assert shown("a\nb") == "a‹U+000A›b"
    assert shown_block("a\r\nb\tc\x07") == "a\nb\tc‹U+0007›"
    assert shown_block("a\r\nb\tc") == "a\nb\tc" and shown_block("a\u00a0b") == "a b"
    assert shown("می\u200cخواهم") == "می\u200cخواهم", "a joiner is spelling in Urdu"
    assert shown("pay\u200dpal") == "pay‹U+200D›pal"
    assert shown("a\u00a0b") == "a b"


@settings(max_examples=60)
@given(st.text())
def test_shown_text_has_no_controls(text: str) -> None:
    said = shown(text)
    assert not set(BIDI) & set(said)
    assert all(char.isprintable() or char in "\u200c\u200d" for char in said)
    assert shown(said) == said
    assert isinstance(said, Safe)


@settings(max_examples=60)
@given(st.text())
def test_isolates_are_balanced(text: str) -> None:
    said = isolated(text)
    assert said.count(FSI) == said.count(PDI) <= 1


def test_urdu_keeps_numbers_left_to_right(urdu: object) -> None:
    assert ltr("203.0.113.7") == f"{LRI}203.0.113.7{PDI}"
    assert tr("{n} report", n=3) == f"{i18n.RLM}{LRI}3{PDI} رپورٹ"
    assert tr(", ") == "، "
    assert i18n.is_rtl()


def test_words_of_the_product_and_others(urdu: object) -> None:
    assert word("sextortion") == "جنسی بلیک میلنگ"
    assert word("a flag of a later rule") == "a flag of a later rule"
    assert word("bad\u202eflag") == "bad‹U+202E›flag"
