from __future__ import annotations

import pytest

from tests.update_files import shipped
from triage.jobs.judging import rules
from triage.jobs.judging.basis import BasisChanged, load_basis, require_basis, start_again_when_changed
from triage.jobs.session import Session
from triage.priority import rule_texts, rules_from, shipped_rules
from triage.resources import replace_tables, resource


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


def test_the_name_of_the_rules_follows_the_words() -> None:
    name, before = "intents/words/urdu.toml", shipped_rules().name
    try:
        replace_tables({name: shipped(name) + b'\nother = ["kuch"]\n'})
        assert shipped_rules().name == rules_from(rule_texts(resource("rules"))).name != before
    finally:
        replace_tables({})
    assert shipped_rules().name == before
