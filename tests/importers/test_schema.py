"""NCMEC's schema and recorded answers of its interface, where they are at hand: everything in them is understood."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.importers.schema import SHARED, XSD, Schema
from triage.importers.esp_xml import EspXmlImporter

pytestmark = pytest.mark.skipif(not XSD.exists(), reason="the schema is not part of the project")


@pytest.mark.parametrize("root", ["report", "fileDetails", "reportResponse", "reportDoneResponse"])
def test_every_element_of_the_schema_is_understood_and_kept(root: str) -> None:
    schema = Schema()
    for made in schema.documents(root):
        assert schema.schema.validate(made), schema.schema.error_log
        data = etree.tostring(made)
        document = EspXmlImporter().read("x.xml", data, None)[0]
        assert document.not_understood == ()
        words = set(re.findall(r"word\d{4}", data.decode()))
        assert words <= set(re.findall(r"word\d{4}", repr(document)))


@pytest.mark.parametrize("path", sorted(SHARED.glob("ispws_2016_*.xml")), ids=lambda path: path.stem)
def test_recorded_documents_are_understood(path) -> None:
    document = EspXmlImporter().read(path.name, path.read_bytes(), None)[0]
    assert document.not_understood == ()
    if "<reportId>" in path.read_text():
        assert len(document.numbers) == 1
