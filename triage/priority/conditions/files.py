"""Questions about the files of a report, whether their bytes came or not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from triage.message import Message
from triage.model.digest_kinds import STRONGEST_FIRST
from triage.model.incident_kinds import MATERIAL, MISLEADING, holds
from triage.model.judgement import ListHit
from triage.model.moment import format_pakistan_day
from triage.model.report import ReportFile
from triage.priority.case import Case, Seen, Words, all_bare, counted, informative, listing, of_number, of_words, plain
from triage.priority.stated_values import bare, read_class

_VIRAL = {"viral", "potentialmeme"}
_KNOWN_MARKS = frozenset(
    {
        # NCMEC's file annotations, with the spellings of its law enforcement formats
        "animedrawingvirtualhentai", "potentialmeme", "viral", "possibleselfproduction", "selfproduced", "physicalharm",
        "violencegore", "violence", "gore", "bestiality", "livestreaming", "infant", "toddler", "infanttoddler", "generativeai",
        "bondage", "torture", "instrumentaluse", "potentialaggravatingfactors",
        # NCMEC's report annotations
        "sextortion", "csamsolicitation", "minortominorinteraction", "spam", "sadisticonlineexploitation", "informational",
    }
)  # fmt: skip
_SEVERE, _YOUNG = ("A1", "A2", "B1"), ("A1", "A2")
"""Classes of a young child or of a sexual act, and of a young child."""
_TELLING_MARKS = frozenset(
    {"possibleselfproduction", "selfproduced", "infant", "toddler", "infanttoddler", "physicalharm", "bondage", "torture"}
)
_SEVERAL = 2  # files; a single one may be a mistake of its class
_IN_SEVERAL_REPORTS = 3  # other reports with a file: it goes around
_ELSEWHERE = ("known", "known-good", "negative")
_SAID = {True: "yes", False: "no", None: "not said"}
_ANSWERS = {"yes": Message("yes"), "no": Message("no"), "not said": Message("not stated")}
"""In rules and on cards."""


def identity(file: ReportFile) -> str:
    """One word for the same bytes: the stored SHA-256, else a declared hash, else the entry itself."""
    return file.occurrence.sha256 if file.occurrence is not None else declared_identity(file)


def declared_identity(file: ReportFile) -> str:
    """One word for the same bytes as the source tells them: the strongest declared hash, else the entry itself."""
    declared = {kind: value.casefold() for kind, value in file.entry.declared}
    return next((declared[kind] for kind in STRONGEST_FIRST if kind in declared), file.entry.key)


def name_of(file: ReportFile) -> str:
    """Returns the name of a file as the card prints it."""
    return file.entry.name or file.entry.original_name or file.entry.key


def hits_on(case: Case, file: ReportFile, *kinds: str) -> Iterator[ListHit]:
    """Entries of hash lists for a file; a near match counts like an exact one only for what it is called on the card."""
    return (hit for hit in case.hits.get(identity(file), ()) if hit.list_kind in kinds)


@of_words("files.annotations")
def file_annotated(case: Case, field: str, words: Words) -> Seen | None:
    """Finds files with one of the named marks, or the report when the provider marked it as a whole."""
    wanted = all_bare(words)
    if not wanted.isdisjoint(case.marked):
        found = [name for level, name in case.marks if level in wanted]
        return Seen(listing(found), field, float(len(found)))
    if wanted.isdisjoint(case.annotations):
        return None
    return Seen(listing([name for name in case.report.annotations if bare(name) in wanted]), "annotations")


@of_words("files.classification")
def class_is(case: Case, field: str, words: Words) -> Seen | None:
    """Finds files of one of the provider's classes."""
    stated = [file.entry.classification for file in case.report.files if file.entry.classification]
    found = [each for each in map(read_class, stated) if each in words] if stated else ()
    if not found:
        return None
    said = Message("class {classes}: {files}", classes=listing(found), files=counted(len(found), "file"))
    return Seen(said, field, float(len(found)))


@plain("files")
def distinct_files(case: Case, field: str) -> Seen | None:
    """Counts the distinct files of the report, whether their bytes came or not.

    Bytes that come and are copies make a report no smaller: whatever arrives could be the copies.
    """
    count = max(len(set(map(told, case.report.files))) for told in (identity, declared_identity))
    return _describe_distinct(count, field) if count else None


@lru_cache(maxsize=1_024)
def _describe_distinct(count: int, field: str) -> Seen:
    return Seen(Message("{n} distinct", n=count), field, float(count))


@plain("files")
def files_present(case: Case, field: str) -> Seen | None:
    """Counts the distinct files whose bytes came."""
    count = len({file.occurrence.sha256 for file in case.report.files if file.occurrence})
    return _describe_present(count, len(case.report.files), field) if count else None


@lru_cache(maxsize=1_024)
def _describe_present(count: int, total: int, field: str) -> Seen:
    return Seen(Message("{n} of {total} present", n=count, total=total), field, float(count))


@of_words("files.viewed_by_esp")
def viewed_by_provider(case: Case, field: str, words: Words) -> Seen | None:
    """`words` are of yes, no and not said: three different things."""
    files = case.report.files
    found = [answer for answer in [_SAID[file.entry.viewed_by_esp] for file in files] if answer in words]
    return _describe_answers(frozenset(found), len(found), len(files), field) if found else None


@lru_cache(maxsize=1_024)
def _describe_answers(answers: frozenset[str], number: int, total: int, field: str) -> Seen:
    told = listing(_ANSWERS[answer] for answer in answers)
    share = Message("{n} of {total} file" if total == 1 else "{n} of {total} files", n=number, total=total)
    return Seen(Message("{answers}: {share}", answers=told, share=share), field, float(number))


@plain("surroundings.lists_checked")
def lists_not_checked(case: Case, field: str) -> Seen | None:
    """Finds a report with files that no hash list was compared with."""
    return Seen(Message("not checked"), field) if case.report.files and not case.surroundings.lists_checked else None


@plain("surroundings.hits")
def new_to_lists(case: Case, field: str) -> Seen | None:
    """Files that none of the lists asked knows, neither exactly nor nearly. Without a list nothing is new."""
    if not case.surroundings.lists_checked:
        return None
    return _find_new(case, field, [file for file in case.report.files if _unknown(case, file)])


def _unknown(case: Case, file: ReportFile) -> bool:
    return file.occurrence is not None and not any(hits_on(case, file, *_ELSEWHERE, "case"))


def _find_new(case: Case, field: str, files: list[ReportFile]) -> Seen | None:
    if not files:
        return None
    count = len({identity(file) for file in files})
    asked = listing([f"{name} ({format_pakistan_day(day)})" for name, day in case.surroundings.lists_checked])
    return Seen(Message("{files} in none of {lists}", files=counted(count, "file"), lists=asked), field, float(count))


@plain("files.classification")
def new_severe_files(case: Case, field: str) -> Seen | None:
    """Finds several files of a young child, or of a sexual act, in a report none of whose files anybody has met before.

    Of each group that stands out by a mark (an infant, bodily harm, made by the child herself) more files count more. The class
    alone gives no more than the beginning. Nothing is new where no list was checked.
    """
    if not case.surroundings.lists_checked or case.surroundings.spread >= _IN_SEVERAL_REPORTS:
        return None
    if not all(_unknown(case, file) for file in case.report.files):
        return None
    marked, young = dict[str, set[str]](), dict[str, set[str]]()  # by the same bytes, of which a report may state several classes
    for file in case.report.files:
        stated = read_class(file.entry.classification or "")
        if stated in _SEVERE and any(bare(name) in _TELLING_MARKS for name in file.entry.annotations):
            marked.setdefault(identity(file), set()).add(stated)
        if stated in _SEVERE and stated in _YOUNG:
            young.setdefault(identity(file), set()).add(stated)
    if len(marked) < _SEVERAL and len(young) < _SEVERAL:
        return None
    found = marked if len(marked) >= _SEVERAL else young
    classes = listing(set().union(*found.values()))
    said = Message("class {classes}: {files}", classes=classes, files=counted(len(found), "file"))
    return Seen(said, field, 1.0 - 0.5 ** (len(marked) - 1) if found is marked else 0.0)


@of_words("surroundings.hits")
def on_list(case: Case, field: str, kinds: Words) -> Seen | None:
    """Finds matches with hash lists of the named kinds."""
    found = [hit for hit in case.surroundings.hits if hit.list_kind in kinds]
    if not found:
        return None
    return Seen(listing(_name_hit(hit) for hit in found), field, float(len({hit.sha256 for hit in found})))


def _name_hit(hit: ListHit) -> Message:
    tier = Message(hit.tier)  # message-ok
    return Message("{list} ({date}, {tier})", list=hit.list_name, date=format_pakistan_day(hit.added), tier=tier)


@plain("files.exif")
def camera_original_unseen(case: Case, field: str) -> Seen | None:
    """Pictures that name the camera, that no list asked knows and of which at least one stands in no other report."""
    originals = {identity(file): name_of(file) for file in case.report.files if _camera(case, file) and _unknown(case, file)}
    if not originals or not case.surroundings.lists_checked or case.surroundings.shared_files >= _distinct_present(case):
        return None
    return Seen(listing(list(originals.values())), field, float(len(originals)))


def _distinct_present(case: Case) -> int:
    return len({file.occurrence.sha256 for file in case.report.files if file.occurrence})


def _camera(case: Case, file: ReportFile) -> bool:
    """Make or model, and the time it was taken: copies that travelled through a provider have usually lost both."""
    exif = case.media[file.occurrence.sha256].exif if file.occurrence and file.occurrence.sha256 in case.media else None
    if exif is not None and (exif.make or exif.model) and exif.taken:
        return True
    stated = {bare(name) for kind, name, value in file.entry.metadata if bare(kind) == "exif" and informative(value)}
    return bool(stated & {"make", "model", "cameramake", "cameramodel"}) and bool(stated & {"datetimeoriginal", "datetaken"})


@plain("files.exif.gps")
def picture_with_gps(case: Case, field: str) -> Seen | None:
    """Finds images whose EXIF data hold a position."""
    located = {
        identity(file): name_of(file)
        for file in case.report.files
        if file.occurrence and (facts := case.media.get(file.occurrence.sha256)) and facts.exif and facts.exif.gps
    }
    return Seen(listing(list(located.values())), field, float(len(located))) if located else None


@of_number("surroundings.spread")
def widespread(case: Case, field: str, reports: float) -> Seen | None:
    """Finds a file of the report that stands in at least so many other reports."""
    spread = case.surroundings.spread
    said = Message("in {n} other report" if spread == 1 else "in {n} other reports", n=spread)
    return Seen(said, field, float(spread)) if spread >= reports else None


@plain("surroundings.verdicts")
def graded(case: Case, field: str) -> Seen | None:
    """Finds grades that people of this store gave to the files."""
    said = [Message(verdict) for _, verdict in case.surroundings.verdicts]  # message-ok
    return Seen(listing(said), field, float(len(said))) if said else None


@plain("files.annotations")
def only_viral(case: Case, field: str) -> Seen | None:
    """Finds a report of material whose files are all on a list of known material, and that is marked as viral.

    A mark alone is a provider's claim: a file that no list knows may be new. A report that the provider batched as viral is
    marked as a whole.
    """
    files = case.report.files
    if not files or not holds(case.kind, MATERIAL):
        return None
    flagged = [bool(_VIRAL & {bare(name) for name in file.entry.annotations}) for file in files]
    batched = any(bare(fact.name) == "batchedreport" and "viral" in bare(str(fact.value)) for fact in case.report.facts)
    if not (batched or any(flagged)) or not all(any(hits_on(case, file, "known")) for file in files):
        return None
    if batched:
        return Seen(Message("batched by the provider, all on a list of known material"), field)
    return Seen(Message("{n} of {all} marked, all on a list of known material", n=sum(flagged), all=len(files)), field)


@plain("annotations")
def unknown_mark(case: Case, field: str) -> Seen | None:
    """Finds marks of the report or its files that these rules do not know."""
    found = {name for name in case.report.annotations if bare(name) not in _KNOWN_MARKS}
    found |= {name for level, name in case.marks if level not in _KNOWN_MARKS}
    return Seen(listing(found), field, float(len(found))) if found else None


def is_no_more_than_misleading(case: Case) -> bool:
    """Returns whether only a misleading name, word or image is reported: the type says so, and no file has a provider's class."""
    if not holds(case.kind, MISLEADING):
        return False
    return not any((file.entry.classification or "").strip() for file in case.report.files)


CONDITIONS = (
    file_annotated,
    class_is,
    distinct_files,
    files_present,
    viewed_by_provider,
    lists_not_checked,
    new_to_lists,
    new_severe_files,
    on_list,
    camera_original_unseen,
    picture_with_gps,
    widespread,
    graded,
    only_viral,
    unknown_mark,
)
