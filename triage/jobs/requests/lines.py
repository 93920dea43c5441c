"""Takes from a report what an operator or a provider can be asked about, and says of the rest why it is left out.

Only captures become lines: address, source port and time, telephone numbers, IMEI, wallets, and to the provider itself the
account that it named. Nothing else of the report goes into a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.jobs.requests import addressees
from triage.jobs.requests.addressees import Addressee
from triage.links.link_keys import normalise_text
from triage.locate.ip import Finding, look_up
from triage.locate.phone import read_number
from triage.message import Message
from triage.model.addresses import is_server_port
from triage.model.data_requests import CHILD, LineFact
from triage.model.document import Identifier, find_owner
from triage.model.moment import Moment, add_time, format_utc
from triage.model.report import Report
from triage.priority import clocks as find_clocks
from triage.priority.clocks import PROVIDER

ASKED_KINDS = frozenset({"ip", "phone", "device", "wallet"})
_ACCOUNT_KINDS = ("user_id", "email", "username")
"""The provider's own name for an account, the best first."""
_ACCOUNT_NOTES = {
    "user_id": "Account id.",
    "email": "E-mail address of the account.",
    "username": "User name of the account.",
}
_OF_CHILD = frozenset({"victim", "recipient"})
_YEAR = timedelta(days=365)
_AROUND = timedelta(minutes=2)
"""Clocks of providers and of operators differ by so much at most, as a rule."""
_UNSHARED = frozenset({"no", "unlikely"})
_LEFT = frozenset({"ip.nowhere", "ip.abroad", "ip.hosting", "ip.unknown"})

NO_ZONE = "The source states no time zone; UTC is assumed. Do not name a subscriber from this time alone."
NO_TIME = "The source states no time."
NO_PORT = "Shared address without a source port: state all lines that used it in the window, or that it can't be identified."
SERVER_PORT = "Port {port} is probably the server's own, not the line's source port."
PROXY = "The provider flags this address as a possible proxy."
ONE_TABLE = "Only one of two address tables gives this address to your network; say so if it is not yours."
PORTED = "The number may have been ported; if so, name the present operator."

_BELONGS_TO = {
    "victim": Message(CHILD),  # message-ok
    "recipient": Message("belongs to the recipient, who may be the child"),
    "complainant": Message("belongs to the complainant"),
    "witness": Message("belongs to a witness"),
}
_MENTIONED = Message("only mentioned in text, not captured")
_NO_PROVIDER = Message("the report names no provider")
_FOREIGN_NUMBER = Message("not a Pakistani number")
_IMPOSSIBLE = Message("not a possible number")
_NOT_IMEI = Message("not an IMEI: no register in Pakistan holds it")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """A line of one report: to whom it is addressed, and when the data run out (None: not known).

    `of_child` is "victim" or "recipient" where the line is a child's or may be, else "".
    """

    addressee: Addressee
    fact: LineFact
    expires: str | None
    of_child: str = ""

    @property
    def child(self) -> bool:
        """Returns whether the line is a child's, or may be."""
        return bool(self.of_child)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLeftOut:
    """A value of one report that is not asked for."""

    kind: str
    value: str
    reason: Message


Found = FoundLine | FoundLeftOut


def find_operator_lines(report: Report) -> Iterator[Found]:
    """Yields what operators and institutions in Pakistan can be asked about, each value, port and time once."""
    owners = [(each, find_owner(each, report.people)) for each in report.identifiers]
    children = {_key(each): role for each, role in reversed(owners) if role in _OF_CHILD}
    seen: set[object] = set()
    for each, role in owners:
        if each.kind not in ASKED_KINDS or role in ("reporter", "subscriber"):
            continue
        found = _find_line(each, report)
        if isinstance(found, FoundLine):
            if child := role if role in _OF_CHILD else children.get(_key(each)):
                found = FoundLine(addressee=found.addressee, fact=found.fact, expires=found.expires, of_child=child)
            elif role == "mentioned":
                found = FoundLeftOut(kind=each.kind, value=each.value, reason=_MENTIONED)
            elif role in _BELONGS_TO:
                found = FoundLeftOut(kind=each.kind, value=each.value, reason=_BELONGS_TO[role])
        key = (found.fact.key, found.child) if isinstance(found, FoundLine) else (found.kind, found.value, found.reason)
        if key not in seen:
            seen.add(key)
            yield found


def find_account_lines(report: Report) -> Iterator[Found]:
    """Yields the accounts of the reported user, addressed to its provider by the best name that is known."""
    expires = next((clock.due for clock in find_clocks(report) if clock.name == PROVIDER), None)
    best: dict[tuple[int | None, str], tuple[int, Identifier]] = {}
    for each in report.identifiers:
        if each.role == "suspect" and each.kind in _ACCOUNT_KINDS:
            provider = _find_provider(each, report)
            rank = _ACCOUNT_KINDS.index(each.kind)
            if rank < best.get((each.person, provider), (len(_ACCOUNT_KINDS), each))[0]:
                best[each.person, provider] = (rank, each)
    named = {person for person, provider in best if provider}
    for (person, provider), (_, each) in best.items():
        if provider:
            addressee = addressees.find_of_provider(provider)
            fact = LineFact(kind="Account", value=each.value.strip(), note=_ACCOUNT_NOTES[each.kind])
            yield FoundLine(addressee=addressee, fact=fact, expires=expires)
        elif person not in named:
            yield FoundLeftOut(kind=each.kind, value=each.value, reason=_NO_PROVIDER)


def _find_provider(each: Identifier, report: Report) -> str:
    """Returns the provider of an account: a platform stated beside it, else who reported, else the person's service; "" for none.

    A service is a product of the provider that reported, so it stands in only where that one is not stated.
    """
    details = dict(each.details)
    stated = details.get("platform") or report.esp or details.get("espService")
    if not stated and each.person is not None:
        facts = report.people[each.person].facts
        stated = next((str(fact.value) for fact in facts if fact.name == "espService" and fact.value), None)
    return stated or ""


def describe_child_line(found: FoundLine) -> FoundLeftOut:
    """Returns the child's line as left out."""
    return FoundLeftOut(kind=found.fact.kind, value=found.fact.value, reason=_BELONGS_TO[found.of_child])


def _key(each: Identifier) -> tuple[object, ...]:
    """Returns by what a line of the child is recognised among those of others: an address by port and time too."""
    value = normalise_text(each.normalised or each.value)
    if each.kind == "ip":
        return (each.kind, value, each.port, each.time.utc if each.time else None)
    return (each.kind, value)


def _find_line(each: Identifier, report: Report) -> Found:
    """Returns the line of an identifier, or why it is left out."""
    if each.kind == "ip":
        return _find_address(each, report)
    if each.kind == "phone":
        return _find_phone(each, report)
    if each.kind == "device":
        return _find_device(each, report)
    details = dict(each.details)
    stated = " ".join((each.value, *(details.get(name, "") for name in ("platform", "type", "provider", "service", "bank"))))
    expires = _expire(_take_time(each, report))
    fact = LineFact(kind="Wallet", value=each.value.strip())
    return FoundLine(addressee=addressees.find_of_wallet(stated), fact=fact, expires=expires)


def _find_phone(each: Identifier, report: Report) -> Found:
    """Returns the line of a telephone number, or why it is left out."""
    number = read_number(each.value, dict(each.details).get("countryCallingCode", ""))
    if number is None or not number.possible:
        return FoundLeftOut(kind="phone", value=each.value, reason=_IMPOSSIBLE)
    if number.country != "PK":
        return FoundLeftOut(kind="phone", value=each.value, reason=_FOREIGN_NUMBER)
    addressee = addressees.find_of_landline() if number.landline else addressees.find_of_mobile(number.operator)
    fact = LineFact(kind="Phone", value=number.e164, note=PORTED)
    return FoundLine(addressee=addressee, fact=fact, expires=_expire(_take_time(each, report)))


def _find_device(each: Identifier, report: Report) -> Found:
    """Returns the line of an IMEI, or why another device id is left out."""
    named = normalise_text(dict(each.details).get("idType", ""))
    value = each.normalised or each.value
    if "imei" not in named or not (value.isdecimal() and 14 <= len(value) <= 16):
        return FoundLeftOut(kind="device", value=each.value, reason=_NOT_IMEI)
    return FoundLine(
        addressee=addressees.find_of_device(),
        fact=LineFact(kind="IMEI", value=value),
        expires=_expire(_take_time(each, report)),
    )


def _find_address(each: Identifier, report: Report) -> Found:
    """Returns the line of an address with its notes, or why the address is left out."""
    finding = look_up(each.normalised or each.value)
    if finding is None:
        return FoundLeftOut(kind="ip", value=each.value, reason=Message("not an IP address"))
    if finding.rule in _LEFT:
        return FoundLeftOut(kind="ip", value=each.value, reason=finding.says)
    shared = _may_be_shared(finding)
    when = each.time
    start, end = _find_window(when) if shared else (None, None)
    fact = LineFact(
        kind="IP address",
        value=finding.address,
        port=each.port,
        utc=when.utc if when else None,
        window_from=start,
        window_to=end,
        note=" ".join(_make_notes(each, finding, shared=shared)),
    )
    expires = _expire(when) if when else _expire(report.incident_time)
    return FoundLine(addressee=addressees.find_of_network(finding.operator), fact=fact, expires=expires)


def _may_be_shared(finding: Finding) -> bool:
    """Returns whether many lines may share the address. IPv6 addresses are seldom shared; not known counts as shared."""
    return ":" not in finding.address and (finding.operator is None or finding.operator.shared not in _UNSHARED)


def _make_notes(each: Identifier, finding: Finding, *, shared: bool) -> Iterator[str]:
    """Yields what the operator has to know of the capture."""
    if each.time is None:
        yield NO_TIME
    elif each.time.zone != "stated":
        yield NO_ZONE
    if shared and each.port is None:
        yield NO_PORT
    if each.port is not None and is_server_port(each.port):
        yield SERVER_PORT.format(port=each.port)
    if each.possible_proxy:
        yield PROXY
    if finding.rule == "ip.one_table":
        yield ONE_TABLE


def _find_window(when: Moment | None) -> tuple[str | None, str | None]:
    """Returns from when to when a shared address is asked about. Without a time, or a stated zone, there is no window."""
    if when is None or when.zone != "stated":
        return None, None
    start = when.datetime()
    if when.to_the_second:
        end = start
    elif when.to_the_minute:
        end = _add(start, timedelta(seconds=59))
    else:
        return format_utc(start), format_utc(_add(start, timedelta(days=1) - timedelta(seconds=1)))
    return format_utc(_add(start, -_AROUND)), format_utc(_add(end, _AROUND))


def _add(start: datetime, length: timedelta) -> datetime:
    """Returns the time that lies `length` after `start`, or `start` at either end of the calendar."""
    return add_time(start, length) or start


def _take_time(each: Identifier, report: Report) -> Moment | None:
    """Returns when a number was captured, else the time of the incident."""
    return each.time or report.incident_time


def _expire(when: Moment | None) -> str | None:
    """Returns until when an operator is bound to keep its log: 365 days after the capture, PECA s.32."""
    due = add_time(when.datetime(), _YEAR) if when else None
    return format_utc(due) if due else None
