"""Everything that the formats can say occurs in the feed, and the same seed plans the same feed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from triage_demo.feed.plan import Plan, plan
from triage_demo.feed.records import Report

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def national() -> Plan:
    return plan(1, 300, UNTIL)


def of(national: Plan, field: str) -> set[object]:
    return {getattr(report, field) for report in national.reports}


def test_the_same_seed_plans_the_same(national: Plan) -> None:
    assert plan(1, 300, UNTIL) == national
    assert plan(2, 300, UNTIL).reports != national.reports


@pytest.mark.parametrize("reports", [1, 7, 15, 16, 100])
def test_any_number_of_reports(reports: int) -> None:
    assert len(plan(3, reports, UNTIL).reports) == reports


def test_every_incident_type(national: Plan) -> None:
    assert of(national, "incident_type") == {
        "Child Pornography (possession, manufacture, and distribution)",
        "Child Sex Trafficking",
        "Child Sex Tourism",
        "Child Sexual Molestation",
        "Misleading Domain Name",
        "Misleading Words or Digital Images on the Internet",
        "Online Enticement of Children for Sexual Acts",
        "Unsolicited Obscene Material Sent to a Child",
    }


def test_every_annotation_and_class(national: Plan) -> None:
    files = [file for report in national.reports for file in report.files]
    assert {name for report in national.reports for name in report.annotations} == {
        "sextortion",
        "csamSolicitation",
        "minorToMinorInteraction",
        "spam",
        "sadisticOnlineExploitation",
        "informational",
    }
    assert {name for file in files for name in file.annotations} == {
        "animeDrawingVirtualHentai",
        "potentialMeme",
        "viral",
        "possibleSelfProduction",
        "physicalHarm",
        "violenceGore",
        "bestiality",
        "liveStreaming",
        "infant",
        "generativeAi",
    }
    assert {file.classification for file in files} == {None, "A1", "A2", "B1", "B2"}
    assert {file.relevance for file in files} == {None, "Reported", "Supplemental Reported"}


@pytest.mark.parametrize("field", ["viewed", "exif_viewed", "public"])
def test_every_tri_state(national: Plan, field: str) -> None:
    for form in ("xml", "json"):
        said = {getattr(file, field) for report in national.reports if report.form == form for file in report.files}
        assert said == {True, False, None}


def test_every_priority_and_designation(national: Plan) -> None:
    assert of(national, "priority") == {None, "1", "2", "3", "E"}
    assert of(national, "designation") == {None, "referral", "informational", "auto-referred"}
    assert of(national, "gravity") == {"acute", "grave", "ordinary", "low", "noise"}
    assert {when.zone for when in (report.when for report in national.reports)} == {"Z", "+05:00", "-07:00", ""}


def test_what_real_documents_do(national: Plan) -> None:
    quirks = Counter(quirk for report in national.reports for quirk in report.quirks)
    assert set(quirks) == {"bom", "nulls", "n/a", "int number", "typed incident", "text flags", "pdf too"}
    assert of(national, "form") == {"xml", "json", "pdf"}
    files = [file for report in national.reports for file in report.files]
    assert any(not file.present for file in files) and any(file.wrong_hash for file in files)
    assert any(report.number is None for report in national.reports)
    assert any(report.extra for report in national.reports)
    assert any(report.batched for report in national.reports)
    assert any(not report.files for report in national.reports)
    assert any(report.recipients for report in national.reports)
    people = [someone for report in national.reports for someone in (*report.suspects, *report.victims)]
    assert any(someone.associated for someone in people) and any(someone.school for someone in people)
    captures = [capture for someone in people for capture in someone.captures]
    assert any(":" in capture.address for capture in captures)
    assert {443, None} < {capture.port for capture in captures}


def test_planted_people_return_and_name_their_earlier_reports(national: Plan) -> None:
    clusters: dict[str, list[Report]] = {}
    for report in national.reports:
        if report.cluster:
            clusters.setdefault(report.cluster, []).append(report)
    assert sum(len(reports) >= 3 for reports in clusters.values()) >= 6
    named = {number for report in national.reports for someone in report.suspects for number in someone.prior_reports}
    assert named and named <= {report.number for report in national.reports}


def test_numbers_are_told_once(national: Plan) -> None:
    numbers = [report.number for report in national.reports if report.number]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdecimal() and len(number) == 9 for number in numbers)


def test_identifiers_are_invented(national: Plan) -> None:
    for report in national.reports:
        for someone in (*report.suspects, *report.recipients, *report.victims):
            assert all(mail.value.lower().endswith(".invalid") for mail in someone.emails)
            for phone in someone.phones:
                digits = "".join(character for character in phone.value if character.isdigit())
                assert "0000" in digits or digits.startswith(("447700900", "131255501", "141655501"))
            assert all(not device.value.isdecimal() or device.value.startswith(("00", "8992000")) for device in someone.devices)
