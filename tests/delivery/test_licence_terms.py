from __future__ import annotations

import pytest

from delivery.licence_terms import choose_terms


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("MIT OR Apache-2.0", ("Apache-2.0",)),
        ("MIT/Apache-2.0", ("Apache-2.0",)),
        ("Unlicense OR MIT", ("MIT",)),
        ("Apache-2.0 OR GPL-2.0-only", ("Apache-2.0",)),
        ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", ("Apache-2.0",)),
        ("Apache-2.0 WITH LLVM-exception", ("Apache-2.0", "LLVM-exception")),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", ("Apache-2.0", "Unicode-3.0")),
        ("MIT AND ODbL-1.0", ("MIT", "ODbL-1.0")),
        ("Zlib OR (MIT AND (ISC OR Zlib))", ("Zlib",)),
        ("MadeUp-1.0", ("MadeUp-1.0",)),
        ("", ()),
    ],
)
def test_the_licences_of_an_offer_are_chosen(expression: str, terms: tuple[str, ...]) -> None:
    assert choose_terms(expression) == terms
