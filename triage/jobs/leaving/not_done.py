"""Lists what was not done with a report: unknown is not "no", and a court has to read it."""

from __future__ import annotations

from collections import defaultdict

from triage.message import Message
from triage.model.damage import DAMAGE, GRADE_UNREADABLE
from triage.model.packet import NotDone
from triage.model.views import ShowFile, ShowReport

ALWAYS = (
    Message("No file was opened for this packet."),
    Message("PhotoDNA was not computed or compared: it needs a licence."),
    Message('A file was compared with a hash list only where its entry says so. "Not checked" means that it was not compared.'),
    Message("Addresses were located with offline tables. No operator was asked; it may be able to name the subscriber."),
)
"""What no packet does."""


def list_not_done(show: ShowReport) -> tuple[NotDone, ...]:
    """Returns what was not done, or could not be done, with this report and its files."""
    found: defaultdict[Message, list[str]] = defaultdict(list)
    for file in show.files:
        for what in _list_of_file(file):
            found[what].append(file.exhibit or file.name or file.key)
    general = [NotDone(what=what) for what in ALWAYS]
    if show.not_understood:
        what = Message(
            "Parts of the source documents that were not understood: {n}. They are printed as they are.",
            n=len(show.not_understood),
        )
        general.append(NotDone(what=what))
    general += [NotDone(what=DAMAGE[part]) for part in show.damaged]
    if not show.score.rules and show.score.factors == ():
        general.append(NotDone(what=Message("The report was not scored.")))
    return (*general, *(NotDone(what=what, exhibits=tuple(dict.fromkeys(of))) for what, of in found.items()))


def _list_of_file(file: ShowFile) -> list[Message]:
    """Returns what was not done with one file."""
    if not file.present:
        return [Message("The file was not received. Only what the source states of it is known.")]
    found = list(file.not_checked)
    if file.problem is not None:
        found.append(Message("The file was not measured: {reason}", reason=Message(file.problem)))  # message-ok
    if file.verdict.known == "not checked":
        found.append(Message("The file was not compared with a list of known material."))
    if file.verdict.grade_state == GRADE_UNREADABLE:
        found.append(Message("The stored grade can't be read."))
    elif file.verdict.grade is None:
        found.append(Message("The file has no grade."))
    if file.film is not None:
        found += file.film.not_checked
    if file.file_text is not None and file.file_text.state != "read":
        found.append(Message("The text of the file was not read, or only in part."))
    return found
