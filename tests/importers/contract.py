"""What every importer of report documents holds, whatever its format. A test class per importer inherits it."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.thorough import count_examples
from triage import limits
from triage.errors import InputError
from triage.importers.base import Importer, PdfText, RefusedParts
from triage.importers.registry import IMPORTERS, classify
from triage.model.document import Document

QUICK = settings(
    max_examples=count_examples(40),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    derandomize=True,
)


class ImporterContract:
    importer: ClassVar[Importer]
    good: ClassVar[bytes]
    """A small document of the format, with at least one person, identifier, file or text, and one part nobody knows."""
    name: ClassVar[str]
    kept: ClassVar[tuple[str, ...]]
    """Words of `good` that have to be found again in what was read."""
    cell: ClassVar[PdfText | None] = None

    def read(self, data: bytes) -> tuple[Document, ...]:
        return self.importer.read("bundle/" + self.name, data, type(self).cell)

    def test_it_is_registered_and_recognised(self) -> None:
        assert any(type(importer) is type(self.importer) for importer in IMPORTERS)
        found = classify(self.name, self.good[: limits.PEEK])
        assert not isinstance(found, str)
        assert found.format == self.importer.format

    def test_nothing_of_the_good_document_is_lost(self) -> None:
        refused = RefusedParts()
        told = repr(self.importer.read("bundle/" + self.name, self.good, type(self).cell, refused)) + repr(refused.list_parts())
        assert [word for word in self.kept if word not in told] == []

    def test_every_value_names_its_source(self) -> None:
        for document in self.read(self.good):
            sourced = [*document.identifiers, *document.facts, *document.free_text, *document.files]
            sourced += [fact for person in document.people for fact in person.facts]
            assert sourced
            for each in sourced:
                assert each.sources, each
                assert all(source.document == "bundle/" + self.name and source.at and source.label for source in each.sources)

    def test_people_and_files_of_identifiers_exist(self) -> None:
        for document in self.read(self.good):
            files = {file.key for file in document.files}
            for identifier in document.identifiers:
                assert identifier.person is None or identifier.person < len(document.people)
                assert identifier.file is None or identifier.file in files

    def test_reading_is_deterministic(self) -> None:
        assert self.read(self.good) == self.read(self.good)

    @QUICK
    @given(st.data())
    def test_a_damaged_document_is_read_or_refused(self, data: st.DataObject) -> None:
        damaged = bytearray(self.good)
        for _ in range(data.draw(st.integers(1, 8))):
            at = data.draw(st.integers(0, len(damaged) - 1))
            damaged[at] = data.draw(st.integers(0, 255))
        self._read_or_refuse(bytes(damaged))

    @QUICK
    @given(st.integers(0, 100))
    def test_a_cut_document_is_read_or_refused(self, percent: int) -> None:
        self._read_or_refuse(self.good[: len(self.good) * percent // 100])

    @QUICK
    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_or_refused(self, noise: bytes) -> None:
        self.importer.detect(self.name, noise)
        self._read_or_refuse(noise)

    def _read_or_refuse(self, data: bytes) -> None:
        try:
            self.read(data)
        except InputError as refusal:
            assert str(refusal).endswith(".")

    def test_nothing_is_refused(self) -> None:
        with pytest.raises(InputError):
            self.read(b"")
