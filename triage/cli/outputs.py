"""Defines the commands export, packet and verify: what leaves the store."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.command_list import ExportList
from triage.cli.group import OUT_EITHER, OUT_FILE, Common, read_secret, triage, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_count, print_json, print_line, progress_bar
from triage.cli.reading import filter_options, queue_filter
from triage.cli.stopping import stoppable
from triage.model.verification import VerifyResult

if TYPE_CHECKING:
    from triage.model.packet import Edition


@triage.group(cls=ExportList)
def export() -> None:
    """Write signed files for other desks."""


@export.command("queue")
@click.option(
    "--out",
    type=OUT_FILE,
    required=True,
    help="File to write, ending in .xlsx, .csv, .json or .pdf.",
)
@force_option
@filter_options
@handover_options
@with_common
def queue(common: Common, out: Path, force: bool, limit: int | None, offset: int, **narrow: str | None) -> int:
    """Write the prioritised queue to a signed file.

    \b
    Example:
      triage export queue --out queue.xlsx --office ISB --carrier "SanDisk Ultra"
    """
    from triage.jobs.leaving.export_queue import export_queue

    leaves = read_handover(narrow)
    with common.session() as session:
        written = export_queue(
            session,
            queue_filter(narrow),
            out,
            limit=-1 if limit is None else limit,
            offset=offset,
            handover=leaves,
            overwrite=force,
        )
    if common.json:
        print_json({"path": written.path, "rows": written.rows, "signature_key": written.signature_key})
    else:
        counted = format_count(written.rows, "report", "reports")
        print_line(f"{counted} written to {written.path}, signed with key {written.signature_key}")
    return 0


@triage.group()
def packet() -> None:
    """Create or verify evidence packets."""


@packet.command("create")
@click.argument("reports", nargs=-1, required=True)
@click.option("--out", type=OUT_EITHER, required=True, help="Folder to write the packet to; it must not exist.")
@click.option(
    "--edition", type=click.Choice(["full", "redacted"]), default="full", help="Redacted: nothing that identifies a child."
)
@click.option("--descriptions", is_flag=True, help="Add a sheet a file that describes it in fixed neutral words.")
@click.option(
    "--texts-read",
    is_flag=True,
    help="State that you read the texts (triage packet texts): let them leave with the redacted edition.",
)
@click.option("--encrypt-all", is_flag=True, help="Write one encrypted file, OUT.tar.age, and no folder; needs --recipient.")
@click.option("--with-media", is_flag=True, help="Enclose media as one encrypted age file; needs --recipient.")
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="AGE_KEY",
    help="Public age key of a recipient; can be given more than once.",
)
@click.option("--consent-user", metavar="USER", help="The second person, a lead or examiner.")
@click.option("--consent-passphrase-file", metavar="FILE", help="File with that person's passphrase; else the terminal asks.")
@click.option("--although-cleared", metavar="REASON", help="Why to include a report whose reported user was cleared.")
@handover_options
@with_common
def packet_create(
    common: Common,
    reports: tuple[str, ...],
    out: Path,
    edition: Edition,
    descriptions: bool,
    texts_read: bool,
    encrypt_all: bool,
    with_media: bool,
    recipients: tuple[str, ...],
    consent_user: str | None,
    consent_passphrase_file: str | None,
    although_cleared: str | None,
    **leaves: str | None,
) -> int:
    """Create an evidence packet of one or more reports.

    \b
    Example:
      triage packet create 900000001 --out packet --consent-user lead
    """
    from triage.jobs.leaving import packet as packet_job

    consent = None
    if consent_user is not None:
        consent = packet_job.Consent(consent_user, read_secret(consent_passphrase_file, f"Passphrase of {consent_user}"))
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        written = packet_job.create_packet(
            session,
            reports,
            out,
            edition=edition,
            descriptions=descriptions,
            texts_read=texts_read,
            encrypt_all=encrypt_all,
            with_media=with_media,
            recipients=recipients,
            consent=consent,
            although_cleared=although_cleared,
            handover=read_handover(leaves),
            on_progress=bar,
            cancel=cancel,
        )
    if common.json:
        print_json(
            {
                "path": written.path,
                "manifest_sha256": written.manifest_sha256,
                "signature_key": written.signature_key,
                "edition": written.edition,
                "removed": written.removed,
            }
        )
    else:
        for removed in written.removed:
            print_line(f"Removed: {removed.what}. {removed.why}")
        print_line(
            f"The packet is in {written.path}, manifest {written.manifest_sha256}, signed with key {written.signature_key}"
        )
    return 0


@packet.command("texts")
@click.argument("reports", nargs=-1, required=True)
@click.option("--although-cleared", metavar="REASON", help="Why to include a report whose reported user was cleared.")
@with_common
def packet_texts(common: Common, reports: tuple[str, ...], although_cleared: str | None) -> int:
    """Print the texts that leave with a redacted packet only when you state that you read them.

    Known values of a child are removed. Sentences that speak of a school, a home or the like are marked with >>.

    \b
    Example:
      triage packet texts 900000001
    """
    from triage.jobs.leaving.packet import preview_packet

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        found = preview_packet(
            session, reports, edition="redacted", although_cleared=although_cleared, on_progress=bar, cancel=cancel
        ).texts
    if common.json:
        print_json({"texts": found})
        return 0
    for text in found:
        print_line(f"{text.report_id}, {text.label}: {format_count(len(text.telling), 'sentence', 'sentences')} to look at")
        for line in text.text.splitlines():
            marked = any(sentence in line for sentence in text.telling)
            print_line(f"{'>>' if marked else ' |'} {line}")
    if not found:
        print_line("No text leaves with a redacted packet of these reports.")
    return 0


def _read_fingerprint(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Reads a fingerprint as printed on paper, in upper or lower case, with blanks or colons between."""
    if value is None:
        return None
    bare = re.sub(r"[\s:]", "", value).lower()
    if not re.fullmatch("[0-9a-f]{64}", bare):
        raise click.BadParameter("a fingerprint has 64 hexadecimal digits")
    return bare


_fingerprint = click.option(
    "--fingerprint", metavar="HEX", callback=_read_fingerprint, help="The signing key's fingerprint as printed on paper."
)


@packet.command("verify")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@_fingerprint
@with_common
def packet_verify(common: Common, path: Path, fingerprint: str | None) -> int:
    """Verify that a packet is unchanged, and name its signing key.

    Needs no store. With --user, the store's known keys are consulted.

    \b
    Example:
      triage packet verify packet --fingerprint 54f2c413...
    """
    from triage.jobs.leaving.verify import verify_packet

    return _print_result(common, verify_packet(path), fingerprint)


@packet.command("viewing-log")
@click.argument("path", metavar="PACKET", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=OUT_FILE, required=True, help="File to write, ending in .pdf.")
@force_option
@handover_options
@with_common
def packet_viewing_log(common: Common, path: Path, out: Path, force: bool, **leaves: str | None) -> int:
    """Write the form on which supervised viewings of a packet's files are written.

    \b
    Example:
      triage packet viewing-log packet --out viewings.pdf
    """
    from triage.jobs.leaving.viewing_log import write_viewing_log

    with common.session() as session:
        written = write_viewing_log(session, path, out, handover=read_handover(leaves), overwrite=force)
    if common.json:
        print_json({"path": written.path, "exhibits": written.rows, "signature_key": written.signature_key})
    else:
        print_line(f"The form for {format_count(written.rows, 'file', 'files')} is in {written.path}")
    return 0


@triage.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@_fingerprint
@with_common
def verify(common: Common, file: Path, fingerprint: str | None) -> int:
    """Verify that a signed export or a packet is unchanged, and name its signing key.

    Needs no store. With --user, the store's known keys are consulted.
    """
    from triage.jobs.leaving import verify as verify_job

    return _print_result(common, verify_job.verify(file), fingerprint)


def _print_result(common: Common, result: VerifyResult, fingerprint: str | None) -> int:
    """Names the signer and prints the result. Only with --user the store's known keys are consulted."""
    from triage.jobs.leaving.verify import name_signer

    with common.session() if common.user is not None else nullcontext() as session:
        result = name_signer(result, session, fingerprint)
    if common.json:
        print_json(result)
    else:
        for problem in result.problems:
            print_line(str(problem))
        print_line(_describe_verdict(result, fingerprint is not None))
    return 0 if result.valid and result.signer.known is not False else 1


def _describe_verdict(result: VerifyResult, on_paper: bool) -> str:
    """Returns whether a signed file is unchanged and whether its key is known."""
    key, signer = result.signature_key, result.signer
    name = f", {signer.name}" if signer.name else ""
    if not result.valid:
        return f"NOT valid. Signing key: {key}{name}" if key else "NOT valid."
    if signer.known is None:
        return f"Unchanged since signed. Key {key}: compare it with the desk's paper."
    if signer.known:
        return f"Valid: unchanged since signed, with {'the key on paper' if on_paper else 'a known key'}: {key}{name}"
    if on_paper:
        return f"Unchanged since signed, but with ANOTHER KEY than the one on paper: {key}{name}"
    return f"Unchanged since signed, but with a key that this store does NOT know; compare it with the paper: {key}"
