"""Every job refuses what the user's roles do not allow; screens only mirror it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from triage.errors import Refused
from triage.jobs import check, export_queue, import_bundles, lists, match, media, packet, queue, stats, triage_report, users
from triage.jobs.session import Session
from triage.model.custody import Receipt
from triage.model.media import RevealStep
from triage.model.people import RIGHTS, Right, Role, User
from triage.model.views import QueueFilter

HERE = Path("nowhere")
JOBS: dict[str, tuple[Right, Callable[[Session], object]]] = {
    "import": (Right.IMPORT, lambda s: import_bundles.import_bundles(s, [], receipt=Receipt())),
    "queue": (Right.READ_REPORT, lambda s: queue.queue_ids(s, QueueFilter())),
    "rows": (Right.READ_REPORT, lambda s: queue.rows_by_id(s, [])),
    "lanes": (Right.READ_REPORT, queue.lanes),
    "show": (Right.READ_REPORT, lambda s: triage_report.show(s, "1")),
    "decide": (Right.DECIDE, lambda s: triage_report.decide(s, "1", status="closed")),
    "undo": (Right.DECIDE, lambda s: triage_report.undo(s, 1)),
    "match": (Right.READ_REPORT, lambda s: match.match(s, [])),
    "preview": (Right.READ_REPORT, lambda s: media.preview(s, "0" * 64)),
    "reveal": (Right.REVEAL, lambda s: media.reveal(s, "1", "0" * 64, RevealStep.GREY, None).__enter__()),  # type: ignore[arg-type]
    "add list": (Right.LISTS, lambda s: lists.add_list(s, HERE, name="n", kind="known", profile=None)),
    "remove list": (Right.LISTS, lambda s: lists.remove_list(s, "n")),
    "export queue": (Right.EXPORT_QUEUE, lambda s: export_queue.export_queue(s, QueueFilter(), HERE)),
    "packet": (Right.PACKET, lambda s: packet.create_packet(s, ["1"], HERE)),
    "add user": (Right.USERS, lambda s: users.add_user(s, "n", ["analyst"], "p")),
    "disable user": (Right.USERS, lambda s: users.disable_user(s, "n")),
    "check": (Right.RECORD, check.check),
    "verify record": (Right.RECORD, check.verify_record),
    "statistics": (Right.STATISTICS, stats.stats),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("job", JOBS)
def test_a_job_refuses_a_role_without_the_right(session: Session, role: Role, job: str) -> None:
    right, call = JOBS[job]
    session.store.user = User(1, "first", frozenset({role}))
    if right in RIGHTS[role]:
        try:
            call(session)
        except Refused as refusal:  # another right within the same job, or a refusal for another reason
            assert right.value not in str(refusal)
        except Exception as error:
            assert not isinstance(error, AssertionError)
        return
    with pytest.raises(Refused, match=right.value):
        call(session)


def test_admins_open_no_report_and_no_media() -> None:
    assert not RIGHTS[Role.ADMIN] & {Right.READ_REPORT, Right.REVEAL, Right.EXPORT_MEDIA}
