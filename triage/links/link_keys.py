"""Normalised keys by which reports can be linked.

Contacts of providers, NCMEC and police are never keys.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from triage.links.link_kinds import MENTIONED, load_shipped_kinds
from triage.model.addresses import is_internal_address, is_server_port, parse_address
from triage.model.digest_kinds import STRONGEST_FIRST, list_digests_of
from triage.model.document import Identifier, find_owner
from triage.model.judgement import LinkKey
from triage.model.media import MediaFacts
from triage.model.report import Report, ReportFile

_USERS = ("suspect", "file", "associated")
"""Roles of the reported user: what was captured with an upload, and further accounts. The owner of a line is not one."""
_NOT_OTHERS = (*_USERS, "reporter", "subscriber")
_PLAIN = ("email", "phone", "cnic", "wallet")
_LINE_NUMBERS = ("imei", "iccid", "imsi", "meid", "serial")
_AT_PROVIDER, _AT_PORT = " at ", " port "
_WEAKER = {"username": ("handle", _AT_PROVIDER), "ip_port_minute": ("ip", _AT_PORT)}
"""Kind of a key -> the weaker kind whose value it begins with, and what stands behind that value."""
_NETWORK_NAMES = ("ssid", "bssid")
_VIRAL = ("viral", "potentialmeme")


def find_link_keys(report: Report, media: Mapping[str, MediaFacts]) -> tuple[LinkKey, ...]:
    """Returns all keys of a report, sorted, each once with its greatest strength.

    `media` are facts by SHA-256.

    A key of kind "report" holds the number of another report, and links to that report too.
    """
    strongest: dict[tuple[str, str], int] = {}
    kinds = load_shipped_kinds()
    for kind, value, share in _iter_keys(report, media):
        strength = kinds[kind].strength
        if share != 1.0:
            strength = max(1, round(strength * share))
        if strength > strongest.get((kind, value), 0):
            strongest[kind, value] = strength
    return tuple(LinkKey(kind=kind, value=value, strength=strength) for (kind, value), strength in sorted(strongest.items()))


def find_user_keys(report: Report) -> frozenset[tuple[str, str]]:
    """Returns (kind, value) of the reported user's own keys, without those of others or of mentions."""
    own = (i for i in report.identifiers if find_owner(i, report.people) in _USERS)
    return frozenset(key for i in own for key in iter_identifier_keys(i, report.esp))


def find_other_keys(report: Report) -> frozenset[tuple[str, str]]:
    """Returns (kind, value) of the keys of a report that are not the reported user's own."""
    others = [i for i in report.identifiers if find_owner(i, report.people) not in _NOT_OTHERS]
    if not others:
        return frozenset()
    return frozenset(key for i in others for key in iter_identifier_keys(i, report.esp)) - find_user_keys(report)


def _iter_keys(report: Report, media: Mapping[str, MediaFacts]) -> Iterator[tuple[str, str, float]]:
    """Yields (kind, value, share of the kind's strength) of all keys, possibly repeated."""
    for number in report.prior_reports:
        yield "report", number.strip(), 1.0
    for value in _find_owners(report):
        yield "subscriber", value, 1.0
    for identifier in report.identifiers:
        if identifier.role not in ("reporter", "subscriber"):
            share = MENTIONED if identifier.role == "mentioned" else 1.0
            for kind, value in iter_identifier_keys(identifier, report.esp):
                yield kind, value, share
    for file in report.files:
        for kind, value in _file_keys(file, media):
            yield kind, value, 1.0


def _find_owners(report: Report) -> set[str]:
    """Returns what stands for each owner of a line whom a reply names: the CNIC, else name and address together.

    Only owners tie reports here: that an owner's number or CNIC is a reported user's elsewhere is found by searching.
    """
    owners: dict[int | None, dict[str, str]] = {}
    for each in report.identifiers:
        if each.role == "subscriber":
            owners.setdefault(each.person, {}).setdefault(each.kind, normalise_text(each.normalised or each.value))
    found = {said["cnic"] for said in owners.values() if said.get("cnic", "").strip("0-")}
    return found | {
        f"{said['name']}, {said['address']}"
        for said in owners.values()
        if "cnic" not in said and said.get("name") and said.get("address")
    }


def iter_identifier_keys(identifier: Identifier, esp: str | None) -> Iterable[tuple[str, str]]:
    """Returns (kind, value) of the keys of one identifier. `esp` is the provider of the report."""
    value = normalise_text(identifier.normalised or identifier.value)
    if not value:
        return ()
    kind = identifier.kind
    if kind in _PLAIN:
        return ((kind, value),)
    if kind in ("username", "user_id"):
        return _account_keys(identifier, value, esp)
    if kind == "device":
        return _device_keys(identifier, value)
    if kind == "ip":
        return _list_address_keys(identifier, value)
    if kind == "url" and _is_profile(identifier):
        return (("profile_url", value.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")),)
    return ()


def find_family_keys(report: Report) -> frozenset[tuple[str, str]]:
    """Returns (kind, value) of the keys of victims and complainants."""
    family = (i for i in report.identifiers if find_owner(i, report.people) in ("victim", "complainant"))
    return frozenset(key for i in family for key in iter_identifier_keys(i, report.esp))


def _is_profile(identifier: Identifier) -> bool:
    """Returns whether a URL is a person's own page.

    Other pages are public, and do not link those who saw them.
    """
    captured = normalise_text(dict(identifier.details).get("captureType", "profile"))
    return identifier.person is not None and identifier.role != "mentioned" and "profile" in captured


def find_weaker_key(kind: str, value: str) -> tuple[str, str] | None:
    """Returns the key that says less of the same thing: the name without its provider, the address without port and minute."""
    weaker = _WEAKER.get(kind)
    return None if weaker is None else (weaker[0], value.rpartition(weaker[1])[0])


def _account_keys(identifier: Identifier, value: str, esp: str | None) -> Iterator[tuple[str, str]]:
    """Yields the keys of an account.

    With its provider the name links alone; without, it is a handle that many may use.
    """
    details = dict(identifier.details)
    provider = normalise_text(details.get("platform") or details.get("espService") or esp or "")
    if provider:
        yield identifier.kind, f"{value}{_AT_PROVIDER}{provider}"
    if identifier.kind == "username":
        yield "handle", value


def _device_keys(identifier: Identifier, value: str) -> Iterator[tuple[str, str]]:
    """Yields the key of a device id, unless it names a network or is empty."""
    said = normalise_text(dict(identifier.details).get("idType", ""))
    if any(name in said for name in _NETWORK_NAMES) or not value.strip("0 .-:"):
        return
    yield ("device" if any(name in said for name in _LINE_NUMBERS) else "advertising_id"), value


def _list_address_keys(identifier: Identifier, value: str) -> list[tuple[str, str]]:
    """Returns the keys of an IP address: the address itself, and the address with port and minute.

    Internal addresses, server ports and days without an hour link nobody. Behind a proxy strangers share an address, but not one
    port in one minute.
    """
    tying = _public_address_key(value)
    if tying is None:
        return []
    found = [] if identifier.possible_proxy else [tying]
    port, time = identifier.port, identifier.time
    if port is not None and not is_server_port(port) and time is not None and time.to_the_minute:
        found.append(("ip_port_minute", f"{tying[1]}{_AT_PORT}{port} {time.utc[:16]}"))
    return found


@lru_cache(maxsize=16_384)
def _public_address_key(value: str) -> tuple[str, str] | None:
    """Returns the key of an address that means one line or operator to everybody, else None."""
    address = parse_address(value)
    if address is None or is_internal_address(address):
        return None
    return ("ipv6" if address.version == 6 else "ip"), str(address)


def _file_keys(file: ReportFile, media: Mapping[str, MediaFacts]) -> Iterator[tuple[str, str]]:
    """Yields the digests of the bytes, every declared digest, and the camera's serial number.

    Declared digests let bytes in one report meet a declared hash in another. Viral files give no keys.
    """
    if not any(viral in normalise_text(name).replace(" ", "") for name in file.entry.annotations for viral in _VIRAL):
        declared = {kind: normalise_text(value) for kind, value in file.entry.declared}
        if file.occurrence is not None:
            declared |= list_digests_of(file.occurrence)
        for kind in STRONGEST_FIRST:
            if declared.get(kind):
                yield "file", f"{kind}:{declared[kind]}"
    facts = media.get(file.occurrence.sha256) if file.occurrence else None
    if facts is not None and facts.exif is not None and facts.exif.serial:
        maker = normalise_text(f"{facts.exif.make or ''} {facts.exif.model or ''}")
        serial = normalise_text(facts.exif.serial)
        if serial.strip("0 .-"):
            yield "camera", f"{maker} no. {serial}".strip()


@lru_cache(maxsize=16_384)
def normalise_text(text: str) -> str:
    """Returns a text in one spelling for comparing: compatibility forms, case and outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
