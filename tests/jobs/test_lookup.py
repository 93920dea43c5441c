"""A name of nothing is refused, and the refusal says what there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from triage.errors import NotFound
from triage.jobs.lookup import find_case, find_list, find_report
from triage.jobs.session import Session
from triage.store.database import Reader


@pytest.mark.parametrize("find", [find_report, find_case, find_list])
def test_what_is_not_there_is_refused(session: Session, find: Callable[[Reader, str], object]) -> None:
    with session.reading() as db, pytest.raises(NotFound, match=r"There is no .*77.*; there is none yet\."):
        find(db, "77")
