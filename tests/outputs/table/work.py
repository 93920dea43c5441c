"""Work packages and results."""

from __future__ import annotations

from tests.jobs.exchange_stores import Workstation, make_workstation, write_reports
from tests.outputs.output import REPORT, SECOND, Output, World
from triage.jobs.exchange.send import export_work
from triage.model.users import Right


def meet_office(world: World) -> Workstation:
    """Another workstation; both know each other's keys."""
    office = make_workstation(world.work / "office", "Lahore")
    world.run_well("keys", "trust", office.session.store.fingerprint, "--name", "Lahore")
    return office


def name_recipient(world: World) -> tuple[str, ...]:
    office = meet_office(world)
    office.session.close()
    return ("--recipient", office.age_key)


def take_package(world: World) -> tuple[str, ...]:
    """A package of the office for the store, imported there."""
    office = meet_office(world)
    office.takes_in(write_reports(world.work / "office" / "in", "900000405"))
    own = world.run_well("keys", "show", "--json").json["recipient"]
    sent = export_work(office.session, ["900000405"], own, world.work / "in.age")
    office.session.close()
    world.run_well("import", world.work / "in.age")
    return ("--package", sent.package_id, "--recipient", office.age_key)


OUTPUTS = (
    Output(
        command="export work",
        arguments=(REPORT, "--due", "2099-01-01"),
        prepare=name_recipient,
        out="lantern.age",
        kinds=("work_package",),
        right=Right.EXPORT_QUEUE,
    ),
    Output(
        command="export work",
        arguments=(REPORT, "--with-media", *SECOND),
        prepare=name_recipient,
        out="lantern-media.age",
        kinds=("work_package",),
        right=Right.EXPORT_MEDIA,
    ),
    Output(
        command="export results",
        prepare=take_package,
        out="lantern-results.age",
        kinds=("work_results",),
        right=Right.EXPORT_QUEUE,
    ),
)
