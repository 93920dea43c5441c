"""Refers a report to a child protection body, foreign police, NCMEC or the provider: minimum data, no media.

What names or locates a child leaves only with a plan for safe contact. An image that was made or altered by a machine counts in
full: the child whom it shows is as real.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from triage.errors import InputError, NotFound, Refused
from triage.exports.referral import encode_referral, format_referral
from triage.exports.time_labels import format_source_time
from triage.jobs.leaving.outgoing import NOT_SAID, check_may_leave, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.lookup import find_report
from triage.jobs.reading.show import build_report_view
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.choices import name_choices
from triage.model.handover import Handover
from triage.model.moment import format_pakistan_day
from triage.model.printable import make_printable
from triage.model.provider_marks import name_annotation
from triage.model.referral import (
    BodyKind,
    Referral,
    ReferralBody,
    ReferralFact,
    ReferralMade,
    ReferralPreview,
    SafeContactPlan,
    WithheldFact,
)
from triage.model.users import Right
from triage.model.views import ShowPerson, ShowReport
from triage.resources import resource
from triage.safe_files import UnsafeFile, read_file, resolve_file
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import cases, destruction, referrals

MAX_PLAN = 64 * 1024  # bytes of a file with a safe-contact plan
_NAMING_FACTS = ("dateOfBirth", "school")
_PLAIN_FACTS = ("age", "approximateAge", "relationship", "relationToChild")
_NAMING_KINDS = ("name", "display_name", "address", "phone", "email", "username", "user_id", "url")
NAMING_FIELDS = frozenset(f"{who}_{name}" for who in ("child", "complainant") for name in (*_NAMING_FACTS, *_NAMING_KINDS))
"""Fields that name or locate a child."""


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of referral_bodies.toml."""

    id: str
    name: str
    kind: BodyKind
    province: str
    helpline: str


class _Bodies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file referral_bodies.toml."""

    body: tuple[_Body, ...]


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of a safe-contact plan. All fields are needed."""

    who_may_know: str
    safe_channel: str
    family_risk: str
    woman_officer: str
    interpreter: str
    notes: str


PLAN_FIELDS = _Plan.__struct_fields__
PLAN_MISSING = "This referral names or locates a child: give a plan for safe contact (--safe-contact FILE), or use --redact."


@cache
def list_bodies() -> tuple[ReferralBody, ...]:
    """Returns the bodies to which a report can be referred."""
    file = msgspec.toml.decode(resource("referral_bodies.toml").read_bytes(), type=_Bodies)
    return tuple(
        ReferralBody(id=b.id, name=b.name, kind=b.kind, province=b.province or None, helpline=b.helpline or None)
        for b in file.body
    )


def create_referral(
    session: Session,
    report_number: str,
    to: str,
    out: Path,
    *,
    safe_contact: SafeContactPlan | None = None,
    redact: bool = False,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
) -> ReferralMade:
    """Writes a referral into the new folder `out`: a letter (.docx) and the same as JSON, both signed.

    Args:
        session: The session of a lead or an examiner.
        report_number: The report.
        to: The id of a body.
        out: A folder that does not exist.
        safe_contact: The safe-contact plan. Needed for what names or locates a child.
        redact: Whether to leave out what names or locates a child.
        although_cleared: Why a cleared person's report is referred all the same.
        handover: How the folder leaves.

    Raises:
        NotFound: for an unknown report or body
        Refused: without the right or the plan, when a field of the plan is empty, or when the report may not leave
        WorldError: if the folder can't be written
    """
    session.require(Right.CASE_PAPERS)
    body = _find_body(to)
    plan = None if safe_contact is None else _clean_plan(safe_contact)
    with session.reading() as db:
        report_id = find_report(db, report_number)
        leaving = check_may_leave(db, [report_id], although_cleared)
        view, facts, withheld = _gather(session, db, report_id, body, redact)
    names_child = any(fact.field in NAMING_FIELDS for fact in facts)
    if names_child and plan is None:
        raise Refused(PLAN_MISSING)
    about = describe_export(session)
    referral = Referral(
        report_id=view.report_id,
        body=body,
        made=about.made,
        officer=about.officer,
        names_child=names_child,
        facts=facts,
        withheld=withheld,
        plan=plan if names_child else None,
        first=leaving.sentence,
    )

    def note(batch: Batch) -> None:
        """Keeps the referral, and adds its audit log entry."""
        kept = None if referral.plan is None else msgspec.json.encode(referral.plan).decode()
        referrals.add_referral(batch, report_id, now(), session.user.id, body.id, names_child, kept)
        batch.note("report referred", report=report_id, names_child=int(names_child), to=session.store.keyed(body.id))

    files = ((Path("referral.docx"), format_referral(referral, about)), (Path("referral.json"), encode_referral(referral, about)))
    write_out(session, files, kind="referral", folder=out, handover=handover, leaving=leaving, note=note)
    return ReferralMade(
        path=str(out),
        to=body.id,
        names_child=names_child,
        fields=tuple(dict.fromkeys(fact.field for fact in facts)),
        withheld=withheld,
        signature_key=about.fingerprint,
    )


def preview_referral(
    session: Session, report_number: str, to: str, *, redact: bool = False, although_cleared: str | None = None
) -> ReferralPreview:
    """Returns what a referral would say and leave out, and what blocks it, without writing anything.

    Raises:
        NotFound: for an unknown report or body
        Refused: without the right
    """
    session.require(Right.CASE_PAPERS)
    body = _find_body(to)
    with session.reading() as db:
        report_id = find_report(db, report_number)
        refused = None
        try:
            check_may_leave(db, [report_id], although_cleared)
        except Refused as error:
            refused = error.message
        view, facts, withheld = _gather(session, db, report_id, body, redact)
        is_cleared = bool(destruction.find_cleared(db, [report_id]))
    return ReferralPreview(
        report_id=view.report_id,
        body=body,
        names_child=any(fact.field in NAMING_FIELDS for fact in facts),
        facts=facts,
        withheld=withheld,
        cleared=is_cleared,
        refused=refused,
    )


def _gather(
    session: Session, db: Reader, report_id: int, body: ReferralBody, redact: bool
) -> tuple[ShowReport, tuple[ReferralFact, ...], tuple[WithheldFact, ...]]:
    """Returns the report, what the body is told of it, and what it is not told."""
    view = build_report_view(session, db, report_id, None)
    if "documents" in view.damaged:  # else the referral would say that no child is named
        raise Refused(
            "The documents of {report} can't be read, so it is not known whether they name a child; triage check names what is"
            " damaged.",
            report=view.report_id,
        )
    case = cases.find_case_of_report(db, report_id)
    numbers = () if case is None else tuple((k, v) for k, v, _ in cases.list_numbers_of_case(db, case.id))
    return view, *_choose_facts(view, body.kind, numbers, redact)


def _clean_plan(plan: SafeContactPlan) -> SafeContactPlan:
    """Returns the plan in printable words. Raises Refused when one of its fields is empty or too long."""
    said = {name: " ".join(getattr(plan, name).split()) for name in PLAN_FIELDS}
    if empty := [name for name, text in said.items() if not text]:
        raise Refused("The safe-contact plan says nothing under: {fields}.", fields=", ".join(empty))
    if sum(len(text) for text in said.values()) > MAX_PLAN:
        raise Refused("The safe-contact plan has more than {most} characters.", most=MAX_PLAN)
    return SafeContactPlan(**{name: make_printable(text) for name, text in said.items()})


def read_plan(path: Path) -> SafeContactPlan:
    """Reads a safe-contact plan.

    Raises:
        InputError: if the file can't be read, is no such plan, or a field is empty
    """
    try:
        data = read_file(resolve_file(path), MAX_PLAN)
        plan = msgspec.toml.decode(data, type=_Plan)
    except UnsafeFile as error:
        raise InputError("{file} is no safe-contact plan: {why}.", file=path.name, why=error.strerror or "") from error
    except OSError as error:
        raise InputError("{file} can't be read: {why}.", file=path.name, why=(error.strerror or "").lower()) from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InputError(
            "{file} is no safe-contact plan. It needs: {fields}.", file=path.name, fields=", ".join(_Plan.__struct_fields__)
        ) from error
    if empty := [name for name in PLAN_FIELDS if not getattr(plan, name).split()]:
        raise InputError("The safe-contact plan {file} says nothing under: {fields}.", file=path.name, fields=", ".join(empty))
    return SafeContactPlan(**{name: getattr(plan, name) for name in PLAN_FIELDS})


def _find_body(to: str) -> ReferralBody:
    """Returns the body with this id, in any case of letters."""
    for body in list_bodies():
        if body.id.casefold() == to.strip().casefold():
            return body
    choices = name_choices([body.id for body in list_bodies()], Message("triage referral bodies"))
    raise NotFound("There is no body {to}; {choices}.", to=repr(to), choices=choices)


def _choose_facts(
    view: ShowReport, kind: BodyKind, numbers: tuple[tuple[str, str], ...], redact: bool
) -> tuple[tuple[ReferralFact, ...], tuple[WithheldFact, ...]]:
    """Returns what a body of this kind is told of a report, and what it is not told."""
    common = list(_list_common(view, numbers))
    withheld = [
        WithheldFact(what="media", why="no media leave with a referral"),
        WithheldFact(what="score and band", why="they order work here and are evidence of nothing"),
        WithheldFact(what="free text and chats", why="they may name others"),
    ]
    if kind == "child protection":
        common += [*_list_danger(view), *(fact for fact in _list_child(view) if not (redact and fact.field in NAMING_FIELDS))]
        withheld.append(WithheldFact(what="identifiers of the reported user", why="not needed to protect the child"))
        if redact:
            withheld.append(WithheldFact(what="what names or locates the child", why="left out on request"))
    elif kind == "foreign police":
        common += [*_list_danger(view), *_list_reported_user(view), *_list_digests(view)]
        withheld.append(WithheldFact(what="what names or locates the child", why="asked for case by case"))
    else:
        common += _list_outcome(view)
        withheld += [
            WithheldFact(what="all people and identifiers", why="feedback names nobody"),
            WithheldFact(what="digests of files", why="feedback names no file"),
        ]
    return tuple(common), tuple(withheld)


def _list_common(view: ShowReport, numbers: tuple[tuple[str, str], ...]) -> Iterator[ReferralFact]:
    """Yields what every body is told."""
    yield ReferralFact(field="report", label="CyberTipline report", value=view.report_id)
    yield ReferralFact(field="provider", label="Reported by", value=view.esp or "not stated")
    for kind, value in numbers:
        yield ReferralFact(field="case_number", label=f"Our {kind} number", value=value)


def _list_danger(view: ShowReport) -> Iterator[ReferralFact]:
    """Yields what happened as far as the report states it."""
    yield ReferralFact(field="incident_type", label="Type as reported", value=view.incident_type or "not stated")
    when = format_source_time(view.incident_time, view.incident_time_original, view.incident_time_zone)
    yield ReferralFact(field="incident_time", label="Time of the incident", value=when)
    marks = ", ".join(str(name_annotation(name)) for name in view.annotations)
    yield ReferralFact(field="annotations", label="Marks of the provider", value=marks or "none")
    for person in view.people:
        if person.role == "suspect":
            for name in ("relationshipToVictim", "relationship", "accessToChildren", "occupation"):
                if person.facts.get(name):
                    yield ReferralFact(field="relation", label="Relation as stated", value=str(person.facts[name]))
    children = sum(person.role == "victim" for person in view.people)
    yield ReferralFact(field="child_count", label="Children in the report", value=str(children or "none named"))


def _list_child(view: ShowReport) -> Iterator[ReferralFact]:
    """Yields what names or locates a child: people reported as victims, and the reported user where they may be a child.

    A complainant is named as such, since a family is how a child is reached.
    """
    who = {"victim": "Child", "complainant": "Complainant"} | ({} if view.child_lane == "no" else {"suspect": "Child"})
    for person in view.people:
        if person.role in who:
            yield from _list_person(person, who[person.role])
    for identifier in view.identifiers:
        if identifier.role in who and identifier.kind in _NAMING_KINDS:
            label, kind = who[identifier.role], identifier.kind
            yield ReferralFact(
                field=f"{label.casefold()}_{kind}", label=f"{label}, {kind.replace('_', ' ')}", value=identifier.value
            )
    for place in view.location.by_person:
        if place.of == "victim" and place.province:
            yield ReferralFact(field="child_province", label="Child, province", value=place.province)


def _list_person(person: ShowPerson, label: str) -> Iterator[ReferralFact]:
    """Yields the facts of a child or complainant as the report states them."""
    for name in (*_PLAIN_FACTS, *_NAMING_FACTS):
        if person.facts.get(name) not in (None, ""):
            value = str(person.facts[name])
            yield ReferralFact(field=f"{label.casefold()}_{name}", label=f"{label}, {_SPELLED.get(name, name)}", value=value)


_SPELLED = {
    "approximateAge": "approximate age",
    "dateOfBirth": "date of birth",
    "relationship": "relation to the reported user",
    "relationToChild": "relation to the child",
}


def _list_reported_user(view: ShowReport) -> Iterator[ReferralFact]:
    """Yields the identifiers of the reported user, with port and time where they were captured."""
    for i in view.identifiers:
        if i.role == "suspect":
            at = "" if i.port is None else f", source port {i.port}"
            when = "" if i.time is None else f". Time: {format_source_time(i.time, i.time_original, i.time_zone)}"
            yield ReferralFact(field=f"reported_{i.kind}", label=i.kind.replace("_", " "), value=f"{i.value}{at}{when}")


def _list_digests(view: ShowReport) -> Iterator[ReferralFact]:
    """Yields MD5 and SHA-1 of the files, by which other police find their own copies."""
    for file in view.files:
        for field, label, value in (("md5", "MD5", file.md5), ("sha1", "SHA-1", file.sha1)):
            if value:
                yield ReferralFact(field=field, label=label, value=value)


def _list_outcome(view: ShowReport) -> Iterator[ReferralFact]:
    """Yields what became of the report."""
    yield ReferralFact(field="outcome", label="Outcome", value=view.status.replace("_", " "))
    last = next((d for d in reversed(view.decisions) if not d.undone and d.reason), None)
    if last is not None:
        yield ReferralFact(field="reason", label="Reason", value=last.reason or "")
        yield ReferralFact(field="decided", label="Decided", value=format_pakistan_day(last.when))
