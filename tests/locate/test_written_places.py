"""Places as people write them: two lists of invented addresses and phrases.

`data/written_places.tsv` was used while the names were built. `data/written_places_measured.tsv` was written before that and is
only measured. `python -m tests.locate.test_written_places [LIST]` prints the share that is read rightly, and what is not.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.locate.reports import fact, identifier, person, report, text
from triage.locate.judge import locate
from triage.model.judgement import Location

DATA = Path(__file__).parent / "data"
LISTS = ("written_places", "written_places_measured")
NEEDED = 0.98
KARACHI = frozenset({"Karachi Central", "Karachi East", "Karachi South", "Karachi West", "Keamari", "Korangi", "Malir"})


@dataclass(frozen=True)
class Written:
    kind: str
    text: str
    expected: str


def read_list(name: str) -> list[Written]:
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [Written(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def locate_written(written: Written) -> Location:
    if written.kind == "address":
        return locate(report(identifier("address", written.text)), {})
    if written.kind == "city":
        facts = fact("estimatedLocation.city", written.text), fact("estimatedLocation.countryCode", "PK")
        return locate(report(people=(person("suspect", *facts),)), {})
    return locate(report(free_text=(text(written.text),)), {})


def describe(written: Written) -> str:
    """Returns what is read, in the words of the list."""
    found = locate_written(written)
    places = [e for e in found.evidence if e.kind in ("place_name", "address", "estimated_location") and e.weight > 0]
    if found.foreign and not places:
        return "abroad"
    if written.kind != "text" and found.in_pakistan is not True:
        return "none"
    named = {f"{e.province} {'Karachi' if e.district in KARACHI else e.district or '-'}" for e in places if e.province}
    return "|".join(sorted(named)) or ("PK" if places else "none")


def is_right(written: Written) -> bool:
    read, expected = describe(written), "|".join(sorted(written.expected.split("|")))
    return read == expected or (expected == "none" and read == "abroad")


@pytest.mark.parametrize("name", LISTS)
def test_places_are_read_as_people_write_them(name: str) -> None:
    places = read_list(name)
    wrong = [f"{w.kind}: {w.text}: {describe(w)}, not {w.expected}" for w in places if not is_right(w)]
    assert len(wrong) <= (1 - NEEDED) * len(places), "\n".join(wrong)


if __name__ == "__main__":
    for which in sys.argv[1:] or LISTS[:1]:
        rows = read_list(which)
        right = sum(map(is_right, rows))
        print(f"{which}: {right} of {len(rows)}, {right / len(rows):.1%}")
        if "measured" not in which:
            print(*(f"{w.kind}\t{w.text}\t{describe(w)}\t{w.expected}" for w in rows if not is_right(w)), sep="\n")
