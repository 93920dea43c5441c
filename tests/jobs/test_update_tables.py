from __future__ import annotations

import pytest

from tests.update_files import OFFICES, make_update, shipped
from triage.errors import InputError, WorldError
from triage.importers.update_file import FILES_OF, read_update
from triage.jobs.update_tables import check_tables

OPERATORS = "geo/operators.tsv"
URDU = "intents/words/urdu.toml"


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("addresses", OPERATORS, b"asn\tname\tkind\tshared\n1\tInvented\tsatellite\tno\n"),
        ("addresses", OPERATORS, b"asn\tname\tkind\tshared\n1\tInvented\tmobile\n"),
        ("addresses", OPERATORS, b"asn\tname\tkind\tshared\n"),
        ("addresses", OPERATORS, b"asn\tname\n1\t" + b"x" * 200_000 + b"\n"),
        ("addresses", "geo/pakistan_ipv4_announced.csv", b""),
        ("offices", OFFICES, shipped(OFFICES).replace(b'PB = "LHR"\n', b"")),
        ("phrases", URDU, b""),
        ("phrases", URDU, b'threat = ["-*"]'),
        ("phrases", URDU, b'threat = [""]'),
        ("phrases", URDU, b"threat = " + b"[" * 5_000),
        ("law", "law.toml", b'version = "1"\nlaw = []\ninvestigator = []'),
    ],
)
def test_a_signed_table_that_judging_could_not_use_is_refused(kind: str, name: str, data: bytes) -> None:
    with pytest.raises(InputError, match="not valid"):
        check_tables(read_update(make_update(kind=kind, files={name: data})))


@pytest.mark.parametrize("name", [OFFICES, OPERATORS, URDU, "law.toml", "geo/pakistan_ipv6_ipfire.csv"])
def test_the_shipped_tables_are_valid(name: str) -> None:
    kind = {"o": "offices", "i": "phrases", "l": "law"}.get(name[0], "addresses")
    check_tables(read_update(make_update(kind=kind, files={name: shipped(name)})))


@pytest.mark.parametrize("data", [b"x = " + b"9" * 5_000, b"x = " + b"[" * 5_000, b"\xff", b""])
@pytest.mark.parametrize("name", FILES_OF["rules"])
def test_a_signed_rule_file_that_is_none_is_refused(name: str, data: bytes) -> None:
    files = {each: shipped(f"rules/{each}") for each in FILES_OF["rules"]}
    with pytest.raises(WorldError):
        check_tables(read_update(make_update(kind="rules", files=files | {name: data})))
