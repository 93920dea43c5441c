"""Handlers for the small parts of law enforcement's JSON: facts, texts, captures."""

from __future__ import annotations

import re

from triage.importers import normal, times
from triage.importers.building import Said, Subject, tristate
from triage.importers.esp_leaves import device_details
from triage.importers.json_reading import Handler, Json, Reader, place, wrapped_as
from triage.model.moment import Moment

_CAPTURE_KEYS = {"captureType", "value", "dateTime", "eventName", "port", "possibleProxy"}
_EVENTS = "events"
_OF_ONE_EVENT = ("value", "dateTime", "eventName", "port")
_DEVICE_TYPES = re.compile(r"device|imei|imsi|iccid|idfa|gaid|advertising|android|mac\b|serial|uuid|ssid", re.IGNORECASE)
_NAMES_AND_IDS = {
    "username": re.compile(r"user ?name|screen|handle"),
    "display_name": re.compile(r"display"),
    "user_id": re.compile(r"(?:user|account|member|profile) ?id|identifier"),
}
_IP_WORD = re.compile(r"\bip", re.IGNORECASE)


def label_of(at: str) -> str:
    """The last key of a path, without its index."""
    return at.rpartition(".")[2].partition("[")[0].partition("#")[0]


def fact(r: Reader, node: Json, at: str, subject: Subject) -> None:
    """A property: a scalar, {"value": ...}, or a list of them, joined."""
    name = label_of(at)
    if isinstance(node, list) or (isinstance(node, dict) and name in node):
        joined = "; ".join(filter(None, (r.text(item, item_at) for item, item_at in r.items(node, at, name))))
        if joined:
            r.b.fact(subject, name, joined, at)
        return
    value = r.scalar(node, at)
    if value is not None:
        r.b.fact(subject, name, value, at)


def texts(label: str) -> Handler:
    """Text blocks: [{"value": ...}], {"value": ...} or plain text."""

    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        for item, item_at in r.items(node, at, label):
            r.b.tell(subject, r.text(item, item_at), item_at, label)

    return read


def additional(r: Reader, node: Json, at: str, subject: Subject) -> None:
    label = label_of(at)
    for item, item_at in r.items(node, at, label):
        r.b.tell(subject, r.text(item, item_at), item_at, label)


def captures(r: Reader, node: Json, at: str, subject: Subject) -> None:
    """sourceInformation: what was captured, recognised by its value as well as by its type. There may be several of it."""
    for item, item_at in r.items(node, at, "sourceCaptures"):
        if isinstance(item, dict) and wrapped_as(item, "sourceCaptures"):
            captures(r, item, item_at, subject)
        elif isinstance(item, dict):
            for one in _single(item):
                _capture(r, one, item_at, subject)
        elif isinstance(item, str) and (normal.looks_like_ip(item) or normal.url(item)):
            _capture(r, {"value": item}, item_at, subject)
        else:
            r.unknown(item_at, item)


def _single(node: dict[str, Json]) -> list[dict[str, Json]]:
    """A capture of several events as one of each: a list of them beside the value, or lists of values, times, events or ports."""
    if not any(isinstance(value, list) for value in node.values()):
        return [node]
    events = node.get(_EVENTS)
    if isinstance(events, list) and events and all(isinstance(event, dict) for event in events):
        shared = {key: value for key, value in node.items() if key != _EVENTS}
        return [shared | event for event in events]
    count = max((len(value) for key in _OF_ONE_EVENT if isinstance(value := node.get(key), list)), default=0)
    listed = [key for key in _OF_ONE_EVENT if isinstance(node.get(key), list) and len(node[key]) == count > 1]
    return [node | {key: node[key][n] for key in listed} for n in range(count)] if listed else [node]


def _capture(r: Reader, node: dict[str, Json], at: str, subject: Subject) -> None:
    stated: dict[str, str] = {}
    for key, value in node.items():
        if key in _CAPTURE_KEYS:
            stated[key] = r.text(value, f"{at}.{key}") if value is not None else ""
        else:
            r.unknown(place(at, key), value)
    value = stated.get("value", "")
    if not value:
        r.unknown(at, node)
        return
    capture_type = stated.get("captureType", "")
    kind = kind_of(capture_type, value)
    details: tuple[tuple[str, str], ...] = (("captureType", capture_type),) if capture_type else ()
    said = Said(
        port=r.b.port(f"{at}.port", stated.get("port", "")),
        time=moment(r, f"{at}.dateTime", stated.get("dateTime", "")),
        event=stated.get("eventName") or None,
        possible_proxy=_truth(r, f"{at}.possibleProxy", stated.get("possibleProxy", "")),
        details=details + (device_details(capture_type, value) if kind == "device" else ()),
    )
    r.b.identify(subject, kind, value, at, capture_type or "sourceCaptures", said)


def kind_of(capture_type: str, value: str) -> str:
    """The kind of a captured value: what it looks like counts before what its type says, unless that says a name or an id."""
    words = capture_type.casefold()
    looks, said_ip = normal.looks_like_ip(value), _IP_WORD.search(words) is not None
    if looks and said_ip:
        return "ip"
    named = next((kind for kind, said in _NAMES_AND_IDS.items() if said.search(words)), None)
    if named and not said_ip:
        return named
    if looks:
        return "ip"
    if value[:8].casefold().startswith(("http://", "https://")) or "url" in words:
        return "url"
    if "mail" in words or normal.email(value):
        return "email"
    if "phone" in words:
        return "phone"
    if _DEVICE_TYPES.search(capture_type):
        return "device"
    return "ip" if said_ip else "other"


def moment(r: Reader, at: str, text: str) -> Moment | None:
    when = times.in_json(text) if text else None
    if text and when is None:
        r.b.unknown(at, text)
    return when


def _truth(r: Reader, at: str, text: str) -> bool | None:
    truth = tristate(text)
    if text and truth is None:
        r.b.unknown(at, text)
    return truth
