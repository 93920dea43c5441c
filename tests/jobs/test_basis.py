from __future__ import annotations

import pytest

from triage.jobs.judging import rules
from triage.jobs.judging.basis import BasisChanged, load_basis, require_basis, start_again_when_changed
from triage.jobs.session import Session


def test_judging_that_runs_starts_again_when_other_rules_come_into_use(session: Session) -> None:
    tries: list[int] = []

    @start_again_when_changed
    def judge() -> None:
        with session.reading() as db:
            basis = load_basis(db)
        tries.append(len(tries))
        if len(tries) == 1:
            rules.use_rules(session, None)  # by another person meanwhile
            with session.reading() as db, pytest.raises(BasisChanged):
                require_basis(db, basis)
        with session.reading() as db:
            require_basis(db, basis)

    judge()
    assert tries == [0, 1]
