"""Describes a file in words before it is viewed: warnings, class, matches and grades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from triage import wellbeing
from triage.model.damage import GRADE_UNREADABLE
from triage.model.matches import NearMatch
from triage.model.views import ShowFile, ShowReport
from triage.ui.text import report_words, times
from triage.ui.text.annotation_words import describe_annotation
from triage.ui.text.i18n import Safe, decimal, isolated, ltr, mark, number, tr, tr_message, trn, word

CLASSES = {
    "A1": mark("prepubescent, sex act"),
    "A2": mark("prepubescent, lascivious exhibition"),
    "B1": mark("pubescent, sex act"),
    "B2": mark("pubescent, lascivious exhibition"),
}

TYPES = {"octet-stream": "BIN", "plain": "TXT", "quicktime": "MOV", "x-matroska": "MKV", "x-ms-asf": "WMV", "x-msvideo": "AVI"}
"""By the second part of a media type, where people know the type by another name."""

KNOWN = {
    "exact": mark("known, exact"),
    "near": mark("known, near"),
    "possible": mark("possibly known: needs confirmation"),
    "held for review": mark("held for review: the hash matches hundreds of files"),
    "not known": mark("new: matches nothing known"),
    "not checked": mark("not checked"),
}


SHORT = {
    "exact": mark("exact"),
    "near": mark("near"),
    "possible": mark("possible"),
    "held for review": mark("held"),
    "not known": mark("new"),
    "not checked": mark("not checked"),
}


def _rank_state(state: str) -> int:
    """Returns the sort position of a match state, new files first."""
    order = ("not known", "possible", "held for review", "near", "exact", "not checked")
    return order.index(state) if state in SHORT else len(SHORT)


def describe_warning(file: ShowFile, report: ShowReport) -> Safe:
    """Returns the warnings of a file in a sentence.

    When no serious warning is stated, the sentence says only that.
    """
    grave = wellbeing.find_warnings(file, report.annotations)
    if grave:
        return tr("The provider warns of: {what}.", what=report_words.listed(describe_annotation(name) for name in grave))
    if file.annotations:
        said = report_words.listed(describe_annotation(name) for name in file.annotations)
        return tr("No serious warning stated; the provider stated: {what}.", what=said)
    return tr("No warning stated by the provider.")


def describe_class(file: ShowFile) -> Safe:
    """Returns the provider's class with its meaning, such as "class A1: prepubescent, sex act"."""
    if file.classification is None:
        return tr("no class stated")
    code = file.classification.strip()
    known = CLASSES.get(code.upper())
    said = tr("class {code}", code=ltr(code))
    return said if known is None else tr("{class_}: {meaning}", class_=said, meaning=word(known))


NOT_MEASURED = mark("not measured yet")
"""Why nothing of a file can be shown, as the use cases say it; others are sentences of the sandbox."""


def describe_match_state(file: ShowFile) -> Safe:
    """Returns whether a file is known, with the reason."""
    return Safe(f"{word(KNOWN.get(file.verdict.known, file.verdict.known))}. {report_words.reason(file.verdict.why)}")


def describe_grade(file: ShowFile) -> Safe:
    """Returns who graded the file, as what and when, or from which file the grade is inherited."""
    verdict = file.verdict
    if verdict.grade is None:
        return tr("The stored grade can't be read.") if verdict.grade_state == GRADE_UNREADABLE else tr("Not graded yet.")
    by, graded = verdict.graded_by, word(verdict.grade)
    said = [tr("Graded: {grade}", grade=graded) if by is None else tr("Graded {grade} by {user}", grade=graded, user=by)]
    if verdict.graded_at:
        said.append(times.both(verdict.graded_at))
    if verdict.inherited_distance:
        source = ltr((verdict.inherited_from or "")[:12])
        n = ltr(str(verdict.inherited_distance))
        said.append(tr("from the similar image {file}, distance {n}: this file was not viewed", file=source, n=n))
    elif verdict.inherited_from:
        said.append(tr("from an exact copy in another report"))
    return report_words.listed(said)


def list_facts(file: ShowFile) -> list[tuple[Safe, Safe]]:
    """Returns names and values of all that is stated or measured; a missing value is "not stated"."""
    lines = [
        (tr("Provider's class"), describe_class(file)),
        (tr("Provider says"), _annotations(file)),
        (tr("Viewed by provider"), report_words.tri(file.viewed_by_esp)),
        (tr("EXIF viewed by provider"), report_words.tri(file.exif_viewed_by_esp)),
        (tr("Publicly available"), report_words.tri(file.publicly_available)),
        (tr("Bytes"), describe_stored_bytes(file)),
        (tr("Declared hash matches"), describe_declared_hash(file)),
    ]
    if file.relevance:
        lines.append((tr("Relevance"), word(file.relevance)))
    if file.original_name and file.original_name != file.name:
        lines.append((tr("Original name"), ltr(file.original_name)))
    if file.uploaded:
        lines.append((tr("Uploaded"), times.both(file.uploaded)))
    lines += [(report_words.fact(name), report_words.stated(value)) for name, value in file.facts.items()]
    lines += [(isolated(name), ltr(value)) for name, value in file.exif.items()]
    lines += [(isolated(f"{kind} {name}".strip()), isolated(value)) for kind, name, value in file.metadata]
    return lines


def list_hashes(file: ShowFile) -> list[tuple[Safe, str]]:
    """Returns kind and hexadecimal value of the hashes; declared ones when the file is not stored."""
    found = [("SHA-256", file.sha256), ("SHA-1", file.sha1), ("MD5", file.md5), ("PDQ", file.pdq), ("pHash", file.phash)]
    return [(ltr(kind), value) for kind, value in found if value]


def describe_stored_bytes(file: ShowFile) -> Safe:
    """Returns size and type of the stored file, or that it is not stored."""
    if not file.present:
        return tr("not stored: the report lists this file without its content")
    said = [times.size(file.size)] if file.size is not None else []
    if file.mime:
        said.append(describe_type(file.mime))
    return report_words.listed(said) if said else tr("stored")


def describe_type(mime: str) -> Safe:
    """Returns the type of a file as people know it, such as "JPEG" for image/jpeg."""
    subtype = mime.partition("/")[2]
    return ltr(TYPES.get(subtype, subtype.removeprefix("x-").upper()))


def describe_declared_hash(file: ShowFile) -> Safe:
    """Returns whether the provider's declared hash matches the stored file."""
    if not file.declared:
        return tr("none declared")
    if file.declared_hash_matches is None:
        return tr("could not be compared")
    return tr("yes") if file.declared_hash_matches else tr("no: the content differs from the provider's hash")


def _annotations(file: ShowFile) -> Safe:
    """Returns the provider's annotations in words."""
    if not file.annotations:
        return tr("nothing stated")
    return report_words.listed(describe_annotation(name) for name in file.annotations)


def describe_similar(file: ShowFile) -> Safe | None:
    """Returns how many copies and similar files the store holds, or None."""
    said = []
    if file.held is not None:
        said.append(tr("held for review: it is similar to hundreds of files; a lead has to decide"))
    if file.group is not None and file.group_size > 1:
        said.append(trn("{n} near copy in this store", "{n} near copies in this store", file.group_size - 1))
    if file.seen_in:
        said.append(trn("exact copy in {n} other report", "exact copies in {n} other reports", len(file.seen_in)))
    perhaps = sum(other.tier == "possible" for other in file.alike)
    if perhaps:
        said.append(trn("{n} possible match: needs confirmation", "{n} possible matches: need confirmation", perhaps))
    return report_words.listed(said) if said else None


RELATIONS = {
    "same": mark("largely the same film"),
    "part": mark("this film is a part of that one"),
    "holds": mark("this film holds that one"),
    "shares": mark("some frames in common with a video"),
    "frame of": mark("this image is a frame of a video"),
    "shows": mark("an image is a frame of this video"),
}


def describe_videos(file: ShowFile) -> list[Safe]:
    """Returns how much of a video was compared and which frames it shares with others."""
    said = []
    if (film := file.film) is not None:
        frames, looked = number(film.frames), number(film.looked)
        said.append(tr("sampled frames compared: {frames} of {looked}", frames=frames, looked=looked))
        said += [tr("not checked: {what}", what=tr_message(missing)) for missing in film.not_checked]
        if film.crowd:
            shares = trn(
                "shares frames with {n} video; a lead has to decide",
                "shares frames with {n} videos; a lead has to decide",
                film.crowd,
            )
            said.append(shares)
    return said + [_describe_video_match(near) for near in file.in_films]


def _describe_video_match(near: NearMatch) -> Safe:
    """Returns in words what a file has in common with a video."""
    relation = word(RELATIONS[near.film.relation]) if near.film else word(near.tier)
    said = [tr("possibly: {what}", what=relation) if near.tier == "possible" else relation]
    if near.film and near.film.frames is not None:
        here = ltr(f"{near.film.found}/{near.film.frames}")
        there = ltr(f"{near.film.other_found}/{near.film.other_frames}")
        said.append(tr("matching frames: {here} of this video, {there} of the other", here=here, there=there))
    elif near.film and near.film.at_ms is not None:
        said.append(tr("at {n} s", n=decimal(near.film.at_ms / 1000)))
    said.append(report_words.listed(ltr(report) for report in near.reports) if near.reports else tr("in no report"))
    return report_words.listed(said)


def summarise_files(files: Sequence[ShowFile], report: ShowReport) -> list[Safe]:
    """Returns sentences about all files of a report: warnings, matches and views by the provider."""
    said = []
    warned = [file for file in files if wellbeing.find_warnings(file)]
    if warned:
        names = Counter(name for file in warned for name in wellbeing.find_warnings(file))
        what = report_words.listed(
            Safe(f"{describe_annotation(name)} ({ltr(str(count))})") for name, count in names.most_common()
        )
        said.append(tr("Warnings: {what}.", what=what))
    unstated = len(files) - len(warned)
    if unstated and "documents" not in report.damaged:
        said.append(trn("No warning stated for {n} file.", "No warning stated for {n} files.", unstated))
    states = Counter(file.verdict.known for file in files)
    counted = (tr("{what} {n}", what=word(SHORT.get(name, name)), n=states[name]) for name in sorted(states, key=_rank_state))
    said.append(tr("Matching: {states}.", states=report_words.listed(counted)))
    if "documents" in report.damaged:  # whether a provider viewed or marked them is not known
        return said
    viewed = Counter(file.viewed_by_esp for file in files)
    looks = report_words.listed(tr("{what} {n}", what=report_words.tri(v), n=viewed[v]) for v in (True, False, None) if viewed[v])
    said.append(tr("Viewed by provider: {looks}.", looks=looks))
    return said
