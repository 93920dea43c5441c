"""Facts of a report that may suggest a section. Each says where it stands; an incident type alone is no fact.

A flag of the provider is its claim, and is called so. What is missing says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from triage.message import Message, join
from triage.model.judgement import Surroundings
from triage.model.report import Report, ReportFile

_NOT_ALNUM = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d{1,3}")
_UPLOAD = ("upload", "send", "sent", "share", "post", "transmit", "distribut", "download", "store", "save")
_VIEW = re.compile(r"(?<!re)(?<!pre)view|watch|search|brows|visit")
_OPENED = re.compile(
    r"(?:open|access)\w{0,60}(?:file|image|picture|photo|video|media|content|link)|(?:file|image|picture|photo|video|media|content|link)s?(?:open|access)"
)
_MATERIAL = ("childpornography", "sexualabusematerial", "csam")
_CLASSES = ("A1", "A2", "B1", "B2")
_CLEARS = ("adult", "innocent family or medical picture", "drawing or made by a machine", "not pertinent")
"""Grades of this house that go before what a provider or a list says of a file."""
_SAYS_NOTHING = ("", "no", "false", "none", "unknown", "na", "notapplicable", "notprovided", "informationnotprovided")
_STRANGER = ("stranger", "online", "internet", "norelation", "unrelated")


@dataclass(frozen=True, slots=True)
class Told:
    """A report and what the store says around it."""

    report: Report
    around: Surroundings


Look = Callable[[Told], Message | None]
"""A sentence that says what was found and where, or None."""


def bare(text: object) -> str:
    return _NOT_ALNUM.sub("", str(text)).casefold()


def _material_held(told: Told) -> Message | None:
    """A file that was sent or kept, and something beside the incident type that speaks of what it shows."""
    for file in told.report.files:
        shows = _shows(told, file)
        if shows and not _viewed_only(told, file):
            how = Message("its bytes came with the report" if file.occurrence else "the report lists it as uploaded")
            return Message("File {file}: {shows}; {how}.", file=_name(file), shows=shows, how=how)
    return None


def _shows(told: Told, file: ReportFile) -> Message | None:
    """What speaks of the content: a grade given here before all others, the provider's class, a hash list."""
    sha256 = file.occurrence.sha256 if file.occurrence else dict(file.entry.declared).get("sha256", "").casefold()
    grades = [verdict for graded, verdict in told.around.verdicts if sha256 and sha256 == graded]
    if any(verdict in _CLEARS for verdict in grades):
        return None
    for verdict in grades:
        if verdict in ("abuse material", "exploitive"):
            return Message("it was graded here as {grade}", grade=Message(verdict))  # message-ok
    if (file.entry.classification or "").strip().upper() in _CLASSES:
        return Message("the provider gave it class {name}", name=file.entry.classification or "")
    for hit in told.around.hits:
        if sha256 and hit.sha256 == sha256 and hit.list_kind == "known":
            return Message("hash list {list} of {date} holds it", list=hit.list_name, date=hit.added[:10])
    if file.entry.viewed_by_esp and any(word in bare(told.report.incident_type or "") for word in _MATERIAL):
        return Message("the provider says it looked at the file and reports it as abuse material")
    return None


def _viewed_only(told: Told, file: ReportFile) -> bool:
    events = [bare(i.event) for i in told.report.identifiers if i.event and i.file == file.entry.key]
    return bool(events) and all(_looked(each) for each in events)


def _looked(event: str) -> bool:
    """Whether an event says that somebody looked at something; a look at one's account, or a provider's review, is none."""
    return _VIEW.search(event) is not None or _OPENED.search(event) is not None


def _only_viewed(told: Told) -> Message | None:
    """Somebody is said to have looked at material, and nothing says that they had or passed on any."""
    if not any(word in bare(told.report.incident_type or "") for word in _MATERIAL) or _material_held(told):
        return None
    events = [i.event for i in told.report.identifiers if i.event and i.role not in ("reporter", "mentioned")]
    if any(word in bare(each) for each in events for word in _UPLOAD):
        return None
    seen = sorted({each for each in events if _looked(bare(each))})
    if not seen:
        return None
    return Message("Recorded events are {events}; no file is said to have been kept or sent.", events=tuple(seen))


def _annotated(*names: str) -> Look:
    wanted = {bare(name) for name in names}

    def look(told: Told) -> Message | None:
        of_report = [name for name in told.report.annotations if bare(name) in wanted]
        of_files = [name for file in told.report.files for name in file.entry.annotations if bare(name) in wanted]
        found = sorted({*of_report, *of_files})
        return Message("The provider marks it as {marks}.", marks=tuple(found)) if found else None

    return look


def _victim(told: Told) -> bool:
    return any(person.role == "victim" for person in told.report.people) or any(
        identifier.role == "victim" for identifier in told.report.identifiers
    )


def _contact(told: Told) -> Message | None:
    """A child is named, and the report is of contact with one."""
    kind = bare(told.report.incident_type or "")
    if _victim(told) and any(word in kind for word in ("enticement", "grooming", "molestation", "obscenematerialsent")):
        return Message("A child victim is named in a report of contact with a child.")
    return None


def _shown_to_child(told: Told) -> Message | None:
    if _victim(told) and "obscenematerialsent" in bare(told.report.incident_type or ""):
        return Message("A child victim is named, to whom obscene material is said to have been sent.")
    return None


def _money(told: Told) -> Message | None:
    wallets = [i for i in told.report.identifiers if i.kind == "wallet" and i.role not in ("reporter", "mentioned")]
    if wallets and (_victim(told) or told.report.files):
        return Message("An account that takes money is named ({n}).", n=len(wallets))
    return None


def _trafficking(told: Told) -> Message | None:
    named = _victim(told) or _money(told) is not None
    if not named or "trafficking" not in bare(told.report.incident_type or ""):
        return None
    return Message("A report of trafficking that names a child or money.")


def _hands_on(told: Told) -> Message | None:
    """An act, not the chance of one: a mark of the files, or a child who is named in a report of such an act."""
    named = _victim(told) and "molestation" in bare(told.report.incident_type or "")
    marked = _annotated("physicalHarm")(told)
    return marked or (Message("A child victim is named in a report of hands-on abuse.") if named else None)


def _access(told: Told) -> Message | None:
    found = set()
    for fact in _facts(told.report, "suspect", "accesstochildvictim", "relationshiptochildvictim"):
        said = bare(fact.value)
        if said not in _SAYS_NOTHING and not any(word in said for word in _STRANGER):
            found.add(fact.name)
    if not found:
        return None
    return Message("The reported user is said to have access to the child ({facts}).", facts=tuple(sorted(found)))


def _produced(told: Told) -> Message | None:
    """Files that came, of somebody who has access to the child that is the victim, or of an act."""
    found = _hands_on(told) or _access(told)
    shown = any(file.occurrence and _shows(told, file) for file in told.report.files)
    return join(found, Message("Files of abuse came with it.")) if found and shown else None


def _young(told: Told) -> Message | None:
    ages = [age for fact in _facts(told.report, "suspect", "age", "approximateage") if (age := _age(fact.value)) is not None]
    ages += [age for f in _facts(told.report, "suspect", "dateofbirth") if (age := _age_then(told.report, f.value)) is not None]
    ages = [age for age in ages if 0 < age <= 120]
    if not ages or min(ages) >= 18:
        return None
    return Message("By what is stated the reported user is or may be {n} years old.", n=min(ages))


def _ages_differ(told: Told) -> Message | None:
    said = [fact for fact in _facts(told.report, "suspect", "ageassertiondiscrepancy") if bare(fact.value) not in _SAYS_NOTHING]
    return Message("The provider says that the reported user stated different ages, and may be a child.") if said else None


def _facts(report: Report, role: str, *names: str) -> Iterator[_Fact]:
    for person in report.people:
        if person.role == role:
            yield from (_Fact(fact.name, fact.value) for fact in person.facts if bare(fact.name) in names)


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    value: object


def _age(value: object) -> int | None:
    """The lowest number of a stated age ("13", "16-20"): likely under age is enough to ask."""
    found: Sequence[int] = [] if isinstance(value, bool) else [int(n) for n in _NUMBER.findall(str(value))]
    return min((n for n in found if n <= 120), default=None)


def _age_then(report: Report, born: object) -> int | None:
    when = report.incident_time or report.received
    try:
        day = date.fromisoformat(str(born)[:10])
    except ValueError:
        return None
    if when is None:
        return None
    then = when.datetime().date()
    return then.year - day.year - ((then.month, then.day) < (day.month, day.day))


def _name(file: ReportFile) -> str:
    return file.entry.original_name or file.entry.name or file.entry.key


FACTS: dict[str, Look] = {
    "material held": _material_held,
    "only viewed": _only_viewed,
    "sextortion": _annotated("sextortion"),
    "sadistic exploitation": _annotated("sadisticOnlineExploitation"),
    "solicitation": _annotated("csamSolicitation"),
    "live abuse": _annotated("liveStreaming"),
    "minors among themselves": _annotated("minorToMinorInteraction"),
    "self-produced": _annotated("possibleSelfProduction", "selfProduced"),
    "contact with a child": _contact,
    "shown to a child": _shown_to_child,
    "money": _money,
    "trafficking of a named child": _trafficking,
    "hands-on abuse": _hands_on,
    "access to the child": _access,
    "produced with a child": _produced,
    "reported user under 18": _young,
    "ages differ": _ages_differ,
}
