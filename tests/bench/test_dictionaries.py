"""The maker of dictionaries chooses what makes others short."""

from __future__ import annotations

from bench.dictionaries import SIZE, make_dictionary, measure


def test_a_dictionary_holds_what_recurs() -> None:
    samples = [
        f'{{"rule":"kites.of.{n % 5}","why":"Kite number {n * 7919} was seen above the canal."}}'.encode() for n in range(12)
    ]
    made = make_dictionary(samples)
    assert len(made) <= SIZE and b"was seen above the canal" in made
    assert measure(samples, made) * 3 < measure(samples, b"")
    assert made == make_dictionary(samples), "the same samples give the same dictionary"


def test_samples_that_are_too_long_are_left_out() -> None:
    assert make_dictionary([bytes(SIZE + 1)]) == b""
