"""Letters and annexes to operators, and reminders."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.outputs.output import REPORT, TIMES, Output, World
from triage.model.users import Right

_TIMES = (*TIMES, r"\d{4}-\d\d-\d\d", r"\d+ days? ago", r"\b[1-9]\d{9}\b")
"""Also the day of a letter, and line numbers: these are random, so that nothing can be concluded from them."""


def open_case(world: World) -> tuple[str, ...]:
    number = str(world.run_well("case", "open", REPORT, "--json").json["number"])
    world.run_well("case", "number", number, "enquiry", "41/2026")
    return ("--case", number)


def send_request(world: World) -> tuple[str, ...]:
    world.run_well("request", "create", *open_case(world), "--kind", "subscriber", "--out", "before")
    number = min(each["number"] for each in world.run_well("request", "list", "--json").json)
    world.run_well("request", "sent", number, "--on", datetime.now(UTC).date().isoformat())
    return ()


OUTPUTS = (
    *(
        Output(
            command="request create",
            arguments=("--kind", kind),
            out=f"lantern-{kind}",
            kinds=("request",),
            right=Right.CASE_PAPERS,
            prepare=open_case,
            folder=True,
            times=_TIMES,
        )
        for kind in ("subscriber", "traffic")
    ),
    Output(
        command="request preserve",
        arguments=("--expiring", "400"),
        out="lantern-preserve",
        kinds=("request",),
        right=Right.CASE_PAPERS,
        folder=True,
        times=_TIMES,
    ),
    Output(
        command="request remind",
        arguments=("--older-than", "0"),
        out="lantern-reminders",
        kinds=("reminder",),
        right=Right.CASE_PAPERS,
        prepare=send_request,
        folder=True,
        times=_TIMES,
    ),
)
