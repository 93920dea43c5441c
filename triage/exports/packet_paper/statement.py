"""Part 10: the statement of the officer who operated the workstation, in English and Urdu, with signature lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec

from triage.exports.officer_forms import make_officer_form, make_signature_form
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import format_own_time
from triage.model.packet import Packet
from triage.resources import resource

_BLANK = "____________________"
"""What is filled in by hand."""


class StatementSentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence in English and in Urdu, with the same places to fill in."""

    en: str
    ur: str


@cache
def load_sentences() -> dict[str, StatementSentence]:
    """Returns the sentences of the statement by name."""
    return msgspec.toml.decode(resource("statement.toml").read_bytes(), type=dict[str, StatementSentence])


def print_statement(packet: Packet) -> Iterator[Block]:
    """Yields who the officer is, the checks that were run, the statement in both languages, and the signature lines."""
    yield HeadingBlock("10 Examiner's statement", 2)
    yield make_officer_form(packet.about.officer)
    yield Pairs(_list_checks(packet), caption="Checks of the workstation")
    values = _list_values(packet)
    sentences = [load_sentences()[name] for name in _choose_sentences(packet)]
    rows = [(f"{n}. {each.en.format_map(values)}", f"{n}۔ {each.ur.format_map(values)}") for n, each in enumerate(sentences, 1)]
    yield Rows(("Statement", "بیان"), tuple(rows), (1, 1), caption="Statement of the officer")
    presence = load_sentences()["presence"]
    yield ParagraphBlock(f"{presence.en}\n{presence.ur}", small=True)
    yield make_signature_form(packet.about.officer, packet.second_officer)


def _list_checks(packet: Packet) -> tuple[tuple[str, str], ...]:
    """Returns each check with its time and result; one that was not run says so."""
    return tuple(
        (
            str(check.what),
            f"{check.result} ({format_own_time(check.when)})" if check.when else f"not run. {check.result}".rstrip(),
        )
        for check in packet.checks
    )


def _choose_sentences(packet: Packet) -> tuple[str, ...]:
    """Returns the names of the sentences that hold for this packet."""
    sources = "sources_full" if packet.edition == "full" else "sources_redacted"
    clock = "clock_compared" if packet.about.officer.clock_source else "clock_not_compared"
    return ("operated", "system", sources, clock, "limits", "seal", "handover")


def _list_values(packet: Packet) -> dict[str, str]:
    """Returns what is filled in. What nobody stated is a line to fill in by hand."""
    about, handover = packet.about, packet.handover
    return {
        "tool": about.tool,
        "system": about.system,
        "clock": about.officer.clock_source.rstrip("."),
        "fingerprint": about.fingerprint,
        "whom": handover.handed_to or _BLANK,
        "medium": handover.medium or _BLANK,
        "serial": handover.medium_serial or _BLANK,
        "blank": _BLANK,
    }
