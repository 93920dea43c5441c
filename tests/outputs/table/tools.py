"""Files for other tools: graded media, hash lists, timelines and places."""

from __future__ import annotations

from dataclasses import replace

from tests.outputs.output import REPORT, TIMES, Output, World
from triage.model.users import Right


def grade_file(world: World) -> tuple[str, ...]:
    world.run_well("grade", REPORT, "a.jpg", "--grade", "abuse material")
    return ()


def open_case(world: World) -> tuple[str, ...]:
    """A file in a case is for court and waits for a second grader, so that it is graded before."""
    grade_file(world)
    return ("--case", world.run_well("case", "open", REPORT, "--json").json["number"])


VICS = Output(
    command="export vics", out="lantern-vics.json", kinds=("vics",), right=Right.EXPORT_TOOLS, prepare=grade_file, times=TIMES
)
HASHES = Output(
    command="export hashes",
    arguments=("--kind", "md5", "--grade", "abuse material"),
    out="lantern-md5.txt",
    kinds=("hashes",),
    right=Right.EXPORT_TOOLS,
    prepare=grade_file,
)
TIMELINE = Output(
    command="export timeline",
    arguments=(REPORT,),
    out="lantern-timeline.csv",
    kinds=("timeline",),
    right=Right.EXPORT_TOOLS,
    times=(*TIMES, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d PKT"),
)
OUTPUTS = (
    VICS,
    replace(VICS, out="lantern-case.json", arguments=("--version", "1.3"), prepare=open_case),
    Output(command="export icse", out="lantern-icse.csv", kinds=("icse",), right=Right.EXPORT_TOOLS, prepare=grade_file),
    HASHES,
    replace(HASHES, out="lantern-pdq.txt", arguments=("--kind", "pdq", "--grade", "abuse material")),
    TIMELINE,
    replace(TIMELINE, out="lantern-places.kmz"),
)
