"""Handlers for the small elements that every block of the provider's XML is made of."""

from __future__ import annotations

from triage.importers import normal, times
from triage.importers.building import Said, Subject, says_nothing, tristate, verification
from triage.importers.xml_reading import Blocks, Element, Handler, Reader, local_name
from triage.model.moment import Moment

_CAPTURE = frozenset(("ipAddress", "eventName", "dateTime", "possibleProxy", "port"))
_DEVICE = frozenset(("idType", "idValue", "eventName", "dateTime"))


def fact(r: Reader, el: Element, at: str, subject: Subject) -> None:
    text = r.text(el, at)
    if text:
        r.b.fact(subject, local_name(el), text, at)


def integer(r: Reader, el: Element, at: str, subject: Subject) -> None:
    text = r.text(el, at)
    if text:
        plain = normal.ascii_digits(text)
        r.b.fact(subject, local_name(el), int(plain) if plain.isdecimal() and len(plain) < 10 else text, at)


def boolean(r: Reader, el: Element, at: str, subject: Subject, *attributes: str) -> None:
    """True or False when the source says so; any other text is kept as not understood, silence says nothing."""
    text = r.text(el, at, *attributes)
    truth = tristate(text)
    if truth is not None:
        r.b.fact(subject, local_name(el), truth, at)
    elif text:
        r.b.unknown(at, text)


def presence(r: Reader, el: Element, at: str, subject: Subject) -> None:
    """A fact that is true when the element is there, empty or not, unless it says false; other text is the value."""
    text = r.text(el, at)
    truth = tristate(text) if text else True
    r.b.fact(subject, local_name(el), text if truth is None else truth, at)


def flag(r: Reader, el: Element, at: str, subject: Subject, into: list[str]) -> bool:
    """A presence flag: empty and "true" assert it. An explicit false does not, and is kept as a fact."""
    text = r.text(el, at)
    truth = tristate(text) if text else True
    if truth:
        into.append(local_name(el))
    elif truth is False:
        r.b.fact(subject, local_name(el), False, at)
    else:
        r.b.unknown(at, text)
    return truth is True


def flags(into: list[str], *names: str) -> Blocks:
    def read(r: Reader, el: Element, at: str, subject: Subject) -> None:
        flag(r, el, at, subject, into)

    return dict.fromkeys(names, read)


def text_block(r: Reader, el: Element, at: str, subject: Subject) -> None:
    r.b.tell(subject, r.text(el, at), at, local_name(el))


def identifier(kind: str) -> Handler:
    def read(r: Reader, el: Element, at: str, subject: Subject) -> None:
        r.b.identify(subject, kind, r.text(el, at), at, local_name(el))

    return read


def moment(r: Reader, el: Element, at: str, subject: Subject) -> Moment | None:
    """An impossible time is kept: as a fact under its name, and as not understood."""
    text = r.text(el, at)
    when = times.moment(text) if text else None
    if text and when is None:
        r.b.unknown(at, text)
        r.b.fact(subject, local_name(el), text, at)
    return when


def phone_or_email(kind: str) -> Handler:
    """With type, verification and, for phones, calling code and extension. Some writers nest <number> in <phone>."""

    def read(r: Reader, el: Element, at: str, subject: Subject) -> None:
        details = [
            (name, el.get(name)) for name in ("type", "verificationDate", "countryCallingCode", "extension") if el.get(name)
        ]
        inner = next((child for child in el if local_name(child) in ("number", "emailAddress")), None)
        known = ("type", "verified", "verificationDate", "countryCallingCode", "extension")
        if inner is None:
            value = r.text(el, at, *known)
        else:
            parts: list[str] = []
            wrapped: Handler = lambda r, el, at, _: parts.append(r.text(el, at))  # noqa: E731
            r.block(el, at, {local_name(inner): wrapped}, subject, *known)
            value = next(filter(None, parts), "")
        said = Said(details=tuple(details), verified=_verified(r, el, at))
        r.b.identify(subject, kind, value, at, local_name(el), said)

    return read


def _verified(r: Reader, el: Element, at: str) -> bool | None:
    text = el.get("verified")
    truth = verification(text) if text else None
    if text and truth is None:
        r.b.unknown(f"{at}/@verified", text)
    return truth


def capture(r: Reader, el: Element, at: str, subject: Subject) -> None:
    """ipCaptureEvent: an address with what happened, when, through which port, and whether it may be a proxy."""
    stated = r.leaves(el, at, _CAPTURE, subject)
    address = stated.get("ipAddress", "")
    said = _said(r, at, stated, subject)
    said["port"] = r.b.port(f"{at}/port", stated.get("port", ""))
    proxy = stated.get("possibleProxy", "")
    said["possible_proxy"] = tristate(proxy)
    if proxy and said["possible_proxy"] is None:
        r.b.unknown(f"{at}/possibleProxy", proxy)
    r.b.identify(subject, "ip", address, at, "ipCaptureEvent", said)
    if not address:
        _keep_homeless(r, at, stated)


def device(r: Reader, el: Element, at: str, subject: Subject) -> None:
    stated = r.leaves(el, at, _DEVICE, subject)
    value = stated.get("idValue", "")
    said = _said(r, at, stated, subject)
    said["details"] = device_details(stated.get("idType", ""), value)
    r.b.identify(subject, "device", value, at, "deviceId", said)
    if not value:
        _keep_homeless(r, at, stated)


def device_details(id_type: str, value: str) -> tuple[tuple[str, str], ...]:
    """The type of the id, and for an IMEI whether its check digit fits."""
    details = [("idType", id_type)] if id_type else []
    number = normal.imei(value) if "imei" in id_type.casefold() else None
    if number is not None and len(number) == 15:
        details.append(("checkDigit", "fits" if normal.luhn(number) else "does not fit"))
    return tuple(details)


def _said(r: Reader, at: str, stated: dict[str, str], subject: Subject) -> Said:
    said = Said()
    event = stated.get("eventName", "")
    if not says_nothing(event):
        said["event"] = event
    text = stated.get("dateTime", "")
    if text:
        said["time"] = times.moment(text)
        if said["time"] is None:
            r.b.unknown(f"{at}/dateTime", text)
    return said


def _keep_homeless(r: Reader, at: str, stated: dict[str, str]) -> None:
    """An event or device without its address or id identifies nothing, but is not lost."""
    said = ", ".join(f"{name}: {value}" for name, value in stated.items() if value)
    if said:
        r.b.unknown(at, said)
