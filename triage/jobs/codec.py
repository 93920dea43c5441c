"""Encodes and decodes stored model objects: JSON for documents, MessagePack for measurements.

JSON is readable by a court's expert. Locations and scores are compressed (`store.compression`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

import msgspec

from triage.importers.complainant import restate_roles
from triage.message import NOTHING, Message, from_data
from triage.model.document import Document
from triage.model.file_text import FileMessage
from triage.model.formats import ReportFormat
from triage.model.judgement import Clock, Link, Location, ScoreCard
from triage.model.media import MediaFacts
from triage.store.compression import Dictionary, compress, decompress
from triage.store.queries.judgement import CardRow

S = TypeVar("S")
T = TypeVar("T")
_log = logging.getLogger(__name__)


def _encode_message(value: object) -> object:
    """Encodes a message for MessagePack as `to_data` writes it; the encoder comes back with each message inside."""
    if type(value) is not Message:
        raise TypeError(type(value))
    values = value.by_name
    if not values:
        return _encode_plain(value.key)
    if value.stored is None:
        value.stored = _ONCE
    elif value.stored is _ONCE:
        value.stored = msgspec.Raw(encode({"key": value.key, "values": values}))
    else:
        return value.stored
    return {"key": value.key, "values": values}


_ONCE = object()
"""Was encoded once. What is encoded again is kept by a cache, and stands on further cards: then its bytes are kept too."""


@lru_cache(maxsize=4_096)
def _encode_plain(key: str) -> msgspec.Raw:
    """Returns the bytes of a message without values: most of a card are such sentences, the same on each."""
    return msgspec.Raw(msgspec.msgpack.encode({"key": key, "values": {}}))


def _decode_message(kind: type, data: object) -> object:
    """Decodes a message from MessagePack."""
    if kind is Message:
        return from_data(data)
    raise TypeError(kind)


document_to_json = msgspec.json.Encoder(order="deterministic").encode
_decode_document = msgspec.json.Decoder(Document).decode


def document_from_json(stored: bytes) -> Document:
    """Returns a stored document, with the roles that its source states."""
    document = _decode_document(stored)
    return restate_roles(document) if document.format is ReportFormat.COMPLAINT else document


facts_to_bytes = msgspec.msgpack.encode
facts_from_bytes = msgspec.msgpack.Decoder(MediaFacts).decode
messages_from_bytes = msgspec.msgpack.Decoder(tuple[FileMessage, ...]).decode

encode = msgspec.msgpack.Encoder(enc_hook=_encode_message).encode
"""For any model object: what crosses to a worker that judges."""


def make_decoder(kind: type[T]) -> Callable[[bytes], T]:
    """Returns what reads the bytes of `encode` as objects of this kind."""
    return msgspec.msgpack.Decoder(kind, dec_hook=_decode_message).decode


def _skip_message(kind: type, data: object) -> object:
    """Decodes every message as one that says nothing."""
    if kind is Message:
        return NOTHING
    raise TypeError(kind)


card_to_bytes = msgspec.msgpack.Encoder(enc_hook=_encode_message).encode
_decode_location = msgspec.msgpack.Decoder(Location, dec_hook=_decode_message).decode
_decode_location_without_words = msgspec.msgpack.Decoder(Location, dec_hook=_skip_message).decode
_decode_score = msgspec.msgpack.Decoder(ScoreCard, dec_hook=_decode_message).decode
clocks_from_bytes = msgspec.msgpack.Decoder(tuple[Clock, ...], dec_hook=_decode_message).decode
links_from_bytes = msgspec.msgpack.Decoder(tuple[Link, ...], dec_hook=_decode_message).decode


def location_to_bytes(location: Location) -> bytes:
    """Returns a location as it is stored."""
    return compress(card_to_bytes(location), Dictionary.LOCATIONS)


def location_from_bytes(stored: bytes) -> Location:
    """Returns the location of a stored score card."""
    return _decode_location(decompress(stored))


def location_without_words(stored: bytes) -> Location:
    """Returns the location for scoring, which reads verdicts, places and weights, and none of the sentences.

    Making those costs most of the decoding.
    """
    return _decode_location_without_words(decompress(stored))


def score_to_bytes(score: ScoreCard) -> bytes:
    """Returns a score as it is stored."""
    return compress(card_to_bytes(score), Dictionary.SCORES)


def score_from_bytes(stored: bytes) -> ScoreCard:
    """Returns the score of a stored score card."""
    return _decode_score(decompress(stored))


class _AnyMap(msgspec.Struct, frozen=True):
    """Any map. Decoding it goes through all bytes and keeps none."""


_skip_map = msgspec.msgpack.Decoder(_AnyMap).decode
_skip_maps = msgspec.msgpack.Decoder(list[_AnyMap]).decode


def is_card_sound(card: CardRow, report_id: int) -> bool:
    """Returns whether the parts of a stored score card can be read."""

    def read(card: CardRow) -> CardRow:
        """Goes through all parts. Only the flags are kept: everything of a check of two million cards counts."""
        flags_from_bytes(card.score)
        _skip_map(decompress(card.location))
        _skip_maps(card.clocks)
        _skip_maps(card.links)
        return card

    return read_or_none(read, card, report_id) is not None


class _Outline(msgspec.Struct, frozen=True):
    """A document, as far as what each states. Decoding it goes through all bytes, and keeps little."""

    format: str
    slot: str
    path: str


_decode_outline = msgspec.json.Decoder(_Outline).decode


def is_document_sound(stored: bytes, report_id: int) -> bool:
    """Returns whether a document can be read, as it is stored."""
    return read_or_none(lambda stored: _decode_outline(decompress(stored)), stored, report_id) is not None


class _Flags(msgspec.Struct, frozen=True):
    """A stored score, as far as its flags."""

    flags: tuple[str, ...]


_decode_flags = msgspec.msgpack.Decoder(_Flags).decode


def flags_from_bytes(stored: bytes) -> tuple[str, ...]:
    """Returns the flags of a stored score."""
    return _decode_flags(decompress(stored)).flags


def read_or_none(decode: Callable[[S], T], stored: S, of: int) -> T | None:
    """Returns what a decoder makes of stored bytes, or None when they are damaged.

    Whatever reads the rows of many reports uses it: one damaged row must not stop the others. `of` is the id of the report, or of
    the media item, for the log. `triage check` names them to people.
    """
    try:
        return decode(stored)
    except Exception as error:  # decoders differ in what they raise on damaged bytes
        _log.warning("a stored value of %d can't be read: %s", of, type(error).__name__)
        return None


def read_documents_or_none(stored: Iterable[bytes], report_id: int) -> list[Document] | None:
    """Returns the documents of a report, or None when one of them is damaged."""
    found = [read_or_none(document_from_json, each, report_id) for each in stored]
    read = [each for each in found if each is not None]
    return read if len(read) == len(found) else None


def strip_facts(facts: MediaFacts) -> MediaFacts:
    """Returns the facts without the hashes of windows and frames and the messages of a text, which are stored beside them."""
    hashes, film, text = facts.perceptual, facts.film, facts.file_text
    return replace(
        facts,
        perceptual=hashes and replace(hashes, windows=b""),
        film=film and replace(film, frames=b""),
        file_text=text and msgspec.structs.replace(text, messages=()),
    )


def messages_to_bytes(facts: MediaFacts) -> bytes | None:
    """Returns the messages of a file's text as they are stored beside the facts, or None when it has none."""
    text = facts.file_text
    return msgspec.msgpack.encode(text.messages) if text is not None and text.messages else None


def add_messages(facts: MediaFacts, stored: bytes | None) -> MediaFacts:
    """Returns the facts with the stored messages of the file's text, if there are any."""
    if stored is None or facts.file_text is None:
        return facts
    return replace(facts, file_text=msgspec.structs.replace(facts.file_text, messages=messages_from_bytes(stored)))
