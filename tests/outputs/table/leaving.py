"""Queues and packets."""

from __future__ import annotations

from dataclasses import replace

from tests.outputs.output import DIGESTS, REPORT, SECOND, TIMES, Output
from triage.model.users import Right

QUEUE = Output(command="export queue", out="lantern.csv", kinds=("queue",), right=Right.EXPORT_QUEUE, times=TIMES)
OUTPUTS = (
    *(replace(QUEUE, out=f"lantern.{ending}") for ending in ("csv", "json", "xlsx", "pdf")),
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
