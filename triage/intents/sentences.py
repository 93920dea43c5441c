"""Cuts a text into sentences and words, and says which language a sentence is in. Bounded and linear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from triage.intents.normalise import normalise_text, spell_roman

Language = Literal["english", "roman_urdu", "urdu", "sindhi", "pashto", "punjabi"]
LANGUAGES: tuple[Language, ...] = ("english", "roman_urdu", "urdu", "sindhi", "pashto", "punjabi")

MAX_SENTENCE_CHARACTERS = 400  # what is longer is cut, and each part is read
_END = re.compile(r"[.!?;؟۔؛…\n\r]+(?=\s|$)|[\n\r]+|[؟۔]")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ARABIC = re.compile(r"[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_SINDHI = re.compile(r"[ٻڀٿڄڃڇڏڌڍڦڳڱٺ۾۽]")
_PASHTO = re.compile(r"[ښږځڅ]")
_SINDHI_ONLY = frozenset("اہی ناہی اہیان توہان مونکی توکی منہنجی تنہنجی منہنجا تنہنجو کندس موکلیندس کان سان اہین کو پئسا ملندس".split())
_PASHTO_ONLY = frozenset("زما ستا زہ بہ تہ پہ چی کوم دہ یم سرہ خپل خپلہ ہم چا راتہ درتہ لرم کوہ کڑہ نہ".split())
_PUNJABI_ONLY = frozenset("نون تون وچ مینون تینون دا اوہ ان این ہن کیہ تہاڈا ساڈا دیان تیری میریان کول نیین نیوں ایہہ ایہ دس".split())
_ROMAN = frozenset(
    spell_roman(word)
    for word in (
        "hai hain nahi kar karo kya mujhe tumhari tumhara tumhe mera meri mere tera teri tere bhejo bhej agar warna aur lekin abhi raha "
        "rahi rahe hun hoon tha thi kisi koi kuch sab ghar walon wala wali chahiye chahta chahti apni apna aap yeh woh kal aaj raat "
        "paise dunga dungi jaunga batana bata mat karna dekho bolo milo milne saath baad se ko ka ki ke mein tum hum"
    ).split()
)
_ENGLISH = frozenset(
    "the a an and or but if to of in on at for with by from is are was were be been has have had do does did not no yes it its this that "
    "these those i you he she we they me him her us them my your his our their will would can could should may might must who what "
    "when where why how all any some one two more most other about after before so just only very then than there here up out get go "
    "come see know want like make send take tell say said says time day home school meet game best test sure are same real sir sun son "
    "main met men man many mean men time turn kid ki sea seen set some car care core cur air hire here hit hot her hair mere more mare "
    "user users reported account chat message messages image images video videos photo photos report reports child children minor "
    "content file files uploaded shared sent service platform profile text".split()
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was written (`raw`), normalised (`text`), and the words of the latter with their places."""

    raw: str
    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def split_sentences(text: str) -> Iterator[str]:
    """Yields the sentences of a text as they were written, without those that are blank."""
    begin = 0
    for found in chain(_END.finditer(text), (None,)):
        end = len(text) if found is None else found.end()
        while begin < end:
            stop = end if end - begin <= MAX_SENTENCE_CHARACTERS else _cut(text, begin)
            part = text[begin:stop].strip()
            if part:
                yield part
            begin = stop


def sentence_of(raw: str) -> Sentence:
    """Returns a written sentence with its normalised text and words."""
    text = normalise_text(raw)
    found = tuple(WORD.finditer(text))
    return Sentence(raw, text, tuple(each.group() for each in found), tuple(each.span() for each in found))


def _cut(text: str, begin: int) -> int:
    """Returns where a part of a long sentence ends: at its last space, else in the middle of a word."""
    most = begin + MAX_SENTENCE_CHARACTERS
    space = text.rfind(" ", begin + MAX_SENTENCE_CHARACTERS // 2, most)
    return most if space < 0 else space


def language_of(sentence: Sentence) -> Language:
    """Returns the language whose letters and small words the sentence has; a guess for short ones."""
    if _ARABIC.search(sentence.text):
        return _arabic_script(sentence)
    roman = english = 0
    for word in sentence.words:
        if word in _ENGLISH:
            english += 1
        elif spell_roman(word) in _ROMAN:
            roman += 1
    return "roman_urdu" if roman > english else "english"


def _arabic_script(sentence: Sentence) -> Language:
    words = set(sentence.words)
    sindhi = 3 * len(_SINDHI.findall(sentence.text)) + 2 * len(words & _SINDHI_ONLY)
    pashto = 3 * len(_PASHTO.findall(sentence.text)) + len(words & _PASHTO_ONLY)
    punjabi = 2 * len(words & _PUNJABI_ONLY)
    most = max(sindhi, pashto, punjabi)
    if most < 2:
        return "urdu"
    return "sindhi" if most == sindhi else "pashto" if most == pashto else "punjabi"
