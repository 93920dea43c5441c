"""The terms of a licence expression (SPDX): which of the offered licences the bundle uses."""

from __future__ import annotations

import re

PREFERRED = ("Apache-2.0", "MIT", "Unlicense", "BSD-3-Clause", "Unicode-3.0", "Unicode-DFS-2016", "Zlib", "ISC")
"""Where a maker offers several licences, the earliest of these is used. Each agrees with the GPL-3.0 of the bundle as a whole."""


def choose_terms(expression: str) -> tuple[str, ...]:
    """Returns the licences that together allow the use of something, of an expression like `(MIT OR Apache-2.0) AND Zlib`.

    An exception stands as a licence of its own: `Apache-2.0 WITH LLVM-exception` gives both names. Nothing stated gives nothing.
    """
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    offers = _read_offers(tokens) if tokens else [()]
    return min(offers, key=lambda offer: (len(offer), [_rank(term) for term in offer]))


def _rank(term: str) -> int:
    return PREFERRED.index(term) if term in PREFERRED else len(PREFERRED)


def _read_offers(tokens: list[str]) -> list[tuple[str, ...]]:
    """Returns the offers of an expression, and takes its tokens from the list. AND binds tighter than OR."""
    offers = _read_joined(tokens)
    while tokens and tokens[0].upper() == "OR":
        tokens.pop(0)
        offers = offers + _read_joined(tokens)
    return offers


def _read_joined(tokens: list[str]) -> list[tuple[str, ...]]:
    """Returns the offers of a chain of ANDs."""
    offers = _read_single(tokens)
    while tokens and tokens[0].upper() == "AND":
        tokens.pop(0)
        others = _read_single(tokens)
        offers = [(*one, *(term for term in other if term not in one)) for one in offers for other in others]
    return offers


def _read_single(tokens: list[str]) -> list[tuple[str, ...]]:
    """Returns the offers of one licence, with its exception, or of brackets."""
    first = tokens.pop(0)
    if first == "(":
        offers = _read_offers(tokens)
        tokens.pop(0)
        return offers
    if tokens and tokens[0].upper() == "WITH":
        tokens.pop(0)
        return [(first, tokens.pop(0))]
    return [(first,)]
