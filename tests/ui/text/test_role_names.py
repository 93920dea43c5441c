"""Every role has a name in both languages."""

from __future__ import annotations

from triage.model.users import Role
from triage.ui.text import i18n
from triage.ui.text.role_names import name_role


def test_every_role_has_a_name_in_both_languages() -> None:
    english = {name_role(role) for role in Role}
    i18n.set_language("ur")
    try:
        urdu = {name_role(role) for role in Role}
    finally:
        i18n.set_language("en")
    assert len(english) == len(urdu) == len(Role) and not english & urdu
