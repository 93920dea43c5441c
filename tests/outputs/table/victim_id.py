"""The sheet of a series for victim identification."""

from __future__ import annotations

from tests.outputs.output import REPORT, SECOND, TIMES, Output, World
from triage.model.users import Right


def open_series(world: World) -> tuple[str, ...]:
    file = next(file["sha256"] for file in world.run_well("show", REPORT, "--json").json["files"] if file["present"])
    number = str(world.run_well("series", "open", REPORT, file, "--json").json["row"]["number"])
    world.run_well("series", "clue", number, "a red gate", "--kind", "place", "--file", file)
    return (number,)


OUTPUTS = (
    Output(
        command="series sheet",
        out="lantern.pdf",
        kinds=("series_sheet",),
        right=Right.EXPORT_TOOLS,
        arguments=("--with-crops", *SECOND),
        prepare=open_series,
        times=TIMES,
    ),
)
