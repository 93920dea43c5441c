"""Finds to whom a line is addressed, by resources/addressees.toml."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from triage.locate.tables import Operator
from triage.model.printable import make_printable
from triage.resources import resource

OTHERWISE_ID = "to-be-filled-in"
_OFFICER = "The officer in charge of law enforcement liaison"
_TEAM = "The team that answers law enforcement requests"
_WORD = re.compile(r"\w+")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Addressee:
    """An operator, institution or provider. `known` is False when only a person can say who it is."""

    id: str
    name: str
    office: str
    known: bool = True


class _Operator(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An operator or institution in Pakistan."""

    id: str
    name: str
    licence: str
    office: str
    asn: tuple[int, ...] = ()
    mobile: tuple[str, ...] = ()
    wallets: tuple[str, ...] = ()
    landlines: bool = False
    devices: bool = False


class _Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A provider abroad."""

    id: str
    name: str
    names: tuple[str, ...]
    office: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file addressees.toml."""

    version: int
    to_be_filled_in: str
    operator: tuple[_Operator, ...]
    provider: tuple[_Provider, ...]


@lru_cache(maxsize=1)
def _read_table() -> _Table:
    """Reads the table once."""
    return msgspec.toml.decode(resource("addressees.toml").read_bytes(), type=_Table)


def get_blank_address() -> str:
    """Returns the words that stand where an address has to be filled in by hand."""
    return _read_table().to_be_filled_in


def find_of_network(operator: Operator | None) -> Addressee:
    """Returns the addressee of an address by the network that announces it."""
    if operator is None:
        return _make_unknown("internet", "Operator of the address")
    for each in _read_table().operator:
        if operator.asn in each.asn:
            return _make_operator(each)
    return Addressee(
        f"as{operator.asn}", f"{operator.name} (AS{operator.asn})", "The officer in charge of law enforcement liaison"
    )


def find_of_mobile(issuer: str | None) -> Addressee:
    """Returns the addressee of a mobile number by the operator that issued it."""
    for each in _read_table().operator:
        if issuer is not None and issuer in each.mobile:
            return _make_operator(each)
    if issuer is None:
        return _make_unknown("telephone", "Operator of the number")
    return Addressee(_make_id("operator", issuer), issuer, _OFFICER)


def find_of_landline() -> Addressee:
    """Returns the addressee of landlines."""
    return _make_operator(next(each for each in _read_table().operator if each.landlines))


def find_of_device() -> Addressee:
    """Returns the addressee of IMEI."""
    return _make_operator(next(each for each in _read_table().operator if each.devices))


def find_of_wallet(stated: str) -> Addressee:
    """Returns the addressee of a wallet by the words that a report states beside it."""
    words = _take_words(stated)
    for each in _read_table().operator:
        if any(_take_words(name) in words for name in each.wallets):
            return _make_operator(each)
    return _make_unknown("wallet", "Institution that keeps the account")


def find_of_provider(stated: str) -> Addressee:
    """Returns the addressee of a provider by the name that a report states."""
    words = _take_words(stated)
    for each in _read_table().provider:
        if any(_take_words(name) in words for name in each.names):
            return Addressee(each.id, each.name, each.office)
    name = make_printable(" ".join(stated.split()))[:120]
    return Addressee(_make_id("provider", name), name, _TEAM)


def find_by_id(identity: str, name: str, *, abroad: bool) -> Addressee:
    """Returns an addressee that was stored by its id and name."""
    if abroad:
        found = next((each for each in _read_table().provider if each.id == identity), None)
        return Addressee(identity, name, _TEAM) if found is None else Addressee(found.id, found.name, found.office)
    operator = next((each for each in _read_table().operator if each.id == identity), None)
    if operator is not None:
        return _make_operator(operator)
    known = not identity.startswith(OTHERWISE_ID)
    return Addressee(identity, name, _OFFICER if known else "", known)


def _make_operator(each: _Operator) -> Addressee:
    """Returns the addressee of an entry."""
    return Addressee(each.id, each.name, each.office)


def _make_unknown(what: str, name: str) -> Addressee:
    """Returns an addressee whom a person has to name."""
    return Addressee(f"{OTHERWISE_ID}-{what}", f"{name}: to be filled in", "", known=False)


def _make_id(before: str, name: str) -> str:
    """Returns a name as a folder's: small Latin letters, digits and hyphens, behind a word that no system reserves."""
    plain = _NOT_IN_NAMES.sub("-", name.casefold()).strip("-")[:40]
    return f"{before}-{plain or hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _take_words(text: str) -> str:
    """Returns the words with a blank around each, so that parts of words never match."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
