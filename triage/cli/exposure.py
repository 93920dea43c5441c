"""Defines the command exposure: one's own views, for oneself alone."""

from __future__ import annotations

from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, print_line, print_table


@triage.command()
@with_common
def exposure(common: Common) -> int:
    """Show your own views by day and warning.

    Only your own passphrase opens this account. Leads and administrators can't read it.
    """
    from triage.jobs.wellbeing import exposure as exposure_job

    with common.session() as session:
        found = exposure_job.summarize_exposure(session)
    if common.json:
        print_json(found)
        return 0
    print_line(f"{found.views} views, {found.seconds:.0f} seconds")
    print_line(f"Not needed: {found.avoided_exact} files known exactly, {found.avoided_near} files like a graded one")
    print_table(("step", "views"), list(found.by_step.items()))
    if found.by_warning:
        print_line()
        print_table(("warning", "views"), list(found.by_warning.items()))
    if found.by_day:
        print_line()
        print_table(
            ("day", "views", "seconds", "with a warning"),
            [(each.day, each.views, round(each.seconds), each.grave) for each in found.by_day],
        )
    return 0
