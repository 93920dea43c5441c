"""Words of cases."""

from __future__ import annotations

import pytest

from triage.model.casework import NumberKind, RegisterNumber
from triage.ui.text import i18n
from triage.ui.text.case_words import number_words


@pytest.mark.parametrize("kind", NumberKind)
def test_a_register_number_is_its_kind_and_its_value(kind: NumberKind) -> None:
    assert number_words(RegisterNumber(kind.value, f"{kind.value} 7")) == f"{kind.value} {kind.value} 7"


def test_the_register_of_a_number_has_its_urdu() -> None:
    i18n.set_language("ur")
    try:
        assert "17/2026" in number_words(RegisterNumber("property register", "17/2026"))
        assert "property" not in number_words(RegisterNumber("property register", "17/2026"))
    finally:
        i18n.set_language("en")
