"""Queues and packets."""

from __future__ import annotations

from dataclasses import replace

from tests.outputs.output import DIGESTS, REPORT, SECOND, TIMES, Output, World
from triage.model.users import Right

LEFT = (r"\d+ (days|hours)",)
"""The time that is left until a deadline."""


QUEUE = Output(command="export queue", out="lantern.csv", kinds=("queue",), right=Right.EXPORT_QUEUE, times=(*TIMES, *LEFT))


def close_report(world: World) -> tuple[str, ...]:
    world.run_well("set", REPORT, "--status", "closed", "--reason", "insufficient information")
    return ()


PACKET = Output(
    command="packet create",
    arguments=(REPORT, *SECOND),
    out="lantern-packet",
    kinds=("packet",),
    right=Right.PACKET,
    folder=True,
    times=(r"head [0-9a-f]{64}\s+\([^()]*\([^()]*\)\)", *TIMES, *DIGESTS, r"Bagging-Date: .*", r"Payload-Oxum: .*"),
    with_times=("record-proof.json",),
)
KEY = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa"
"""A public key of nobody."""


def make_packet(world: World) -> tuple[str, ...]:
    """Makes the packet for which a form is written."""
    world.run_well("packet", "create", REPORT, *SECOND, "--out", "drawn-packet")
    return ("drawn-packet",)


OUTPUTS = (
    *(replace(QUEUE, out=f"lantern.{ending}") for ending in ("csv", "json", "pdf")),
    replace(QUEUE, out="lantern.xlsx", times=(*QUEUE.times, r'[0-9a-f]{128}(?=\{"kind")', r'"export":"[0-9a-f-]{36}"')),
    *(
        Output(
            command="export feedback",
            out=f"lantern-feedback.{ending}",
            kinds=("feedback",),
            right=Right.EXPORT_QUEUE,
            prepare=close_report,
            times=TIMES,
        )
        for ending in ("csv", "pdf")
    ),
    Output(
        command="export statistics",
        arguments=("--from", "2026-01-01", "--to", "2026-06-30"),
        out="lantern-statistics",
        kinds=("statistics",),
        right=Right.EXPORT_QUEUE,
        folder=True,
        times=TIMES,
    ),
    PACKET,
    replace(PACKET, out="lantern-redacted", arguments=(REPORT, *SECOND, "--edition", "redacted", "--descriptions")),
    replace(
        PACKET,
        out="lantern-sealed.tar.age",
        arguments=(REPORT, *SECOND, "--encrypt-all", "--recipient", KEY),
        folder=False,
        with_times=("lantern-sealed.tar.age",),
    ),
    Output(
        command="packet viewing-log",
        out="lantern-viewings.pdf",
        kinds=("viewing_log",),
        right=Right.PACKET,
        prepare=make_packet,
        times=(*TIMES, r"(?m)^.*[0-9a-f]{64}.*$"),
    ),
)
