"""Queues and packets."""

from __future__ import annotations

from dataclasses import replace

from tests.outputs.output import DIGESTS, REPORT, SECOND, TIMES, Output, World
from triage.model.users import Right

QUEUE = Output(command="export queue", out="lantern.csv", kinds=("queue",), right=Right.EXPORT_QUEUE, times=TIMES)
PACKET = Output(
    command="packet create",
    arguments=(REPORT, *SECOND),
    out="lantern-packet",
    kinds=("packet",),
    right=Right.PACKET,
    folder=True,
    times=(*TIMES, *DIGESTS, r"Bagging-Date: .*", r"Payload-Oxum: .*"),
    with_times=("record-proof.json",),
)
KEY = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa"
"""A public key of nobody."""


def make_packet(world: World) -> tuple[str, ...]:
    """Makes the packet for which a form is written."""
    world.run_well("packet", "create", REPORT, *SECOND, "--out", "drawn-packet")
    return ("drawn-packet",)


OUTPUTS = (
    *(replace(QUEUE, out=f"lantern.{ending}") for ending in ("csv", "json", "xlsx", "pdf")),
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
