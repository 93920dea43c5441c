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
    Output(
        command="packet create",
        arguments=(REPORT, *SECOND),
        out="lantern-packet",
        kinds=("packet",),
        right=Right.PACKET,
        folder=True,
        times=(*TIMES, *DIGESTS, r"Bagging-Date: .*", r"Payload-Oxum: .*"),
        with_times=("record-proof.json",),
    ),
)
