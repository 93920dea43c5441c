"""Parts 4 and 5: the files with their hashes and all that is known of them, and what was derived from them."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.wording import NOT_STATED, count, format_value
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import format_source_time
from triage.model.exports import About
from triage.model.field_words import describe_field
from triage.model.media import MediaFacts
from triage.model.packet import PacketFile, PacketReport
from triage.model.views import ShowFile


def print_files(report: PacketReport) -> Iterator[Block]:
    """Yields the table of all files with their hashes, then what is known of each."""
    files = report.show.files
    yield HeadingBlock("4 Files", 2)
    if not files and not report.files:
        yield ParagraphBlock("The report lists no file, and none came with it.")
        return
    came = sum(file.present for file in files)
    yield ParagraphBlock(
        f"The report lists {count(len(files), 'file', 'files')}; the bytes of {came} came. The hashes of a file that came were "
        "computed from its bytes at receipt. Hashes of a file that did not come are only declared by the source."
    )
    shown = {file.exhibit for file in files}
    rows = [_list_hashes(file) for file in sorted(files, key=lambda file: _order(file.exhibit))]
    rows += [_list_unlisted(file, report.media.get(file.sha256)) for file in report.files if file.exhibit not in shown]
    yield Rows(("Exhibit", "File", "Hashes"), tuple(rows), (26, 50, 114), caption="Files and their hashes")
    for file in sorted(files, key=lambda file: _order(file.exhibit)):
        yield Pairs(tuple(_list_details(file)), caption=f"{_name_exhibit(file)}: details")


def _order(exhibit: str | None) -> tuple[int, str]:
    """Returns the order of print: by exhibit number, files that did not come last."""
    number = (exhibit or "").rpartition("-F")[2]
    return (int(number) if number.isdigit() else 1 << 30, exhibit or "")


def _name_exhibit(file: ShowFile) -> str:
    return f"Exhibit {file.exhibit}" if file.exhibit else f"File {file.name or 'without a name'}, which did not come"


def _list_hashes(file: ShowFile) -> tuple[str, ...]:
    size = f"{file.size:,} bytes, {file.mime or 'type not known'}" if file.present and file.size is not None else "not received"
    if file.present:
        hashes = [("MD5", file.md5), ("SHA-1", file.sha1), ("SHA-256", file.sha256)]
        lines = [f"{name} {value or NOT_STATED}" for name, value in hashes]
        if file.pdq:
            lines.append(f"PDQ {file.pdq} (quality {file.pdq_quality} of 100)")
    else:
        lines = [f"declared {kind.upper()} {value}" for kind, value in sorted(file.declared.items())] or ["none declared"]
    return (file.exhibit or "no exhibit", f"{file.name or 'unnamed'}\n{size}", "\n".join(lines))


def _list_unlisted(file: PacketFile, facts: MediaFacts | None) -> tuple[str, ...]:
    """Returns the row of a file that came under a further name, or that the present version does not list."""
    same = f"the same bytes as {file.same_as}" if file.same_as else "not listed by the present version"
    kind = facts.mime if facts else "type not known"
    return (file.exhibit, f"{file.name}\n{file.size:,} bytes, {kind}", f"SHA-256 {file.sha256}\n{same}")


def _list_details(file: ShowFile) -> Iterator[tuple[str, str]]:
    """Yields what is known of a file. One row names all that no source states."""
    stated = (
        ("Original name", file.original_name),
        ("Uploaded", format_source_time(file.uploaded, file.uploaded_original, file.uploaded_zone)),
        ("Viewed by the provider", format_value(file.viewed_by_esp)),
        ("EXIF viewed by the provider", format_value(file.exif_viewed_by_esp)),
        ("Publicly available", format_value(file.publicly_available)),
        ("Class by the provider", file.classification),
        ("Annotations", ", ".join(map(describe_field, file.annotations))),
        ("Relevance", file.relevance),
    )
    yield from ((name, value) for name, value in stated if value and value != NOT_STATED)
    if missing := [name for name, value in stated if not value or value == NOT_STATED]:
        yield "Not stated by any source", "; ".join(name[:1].lower() + name[1:] if name[:2] != "EX" else name for name in missing)
    if file.declared and file.present:
        yield "Declared hashes", "\n".join(f"{kind.upper()} {value}" for kind, value in sorted(file.declared.items()))
        yield "Declared hash is that of the bytes", format_value(file.declared_hash_matches)
    yield "Hash lists", f"{file.verdict.known}: {file.verdict.why}"
    yield "Grade", f"{file.verdict.grade}: {file.verdict.grade_says}" if file.verdict.grade else file.verdict.ungraded_words
    if file.seen_in:
        yield "Same bytes in reports", ", ".join(file.seen_in)
    if file.group_size > 1:
        yield "Near duplicates", f"in a group of {file.group_size} files"
    if file.problem:
        yield "Not measured", file.problem
    for name, value in file.facts.items():
        words = describe_field(name)
        yield words[:1].upper() + words[1:], format_value(value)
    if file.metadata:
        lines = (f"{' '.join(filter(None, (kind, name)))}: {value}" for kind, name, value in file.metadata)
        yield "Metadata stated by the provider", "\n".join(lines)
    if file.exif:
        yield "EXIF read from the bytes", "\n".join(f"{name}: {value}" for name, value in file.exif.items())


def print_derived(report: PacketReport, about: About) -> Iterator[Block]:
    """Yields what the workstation derived from the bytes of each file."""
    yield HeadingBlock("5 What was derived from the files", 2)
    rows = []
    for file in report.files:
        facts = report.media.get(file.sha256)
        if facts is not None and file.same_as is None:
            rows.append((file.exhibit, "\n".join(_list_derived(facts))))
    if not rows:
        yield ParagraphBlock("Nothing was derived: no file came that could be measured.")
        return
    yield ParagraphBlock(
        f"{about.tool} derived the following from the bytes named above. A derived value or picture never replaces an original. "
        "Times in EXIF are those of the camera; a zone stands beside them only where the camera wrote one. This packet holds no "
        "derived picture."
    )
    yield Rows(("Exhibit", "Derived"), tuple(rows), (3, 14), caption="Derived values")


def _list_derived(facts: MediaFacts) -> Iterator[str]:
    """Yields the values that were measured of one file."""
    if facts.width and facts.height:
        yield f"size of the image: {facts.width} x {facts.height} pixels"
    if facts.duration_ms is not None:
        yield f"length: {facts.duration_ms / 1000:.1f} s"
    if facts.perceptual is not None:
        yield f"PDQ hash (quality {facts.perceptual.quality} of 100), in eight orientations; pHash; hashes of crops"
    if facts.film is not None:
        yield f"{facts.film.count} of {facts.film.looked} frames hashed, {facts.film.flat} with low texture"
    if facts.exif is not None and facts.exif.fields:
        yield f"{len(facts.exif.fields)} EXIF fields"
    if facts.preview is not None:
        yield "a blurred preview of 32 x 32 grey points, kept in the store"
    if facts.file_text is not None:
        yield f"text: {facts.file_text.count} messages" if facts.file_text.kind else "text: not read"
    if facts.problem:
        yield f"not measured: {facts.problem}"
