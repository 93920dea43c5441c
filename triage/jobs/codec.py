"""How model objects are kept as bytes: JSON for documents (readable by a court's expert), MessagePack for measurements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec

from triage.message import Message, from_data, to_data
from triage.model.document import Document
from triage.model.judgement import Clock, Link, Location, ScoreCard
from triage.model.media import MediaFacts

T = TypeVar("T")


def _to_data(value: object) -> object:
    if isinstance(value, Message):
        return to_data(value)
    raise TypeError(type(value))


def _from_data(kind: type, data: object) -> object:
    if kind is Message:
        return from_data(data)
    raise TypeError(kind)


document_to_json = msgspec.json.Encoder(order="deterministic").encode
document_from_json = msgspec.json.Decoder(Document).decode

facts_to_bytes = msgspec.msgpack.encode
facts_from_bytes = msgspec.msgpack.Decoder(MediaFacts).decode

encode = msgspec.msgpack.Encoder(enc_hook=_to_data).encode
"""For any model object: what crosses to a worker that judges."""
card_to_bytes = msgspec.msgpack.Encoder(enc_hook=_to_data).encode


def make_decoder(kind: type[T]) -> Callable[[bytes], T]:
    """Returns what reads the bytes of `encode` as objects of this kind."""
    return msgspec.msgpack.Decoder(kind, dec_hook=_from_data).decode


location_from_bytes = msgspec.msgpack.Decoder(Location, dec_hook=_from_data).decode
score_from_bytes = msgspec.msgpack.Decoder(ScoreCard, dec_hook=_from_data).decode
clocks_from_bytes = msgspec.msgpack.Decoder(tuple[Clock, ...], dec_hook=_from_data).decode
links_from_bytes = msgspec.msgpack.Decoder(tuple[Link, ...], dec_hook=_from_data).decode


def lean(facts: MediaFacts) -> MediaFacts:
    """Without the hashes of windows and frames, which lie where they are asked for."""
    hashes, film = facts.perceptual, facts.film
    return replace(facts, perceptual=hashes and replace(hashes, windows=b""), film=film and replace(film, frames=b""))


def to_json(value: object) -> bytes:
    """Returns JSON for other programs: paths as text, messages in English.

    What is no Unicode, as a file name may be, is written as an escape.
    """
    try:
        return msgspec.json.encode(value, enc_hook=as_text)
    except UnicodeEncodeError:  # a lone surrogate: rare, so it is looked for only then
        return msgspec.json.encode(_without_surrogates(msgspec.to_builtins(value, enc_hook=as_text)))


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value


def as_text(value: object) -> str:
    """Returns a path or a message as text. Raises TypeError for anything else."""
    if isinstance(value, Path | Message):
        return str(value)
    raise TypeError(type(value))
