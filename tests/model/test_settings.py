"""Settings objects: each default is a choice, and each choice is read back from what people type."""

from __future__ import annotations

from dataclasses import fields

import pytest

from triage.jobs.policy import OfficePolicy
from triage.model.settings import format_value, settings_of


@pytest.mark.parametrize("settings", [OfficePolicy])
def test_defaults_are_choices_and_choices_are_read_back(settings: type) -> None:
    defaults = settings()
    declared = settings_of(settings)
    assert [each.field for each in declared] == [each.name for each in fields(settings)]
    for each in declared:
        if not each.choices:
            assert each.parse(getattr(defaults, each.field)) == ""
            continue
        assert getattr(defaults, each.field) in each.choices, each.name
        assert [each.parse(format_value(choice)) for choice in each.choices] == list(each.choices)
        assert len({format_value(choice) for choice in each.choices}) == len(each.choices)
        with pytest.raises(ValueError, match=each.name):
            each.parse("no such choice")
