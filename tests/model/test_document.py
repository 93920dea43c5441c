from __future__ import annotations

import pytest

from triage.model.document import Source, place_on_page


@pytest.mark.parametrize(
    ("at", "page"),
    [
        (place_on_page(3), 3), (place_on_page(12, "Phone"), 12), ("page 3 line 2", 3), ("person/age", None), ("", None),
        ("page", None), ("page x", None), ("page 3b", None), ("front page 3", None), ("pages 3", None),
    ],
)  # fmt: skip
def test_a_source_names_its_page(at: str, page: int | None) -> None:
    assert Source("a.pdf", at, "").page == page
