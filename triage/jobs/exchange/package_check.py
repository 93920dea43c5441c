"""Checks every part of an opened package before anything of it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from triage import limits
from triage.errors import InputError
from triage.exports.work_package import OpenedPackage, WorkManifest, make_not_accepted_error
from triage.exports.work_report import ReportForm, decode_report, encode_report, is_sound_name
from triage.message import Message
from triage.model.casework import Grade, NumberKind, Stage


def decode_forms(opened: OpenedPackage, name: str) -> tuple[ReportForm, ...]:
    """Returns what the package says of each report, after all of it was checked.

    Raises:
        InputError: if one part is not as Triage writes it
    """
    manifest, members = opened.manifest, opened.members
    wanted = [f"reports/{n}.json" for n in range(len(manifest.reports))]
    if [member for member in members if member.startswith("reports/")] != wanted or not wanted:
        raise make_form_error(name, Message("the reports are not those of its manifest"))
    forms = []
    for number, member in zip(manifest.reports, wanted, strict=True):
        form = _decode_form(members[member], number)
        if isinstance(form, Message):
            raise make_form_error(name, form)
        forms.append(form)
    with_media = any(member.startswith("media/") for member in members)
    for form in forms:
        if problem := _find_problem(form, members, work=manifest.kind == "work", with_media=with_media):
            raise make_form_error(name, problem)
    _check_numbers(forms, name)
    needed = {f"sources/{s.sha256}" for f in forms for s in f.sources} | {
        f"media/{f.sha256}" for form in forms for f in form.files
    }
    if any(not member.startswith("reports/") and member not in needed for member in members):
        raise make_form_error(name, Message("it holds a file that belongs to no report"))
    return tuple(forms)


def find_results_problem(form: ReportForm) -> Message | None:
    """Returns why the receiver of results would not take in what they say of this report, or None."""
    read = _decode_form(encode_report(form), form.number)
    return read if isinstance(read, Message) else _find_problem(read, {}, work=False, with_media=False)


def _decode_form(data: bytes | memoryview, number: str) -> ReportForm | Message:
    """Returns what a member says of the report with this number, or why it can't be read."""
    if len(data) > limits.MAX_PACKAGE_REPORT:
        return Message("what it says of report {report} is too long", report=number)
    try:
        form = decode_report(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Message("what it says of report {report} has another form", report=number)
    if form.number != number:
        return Message("a part speaks of report {report}, which it is not for", report=form.number)
    return form


def require_acceptable(manifest: WorkManifest, members: Sequence[tuple[str, bytes]]) -> None:
    """Reads what is to be sealed as its receiver will read it.

    Raises:
        WorldError: if the receiver would refuse a part of it
    """
    try:
        decode_forms(OpenedPackage(manifest, {name: memoryview(data) for name, data in members}), manifest.package_id)
    except InputError as error:
        raise make_not_accepted_error(error.message.by_name["what"]) from error


def _check_numbers(forms: Sequence[ReportForm], name: str) -> None:
    """Raises InputError when two reports of the package claim one number."""
    claimed: set[str] = set()
    for form in forms:
        own = {form.number, *form.aliases}
        if own & claimed:
            raise make_form_error(name, Message("two of its reports claim one number"))
        claimed |= own


def _find_problem(form: ReportForm, members: Mapping[str, memoryview], *, work: bool, with_media: bool) -> Message | None:
    """Returns what is wrong with a part, or None. `work`: not results. `with_media`: whether the package encloses files."""
    uids = form.list_uids()
    if len(set(uids)) != len(uids):
        return Message("report {report} names a row twice", report=form.number)
    if not all(is_sound_name(name) for name in form.list_people()):
        return Message("report {report} names a person by what is no name", report=form.number)
    if work != bool(form.sources) or (not work and (form.files or form.list_matches or form.receipts)):
        return Message("report {report} has parts that such a file does not have", report=form.number)
    if any(f"sources/{source.sha256}" not in members for source in form.sources):
        return Message("a source of report {report} is missing", report=form.number)
    if with_media and any(f"media/{file.sha256}" not in members for file in form.files):
        return Message("a file of report {report} is missing", report=form.number)
    if work and {grade.sha256 for grade in form.grades} - {file.sha256 for file in form.files}:
        return Message("report {report} has a grade of a file that it does not hold", report=form.number)
    return _find_strange_word(form)


def _find_strange_word(form: ReportForm) -> Message | None:
    """Returns which word is not one of Triage's, or None."""
    case = form.state.case
    words = [(grade.grade, Grade) for grade in form.grades]
    words += [(number.kind, NumberKind) for number in case.numbers] if case else []  # type: ignore[misc]
    words += [(case.stage.stage, Stage)] if case else []  # type: ignore[list-item]
    if any(word not in {each.value for each in kinds} for word, kinds in words):
        return Message("report {report} has a grade, stage or register that is not known here", report=form.number)
    band = form.state.band
    if band is not None and not any(
        each.uid == band.uid and each.band == band.band and each.undone is None for each in form.corrections
    ):
        return Message("report {report} has a band that no correction sets", report=form.number)
    return None


def make_form_error(name: str, what: Message) -> InputError:
    """Returns the error for a package that is not in order. `what` completes the sentence."""
    return InputError("{file} is not in order, and nothing of it was imported: {what}.", file=name, what=what)
