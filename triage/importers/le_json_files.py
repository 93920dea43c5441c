"""Reads uploaded files of law enforcement's JSON."""

from __future__ import annotations

from triage.importers import le_json_people as people
from triage.importers import time_parsing
from triage.importers.building import BlockSubject, FileDraft
from triage.importers.file_handlers import make_file_text_handler, make_file_tristate_handler
from triage.importers.json_reading import (
    Blocks,
    Handler,
    Json,
    JsonReader,
    find_wrapping_key,
    is_empty_json,
    join_path,
)
from triage.importers.le_json_leaves import parse_time_or_keep, read_additional_text, read_captures, read_fact
from triage.importers.values import normalise_hash_kind, parse_tristate
from triage.model.digest_kinds import DIGEST_HEX
from triage.model.moment import Moment


def read_asserted_names(r: JsonReader, node: Json, at: str, name: str, into: list[str]) -> None:
    """Adds asserted annotations to `into`.

    They come as a list of names, as {"groups":[{"tags":[{"value"}]}]}, or as an object of booleans.
    """
    if isinstance(node, dict) and "groups" in node:
        for group, group_at in r.iter_items(node, at, "groups"):
            read_asserted_names(r, group, group_at, "tags", into)
    elif isinstance(node, dict) and find_wrapping_key(node, name) is None and "value" not in node:
        for key, value in node.items():
            truth = parse_tristate(r.read_text(value, join_path(at, key)))
            if truth:
                into.append(r.b.clip_field(key, at))
            elif truth is None:
                r.keep_unknown(join_path(at, key), value)
    else:
        for item, item_at in r.iter_items(node, at, name):
            text = r.read_text(item, item_at)
            if text:
                into.append(r.b.clip_field(text, item_at))


def read_urls(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds each item's text as a URL."""
    name = at.rpartition(".")[2]
    for item, item_at in r.iter_items(node, at, name):
        r.b.add_identifier(subject, "url", r.read_text(item, item_at), item_at, name)


def read_uploaded_files(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Reads the files of uploadedFiles."""
    for item, item_at in r.iter_items(node, at, "uploadedFiles"):
        _read_file(r, item, item_at)


def _read_file(r: JsonReader, node: Json, at: str) -> None:
    """Reads an uploaded file.

    Its key is its id, else its name, else its declared hash.
    """
    if not isinstance(node, dict):
        r.keep_unknown(at, node)
        return

    def stated(key: str) -> str:
        value = node.get(key)
        return "" if is_empty_json(value) or isinstance(value, dict | list) else str(value).strip()

    key = stated("submittalId") or stated("fileId")
    if not key:
        name, declared = stated("filename") or stated("originalFilename"), stated("verificationHash")
        key = f"name:{name}" if name else f"hash:{declared}"
    file = r.b.add_file(key, at, "uploadedFiles")
    r.read_block(node, at, _FILE, file)
    file.uploaded = file.uploaded or _find_upload_time(r, file)


def _read_upload_time(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Sets the upload time that the file states."""
    if isinstance(subject, FileDraft):
        subject.uploaded = parse_time_or_keep(r, at, r.read_text(node, at))


def _find_upload_time(r: JsonReader, file: FileDraft) -> Moment | None:
    """Returns the upload time from where a provider states it.

    Dropbox states it in the metadata, Imgur in the UPLOAD capture, the others in the first capture.
    """
    for _, name, value in file.metadata:
        if name.strip().casefold() == "upload date and time":
            return time_parsing.parse_iso_time(value)
    own = [i for i in r.b.identifiers_of_file(file) if i.time is not None]
    upload = [i for i in own if (i.event or "").casefold() == "upload"]
    return (upload or own)[0].time if own else None


def _read_verification_hash(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds NCMEC's check of the upload.

    It is an MD5 unless its length tells another kind.
    """
    text = r.read_text(node, at)
    if text and isinstance(subject, FileDraft):
        kind = next((kind for kind, length in DIGEST_HEX.items() if length == len(text)), "verificationhash")
        subject.declared.setdefault(kind, r.b.clip_field(text, at))


def _read_hashes(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds declared hashes of a file.

    An item without kind or value is kept as not understood.
    """
    name = at.rpartition(".")[2]
    for item, item_at in r.iter_items(node, at, name):
        kind = next((str(item[k]) for k in ("hashType", "type", "name") if isinstance(item, dict) and item.get(k)), "")
        value = item.get("value", item.get("hash")) if isinstance(item, dict) else None
        if kind and isinstance(value, str) and isinstance(subject, FileDraft):
            subject.declared.setdefault(
                r.b.clip_field(normalise_hash_kind(kind), item_at), r.b.clip_field(value.strip(), item_at)
            )
        else:
            r.keep_unknown(item_at, item)


def _make_metadata_handler(usual_type: str) -> Handler:
    """Returns a handler for metadata of a file.

    `usual_type` is used where an item states no type.
    """

    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        for item, item_at in r.iter_items(node, at, "metadatas"):
            if not (isinstance(item, dict) and isinstance(subject, FileDraft) and "name" in item):
                r.keep_unknown(item_at, item)
                continue
            parts: dict[str, str] = {}
            r.read_block(item, item_at, dict.fromkeys(("name", "value", "type"), people.make_collecting_handler(parts)), subject)
            stated = (parts.get("type") or usual_type, parts.get("name", ""), parts.get("value", ""))
            r.b.add_metadata(subject, stated, item_at)

    return read


def _make_file_annotation_handler(name: str) -> Handler:
    """Returns a handler that adds annotations of a file."""

    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        if isinstance(subject, FileDraft):
            read_asserted_names(r, node, at, name, subject.annotations)

    return read


_FILE: Blocks = {
    "filename": make_file_text_handler("name"),
    "fileName": make_file_text_handler("name"),
    "originalFilename": make_file_text_handler("original_name"),
    "originalFileName": make_file_text_handler("original_name"),
    "submittalId": read_fact,
    "fileId": read_fact,
    "verificationHash": _read_verification_hash,
    "originalFileHashes": _read_hashes,
    "originalFileHash": _read_hashes,
    "industryClassification": make_file_text_handler("classification"),
    **dict.fromkeys(DIGEST_HEX, _read_verification_hash),
    "viewedByEsp": make_file_tristate_handler("viewed_by_esp"),
    "fileViewedByEsp": make_file_tristate_handler("viewed_by_esp"),
    "exifViewedByEsp": make_file_tristate_handler("exif_viewed_by_esp"),
    "publiclyAvailable": make_file_tristate_handler("publicly_available"),
    "fileRelevance": make_file_text_handler("relevance"),
    "ncmecTags": _make_file_annotation_handler("tags"),
    "fileAnnotations": _make_file_annotation_handler("fileAnnotations"),
    "annotations": _make_file_annotation_handler("annotations"),
    "espMetadata": _make_metadata_handler("espMetadata"),
    "exifMetadata": _make_metadata_handler("EXIF"),
    "sourceInformation": read_captures,
    "sourceCaptures": read_captures,
    **dict.fromkeys(("deviceIds", "deviceId"), people.read_devices),
    "uploadedToEspTimestamp": _read_upload_time,
    "locationOfFile": read_urls,
    "additionalInformations": read_additional_text,
    "additionalInformation": read_additional_text,
}
