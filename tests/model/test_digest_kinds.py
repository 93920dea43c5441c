"""Each kind of digest is computed, kept and compared: nothing but the list of kinds says which there are."""

from __future__ import annotations

import hashlib
import re
from dataclasses import fields

from tests.source_trees import ROOT
from triage.hashing.digests import digest_bytes
from triage.importers.lists.list_items import HEX_KINDS, LENGTHS, is_hash_kind
from triage.model.digest_kinds import DIGEST_BYTES, DIGEST_HEX, DIGEST_KINDS, STRONGEST_FIRST, list_digests_of
from triage.model.media import Digests
from triage.model.report import Occurrence


def test_each_kind_has_its_length_and_is_computed() -> None:
    assert list(DIGEST_BYTES) == list(DIGEST_KINDS) == list(reversed(STRONGEST_FIRST))
    computed = list_digests_of(digest_bytes(b"seven green boats"))
    assert [kind for kind, _ in computed] == list(DIGEST_KINDS)
    for kind, text in computed:
        assert text == hashlib.new(kind, b"seven green boats").hexdigest()
        assert len(bytes.fromhex(text)) == DIGEST_BYTES[kind] == LENGTHS[kind]
        assert len(text) == DIGEST_HEX[kind] and is_hash_kind(kind)
    assert set(HEX_KINDS.values()) == set(DIGEST_KINDS), "two kinds of one length: a list must name the kind"


def test_each_kind_is_a_field_and_a_column() -> None:
    for names in ({each.name for each in fields(Digests)}, set(Occurrence.__struct_fields__)):
        assert set(DIGEST_KINDS) <= names
    schema = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "resources/migrations").glob("*.sql"))
    table = re.search(r"CREATE TABLE media_item \((.*?)\n\)", schema, re.DOTALL)
    assert table is not None
    assert all(re.search(rf"^\s+{kind}\s+TEXT NOT NULL", table[1], re.MULTILINE) for kind in DIGEST_KINDS)
