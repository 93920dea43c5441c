"""Questions to the report as a whole: what happened, and what NCMEC and the provider made of it."""

from __future__ import annotations

from functools import lru_cache

from triage.intents import INTENTS, IntentFinding
from triage.message import Message, join
from triage.model.file_text import NO_TEXT, FileText
from triage.model.incident_kinds import BLACKMAIL, OWN_CASE, holds, is_known, is_of_contact
from triage.model.report import ReportFile
from triage.model.silence import denies_escalation
from triage.priority.case import Case, Seen, Words, all_bare, counted, listing, of_words, plain, short
from triage.priority.stated_values import bare, read_priority

_OWN_CASE = bare(OWN_CASE)
_CONTACT_ANNOTATIONS = {"sextortion", "csamsolicitation", "sadisticonlineexploitation", "minortominorinteraction"}
_CONVERSATION = ("chat", "message", "conversation", "emailincident", "content")
BOILERPLATE_FROM = 8
"""A sentence of a provider that stands in reports on so many different reported users is its boilerplate."""
SHOWN, MOST_SHOWN = 140, 2  # characters of a sentence on the card, and sentences
_LEAST_SURE = {"meeting": 0.7, "access": 0.7, "deadline": 0.7}
"""How sure the classifier has to be of what slots found in the parties' own words, so that it counts as such.

Invitations, children at home and times stand in every family's messages. Of unseen writers' sentences that slots find, this
leaves 87 to 95 % of those on a danger and 54 to 62 % of the ordinary ones. Self-harm is never doubted.
"""
_WHOSE = {
    "party": Message("the parties' words"),
    "provider": Message("the provider's words"),
    "NCMEC": Message("NCMEC's words"),
    "unknown": Message("whose words is unknown"),
}
_LANGUAGES = {
    "english": Message("English"),
    "roman_urdu": Message("Roman Urdu"),
    "urdu": Message("Urdu"),
    "sindhi": Message("Sindhi"),
    "pashto": Message("Pashto"),
    "punjabi": Message("Punjabi"),
}
_PIECES = (
    Message("received"),
    Message("incident time"),
    Message("provider"),
    Message("incident type"),
    Message("reported user"),
    Message("account"),
    Message("files or text"),
)
"""What every request to a provider or operator needs."""
_LOGS = (".csv", ".txt", ".eml", ".html", ".htm")


@of_words("incident_type")
def incident_type_says(case: Case, field: str, words: Words) -> Seen | None:
    """NCMEC words one type in several ways; a part of the text decides ("enticement")."""
    return Seen(case.report.incident_type or "", field) if holds(case.kind, all_bare(words)) else None


@plain("incident_type")
def incident_type_not_stated(case: Case, field: str) -> Seen | None:
    """Finds that no incident type is stated; one of the desk's own cases has none."""
    return Seen(case.report.incident_type or Message("not stated"), field) if is_type_not_stated(case) else None


@plain("incident_type")
def incident_type_unknown(case: Case, field: str) -> Seen | None:
    """Finds an incident type that contains no word of a known one."""
    if is_type_not_stated(case) or is_known(case.kind):
        return None
    return Seen(short(case.report.incident_type or ""), field)


def is_type_not_stated(case: Case) -> bool:
    """Returns whether the report states no incident type."""
    return not case.kind or case.kind == _OWN_CASE


@of_words("annotations")
def report_annotated(case: Case, field: str, words: Words) -> Seen | None:
    """A presence flag of the report or of a file, or the same word in the incident type, where NCMEC's own wording puts it."""
    wanted = all_bare(words)
    if not wanted.isdisjoint(case.annotations):
        return Seen(listing([name for name in case.report.annotations if bare(name) in wanted]), field)
    if not wanted.isdisjoint(case.marked):
        return Seen(listing([name for level, name in case.marks if level in wanted]), "files.annotations")
    return Seen(case.report.incident_type or "", "incident_type") if holds(case.kind, wanted) else None


def is_annotated(case: Case, words: Words) -> bool:
    """Returns whether `report_annotated` finds anything, without putting it into words."""
    wanted = all_bare(words)
    return not (wanted.isdisjoint(case.annotations) and wanted.isdisjoint(case.marked)) or holds(case.kind, wanted)


@plain("escalation")
def escalated(case: Case, field: str) -> Seen | None:
    """Present is escalated, with whatever reason or none; a reason that denies it, as "N/A" or "No - routine report", is not."""
    reason = case.report.escalation
    return None if reason is None or denies_escalation(reason) else Seen(short(reason) or Message("no reason stated"), field)


@of_words("priority_code")
def ncmec_priority(case: Case, field: str, words: Words) -> Seen | None:
    """Finds one of NCMEC's priority codes."""
    code = (case.report.priority_code or "").strip()
    return Seen(Message("NCMEC {code}", code=short(code)), field) if code and read_priority(code) in all_bare(words) else None


@of_words("designation")
def designation_is(case: Case, field: str, words: Words) -> Seen | None:
    """Finds one of the named designations."""
    said = case.report.designation or ""
    return Seen(said, field) if bare(said) and bare(said) in all_bare(words) else None


@of_words("free_text")
def text_says(case: Case, field: str, intents: Words) -> Seen | None:
    """Any text of the report may say this, whoever wrote it and however it was found."""
    if not case.findings:
        return None
    return _describe_findings(case, field, [each for each in case.findings if each.intent in intents])


@of_words("free_text")
def parties_say(case: Case, field: str, intents: Words) -> Seen | None:
    """The parties' own words may say this, by slots or phrases; what the classifier alone finds, or doubts, is not enough."""
    if not case.findings:
        return None
    return _describe_findings(case, field, [each for each in case.findings if each.intent in intents and _is_own_words(each)])


@of_words("free_text")
def text_says_in_contact(case: Case, field: str, intents: Words) -> Seen | None:
    """The same as text_says, in reports on contact with a child only: what is harmless elsewhere is not there."""
    return text_says.ask(case, intents) if case.findings and is_contact(case) else None


@of_words("free_text")
def parties_say_in_contact(case: Case, field: str, intents: Words) -> Seen | None:
    """The same as parties_say, in reports on contact with a child only."""
    return parties_say.ask(case, intents) if case.findings and is_contact(case) else None


@of_words("free_text")
def text_says_under_blackmail(case: Case, field: str, intents: Words) -> Seen | None:
    """The same as text_says, where there may be blackmail: the report is marked so, or its text may hold a threat."""
    return text_says.ask(case, intents) if case.findings and _may_be_blackmail(case) else None


@of_words("free_text")
def parties_say_under_blackmail(case: Case, field: str, intents: Words) -> Seen | None:
    """The same as parties_say, where there may be blackmail."""
    return parties_say.ask(case, intents) if case.findings and _may_be_blackmail(case) else None


@plain("free_text")
def boilerplate_found(case: Case, field: str) -> Seen | None:
    """Sentences that would raise the report, if they did not recur over many reports of the same provider."""
    if not case.boilerplate:
        return None
    sentences = listing({f"“{_shorten(each.sentence)}”" for each in case.boilerplate}, MOST_SHOWN)
    told = Message(
        "{sentences}: recurs in reports on {n} or more users of this provider.", sentences=sentences, n=BOILERPLATE_FROM
    )
    return Seen(told, field)


@plain("free_text")
def text_not_read_whole(case: Case, field: str) -> Seen | None:
    """The report holds more text than is read of one report."""
    return None if case.read_whole else Seen(Message("not read to its end"), field)


def _may_be_blackmail(case: Case) -> bool:
    return is_annotated(case, BLACKMAIL) or any(each.intent == "threat" for each in case.findings)


def do_parties_say(case: Case, intent: str) -> bool:
    """Returns whether `parties_say` finds an intent, without putting it into words."""
    return any(each.intent == intent and _is_own_words(each) for each in case.findings)


def _is_own_words(finding: IntentFinding) -> bool:
    sure = finding.score >= _LEAST_SURE.get(finding.intent, 0.0)
    return finding.origin == "party" and finding.how != "classifier" and sure


def _describe_findings(case: Case, field: str, found: list[IntentFinding]) -> Seen | None:
    """Returns the sentences for the card, the surest first, each with how it was found and whose words it is."""
    if not found:
        return None
    ordered = sorted(found, key=lambda each: (INTENTS.index(each.intent), not _is_own_words(each), -each.score, each.sentence))
    return Seen(join(*map(_describe_finding, ordered[:MOST_SHOWN])), field, case.strength)


def _describe_finding(finding: IntentFinding) -> Message:
    """Returns a sentence for the card, with whose words it is, its language and how it was found."""
    if finding.how == "classifier":
        how = Message("classifier {score:.2f}", score=finding.score)
    elif finding.how == "phrase":
        how = Message("phrase: {slots}", slots=_describe_slots(finding))
    else:
        how = Message("words near each other: {slots}", slots=_describe_slots(finding))
    sentence, language = _shorten(finding.sentence), _LANGUAGES[finding.language]
    return Message(
        "“{sentence}” ({whose}; {language}; {how}).", sentence=sentence, whose=_WHOSE[finding.origin], language=language, how=how
    )


def _shorten(sentence: str) -> str:
    """Returns the beginning of a sentence in one line, for the card."""
    return short(sentence.replace("\n", " "), SHOWN)


def _describe_slots(finding: IntentFinding) -> str:
    """Returns the classes of words that stood near each other: "meet + time / place / alone"."""
    return " + ".join(finding.why).replace("_", " ").replace("|", " / ")


def is_contact(case: Case) -> bool:
    """Returns whether the report is of contact with a child rather than of material alone.

    Without a type, or with one that nobody knows, it may be.
    """
    if is_of_contact(case.kind):
        return True
    return not (_CONTACT_ANNOTATIONS.isdisjoint(case.annotations) and _CONTACT_ANNOTATIONS.isdisjoint(case.marked))


@plain("free_text")
def conversation(case: Case, field: str) -> Seen | None:
    """A text of the report is a conversation, or a file may be a chat log: then the card says whether it was read."""
    labels = [text.label for text in case.report.free_text if _names_conversation(text.label)]
    files = [told for file in case.report.files if (told := _describe_chat_file(case, file)) is not None]
    found: list[str | Message] = [*labels, *files]
    return Seen(listing(found), field) if found else None


@lru_cache(maxsize=1_024)
def _names_conversation(label: str) -> bool:
    return any(part in bare(label) for part in _CONVERSATION)


def _describe_chat_file(case: Case, file: ReportFile) -> Message | None:
    """Returns whether a file that may be a chat log was read, or None for another file."""
    facts = case.media.get(file.occurrence.sha256) if file.occurrence is not None else None
    text = facts.file_text if facts is not None else None
    name = file.entry.original_name or file.entry.name or (file.occurrence.name if file.occurrence is not None else "")
    may_be_chat = text is not None and (text.is_chat or text.problem not in (None, NO_TEXT))
    if not name.casefold().endswith(_LOGS) and not may_be_chat:
        return None
    return Message("{name}: {state}", name=short(name, 60), state=_describe_reading(text))


def _describe_reading(text: FileText | None) -> Message:
    """Returns how far the text of a file that may be a chat log was read."""
    if text is None:
        return Message("A file that may be a chat log came; it was not read.")
    if text.problem is not None:
        return Message("A file that may be a chat log came; it was not read: {why}", why=Message(text.problem))  # message-ok
    if not text.messages:
        return Message("A file that may be a chat log came; the score did not read it: the report's files hold too much text.")
    count = counted(text.count, "message")
    if text.left_out or text.shortened or text.attachments:
        return Message("A file that may be a chat log came; it was read in part ({count}).", count=count)
    return Message("A file that may be a chat log came; it was read ({count}).", count=count)


@plain("report")
def complete(case: Case, field: str) -> Seen | None:
    """Finds which of the pieces that every request to a provider or operator needs are stated."""
    report = case.report
    stated = (
        report.received is not None and not report.received_estimated,
        report.incident_time is not None,
        bool(report.esp),
        bool(report.incident_type),
        any(person.role == "suspect" for person in report.people),
        any(each.role == "suspect" and each.kind in ("user_id", "username") for each in report.identifiers),
        bool(report.files or report.free_text),
    )
    return _describe_pieces(field, stated) if any(stated) else None


@lru_cache(maxsize=256)
def _describe_pieces(field: str, stated: tuple[bool, ...]) -> Seen:
    """Returns which of the pieces are stated."""
    there = [name for name, is_stated in zip(_PIECES, stated, strict=True) if is_stated]
    said = Message("{n} of {total}: {pieces}", n=len(there), total=len(_PIECES), pieces=listing(there, 7))
    return Seen(said, field, len(there) / len(_PIECES))


CONDITIONS = (
    incident_type_says,
    incident_type_not_stated,
    incident_type_unknown,
    report_annotated,
    escalated,
    ncmec_priority,
    designation_is,
    text_says,
    parties_say,
    text_says_in_contact,
    parties_say_in_contact,
    text_says_under_blackmail,
    parties_say_under_blackmail,
    boilerplate_found,
    text_not_read_whole,
    conversation,
    complete,
)
