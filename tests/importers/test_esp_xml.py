from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.contract import QUICK, ImporterContract
from triage.errors import InputError
from triage.importers.esp_xml import EspXmlImporter
from triage.model.document import Document, Fact, Identifier

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">
 <batchedReport reason="VIRAL_POTENTIAL_MEME"/>
 <incidentSummary>
  <incidentType>Online Enticement of Children for Sexual Acts</incidentType>
  <platform>Kite Messenger</platform>
  <escalateToHighPriority>A child said that she is in danger today.</escalateToHighPriority>
  <reportAnnotations><sextortion/><spam>true</spam><csamSolicitation>false</csamSolicitation><newMark/></reportAnnotations>
  <incidentDateTime>2026-10-01T10:00:00.250+05:00</incidentDateTime>
  <incidentDateTimeDescription>Time of the message</incidentDateTimeDescription>
 </incidentSummary>
 <internetDetails><chatImIncident><chatClient>Kite</chatClient><content>call me at 0300 0000456 or boat@example.invalid</content>
  </chatImIncident></internetDetails>
 <internetDetails><webPageIncident thirdPartyHostedContent="true"><url>HTTPS://Kites.Example.Invalid/Path?Q=1</url>
  </webPageIncident></internetDetails>
 <internetDetails><cellPhoneIncident><phoneNumber countryCallingCode="+92">300 0000789</phoneNumber>
  <latitude>24.86</latitude><longitude>67.01</longitude></cellPhoneIncident></internetDetails>
 <lawEnforcement><agencyName>Harbour Police</agencyName><officerContact><email>officer@police.example.invalid</email>
  </officerContact><servedLegalProcessInternational fleaCountry="PK">true</servedLegalProcessInternational></lawEnforcement>
 <reporter><reportingPerson><firstName>Desk</firstName><lastName>Officer</lastName><email>desk@provider.example.invalid</email>
  </reportingPerson><companyTemplate>Write to legal@provider.example.invalid</companyTemplate></reporter>
 <personOrUserReported>
  <personOrUserReportedPerson><firstName>Amal</firstName><lastName>Kite</lastName><phone type="Mobile" verified="true"
   verificationDate="2026-01-01T00:00:00Z">+92 300 0000123</phone><email verified="0">Kite@Mail.Example.Invalid</email>
   <address type="Home"><address>1 Canal Road</address><city>Lahore</city><country>PK</country></address><age>34</age>
   <ageAssertionDiscrepancy/></personOrUserReportedPerson>
  <espIdentifier>u-77</espIdentifier><compromisedAccount>false</compromisedAccount><screenName>@Kite_Flyer</screenName>
  <displayName>Kite 1</displayName><displayName>Kite 2</displayName><profileBio>ig: other_kite</profileBio>
  <ipCaptureEvent><ipAddress>2001:0db8:0000:0000:0000:0000:0000:0001</ipAddress><eventName>Login</eventName>
   <dateTime>2026-10-01T04:59:58Z</dateTime><possibleProxy>true</possibleProxy><port>40123</port></ipCaptureEvent>
  <ipCaptureEvent><ipAddress>203.0.113.9</ipAddress><dateTime>2026-13-45T00:00:00Z</dateTime><port>99999</port></ipCaptureEvent>
  <deviceId><idType>IMEI</idType><idValue>49-015420-323751-8</idValue><eventName>Login</eventName></deviceId>
  <priorCTReports>900000007</priorCTReports>
  <accountTemporarilyDisabled disabledDate="2026-09-01T00:00:00Z" userNotified="false">true</accountTemporarilyDisabled>
  <estimatedLocation verified="false" timestamp="2026-09-01T00:00:00Z"><city>Lahore</city><countryCode>PK</countryCode>
  </estimatedLocation>
  <associatedAccount type="Linked"><platform thirdPartyUser="true">Boat Mail</platform><firstName>Amal</firstName>
   <screenName>boat</screenName><priorCTReport>900000008</priorCTReport><accountType>Second</accountType></associatedAccount>
  <somethingNew deep="1"><inner>kept whole</inner></somethingNew>
 </personOrUserReported>
 <intendedRecipient><screenName>lantern</screenName><additionalInfo>one</additionalInfo><additionalInfo>two</additionalInfo>
 </intendedRecipient>
 <victim><victimPerson><age>13</age></victimPerson><schoolName>Canal School</schoolName></victim>
 <additionalInfo>IP 203.0.113.77, kite@mail.example.invalid</additionalInfo>
</report>"""

FILE = """<fileDetails><reportId>900000001</reportId><fileId>aa11</fileId><fileName>a.png</fileName>
<originalFileName>IMG_1.png</originalFileName><uploadedToEspTimestamp>2026-10-01T09:00:00</uploadedToEspTimestamp>
<locationOfFile>https://files.example.invalid/a</locationOfFile><fileViewedByEsp>true</fileViewedByEsp>
<publiclyAvailable>false</publiclyAvailable><fileRelevance>Reported</fileRelevance>
<fileAnnotations><viral/><infant>true</infant><bestiality>false</bestiality></fileAnnotations>
<industryClassification>A2</industryClassification>
<originalFileHash hashType="SHA-1">DA39A3EE5E6B4B0D3255BFEF95601890AFD80709</originalFileHash>
<ipCaptureEvent><ipAddress>203.0.113.9</ipAddress><eventName>Upload</eventName></ipCaptureEvent>
<deviceId><idType>ICCID</idType><idValue>8992000000000000001</idValue></deviceId>
<details type="EXIF"><nameValuePair><name>Make</name><value>Kitecam</value></nameValuePair></details>
<details><nameValuePair type="HASH"><name>MD5</name><value>d41d8cd98f00b204e9800998ecf8427e</value></nameValuePair></details>
<additionalInfo>seen before</additionalInfo></fileDetails>"""


def read(text: str) -> Document:
    return EspXmlImporter().read("b/report.xml", text.encode(), None)[0]


def inside(part: str) -> Document:
    """A report whose reported user holds `part`."""
    return read(f"<report><personOrUserReported>{part}</personOrUserReported></report>")


def facts(found: tuple[Fact, ...]) -> dict[str, object]:
    return {fact.name: fact.value for fact in found}


def of_kind(document: Document, kind: str, role: str | None = None) -> list[Identifier]:
    return [i for i in document.identifiers if i.kind == kind and role in (None, i.role)]


class TestContract(ImporterContract):
    importer = EspXmlImporter()
    good = REPORT.encode()
    name = "report.xml"
    kept = (
        "VIRAL_POTENTIAL_MEME", "Kite Messenger", "in danger today", "newMark", "Time of the message", "Harbour Police",
        "officer@police.example.invalid", "legal@provider", "1 Canal Road", "2026-13-45T00:00:00Z", "99999", "kept whole",
        "Canal School", "Second", "Boat Mail", "900000008", "lantern",
    )  # fmt: skip


def test_report_as_a_whole() -> None:
    document = read(REPORT)
    assert (document.slot, document.numbers) == ("esp_xml/report", ())
    assert document.incident_time is not None
    assert document.incident_time.utc == "2026-10-01T05:00:00.25Z"
    assert document.escalation == "A child said that she is in danger today."
    assert document.esp == "Kite Messenger"
    assert document.received is None
    assert document.prior_reports == ("900000007", "900000008")
    assert facts(document.facts)["batchedReport"] == "VIRAL_POTENTIAL_MEME"
    assert next(f for f in document.facts if f.name == "esp").sources[0].at == "/report/incidentSummary/platform"


def test_presence_flags() -> None:
    document = read(REPORT)
    assert document.annotations == ("sextortion", "spam")
    assert facts(document.facts)["csamSolicitation"] is False
    assert [n.value for n in document.not_understood if "newMark" in n.path] == ["<newMark/>"]


@pytest.mark.parametrize(
    ("text", "asserted"), [("", True), ("true", True), ("1", True), ("false", False), ("0", False), ("maybe", False)]
)
def test_a_flag_is_asserted_by_presence(text: str, asserted: bool) -> None:
    document = read(
        f"<report><incidentSummary><reportAnnotations><spam>{text}</spam></reportAnnotations></incidentSummary></report>"
    )
    assert (document.annotations == ("spam",)) is asserted
    assert bool(document.not_understood) is (text == "maybe")


def test_a_flag_without_a_value_is_not_asserted() -> None:
    """Serializers write `xsi:nil` for what they have no value of."""
    nil = 'xsi:nil="true"'
    document = read(
        REPORT.replace("<sextortion/>", f"<sextortion {nil}/>").replace(
            "<escalateToHighPriority>A child said that she is in danger today.</escalateToHighPriority>",
            f"<escalateToHighPriority {nil}/>",
        )
    )
    assert "sextortion" not in document.annotations and document.escalation is None


def test_informational_is_a_designation() -> None:
    document = read("<report><incidentSummary><reportAnnotations><informational/></reportAnnotations></incidentSummary></report>")
    assert (document.designation, document.annotations) == ("informational", ("informational",))
    assert read(REPORT).designation is None


@pytest.mark.parametrize("reason", ["N/A", "No", "none", "false", "-", "نہیں", "NO - routine report"])
def test_an_escalation_that_says_none_is_a_fact_and_no_escalation(reason: str) -> None:
    document = read(
        f"<report><incidentSummary><escalateToHighPriority>{reason}</escalateToHighPriority></incidentSummary></report>"
    )
    assert document.escalation is None and document.free_text == ()
    kept = [(fact.name, fact.value) for fact in document.facts]
    assert kept == [("escalateToHighPriority", reason)] or reason in ("N/A", "none"), "what programs write for nothing is no fact"


def test_blank_escalation_is_still_an_escalation() -> None:
    assert read("<report><incidentSummary><escalateToHighPriority/></incidentSummary></report>").escalation == ""
    assert read("<report/>").escalation is None


def test_people_and_roles() -> None:
    document = read(REPORT)
    assert [(p.role, p.says) for p in document.people] == [
        ("suspect", "personOrUserReported"),
        ("associated", "associatedAccount"),
        ("recipient", "intendedRecipient"),
        ("victim", "victim"),
    ]
    own = facts(document.people[0].facts)
    assert own["age"] == 34
    assert own["compromisedAccount"] is False
    assert own["ageAssertionDiscrepancy"] is True
    assert own["accountTemporarilyDisabled.disabledDate"] == "2026-09-01T00:00:00Z"
    assert own["accountTemporarilyDisabled.userNotified"] is False
    assert own["estimatedLocation.countryCode"] == "PK"
    other = facts(document.people[1].facts)
    assert (other["type"], other["platform"], other["platform.thirdPartyUser"]) == ("Linked", "Boat Mail", True)
    assert other["associatedWith"] == "personOrUserReported"


def test_identifiers() -> None:
    document = read(REPORT)
    phone, *_ = of_kind(document, "phone", "suspect")
    assert (phone.normalised, phone.verified, phone.person) == ("+923000000123", True, 0)
    assert dict(phone.details) == {"type": "Mobile", "verificationDate": "2026-01-01T00:00:00Z"}
    email, *_ = of_kind(document, "email", "suspect")
    assert (email.value, email.normalised, email.verified) == ("Kite@Mail.Example.Invalid", "kite@mail.example.invalid", False)
    first, second = of_kind(document, "ip", "suspect")
    assert (first.normalised, first.port, first.event, first.possible_proxy) == ("2001:db8::1", 40123, "Login", True)
    assert first.time is not None
    assert (second.time, second.port, second.possible_proxy) == (None, None, None)
    assert [i.value for i in of_kind(document, "username")] == ["@Kite_Flyer", "boat", "lantern"]
    assert of_kind(document, "username")[0].normalised == "kite_flyer"
    assert [i.value for i in of_kind(document, "name", "suspect")] == ["Amal Kite"]
    assert [i.value for i in of_kind(document, "name", "associated")] == ["Amal"]
    assert [i.value for i in of_kind(document, "address")] == ["1 Canal Road, Lahore, PK"]
    assert of_kind(document, "user_id")[0].value == "u-77"
    device, *_ = of_kind(document, "device")
    assert (device.normalised, dict(device.details)) == ("490154203237518", {"idType": "IMEI", "checkDigit": "fits"})


def test_incident_details() -> None:
    document = read(REPORT)
    assert [i.normalised for i in of_kind(document, "phone", "incident")] == ["+923000000789"]
    assert [i.normalised for i in of_kind(document, "url", "incident")] == ["https://kites.example.invalid/Path?Q=1"]
    assert [i.value for i in of_kind(document, "coordinates")] == ["24.86,67.01"]
    stated = facts(document.facts)
    assert stated["webPageIncident.thirdPartyHostedContent"] is True
    assert stated["chatImIncident.chatClient"] == "Kite"
    assert stated["lawEnforcement.servedLegalProcessInternational.fleaCountry"] == "PK"


def test_contacts_are_nobodys_identifiers() -> None:
    document = read(REPORT)
    contacts = {"desk@provider.example.invalid", "officer@police.example.invalid", "legal@provider.example.invalid"}
    assert {i.value for i in document.identifiers if i.role == "reporter" and i.kind == "email"} == contacts
    assert not contacts & {i.value for i in document.identifiers if i.role != "reporter"}
    assert all(i.person is None for i in document.identifiers if i.role == "reporter")


def test_mentions_only_what_no_field_states() -> None:
    document = read(REPORT)
    assert {i.normalised for i in document.identifiers if i.role == "mentioned"} == {
        "boat@example.invalid",
        "+923000000456",
        "203.0.113.77",
    }


def test_texts_are_whole() -> None:
    document = read(REPORT)
    assert {(t.of, t.label) for t in document.free_text} == {
        ("incident", "escalateToHighPriority"),
        ("incident", "incidentDateTimeDescription"),
        ("incident", "content"),
        ("reporter", "companyTemplate"),
        ("suspect", "profileBio"),
        ("recipient", "additionalInfo"),
        ("incident", "additionalInfo"),
    }


def test_file_details() -> None:
    document = read(FILE)
    assert (document.slot, document.numbers) == ("esp_xml/file/aa11", ("900000001",))
    file, *others = document.files
    assert others == []
    assert (file.key, file.name, file.original_name) == ("aa11", "a.png", "IMG_1.png")
    assert (file.viewed_by_esp, file.exif_viewed_by_esp, file.publicly_available) == (True, None, False)
    assert dict(file.declared) == {
        "sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "md5": "d41d8cd98f00b204e9800998ecf8427e",
    }
    assert file.annotations == ("viral", "infant")
    assert (file.classification, file.relevance) == ("A2", "Reported")
    assert file.uploaded is not None
    assert file.uploaded.zone == "assumed UTC"
    assert file.metadata == (("EXIF", "Make", "Kitecam"), ("HASH", "MD5", "d41d8cd98f00b204e9800998ecf8427e"))
    assert {(i.kind, i.role, i.file) for i in document.identifiers} == {
        ("url", "file", "aa11"),
        ("ip", "file", "aa11"),
        ("device", "file", "aa11"),
    }
    assert document.not_understood == ()


def test_legacy_meme() -> None:
    assert read("<fileDetails><fileId>f</fileId><potentialMeme>true</potentialMeme></fileDetails>").files[0].annotations == (
        "potentialMeme",
    )
    legacy = read("<fileDetails><fileId>f</fileId><potentialMeme>false</potentialMeme></fileDetails>").files[0]
    assert legacy.annotations == ()
    assert facts(legacy.facts)["potentialMeme"] is False


def test_responses_carry_the_number() -> None:
    response = read(
        "<reportResponse><responseCode>0</responseCode><reportId>900000001</reportId>"
        "<fileId>aa</fileId><hash>ab</hash></reportResponse>"
    )
    assert (response.slot, response.numbers) == ("esp_xml/response/aa", ("900000001",))
    assert dict(response.files[0].declared) == {"md5": "ab"}
    done = read(
        "<reportDoneResponse><reportId>900000001</reportId>"
        "<files><fileId>aa</fileId><fileId>bb</fileId></files></reportDoneResponse>"
    )
    assert [file.key for file in done.files] == ["aa", "bb"]


def test_provider_is_never_invented() -> None:
    def provider(last_name: str) -> str | None:
        who = f"<firstName>Ada</firstName><lastName>{last_name}</lastName>"
        return read(f"<report><reporter><reportingPerson>{who}</reportingPerson></reporter></report>").esp

    assert provider("Boat") is None
    assert provider("Kites Inc.") == "Ada Kites Inc."


def test_drift_of_other_writers() -> None:
    document = inside("<personOrUserReportedPerson><phone><number>+92 300 0000001</number></phone></personOrUserReportedPerson>")
    assert [i.normalised for i in document.identifiers] == ["+923000000001"]
    assert document.not_understood == ()


def test_prior_reports_one_by_one_or_listed() -> None:
    assert inside("<priorCTReports>900000001, 900000002</priorCTReports>").prior_reports == ("900000001", "900000002")


def test_a_namespace_does_not_hide_the_report() -> None:
    spaced = (
        '<n:report xmlns:n="urn:x"><n:personOrUserReported><n:screenName>kite</n:screenName></n:personOrUserReported></n:report>'
    )
    assert [i.value for i in read(spaced).identifiers] == ["kite"]
    root_only = '<n:report xmlns:n="urn:x"><personOrUserReported><screenName>boat</screenName></personOrUserReported></n:report>'
    assert [i.value for i in read(root_only).identifiers] == ["boat"]


@pytest.mark.parametrize(
    "part",
    [
        "<unknown>precious</unknown>",
        "<!-- precious -->",
        "<?pi precious?>",
        "precious",
        "<screenName secret='precious'>x</screenName>",
        "<screenName>x<b>precious</b></screenName>",
        "<ipCaptureEvent><ipAddress>203.0.113.1</ipAddress><mood>precious</mood></ipCaptureEvent>",
        "<compromisedAccount>precious</compromisedAccount>",
        "<priorCTReports>precious</priorCTReports>",
        "<deviceId><idType>precious</idType></deviceId>",
        "<accountPermanentlyDisabled disabledDate='precious'>true</accountPermanentlyDisabled>",
        "<x:screenName xmlns:x='urn:other'>precious</x:screenName>",
    ],
)
def test_nothing_unknown_is_lost(part: str) -> None:
    assert "precious" in repr(inside(part))


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE report><report/>",
        b'<?xml version="1.0"?><!-- c --><!DOCTYPE report [<!ENTITY a "b">]><report>&a;</report>',
        "<!DOCTYPE report><report/>".encode("utf-16"),
        "\ufeff<!DOCTYPE report><report/>".encode(),
        b'<!DOCTYPE report SYSTEM "file:///etc/passwd"><report/>',
        b"<!--" + b"x" * 9000 + b"--><!DOCTYPE report><report/>",
    ],
)
def test_any_doctype_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="DOCTYPE"):
        EspXmlImporter().read("x.xml", data, None)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "deep": lambda: b"<report>" + b"<a>" * 70 + b"</a>" * 70 + b"</report>",
    "deep and open": lambda: b"<report>" + b"<a>" * 5000,
    "many nodes": lambda: b"<report>" + b"<a/>" * 2_000_001 + b"</report>",
    "many attributes": lambda: b"<report" + b"".join(b" a%d='1'" % n for n in range(2_000_001)) + b"/>",
    "other root": lambda: b"<other/>",
    "entity": lambda: b"<report>&unknown;</report>",
    "utf-7": lambda: b'<?xml version="1.0" encoding="utf-7"?><report/>',
    "utf-32": lambda: "<report/>".encode("utf-32"),
    "cut": lambda: b"<report",
    "zeros": lambda: b"\0" * 100,
}
"""Made when their turn comes: some are large."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        EspXmlImporter().read("x.xml", HOSTILE[name](), None)


def test_other_encodings_are_read() -> None:
    text = "<report><personOrUserReported><screenName>Käte</screenName></personOrUserReported></report>"
    for encoding in ("utf-8-sig", "utf-16"):
        assert EspXmlImporter().read("x.xml", text.encode(encoding), None)[0].identifiers[0].value == "Käte"
    for encoding in ("windows-1252", "cp1252", "latin-1", "ISO-8859-1"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        assert EspXmlImporter().read("x.xml", declared, None)[0].identifiers[0].value == "Käte"


_NAMES = st.sampled_from(
    [
        "report",
        "incidentSummary",
        "personOrUserReported",
        "victim",
        "phone",
        "email",
        "ipCaptureEvent",
        "dateTime",
        "port",
        "age",
        "fileDetails",
        "details",
        "nameValuePair",
        "associatedAccount",
        "reportAnnotations",
        "sextortion",
        "reporter",
        "priorCTReports",
        "unknown",
    ]
)
_TREES = st.recursive(
    st.text(alphabet="abc019<&:.-+/ ", max_size=12),
    lambda inner: st.tuples(_NAMES, st.lists(inner, max_size=4)),
    max_leaves=25,
)


def _written(tree: object) -> str:
    if isinstance(tree, str):
        return tree.replace("&", "&amp;").replace("<", "&lt;")
    name, children = tree  # type: ignore[misc]
    return f"<{name}>{''.join(_written(child) for child in children)}</{name}>"


@QUICK
@given(_TREES)
def test_known_elements_in_any_order_and_depth(tree: object) -> None:
    read(f"<report>{_written(tree)}</report>")


def test_a_name_is_joined_in_its_own_order_and_a_port_may_have_a_sign() -> None:
    person = "<firstName>Ali</firstName>"
    document = read(
        "<report><personOrUserReported><personOrUserReportedPerson><lastName>Raza</lastName>"
        + person
        + "</personOrUserReportedPerson>"
        "<ipCaptureEvent><ipAddress>203.0.113.5</ipAddress><port>+0443</port></ipCaptureEvent></personOrUserReported></report>"
    )
    assert [i.value for i in of_kind(document, "name")] == ["Ali Raza"]
    assert [i.port for i in of_kind(document, "ip")] == [443] and not document.not_understood


def test_values_that_programs_write_when_they_have_none() -> None:
    words = "".join(f"<displayName>{word}</displayName>" for word in ("N/A", "null", "None", " "))
    names = "<personOrUserReportedPerson><firstName>N/A</firstName><lastName>Raza</lastName></personOrUserReportedPerson>"
    capture = (
        "<ipCaptureEvent><ipAddress>203.0.113.5, 198.51.100.7</ipAddress><eventName>N/A</eventName><dateTime>null</dateTime>"
        "<possibleProxy>None</possibleProxy><port>N/A</port></ipCaptureEvent><compromisedAccount>N/A</compromisedAccount>"
    )
    document = inside(names + words + capture)
    assert not any(i.event for i in document.identifiers) and [f.name for f in document.people[0].facts] == ["lastName"]
    assert read("<report><incidentSummary><platform>N/A</platform></incidentSummary></report>").esp is None
    assert [(i.kind, i.value) for i in document.identifiers] == [("name", "Raza"), ("ip", "203.0.113.5"), ("ip", "198.51.100.7")]
    assert not document.not_understood


def test_white_space_before_the_declaration_and_padding_at_the_end() -> None:
    padded = "<report><personOrUserReported><screenName>kite</screenName></personOrUserReported></report>" + "\0" * 99 + "\x1a"
    assert of_kind(read(padded), "username")
    assert of_kind(
        read(
            '\n <?xml version="1.0"?><report><personOrUserReported><screenName>kite</screenName></personOrUserReported></report>'
        ),
        "username",
    )
