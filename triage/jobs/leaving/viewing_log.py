"""Writes the form on which supervised viewings of a packet's files are written."""

from __future__ import annotations

import hashlib
from pathlib import Path

from triage import limits
from triage.errors import Refused
from triage.exports.bag import TAGS
from triage.exports.packet_parts import read_index
from triage.exports.pdf_documents import typeset
from triage.exports.untrusted_folder import UntrustedFolder
from triage.exports.viewing_form import ViewableExhibit, ViewedPacket, make_form
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.leaving.verify import verify_packet
from triage.jobs.session import Session
from triage.model.handover import Handover
from triage.model.users import Right
from triage.model.verification import Written

MOST_EXHIBITS = 5_000  # a form of some hundred pages


def write_viewing_log(
    session: Session, packet: Path, out: Path, *, handover: Handover = NOT_SAID, overwrite: bool = False
) -> Written:
    """Writes the form for a packet, which may be another workstation's.

    Raises:
        Refused: if the packet is not valid, or holds too many files
        WorldError: if the form can't be written
    """
    session.require(Right.PACKET)
    checked = verify_packet(packet)
    if not checked.valid:
        raise Refused("The packet can't be used: {problem}", problem=checked.problems[0])
    with UntrustedFolder(packet) as folder:
        index = read_index(folder)
        manifest = hashlib.sha256(folder.read(TAGS, limits.MAX_MANIFEST)).hexdigest()
    exhibits = [
        ViewableExhibit(report=report.report_id, exhibit=each.exhibit, size=each.size, sha256=each.sha256)
        for report in index.reports
        for each in report.packet.files
    ]
    if len(exhibits) > MOST_EXHIBITS:
        raise Refused("The packet holds more than {most:,} files; make packets of fewer reports.", most=MOST_EXHIBITS)
    about = describe_export(session)
    viewed = ViewedPacket(
        reports=[report.report_id for report in index.reports],
        edition=index.edition,
        made=index.about.made,
        manifest_sha256=manifest,
        signature_key=checked.signature_key or "",
        exhibits=exhibits,
    )
    footer = f"signing key {about.fingerprint}"
    data = typeset(tuple(make_form(viewed, about)), title="Log of supervised viewings", footer=footer, landscape=True)
    write_out(session, ((out, data),), kind="viewing_log", handover=handover, overwrite=overwrite)
    return Written(path=str(out), rows=len(exhibits), signature_key=about.fingerprint)
