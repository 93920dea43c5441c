"""What a report states of people and accounts as nodes of CASE/UCO: accounts, addresses, messages, and how they relate.

Every node is scoped by the store that wrote it, so that two agencies' nodes never become one by chance. Each value keeps the
role that the source gave it; a relation says what the source states and no more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from triage.model.addresses import parse_address
from triage.model.printable import make_printable
from triage.model.role_words import ROLES
from triage.model.views import ShowIdentifier, ShowReport, ShowText

NAMESPACE = uuid.UUID("6d2f3a34-6c42-4d6c-9a53-0d9b0c3f5f21")
Node = dict[str, object]
_ACCOUNTS = frozenset({"username", "user_id", "display_name"})
_MESSAGE_WORDS = ("chat", "message", "email", "contents", "comment", "im_")
_OBSERVABLE = "uco-observable:"


def make_node_id(kind: str, *parts: object) -> str:
    """Returns the IRI of a node, the same for the same parts."""
    return f"kb:{kind}-{uuid.uuid5(NAMESPACE, chr(0).join(map(str, (kind, *parts))))}"


class ObservableNodes:
    """Collects the nodes of reports; a value that several reports state is one node."""

    def __init__(self, scope: str, numbers: Sequence[str] = ()) -> None:
        """Starts empty. `scope` is the fingerprint of the store's key; `numbers` are the reports that the graph describes."""
        self._scope = scope
        self._numbers = frozenset(numbers)
        self._nodes: dict[str, Node] = {}

    @property
    def nodes(self) -> list[Node]:
        """Returns the nodes in the order in which they were added."""
        return list(self._nodes.values())

    def add_report(self, show: ShowReport, investigation: str) -> list[str]:
        """Adds what a report states; returns the IRIs of its nodes. `investigation` is the IRI of the report's investigation."""
        before = set(self._nodes)
        people = [self._add_person(show, n) for n in range(len(show.people))]
        own: list[str] = list(people)
        for identifier in show.identifiers:
            observed = self._add_identifier(identifier, show.esp)
            own.append(observed)
            target = people[identifier.person] if identifier.person is not None and identifier.person < len(people) else None
            self._relate(show.report_id, observed, target or investigation, identifier)
        own += [self._add_text(show.report_id, n, text) for n, text in enumerate(show.free_text)]
        for link in show.links:
            self._link_reports(show.report_id, investigation, link.report_id, f"shares {link.via}")
        for number in show.prior_reports:
            self._link_reports(show.report_id, investigation, number, "names as an earlier report")
        return list(dict.fromkeys([*own, *(iri for iri in self._nodes if iri not in before)]))

    def _add(self, iri: str, kind: str, *facets: Node, **more: object) -> str:
        """Adds a node unless it is there, and returns its IRI."""
        node: Node = {"@id": iri, "@type": kind, **{f"uco-core:{name}": value for name, value in more.items()}}
        if facets:
            node["uco-core:hasFacet"] = [{"@id": make_node_id("facet", iri, n), **facet} for n, facet in enumerate(facets)]
        self._nodes.setdefault(iri, node)
        return iri

    def _add_person(self, show: ShowReport, n: int) -> str:
        """Adds a person of a report. Nobody knows whether persons of two reports are the same, so each is one of its own."""
        person = show.people[n]
        role = ROLES.get(person.role, person.role)
        iri = make_node_id("reportedperson", self._scope, show.report_id, n)
        said = f"Person {n + 1} of report {show.report_id}: {role}; the source says {person.says!r}."
        return self._add(iri, "uco-identity:Person", name=f"{role} {n + 1} of report {show.report_id}", description=_clean(said))

    def _add_identifier(self, item: ShowIdentifier, esp: str | None) -> str:
        """Adds the thing that an identifier names."""
        value = _clean(item.normalised or item.value)
        provider = _clean(item.details.get("platform") or item.details.get("espService") or esp or "")
        key = (item.kind, value, provider) if item.kind in _ACCOUNTS else (item.kind, value)
        iri = make_node_id("observable", self._scope, *key)
        kind, facets = _describe_value(item.kind, value)
        where = f" at {provider}" if provider and item.kind in _ACCOUNTS else ""
        return self._add(iri, kind, *facets, name=f"{item.kind.replace('_', ' ')} {value}{where}")

    def _relate(self, number: str, observed: str, target: str, item: ShowIdentifier) -> None:
        """Adds the relation of an identifier to its person or to the report, with the time of its capture."""
        role = ROLES.get(item.role, item.role)
        said = [f"Role in report {number}: {role}."]
        said += [f"Event: {item.event}."] if item.event else []
        said += [f"Port: {item.port}."] if item.port is not None else []
        said += [f"Captured with file {item.file}."] if item.file else []
        if item.time:
            stated = "stated by the source" if item.time_zone == "stated" else "not stated; UTC assumed"
            said.append(f"Time as written: {item.time_original}; zone {stated}.")
        kind = "Captured_With_Report" if item.file else "Mentioned_In" if item.role == "mentioned" else "Attributed_To"
        iri = make_node_id("relationship", self._scope, number, observed, target, kind, *said)
        node: Node = {"uco-core:startTime": {"@type": "xsd:dateTime", "@value": item.time}} if item.time else {}
        self._add_relation(iri, observed, target, kind, " ".join(said), node)

    def _link_reports(self, number: str, own: str, other_number: str, what: str) -> None:
        """Adds the relation of two reports. The other one may be outside the packet: it is named and not described."""
        other = make_node_id("investigation", self._scope, other_number)
        if other_number not in self._numbers:
            name = f"CyberTipline report {other_number}, named as a related report"
            self._add(other, "case-investigation:Investigation", name=_clean(name))
        iri = make_node_id("relationship", self._scope, number, other_number, what)
        self._add_relation(iri, own, other, "Related_To", f"Report {number} {what}.", {})

    def _add_relation(self, iri: str, source: str, target: str, kind: str, description: str, more: Node) -> None:
        """Adds a relation from one node to another."""
        self._nodes.setdefault(
            iri,
            {
                "@id": iri,
                "@type": "uco-core:Relationship",
                "uco-core:source": {"@id": source},
                "uco-core:target": {"@id": target},
                "uco-core:isDirectional": True,
                "uco-core:kindOfRelationship": kind,
                "uco-core:description": _clean(description),
                **more,
            },
        )

    def _add_text(self, number: str, n: int, text: ShowText) -> str:
        """Adds a text: a message where its label says that it is one, else a note."""
        iri = make_node_id("text", self._scope, number, n)
        said = f"Text {text.label!r} of {ROLES.get(text.of, text.of)} in report {number}"
        if any(word in text.label.casefold() for word in _MESSAGE_WORDS):
            facet: Node = {"@type": f"{_OBSERVABLE}MessageFacet", f"{_OBSERVABLE}messageText": text.text}
            return self._add(iri, f"{_OBSERVABLE}Message", facet, name=_clean(said))
        facet = {"@type": f"{_OBSERVABLE}NoteFacet", f"{_OBSERVABLE}text": text.text}
        return self._add(iri, f"{_OBSERVABLE}Note", facet, name=_clean(said))


def _describe_value(kind: str, value: str) -> tuple[str, list[Node]]:
    """Returns the class of a value's node, and its facets."""
    if kind in _ACCOUNTS:
        return f"{_OBSERVABLE}DigitalAccount", list(_account_facets(kind, value))
    if kind == "email":
        return f"{_OBSERVABLE}EmailAddress", [_facet("EmailAddressFacet", addressValue=value)]
    if kind == "phone":
        return f"{_OBSERVABLE}PhoneAccount", [_facet("PhoneAccountFacet", phoneNumber=value)]
    if kind == "url":
        return f"{_OBSERVABLE}URL", [_facet("URLFacet", fullValue=value)]
    if kind == "device":
        return f"{_OBSERVABLE}Device", [_facet("DeviceFacet", serialNumber=value)]
    if kind == "wallet":
        return f"{_OBSERVABLE}DigitalAccount", [_facet("AccountFacet", accountIdentifier=value)]
    if kind == "address":
        return "uco-location:Location", []
    address = parse_address(value) if kind == "ip" else None
    if address is not None:
        name = f"IPv{address.version}Address"
        return f"{_OBSERVABLE}{name}", [_facet(f"{name}Facet", addressValue=str(address))]
    return f"{_OBSERVABLE}ObservableObject", []


def _account_facets(kind: str, value: str) -> Iterator[Node]:
    """Yields the facet that holds a name or id of an account."""
    if kind == "user_id":
        yield _facet("AccountFacet", accountIdentifier=value)
    elif kind == "username":
        yield _facet("DigitalAccountFacet", accountLogin=value)
    else:
        yield _facet("DigitalAccountFacet", displayName=value)


def _facet(name: str, **values: object) -> Node:
    """Builds a facet of observables."""
    return {"@type": f"{_OBSERVABLE}{name}", **{f"{_OBSERVABLE}{key}": value for key, value in values.items()}}


def _clean(text: str) -> str:
    """Returns a text of strangers on one line."""
    return make_printable(text)
