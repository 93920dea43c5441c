"""Defines the command doctor: what this machine lacks, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, print_line
from triage.errors import WorldError

if TYPE_CHECKING:
    from triage.jobs.keeping.machine_doctor import MachineFinding

_MARKS = {"ok": "ok         ", "attention": "attention  ", "failing": "FAILING    ", "not checked": "not checked"}


@triage.command()
@with_common
def doctor(common: Common) -> int:
    """Find what this machine lacks: libraries, display, sandbox, disk, memory, clock. The exit code is 1 when something fails.

    It opens no store, and needs no user. With --store it looks at the disk of that store.
    """
    from triage.decode.client import MediaPool
    from triage.jobs.keeping.machine_doctor import check_machine_for_work, describe_worst

    with MediaPool(workers=1) as pool:
        findings = (
            *check_machine_for_work(common.directory(), pool.check_restrictions, writing=not common.read_only),
            _check_display(),
        )
    failing = any(each.state == "failing" for each in findings)
    if common.json:
        print_json({"findings": list(findings), "summary": str(describe_worst(findings))})
        return 1 if failing else 0
    for each in findings:
        print_line(f"{_MARKS[each.state]}  {each.name}: {each.found}")
        if each.advice:
            print_line(f"{'':13}-> {each.advice}")
    print_line(str(describe_worst(findings)))
    return 1 if failing else 0


def _check_display() -> MachineFinding:
    """Returns whether a window can be opened. The commands work without one."""
    from triage.cli.display import require_display
    from triage.jobs.keeping.machine_doctor import MachineFinding

    try:
        require_display()
    except WorldError as error:
        return MachineFinding(name="display", state="attention", found=str(error), advice="Start Triage from the desktop's menu.")
    return MachineFinding(name="display", state="ok", found="A window can be opened.")
