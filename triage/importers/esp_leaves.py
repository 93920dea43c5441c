"""Handlers for the small elements that occur in every block of the provider's XML."""

from __future__ import annotations

from triage.importers import normal_forms, time_parsing
from triage.importers.building import BlockSubject, IdentifierDetails
from triage.importers.values import is_empty_value, parse_tristate, parse_verification
from triage.importers.xml_reading import Blocks, Element, Handler, XmlReader, local_name
from triage.model.moment import Moment

_CAPTURE = frozenset(("ipAddress", "eventName", "dateTime", "possibleProxy", "port"))
_DEVICE = frozenset(("idType", "idValue", "eventName", "dateTime"))


def read_fact(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds the element's text as a fact under its name."""
    text = r.read_text(el, at)
    if text:
        r.b.add_fact(subject, local_name(el), text, at)


def read_integer(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds the element as a fact, as an integer when it is a decimal number below ten digits."""
    text = r.read_text(el, at)
    if text:
        plain = normal_forms.to_ascii_digits(text)
        r.b.add_fact(subject, local_name(el), int(plain) if plain.isdecimal() and len(plain) < 10 else text, at)


def read_boolean(r: XmlReader, el: Element, at: str, subject: BlockSubject, *attributes: str) -> None:
    """Adds True or False as a fact.

    Any other text is kept as not understood, and an empty element adds nothing.
    """
    text = r.read_text(el, at, *attributes)
    truth = parse_tristate(text)
    if truth is not None:
        r.b.add_fact(subject, local_name(el), truth, at)
    elif text:
        r.b.add_unknown(at, text)


def read_presence(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds a fact that is True when the element is there, False when it says false, else its text."""
    text = r.read_text(el, at)
    truth = parse_tristate(text) if text else True
    r.b.add_fact(subject, local_name(el), text if truth is None else truth, at)


def read_flag(r: XmlReader, el: Element, at: str, subject: BlockSubject, into: list[str]) -> bool:
    """Adds a presence flag's name to `into`, and returns whether it was asserted.

    An empty element and "true" assert the flag. An explicit false is kept as a fact.
    """
    text = r.read_text(el, at)
    truth = parse_tristate(text) if text else True
    if truth:
        into.append(local_name(el))
    elif truth is False:
        r.b.add_fact(subject, local_name(el), False, at)
    else:
        r.b.add_unknown(at, text)
    return truth is True


def make_flag_handlers(into: list[str], *names: str) -> Blocks:
    """Returns handlers of `read_flag` for these element names."""

    def read(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        read_flag(r, el, at, subject, into)

    return dict.fromkeys(names, read)


def read_text_block(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds the element's text as a text block."""
    r.b.add_text(subject, r.read_text(el, at), at, local_name(el))


def make_identifier_handler(kind: str) -> Handler:
    """Returns a handler that adds the element's text as an identifier of this kind."""

    def read(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        r.b.add_identifier(subject, kind, r.read_text(el, at), at, local_name(el))

    return read


def read_time(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> Moment | None:
    """Returns the element's time.

    An impossible time is kept as a fact under its name, and as not understood.
    """
    text = r.read_text(el, at)
    when = time_parsing.parse_iso_time(text) if text else None
    if text and when is None:
        r.b.add_unknown(at, text)
        r.b.add_fact(subject, local_name(el), text, at)
    return when


def make_contact_handler(kind: str) -> Handler:
    """Returns a handler for a phone or e-mail element with its type, verification, calling code and extension.

    Some writers nest <number> in <phone>.
    """

    def read(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        details = [
            (name, el.get(name)) for name in ("type", "verificationDate", "countryCallingCode", "extension") if el.get(name)
        ]
        inner = next((child for child in el if local_name(child) in ("number", "emailAddress")), None)
        known = ("type", "verified", "verificationDate", "countryCallingCode", "extension")
        if inner is None:
            value = r.read_text(el, at, *known)
        else:
            parts: list[str] = []
            wrapped: Handler = lambda r, el, at, _: parts.append(r.read_text(el, at))  # noqa: E731
            r.read_block(el, at, {local_name(inner): wrapped}, subject, *known)
            value = next(filter(None, parts), "")
        said = IdentifierDetails(details=tuple(details), verified=_read_verified(r, el, at))
        r.b.add_identifier(subject, kind, value, at, local_name(el), said)

    return read


def _read_verified(r: XmlReader, el: Element, at: str) -> bool | None:
    """Returns the `verified` attribute.

    A text without a clear meaning is kept as not understood.
    """
    text = el.get("verified")
    truth = parse_verification(text) if text else None
    if text and truth is None:
        r.b.add_unknown(f"{at}/@verified", text)
    return truth


def read_capture(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Reads an ipCaptureEvent: an address with event, time, port and whether it may be a proxy."""
    stated = r.read_leaves(el, at, _CAPTURE, subject)
    address = stated.get("ipAddress", "")
    said = _read_event(r, at, stated, subject)
    said["port"] = r.b.parse_port(f"{at}/port", stated.get("port", ""))
    proxy = stated.get("possibleProxy", "")
    said["possible_proxy"] = parse_tristate(proxy)
    if proxy and said["possible_proxy"] is None:
        r.b.add_unknown(f"{at}/possibleProxy", proxy)
    r.b.add_identifier(subject, "ip", address, at, "ipCaptureEvent", said)
    if not address:
        _keep_without_value(r, at, stated)


def read_device(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Reads a deviceId: an id with its type, event and time."""
    stated = r.read_leaves(el, at, _DEVICE, subject)
    value = stated.get("idValue", "")
    said = _read_event(r, at, stated, subject)
    said["details"] = describe_device_id(stated.get("idType", ""), value)
    r.b.add_identifier(subject, "device", value, at, "deviceId", said)
    if not value:
        _keep_without_value(r, at, stated)


def describe_device_id(id_type: str, value: str) -> tuple[tuple[str, str], ...]:
    """Returns the type of an id, and for an IMEI of 15 digits whether its check digit fits."""
    details = [("idType", id_type)] if id_type else []
    number = normal_forms.normalise_imei(value) if "imei" in id_type.casefold() else None
    if number is not None and len(number) == 15:
        details.append(("checkDigit", "fits" if normal_forms.passes_luhn_check(number) else "does not fit"))
    return tuple(details)


def _read_event(r: XmlReader, at: str, stated: dict[str, str], subject: BlockSubject) -> IdentifierDetails:
    """Returns event name and time of a capture.

    An impossible time is kept as not understood.
    """
    said = IdentifierDetails()
    event = stated.get("eventName", "")
    if not is_empty_value(event):
        said["event"] = event
    text = stated.get("dateTime", "")
    if text:
        said["time"] = time_parsing.parse_iso_time(text)
        if said["time"] is None:
            r.b.add_unknown(f"{at}/dateTime", text)
    return said


def _keep_without_value(r: XmlReader, at: str, stated: dict[str, str]) -> None:
    """Keeps an event or device without its address or id as not understood, since it identifies nothing."""
    said = ", ".join(f"{name}: {value}" for name, value in stated.items() if value)
    if said:
        r.b.add_unknown(at, said)
