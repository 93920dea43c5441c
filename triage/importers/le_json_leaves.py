"""Handlers for the small parts of law enforcement's JSON: facts, texts and captures."""

from __future__ import annotations

import re

from triage.importers import normal_forms, time_parsing
from triage.importers.building import BlockSubject, IdentifierDetails
from triage.importers.esp_leaves import describe_device_id
from triage.importers.json_reading import Handler, Json, JsonReader, RepeatedValues, find_wrapping_key, join_path
from triage.importers.values import parse_tristate
from triage.model.moment import Moment

_CAPTURE_KEYS = {"captureType", "value", "dateTime", "eventName", "port", "possibleProxy"}
_EVENTS = "events"
_LISTS = frozenset((list, RepeatedValues))
_OF_ONE_EVENT = ("value", "dateTime", "eventName", "port")
_DEVICE_TYPES = re.compile(r"device|imei|imsi|iccid|idfa|gaid|advertising|android|mac\b|serial|uuid|ssid", re.IGNORECASE)
_NAMES_AND_IDS = {
    "username": re.compile(r"user ?name|screen|handle"),
    "display_name": re.compile(r"display"),
    "user_id": re.compile(r"(?:user|account|member|profile) ?id|identifier"),
}
_IP_WORD = re.compile(r"\bip", re.IGNORECASE)


def last_key(at: str) -> str:
    """Returns the last key of a path, without its index."""
    return at.rpartition(".")[2].partition("[")[0].partition("#")[0]


def read_fact(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds a property as a fact: a scalar, {"value": ...}, or a list of them, joined."""
    name = last_key(at)
    if isinstance(node, list) or (isinstance(node, dict) and name in node):
        joined = "; ".join(filter(None, (r.read_text(item, item_at) for item, item_at in r.iter_items(node, at, name))))
        if joined:
            r.b.add_fact(subject, name, joined, at)
        return
    value = r.read_scalar(node, at)
    if value is not None:
        r.b.add_fact(subject, name, value, at)


def make_text_handler(label: str) -> Handler:
    """Returns a handler for text blocks: [{"value": ...}], {"value": ...} or plain text."""

    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        for item, item_at in r.iter_items(node, at, label):
            r.b.add_text(subject, r.read_text(item, item_at), item_at, label)

    return read


def read_additional_text(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds text blocks labelled by their own key."""
    label = last_key(at)
    for item, item_at in r.iter_items(node, at, label):
        r.b.add_text(subject, r.read_text(item, item_at), item_at, label)


def read_captures(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Reads sourceInformation: captured values, recognised by the value as well as by the type."""
    for item, item_at in r.iter_items(node, at, "sourceCaptures"):
        if isinstance(item, dict) and find_wrapping_key(item, "sourceCaptures"):
            read_captures(r, item, item_at, subject)
        elif isinstance(item, dict):
            for one in _split_events(item):
                _read_capture(r, one, item_at, subject)
        elif isinstance(item, str) and (normal_forms.looks_like_ip(item) or normal_forms.normalise_url(item)):
            _read_capture(r, {"value": item}, item_at, subject)
        else:
            r.keep_unknown(item_at, item)


def _split_events(node: dict[str, Json]) -> list[dict[str, Json]]:
    """Returns one capture for each event.

    Events come as a list beside the value, or as lists of values, times, names or ports.
    """
    if _LISTS.isdisjoint(map(type, node.values())):
        return [node]  # as nearly all stand
    events = node.get(_EVENTS)
    if isinstance(events, list) and events and all(isinstance(event, dict) for event in events):
        shared = {key: value for key, value in node.items() if key != _EVENTS}
        return [shared | event for event in events]
    count = max((len(value) for key in _OF_ONE_EVENT if isinstance(value := node.get(key), list)), default=0)
    listed = [key for key in _OF_ONE_EVENT if isinstance(node.get(key), list) and len(node[key]) == count > 1]
    return [node | {key: node[key][n] for key in listed} for n in range(count)] if listed else [node]


def _read_capture(r: JsonReader, node: dict[str, Json], at: str, subject: BlockSubject) -> None:
    """Reads one capture: a value with type, time, event, port and proxy flag."""
    stated: dict[str, str] = {}
    for key, value in node.items():
        if key in _CAPTURE_KEYS:
            stated[key] = r.read_text(value, f"{at}.{key}") if value is not None else ""
        else:
            r.keep_unknown(join_path(at, key), value)
    value = stated.get("value", "")
    if not value:
        r.keep_unknown(at, node)
        return
    capture_type = stated.get("captureType", "")
    kind = guess_identifier_kind(capture_type, value)
    details: tuple[tuple[str, str], ...] = (("captureType", capture_type),) if capture_type else ()
    said = IdentifierDetails(
        port=r.b.parse_port(f"{at}.port", stated.get("port", "")),
        time=parse_time_or_keep(r, f"{at}.dateTime", stated.get("dateTime", "")),
        event=stated.get("eventName") or None,
        possible_proxy=_parse_tristate_or_keep(r, f"{at}.possibleProxy", stated.get("possibleProxy", "")),
        details=details + (describe_device_id(capture_type, value) if kind == "device" else ()),
    )
    r.b.add_identifier(subject, kind, value, at, capture_type or "sourceCaptures", said)


def guess_identifier_kind(capture_type: str, value: str) -> str:
    """Returns the kind of a captured value.

    Its form counts before its type, unless the type says a name or an id.
    """
    words = capture_type.casefold()
    looks, said_ip = normal_forms.looks_like_ip(value), _IP_WORD.search(words) is not None
    if looks and said_ip:
        return "ip"
    named = next((kind for kind, said in _NAMES_AND_IDS.items() if said.search(words)), None)
    if named and not said_ip:
        return named
    if looks:
        return "ip"
    if value[:8].casefold().startswith(("http://", "https://")) or "url" in words:
        return "url"
    if "mail" in words or normal_forms.normalise_email(value):
        return "email"
    if "phone" in words:
        return "phone"
    if _DEVICE_TYPES.search(capture_type):
        return "device"
    return "ip" if said_ip else "other"


def parse_time_or_keep(r: JsonReader, at: str, text: str) -> Moment | None:
    """Returns the time of a text, or None.

    A text that is no time is kept as not understood.
    """
    when = time_parsing.parse_json_time(text) if text else None
    if text and when is None:
        r.b.add_unknown(at, text)
    return when


def _parse_tristate_or_keep(r: JsonReader, at: str, text: str) -> bool | None:
    """Returns True, False or None.

    A text without a clear meaning is kept as not understood.
    """
    truth = parse_tristate(text) if text else None
    if text and truth is None:
        r.b.add_unknown(at, text)
    return truth
