"""Writers of report documents as other people's programs might have them: the same content, spelt in many ways.

Independent of the product's own feed, which shares a mind with the importers. Content is a plain dict; whatever a writer leaves
to taste (order, white space, encodings, wrappers, fillers) is drawn from `Random`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any
from xml.sax.saxutils import escape

Content = dict[str, Any]
_LETTERS = "abcdefgh XYZ 019 &<>\"' ء آپ یہ لڑکا é ß 漢 😀 _-.@/"
ROLES = {"suspect": "personOrUserReported", "recipient": "intendedRecipient", "victim": "victim"}
XML_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "iso-8859-1", "us-ascii")


def content(chance: Random, number: int) -> Content:
    """What one report says; all values unlike each other, so that a mix-up shows."""
    return {
        "number": str(number),
        "type": _text(chance),
        "time": _time(chance),
        "annotations": chance.sample(["sextortion", "spam", "csamSolicitation", "minorToMinorInteraction"], chance.randint(0, 3)),
        "people": [
            _person(chance, role, number * 10 + n) for n, role in enumerate(chance.choices(list(ROLES), k=chance.randint(1, 4)))
        ],
        "files": [_file(chance, number * 10 + n) for n in range(chance.randint(0, 3))],
        "note": _text(chance, 60),
    }


def _text(chance: Random, most: int = 14) -> str:
    middle = "".join(chance.choices(_LETTERS, k=chance.randint(1, most)))
    return f"n{' '.join(middle.split())}z"


def _time(chance: Random) -> str:
    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(0, 20_000_000))).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ip(chance: Random) -> Content:
    address = f"203.0.113.{chance.randint(1, 254)}" if chance.random() < 0.6 else f"2001:db8::{chance.randint(1, 0xFFFF):x}"
    return {
        "value": address,
        "port": chance.choice([None, 443, chance.randint(1_024, 65_535)]),
        "time": chance.choice([None, _time(chance)]),
        "event": chance.choice([None, "Login", "Registration", "Upload", "Other"]),
        "proxy": chance.choice([None, True, False]),
    }


def _person(chance: Random, role: str, number: int) -> Content:
    tri = (None, True, False)
    return {
        "role": role,
        "emails": [(f"u{number}.{n}@mail.example.invalid", chance.choice(tri)) for n in range(chance.randint(0, 2))],
        "phones": [(f"+92 300 {number % 10_000_000:07d}", chance.choice(tri))] if chance.random() < 0.5 else [],
        "username": f"{_text(chance)}{number}" if chance.random() < 0.8 else None,
        "display": [f"{_text(chance)} {number}-{n}" for n in range(chance.randint(0, 2))],
        "user_id": f"id-{number}" if chance.random() < 0.5 else None,
        "url": f"https://social.example.invalid/{number}?a=1&b=2" if chance.random() < 0.3 else None,
        "ips": [_ip(chance) for _ in range(chance.randint(0, 3))],
        "compromised": chance.choice(tri),
    }


def _file(chance: Random, number: int) -> Content:
    tri = (None, True, False)
    return {
        "id": f"f{number}",
        "name": f"{number}.jpg",
        "original": chance.choice([None, f"{_text(chance)}.jpg"]),
        "viewed": chance.choice(tri),
        "exif": chance.choice(tri),
        "public": chance.choice(tri),
        "class": chance.choice([None, "A1", "B2"]),
        "md5": f"{chance.getrandbits(128):032x}",
        "ips": [_ip(chance)] if chance.random() < 0.5 else [],
    }


def instants(found: Content) -> list[tuple[object, ...]]:
    """(kind, value, role, port, time, event) of everything that leads to a person."""
    said: list[tuple[object, ...]] = []
    for person in found["people"]:
        role = person["role"]
        said += [(kind, value, role, None, None, None) for kind in ("email", "phone") for value, _ in person[f"{kind}s"]]
        singles = (("username", person["username"]), ("user_id", person["user_id"]), ("url", person["url"]))
        said += [(kind, value, role, None, None, None) for kind, value in singles if value]
        said += [("display_name", value, role, None, None, None) for value in person["display"]]
        said += [_capture(ip, role) for ip in person["ips"]]
    said += [_capture(ip, "file") for file in found["files"] for ip in file["ips"]]
    return said


def _capture(ip: Content, role: str) -> tuple[object, ...]:
    return "ip", ip["value"], role, ip["port"], ip["time"], ip["event"] and ip["event"].casefold()


class XmlWriter:
    """A provider's XML, by one program's taste."""

    def __init__(self, chance: Random, encoding: str) -> None:
        self._chance = chance
        self._encoding = encoding

    def documents(self, found: Content) -> dict[str, bytes]:
        made = {"report.xml": self._document("report", self._report(found))}
        for file in found["files"]:
            made[f"{file['id']}-details.xml"] = self._document("fileDetails", self._file(found, file))
        made["done.xml"] = self._document(
            "reportDoneResponse", self._element("responseCode", "0") + self._element("reportId", found["number"])
        )
        return made

    def _document(self, root: str, inner: str) -> bytes:
        chance = self._chance
        declared = {"utf-8-sig": "UTF-8", "utf-16-le-bom": "UTF-16"}.get(self._encoding, self._encoding.upper())
        attributes = [
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
            'xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd"',
        ]
        chance.shuffle(attributes)
        opening = f"<{root}{self._gap()}{' '.join(attributes)}>" if chance.random() < 0.5 else f"<{root}>"
        text = f"<?xml version='1.0' encoding='{declared}'?>\n<!-- made elsewhere -->{opening}{inner}</{root}>\n"
        if self._encoding == "utf-16-le-bom":
            return b"\xff\xfe" + text.encode("utf-16-le")
        return text.encode(self._encoding, "xmlcharrefreplace")

    def _report(self, found: Content) -> str:
        flags = "".join(self._flag(name) for name in found["annotations"])
        summary = self._mixed(
            self._element("incidentType", found["type"]),
            self._element("incidentDateTime", self._zoned(found["time"])),
            f"<reportAnnotations>{flags}</reportAnnotations>" if flags else "",
        )
        people = [f"<{ROLES[p['role']]}>{self._person(p)}</{ROLES[p['role']]}>" for p in found["people"]]
        return self._mixed(
            f"<incidentSummary>{summary}</incidentSummary>",
            "<reporter><reportingPerson><email>desk@provider.example.invalid</email></reportingPerson></reporter>",
            self._element("additionalInfo", found["note"]),
            *people,
        )

    def _flag(self, name: str) -> str:
        return self._chance.choice([f"<{name}/>", f"<{name}></{name}>", f"<{name}>true</{name}>", f"<{name}>1</{name}>"])

    def _person(self, person: Content) -> str:
        chance = self._chance
        contacts = [
            self._element(kind, value, verified=verified, type=chance.choice([None, "Home"]))
            for kind in ("email", "phone")
            for value, verified in person[f"{kind}s"]
        ]
        chance.shuffle(contacts)
        inner = "victimPerson" if person["role"] == "victim" else f"{ROLES[person['role']]}Person"
        return self._mixed(
            f"<{inner}>{''.join(contacts)}</{inner}>",
            self._maybe("espIdentifier", person["user_id"]),
            self._maybe("screenName", person["username"]),
            *[self._element("displayName", value) for value in person["display"]],
            self._maybe("profileUrl", person["url"]),
            self._maybe("compromisedAccount", self._truth(person["compromised"])),
            *[self._ip(ip) for ip in person["ips"]],
        )

    def _ip(self, ip: Content) -> str:
        time = ip["time"] and self._zoned(ip["time"])
        inner = self._mixed(
            self._element("ipAddress", ip["value"]),
            self._maybe("eventName", ip["event"]),
            self._maybe("dateTime", time),
            self._maybe("possibleProxy", self._truth(ip["proxy"])),
            self._maybe("port", ip["port"] and str(ip["port"])),
        )
        return f"<ipCaptureEvent>{inner}</ipCaptureEvent>"

    def _file(self, found: Content, file: Content) -> str:
        return self._mixed(
            self._element("reportId", found["number"]),
            self._element("fileId", file["id"]),
            self._element("fileName", file["name"]),
            self._maybe("originalFileName", file["original"]),
            self._maybe("fileViewedByEsp", self._truth(file["viewed"])),
            self._maybe("exifViewedByEsp", self._truth(file["exif"])),
            self._maybe("publiclyAvailable", self._truth(file["public"])),
            self._maybe("industryClassification", file["class"]),
            self._element("originalFileHash", file["md5"], hashType=self._chance.choice(["MD5", "md5"])),
            *[self._ip(ip) for ip in file["ips"]],
        )

    def _truth(self, value: bool | None) -> str | None:
        return None if value is None else self._chance.choice(["true", "1"] if value else ["false", "0"])

    def _zoned(self, utc: str) -> str:
        """The same instant in another zone, with or without a zero fraction."""
        hours = self._chance.choice([None, 0, 5, -7, 5.5])
        if hours is None:
            return utc
        zone = timezone(timedelta(hours=hours))
        text = datetime.fromisoformat(utc.replace("Z", "+00:00")).astimezone(zone).isoformat()
        return text[:19] + self._chance.choice(["", ".000", ".0"]) + text[19:]

    def _maybe(self, name: str, text: str | None) -> str:
        return "" if text is None else self._element(name, text)

    def _element(self, name: str, text: str, **attributes: object) -> str:
        pairs = [f"{key}={self._quoted(value)}" for key, value in attributes.items() if value is not None]
        self._chance.shuffle(pairs)
        head = " ".join([name, *pairs])
        return f"<{head}{self._chance.choice(['', ' '])}>{self._spaced(self._characters(text))}</{name}>"

    def _quoted(self, value: object) -> str:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        return self._chance.choice([f'"{text}"', f"'{text}'"])

    def _characters(self, text: str) -> str:
        way = self._chance.randint(0, 5)
        plain = all(ord(c) < 128 for c in text) or self._encoding.startswith("utf")
        if way == 0 and plain and "]]>" not in text:
            return f"<![CDATA[{text}]]>"
        if way == 1:
            return "".join(f"&#{ord(c)};" if self._chance.random() < 0.5 else escape(c) for c in text)
        if way == 2:
            return "".join(f"&#x{ord(c):X};" for c in text)
        if way == 3 and len(text) > 2:
            return f"{escape(text[:2])}<!-- in between -->{escape(text[2:])}"
        return escape(text)

    def _spaced(self, text: str) -> str:
        return f"{self._gap()}{text}{self._gap()}" if self._chance.random() < 0.2 else text

    def _gap(self) -> str:
        return self._chance.choice([" ", "\n  ", "\t", "\r\n"])

    def _mixed(self, *parts: str) -> str:
        """In any order, and indented or not."""
        order = [part for part in parts if part]
        self._chance.shuffle(order)
        return self._chance.choice(["", "\n", "\r\n   "]).join(["", *order, ""])


class JsonWriter:
    """Law enforcement's JSON, by one program's taste."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._filler = chance.choice([None, "N/A", "", "absent"])
        self._upper = chance.random() < 0.5

    def document(self, found: Content) -> bytes:
        made = self._mixed(
            {
                "reportId": self._chance.choice([found["number"], int(found["number"])]),
                "dateReceived": "2026-10-02T08:00:00Z",
                "reportedInformation": self._mixed(
                    {
                        "reportingEsp": {"espName": "Lantern Chat"},
                        "incidentSummary": self._mixed(
                            {
                                "incidentType": self._chance.choice([found["type"], {"value": found["type"]}]),
                                "incidentDateTime": found["time"],
                                "reportAnnotations": list(found["annotations"]),
                            }
                        ),
                        "additionalInformations": self._list([{"value": found["note"]}]),
                        **{
                            outer: {inner: self._list([self._person(p) for p in found["people"] if p["role"] == role])}
                            for role, outer, inner in (
                                ("suspect", "reportedPeople", "reportedPersons"),
                                ("recipient", "intendedRecipients", "intendedRecipients"),
                                ("victim", "victims", "victims"),
                            )
                        },
                        "uploadedFiles": {"uploadedFiles": self._list([self._file(file) for file in found["files"]])},
                    }
                ),
            }
        )
        listed: object = [made] if self._chance.random() < 0.2 else made
        text = json.dumps(listed, ensure_ascii=self._chance.random() < 0.5, indent=self._chance.choice([None, 1, 4]))
        return text.encode(self._chance.choice(["utf-8", "utf-8-sig"]))

    def _person(self, person: Content) -> Content:
        return self._mixed(
            {
                "screenName": self._one(person["username"]),
                "displayNames": self._list(list(person["display"])),
                "espUserId": self._scalar(person["user_id"]),
                "profileUrls": self._list([person["url"]] if person["url"] else []),
                "emails": self._wrapped("emails", [self._contact(*pair) for pair in person["emails"]]),
                "phones": self._wrapped("phones", [self._contact(*pair) for pair in person["phones"]]),
                "compromisedAccount": self._scalar(person["compromised"]),
                "sourceInformation": {"sourceCaptures": self._list([self._capture(ip) for ip in person["ips"]])},
            }
        )

    def _file(self, file: Content) -> Content:
        return self._mixed(
            {
                "filename": file["name"],
                "originalFilename": self._scalar(file["original"]),
                "submittalId": file["id"],
                "verificationHash": file["md5"],
                "viewedByEsp": self._scalar(file["viewed"]),
                "exifViewedByEsp": self._scalar(file["exif"]),
                "publiclyAvailable": self._scalar(file["public"]),
                "industryClassification": self._scalar(file["class"]),
                "sourceInformation": {"sourceCaptures": self._list([self._capture(ip) for ip in file["ips"]])},
            }
        )

    def _capture(self, ip: Content) -> Content:
        event = ip["event"] and (ip["event"].upper() if self._upper else ip["event"])
        port = ip["port"] if self._chance.random() < 0.5 else ip["port"] and str(ip["port"])
        return self._mixed(
            {
                "captureType": self._chance.choice(["IP Address", "ip address", "IP"]),
                "value": ip["value"],
                "eventName": self._scalar(event),
                "dateTime": self._scalar(ip["time"]),
                "port": self._scalar(port),
                "possibleProxy": self._scalar(ip["proxy"]),
            }
        )

    def _contact(self, value: str, verified: bool | None) -> object:
        said = self._scalar(verified)
        plain = verified is None and self._chance.random() < 0.3
        return value if plain else self._mixed({"value": value, "verified": said})

    def _one(self, value: str | None) -> object:
        return self._scalar(None) if value is None else self._chance.choice([value, {"value": value}])

    def _scalar(self, value: object) -> object:
        """A value, or this program's filler for what was not said. Truths may be written as words."""
        if isinstance(value, bool):
            return self._chance.choice([value, str(value).lower(), str(value)])
        return self._filler if value is None else value

    def _list(self, values: list[Any]) -> object:
        if not values:
            return self._chance.choice([[], None, [] if self._filler == "absent" else self._filler])
        return values[0] if len(values) == 1 and self._chance.random() < 0.3 else values

    def _wrapped(self, name: str, values: list[Any]) -> object:
        listed = self._list(values)
        return listed if self._chance.random() < 0.3 else {name: listed}

    def _mixed(self, node: Content) -> Content:
        """Keys in any order; those marked absent left out."""
        keys = [key for key, value in node.items() if value != "absent"]
        self._chance.shuffle(keys)
        return {key: node[key] for key in keys}
