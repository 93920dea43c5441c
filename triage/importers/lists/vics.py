"""Reads Project VIC files (VICS 1.2, 1.3, 2.0): hash lists (`#Media`) and exports of seized devices (`#Cases`), streamed.

The field names, and how exporters deviate from them, are listed in docs/formats/vics.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from triage.errors import InputError
from triage.importers.lists.json_stream import Json, JsonStream
from triage.importers.lists.list_items import (
    NULL,
    ListItem,
    ListPart,
    ListRemarks,
    Position,
    StatedValues,
    UnreadableItem,
    clean_text,
    normalise_category,
    normalise_hash_kind,
    parse_hash,
    parse_truth,
    split_items,
)
from triage.message import Message

_CONTEXT = {"odata.metadata", "@odata.context"}
_VERSION = re.compile(r"DataModels/(\d+(?:\.\d+)?)\.xml(?:/([^/$#]+))?")
_SMALL = 1 << 20
"""Characters; a case larger than this is read member by member."""
_HASH_FIELDS = (("MD5", "md5"), ("SHA1", "sha1"), ("SHA256", "sha256"), ("PhotoDNA", "photodna"))
_TEXTS = (
    ("MediaID", "media_id"),
    ("Series", "series"),
    ("Tags", "tags"),
    ("Comments", "comments"),
    ("MimeType", "mime"),
    ("MediaSize", "size"),
    ("PrecategorizationSource", "graded_by"),
)
_TRUTHS = (
    ("VictimIdentified", "victim_identified"),
    ("OffenderIdentified", "offender_identified"),
    ("IsDistributed", "distributed"),
    ("SelfGenerated", "self_generated"),
    ("IsSuspected", "suspected"),
)
_DOTNET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_ZONE_AND_Z = re.compile(r"[+-]\d{2}:\d{2}Z$")


class VicsReader:
    """Reads a Project VIC file."""

    def __init__(self, stream: BinaryIO) -> None:
        """Opens the JSON text."""
        self.remarks = ListRemarks()
        self._version: str | None = None
        self._region: str | None = None
        self._cases = False
        self._text = JsonStream(stream)

    @property
    def format(self) -> str:
        """Returns the version, region and shape, known once the items are read."""
        region = f" {self._region}" if self._region else ""
        shape = "cases" if self._cases else "media"
        return f"VICS {self._version}{region}, {shape}" if self._version else f"VICS of no stated version, {shape}"

    @property
    def region(self) -> str | None:
        """Returns the country's category scheme that the file names."""
        return self._region

    def items(self) -> Iterator[ListItem]:
        """Yields the media entries.

        Those that can't be used become remarks.
        """
        for number, media in enumerate(self._read_media(), 1):
            try:
                item = self._make_item(media, number)
            except UnreadableItem as reason:
                self.remarks.note_unread(Message("entry {n}", n=number), reason.message)
            else:
                yield item

    def parts(self, position: Position, before: ListRemarks) -> Iterator[ListPart]:
        """Yields the same in parts. What lies before the position is read again and left out, so its remarks are made anew."""
        return split_items(self.items(), position)

    def _read_media(self) -> Iterator[Json]:
        """Yields the media values of the array named value, and reads version and region on the way."""
        text, found = self._text, False
        if text.peek() == "[":
            found = True
            yield from self._read_values()
        else:
            for key in text.iter_keys():
                if key == "value" and text.peek() == "[":
                    found = True
                    yield from self._read_values()
                elif key in _CONTEXT:
                    self._take_context(text.read_value())
                else:
                    text.read_value()
        text.expect_end()
        if not found:
            raise InputError("JSON, but not a Project VIC list: it has no array named value.")

    def _take_context(self, said: Json) -> None:
        """Sets version and region from the OData context."""
        found = _VERSION.search(said) if isinstance(said, str) else None
        if found:
            self._version, self._region = found[1], found[2]

    def _read_values(self) -> Iterator[Json]:
        """Yields media of plain entries and of cases, told apart by content, since the file's head is not always right."""
        for _ in self._text.iter_elements():
            value, small = self._text.read_small_value(_SMALL)
            if not small:
                yield from self._read_large_value()
            elif isinstance(value, dict) and isinstance(value.get("Media"), list):
                self._cases = True
                yield from value["Media"]
            else:
                yield value

    def _read_large_value(self) -> Iterator[Json]:
        """Yields the media of a value too large to be held, member by member."""
        rest: dict[str, Json] = {}
        is_case = False
        for key in self._text.iter_keys():
            if key == "Media" and self._text.peek() == "[":
                self._cases = is_case = True
                for _ in self._text.iter_elements():
                    yield self._text.read_value()
            else:
                rest[key] = self._text.read_value()
        if not is_case:
            yield rest

    def _make_item(self, media: Json, number: int) -> ListItem:
        if not isinstance(media, dict):
            raise UnreadableItem("not an object")
        hashes = self._read_hashes(media, number)
        if not hashes:
            raise UnreadableItem("no hash")
        said = _read_stated(media, self._read_truths(media, number))
        return ListItem(hashes=hashes, category=_read_category(media), paths=_read_paths(media), said=said)

    def _read_truths(self, media: dict[str, Json], number: int) -> StatedValues:
        """Returns the values that are yes or no, and notes those that are neither."""
        found: list[tuple[str, bool]] = []
        for field, name in _TRUTHS:
            try:
                truth = parse_truth(None if media.get(field) is None else _to_text(media[field]), field)
            except UnreadableItem as reason:
                self.remarks.note_unread(Message("entry {n}", n=number), reason.message)
                continue
            if truth is not None:
                found.append((name, truth))
        return tuple(found)

    def _read_hashes(self, media: dict[str, Json], number: int) -> tuple[tuple[str, bytes], ...]:
        """Returns the hashes of one media entry, and notes those that can't be read."""
        claimed = [(kind, media.get(field)) for field, kind in _HASH_FIELDS]
        for other in _iter_objects(media.get("AlternativeHashes")):
            claimed.append((normalise_hash_kind(str(other.get("HashName") or "")), other.get("HashValue")))
        hashes: dict[tuple[str, bytes], None] = {}
        for kind, text in claimed:
            if text is None:
                continue
            try:
                value = parse_hash(kind, text) if isinstance(text, str) and kind else None
            except UnreadableItem as reason:
                self.remarks.note_unread(Message("entry {n}", n=number), reason.message)
                continue
            if value is not None:
                hashes[kind, value] = None
        return tuple(hashes)


def _iter_objects(node: Json) -> Iterator[dict[str, Json]]:
    return (each for each in node if isinstance(each, dict)) if isinstance(node, list) else iter(())


def _read_category(media: dict[str, Json]) -> str | None:
    """Returns the category as text.

    Absent (None), null, 0 and 5 stay apart.
    """
    if "Category" not in media:
        return None
    said = media["Category"]
    return NULL if said is None else normalise_category(_to_text(said))


def _to_text(node: Json) -> str:
    """Returns a JSON value as text, booleans in lower case."""
    return str(node).lower() if isinstance(node, bool) else str(node)


def _read_paths(media: dict[str, Json]) -> tuple[str, ...]:
    """Returns where the device held the file, else where the export put it."""
    found: list[str] = []
    for file in _iter_objects(media.get("MediaFiles")):
        folder, name = (clean_text(_to_text(file.get(key) or "")) or "" for key in ("FilePath", "FileName"))
        path = (
            folder if not name or folder.replace("\\", "/").endswith("/" + name) or folder == name else _join_path(folder, name)
        )
        if path:
            found.append(path)
    if not found:
        relative = clean_text(_to_text(media.get("RelativeFilePath") or ""))
        found = [relative] if relative else []
    return tuple(dict.fromkeys(found))


def _join_path(folder: str, name: str) -> str:
    """Joins a folder and a name with the separator that the folder uses."""
    if not folder:
        return name
    separator = "/" if "/" in folder and "\\" not in folder else "\\"
    return folder.rstrip("\\/") + separator + name


def _read_stated(media: dict[str, Json], truths: StatedValues) -> StatedValues:
    """Returns what a media entry states besides hashes, category and paths."""
    said: list[tuple[str, str | bool]] = []
    for field, name in _TEXTS:
        value = media.get(field)
        text = None if value is None or isinstance(value, dict) else clean_text(_join_texts(value))
        if text is not None:
            said.append((name, text))
    said += truths
    updated = media.get("DateUpdated")
    if isinstance(updated, str) and clean_text(updated):
        said.append(("updated", normalise_time(updated)))
    return tuple(said)


def _join_texts(value: Json) -> str:
    """Returns tags as one text, whether they come as a text or a list."""
    return ", ".join(_to_text(each) for each in value) if isinstance(value, list) else _to_text(value)


def normalise_time(text: str) -> str:
    """Returns a time as ISO 8601 UTC.

    A text in no known spelling stays as it is.

    Known are `Z`, an offset, seven digits of fraction, `/Date(ms)/`, and the mistaken `+05:00Z`.
    """
    text = text.strip()
    dotnet = _DOTNET.fullmatch(text)
    try:
        if dotnet:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(dotnet[1]))
        else:
            plain = text.removesuffix("Z") if _ZONE_AND_Z.search(text) else text
            moment = datetime.fromisoformat(_FRACTION.sub(r"\1", plain))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return clean_text(text) or ""
