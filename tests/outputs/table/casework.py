"""Papers of cases and of shifts."""

from __future__ import annotations

from tests.outputs.output import REPORT, TIMES, Output, World
from triage.model.users import Right

_FRACTIONS = (*TIMES, r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d PKT")


def open_case(world: World) -> tuple[str, ...]:
    return (str(world.run_well("case", "open", REPORT, "--json").json["number"]),)


def close_shift(world: World) -> tuple[str, ...]:
    return (str(world.run_well("shift", "close", "--json").json["number"]),)


OUTPUTS = (
    *(
        Output(
            command="case diary",
            out=f"lantern.{ending}",
            kinds=("diary",),
            right=Right.CASE_PAPERS,
            prepare=open_case,
            times=_FRACTIONS,
        )
        for ending in ("pdf", "xlsx")
    ),
    Output(
        command="case draft",
        out="lantern.docx",
        kinds=("source_report",),
        right=Right.CASE_PAPERS,
        prepare=open_case,
        times=(*_FRACTIONS, r"\d{4}-\d\d-\d\d"),
    ),
    Output(
        command="referral create",
        arguments=(REPORT, "--to", "NCMEC"),
        out="lantern",
        kinds=("referral", "referral"),
        right=Right.CASE_PAPERS,
        folder=True,
        times=(*_FRACTIONS, r"\d{4}-\d\d-\d\d"),
    ),
    Output(
        command="shift print",
        out="lantern.pdf",
        kinds=("shift_sheet",),
        right=Right.EXPORT_QUEUE,
        prepare=close_shift,
        times=_FRACTIONS,
    ),
)
