"""What people see on the desktop, as files: a report, and the numbers of a chart."""

from __future__ import annotations

from tests.outputs.output import REPORT, TIMES, Output
from triage.model.users import Right

OUTPUTS = (
    Output(
        command="export report",
        arguments=(REPORT,),
        out="lantern.pdf",
        kinds=("report",),
        right=Right.CASE_PAPERS,
        times=TIMES,
    ),
    Output(
        command="export chart",
        arguments=("backlog-ages",),
        out="lantern.csv",
        kinds=("internal_chart",),
        right=Right.EXPORT_QUEUE,
        times=TIMES,
    ),
)
