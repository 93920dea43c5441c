"""People and roles are named in both languages."""

from __future__ import annotations

import re
from typing import get_args

from triage.model import document
from triage.model.user_names import name_user
from triage.model.users import Role
from triage.resources import resource
from triage.ui.report.people import PERSON_ORDER
from triage.ui.text import i18n, report_words
from triage.ui.text.role_names import name_person, name_role


def test_every_role_has_a_name_in_both_languages() -> None:
    english = {name_role(role) for role in Role}
    i18n.set_language("ur")
    try:
        urdu = {name_role(role) for role in Role}
    finally:
        i18n.set_language("en")
    assert len(english) == len(urdu) == len(Role) and not english & urdu


def test_every_role_of_a_report_has_its_words_and_its_place() -> None:
    assert all(role in words for words in (report_words.ROLES, report_words.OF, PERSON_ORDER) for role in get_args(document.Role))


def test_a_person_of_another_store_and_an_unknown_user_are_named_in_both_languages() -> None:
    view = resource("migrations", "0001_schema.sql").read_text(encoding="utf-8").partition("CREATE VIEW person")[2]
    assert "|| ' at ' ||" in view, "as `split_store` reads it"
    names = ("khi-04", "علی", "khi-04 at Lahore", name_user({}, 7), name_user({7: "user"}, 7))
    assert [_plain(name_person(name)) for name in names] == ["khi-04", "علی", "khi-04 at Lahore", "user 7", "user"]
    i18n.set_language("ur")
    try:
        assert [_plain(name_person(name)) for name in names] == ["khi-04", "علی", "khi-04، Lahore پر", "صارف 7", "user"]
    finally:
        i18n.set_language("en")


def _plain(text: str) -> str:
    """Returns a text without marks of direction."""
    return re.sub("[\u2066-\u2069\u200f]", "", text)
