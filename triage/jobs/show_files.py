"""The files of one report, as `show` tells them: what was said, what the bytes are, what is known of them elsewhere."""

from __future__ import annotations

from triage.jobs.groups import FileGroup, group_of
from triage.jobs.load import Loaded
from triage.jobs.matching import ListMatcher, may_match
from triage.jobs.show_text import facts, sources
from triage.model.judgement import ListHit
from triage.model.media import Exif, MediaFacts
from triage.model.report import ReportFile
from triage.model.views import FileVerdict, ShowFile
from triage.store.database import Reader
from triage.store.queries import media, reports


def show_files(db: Reader, report_id: int, loaded: Loaded, matcher: ListMatcher) -> tuple[ShowFile, ...]:
    holding = media.reports_holding(db, list(loaded.medium_ids.values()))
    shown = []
    for file in loaded.report.files:
        sha256 = file.occurrence.sha256 if file.occurrence else None
        medium_id = loaded.medium_ids.get(sha256 or "")
        others = [i for i in holding.get(medium_id or 0, []) if i != report_id]
        measured = loaded.media.get(sha256 or "")
        hits = matcher.of_file(file, measured.perceptual if measured else None)
        shown.append(
            _file(
                file,
                measured,
                verdict=_verdict(matcher, hits, measured),
                group=None if medium_id is None else group_of(db, medium_id),
                seen_in=tuple(reports.number(db, i) for i in others),
            )
        )
    return tuple(shown)


def _file(
    file: ReportFile, measured: MediaFacts | None, *, verdict: FileVerdict, group: FileGroup | None, seen_in: tuple[str, ...]
) -> ShowFile:
    entry, there = file.entry, file.occurrence
    declared = dict(entry.declared)
    hashes = measured.perceptual if measured else None
    return ShowFile(
        key=entry.key,
        name=entry.name or (there.name if there else None),
        original_name=entry.original_name,
        md5=there.md5 if there else declared.get("md5"),
        sha1=there.sha1 if there else declared.get("sha1"),
        sha256=there.sha256 if there else declared.get("sha256"),
        pdq=hashes.pdq.hex() if hashes else (None if there else declared.get("pdq")),
        pdq_quality=hashes.quality if hashes else None,
        phash=hashes.phash.hex() if hashes else None,
        size=there.size if there else None,
        mime=measured.mime if measured else None,
        present=there is not None,
        declared=declared,
        declared_hash_matches=file.declared_hash_matches,
        viewed_by_esp=entry.viewed_by_esp,
        exif_viewed_by_esp=entry.exif_viewed_by_esp,
        publicly_available=entry.publicly_available,
        classification=entry.classification,
        annotations=entry.annotations,
        relevance=entry.relevance,
        uploaded=entry.uploaded.utc if entry.uploaded else None,
        metadata=entry.metadata,
        facts=facts(entry.facts),
        exif=_exif(measured.exif if measured else None),
        problem=measured.problem if measured else ("not measured yet" if there else None),
        verdict=verdict,
        group=group.name if group else None,
        group_size=group.size if group else 1,
        seen_in=seen_in,
        sources=sources(entry.sources),
    )


def _exif(exif: Exif | None) -> dict[str, str]:
    if exif is None:
        return {}
    found = dict(exif.fields)
    if exif.gps is not None:
        found["GPS"] = f"{exif.gps[0]:.6f}, {exif.gps[1]:.6f}"
    return found


def _verdict(matcher: ListMatcher, hits: list[ListHit], measured: MediaFacts | None) -> FileVerdict:
    """Known always says exact or near, and which list of which date; without a list nothing was checked."""
    if not matcher.lists:
        return FileVerdict(known="not checked", why="No hash list is loaded.")
    exact = [h for h in hits if h.tier == "exact"]
    if exact:
        names = ", ".join(sorted({f"{h.list_name} of {h.added[:10]} ({h.list_kind}, {h.hash_kind.upper()})" for h in exact}))
        return FileVerdict(known="exact", why=f"The same bytes stand in {names}.")
    if hits:
        near = hits[0]
        why = f"Like a picture in {near.list_name} of {near.added[:10]} ({near.list_kind}): PDQ distance {near.distance}."
        return FileVerdict(known="near", why=why)
    names = ", ".join(f"{name} of {added[:10]}" for name, added in matcher.checked)
    if may_match(measured.perceptual if measured else None):
        return FileVerdict(known="not known", why=f"Not in {names}.")
    return FileVerdict(known="not known", why=f"Not in {names}; its picture could not be compared, only its bytes.")
