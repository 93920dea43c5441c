"""Supplies the stories with times, providers, people and files, and keeps the planted people who return."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle

from triage_demo.feed import networks as feed_networks
from triage_demo.feed import texts as feed_texts
from triage_demo.feed.exif import Camera
from triage_demo.feed.gallery import Gallery
from triage_demo.feed.people import ABROAD, FIRST, FOREIGN_FIRST, FOREIGN_LAST, GIRLS, HERE, LAST, URDU_NAMES, Dice, Place
from triage_demo.feed.records import Capture, Contact, File, Form, Provider, Someone, When, Zone

PAKISTAN_TIME = timezone(timedelta(hours=5))
PROVIDERS = (
    Provider(name="Nimbus Chat Inc. (invented)", service="Nimbus Messenger", desk="desk@nimbus.example.invalid"),
    Provider(name="PictureBox Inc. (invented)", service="PictureBox Albums", desk="police@picturebox.example.invalid"),
    Provider(name="Skymail Ltd. (invented)", service="Skymail", desk="legal@skymail.example.invalid"),
    Provider(name="StreamTree LLC (invented)", service="StreamTree Live", desk="safety@streamtree.example.invalid"),
    Provider(name="GameYard Inc. (invented)", service="GameYard Rooms", desk="trust@gameyard.example.invalid"),
    Provider(name="Bazaarline Ltd. (invented)", service="Bazaarline Ads", desk="requests@bazaarline.example.invalid"),
)
SERVER_PORT = 443
FIRST_NUMBER = 900_000_101
FLAGS = {
    "grave": ("infant", "physicalHarm", "violenceGore", "liveStreaming", "bestiality"),
    "harsh": ("infant", "physicalHarm", "violenceGore", "bestiality"),
    "ordinary": ("possibleSelfProduction", "generativeAi", "animeDrawingVirtualHentai"),
    "low": ("viral", "potentialMeme"),
}


@dataclass
class Member:
    """A planted person who stands in several reports.

    `whole` is everything that can be known of them.
    """

    cluster: str
    country: str
    whole: Someone
    camera: Camera
    seen: list[str] = field(default_factory=list)


class Stage:
    """The state of a feed that is being planned: the current report's time and provider, and the people who return."""

    def __init__(self, dice: Dice, until: datetime, gallery: Gallery, members: int) -> None:
        self.dice, self.until, self.gallery = dice, until, gallery
        self._flags = {group: cycle(names) for group, names in FLAGS.items()}
        self._classes = cycle(("A1", "B2", "A2", "B1"))
        self._number = FIRST_NUMBER
        self._turn = 0
        self.begin()
        self.cast = [self._member(i) for i in range(members)]

    # The report that is being told

    def begin(self) -> None:
        """Sets the time, the provider and the form of the next report."""
        dice = self.dice
        days = dice.whole(350, 363) if dice.chance(0.06) else dice.whole(80, 300) if dice.chance(0.1) else dice.whole(2, 40)
        self.incident = self.until - timedelta(days=days, seconds=dice.whole(0, 86_399))
        self.received = self.incident + timedelta(hours=dice.whole(1, 40), seconds=dice.whole(0, 3_599))
        self.provider = dice.of(PROVIDERS)
        self.form: Form = "xml" if self._turn % 12 < 7 else "json"
        self._turn += 1
        zone = dice.whole(0, 19)
        self.zone: Zone = "Z" if zone < 13 or self.form == "json" else "+05:00" if zone < 17 else "-07:00" if zone < 19 else ""
        self._number += dice.whole(1, 900)
        self.number = str(self._number)

    def when(self, before: timedelta = timedelta()) -> When:
        """Returns the incident's time, or a time before it, as the document states it."""
        return When(at=self.incident - before, zone=self.zone)

    # People

    def where(self, here: float = 0.75) -> str | None:
        """Returns the country of a reported user: usually Pakistan, sometimes another, sometimes None."""
        if self.dice.chance(here):
            return "PK"
        return self.dice.of([place.country for place in ABROAD]) if self.dice.chance(0.7) else None

    def place(self, country: str | None) -> Place | None:
        """Returns a town in the country, or None when there is none in the tables."""
        if country == "PK":
            return self.dice.of(HERE)
        return next((place for place in ABROAD if place.country == country), None)

    def capture(self, country: str | None, event: str | None = None) -> Capture:
        """Returns a captured address of the country.

        For an unknown country it is a documentation address.
        """
        dice = self.dice
        pool = feed_networks.PAKISTANI if country == "PK" else tuple(n for n in feed_networks.FOREIGN if n.country == country)
        mobile = dice.chance(0.65) if country == "PK" else None
        network = feed_networks.pick(pool or feed_networks.DOCUMENTATION, dice.rng, mobile=mobile)
        kind = dice.whole(0, 9)
        return Capture(
            address=feed_networks.address(network, dice.rng),
            country=network.country,
            operator=network.operator,
            when=None if dice.chance(0.05) else self.when(timedelta(minutes=dice.whole(0, 3 * 24 * 60))),
            event=event or dice.of(("Login", "Login", "Registration", "Upload", "Other", "Unknown", "Purchase", None)),
            port=dice.whole(1_025, 65_535) if kind < 6 else SERVER_PORT if kind == 6 else None,
            proxy=True if dice.chance(0.04) else False if dice.chance(0.3) else None,
        )

    def someone(self, country: str | None, *, age: int | None = None) -> Someone:
        """Returns a reported user of whom more or less is known."""
        dice, account = self.dice, self.dice.account()
        place = self.place(country)
        here = country == "PK"
        first, last = (dice.of(FIRST), dice.of(LAST)) if here else (dice.of(FOREIGN_FIRST), dice.of(FOREIGN_LAST))
        phone = dice.phone_here(dice.mobile_here()) if here else dice.phone_abroad(country or "")
        captures = [self.capture(country) for _ in range(dice.whole(0 if here else 1, 4))]
        if here and dice.chance(0.1):
            captures.append(replace(self.capture("DE"), proxy=True))
        return Someone(
            first=first if dice.chance(0.55) else None,
            last=last if dice.chance(0.5) else None,
            phones=(phone,) if phone and dice.chance(0.6) else (),
            emails=(dice.email(account),) if dice.chance(0.6) else (),
            address=dice.home(place) if place and dice.chance(0.12) else None,
            age=age if age is not None else dice.whole(19, 58) if dice.chance(0.35) else None,
            born=f"{self.until.year - age}-0{dice.whole(1, 9)}-15" if age is not None else None,
            user_id=str(dice.whole(10**14, 10**15 - 1)),
            service=self.provider.service,
            screen_name=account,
            display_names=(dice.of(URDU_NAMES) if here and dice.chance(0.4) else f"{first} {last}",) if dice.chance(0.7) else (),
            profile_urls=(f"https://social.example.invalid/{account}",) if dice.chance(0.35) else (),
            bio=dice.of(feed_texts.BIOS) if here and dice.chance(0.25) else None,
            captures=tuple(captures),
            devices=(dice.device(),) if dice.chance(0.3) else (),
            estimated=(place.city, place.region, place.country) if place and dice.chance(0.3) else None,
            compromised=dice.tri(0.05, 0.2),
            third_party=dice.tri(0.03, 0.1),
            disabled=dice.tri(0.5, 0.1),
            all_emails=dice.tri(0.2, 0.1),
        )

    def victim(self, country: str | None) -> Someone:
        """Returns a child of whom little or something is known.

        The country None leaves the place out.
        """
        dice, account = self.dice, self.dice.account()
        place = self.place(country)
        return Someone(
            first=dice.of(GIRLS if dice.chance(0.5) else FIRST) if dice.chance(0.5) else None,
            age=dice.whole(8, 15) if dice.chance(0.75) else None,
            phones=(dice.phone_here(dice.mobile_here()),) if country == "PK" and dice.chance(0.3) else (),
            emails=(dice.email(account),) if dice.chance(0.25) else (),
            address=dice.home(place) if place and dice.chance(0.5) else None,
            screen_name=account if dice.chance(0.7) else None,
            service=self.provider.service,
            captures=(self.capture(country, "Login"),) if place and dice.chance(0.5) else (),
            school=f"Invented School No. {dice.whole(1, 40)}, {place.city}" if place and dice.chance(0.35) else None,
            estimated=(place.city, place.region, place.country) if place and dice.chance(0.4) else None,
            compromised=dice.tri(0.1, 0.2),
        )

    def _member(self, index: int) -> Member:
        """Returns a planted person with every kind of identifier."""
        country = "PK" if index % 5 else "GB"
        person = self.someone(country)
        account = person.screen_name or ""
        digits = self.dice.mobile_here()
        phone = self.dice.phone_here(digits) if country == "PK" else self.dice.phone_abroad(country)
        whole = replace(
            person,
            phones=(phone,) if phone else (),
            emails=(Contact(value=f"{account}@{'mail.example.invalid'}", verified=True),),
            devices=(self.dice.device(),),
            compromised=None,
            captures=(self.capture(country, "Registration"),),
        )
        camera = Camera(make="Mehr", model="M-14 Pro", serial=f"MZ{self.dice.whole(10**6, 10**7 - 1)}")
        return Member(cluster=f"cluster-{index:02d}", country=country, whole=whole, camera=camera)

    def appearance(self, member: Member) -> Someone:
        """Returns what one report knows of a planted person: some identifiers, at least one of them strong.

        Each identifier is written as that provider writes it.
        """
        dice, whole = self.dice, member.whole
        strong = dice.some(("phone", "email", "device"), 1, 2)
        email = whole.emails[0].value
        return replace(
            self.someone(member.country),
            phones=whole.phones if "phone" in strong or member.country != "PK" else (),
            emails=(Contact(value=email.upper() if dice.chance(0.3) else email, verified=dice.tri()),)
            if "email" in strong
            else (),
            devices=whole.devices if "device" in strong else (),
            screen_name=whole.screen_name if dice.chance(0.6) else None,
            captures=(*whole.captures[: dice.whole(0, 1)], self.capture(member.country)),
            prior_reports=tuple(member.seen[-3:]) if dice.chance(0.6) else (),
        )

    # Files

    def camera_of(self, country: str | None) -> Camera | None:
        """Returns an invented camera, sometimes with a position, or None, since most platforms remove metadata."""
        dice = self.dice
        if not dice.chance(0.42):
            return None
        place = self.place(country) if dice.chance(0.6) else None
        position = None
        if place is not None:
            latitude, longitude = place.position
            position = (latitude + dice.whole(-90, 90) / 10_000, longitude + dice.whole(-90, 90) / 10_000)
        elif dice.chance(0.12):
            position = (0.0, 0.0)
        make, model = dice.of((("Mehr", "M-12"), ("Mehr", "M-14 Pro"), ("Koh", "K9"), ("Sitara", "Note 3"), ("Darya", "D70")))
        taken = (self.incident - timedelta(days=dice.whole(0, 20))).astimezone(PAKISTAN_TIME if country == "PK" else UTC)
        serial = f"{make[:2].upper()}{dice.whole(10**6, 10**7 - 1)}" if dice.chance(0.4) else None
        return Camera(make=make, model=model, serial=serial, taken=taken, gps=position)

    def file(self, group: str, country: str | None, *, camera: Camera | None = None, viral: bool = False) -> File:
        """Returns one file of the report.

        `group` ("grave", "harsh", "ordinary", "low") decides which flags it may carry.
        """
        dice = self.dice
        turn = dice.whole(0, 99)
        if viral:
            picture = dice.of(self.gallery.viral)
        elif turn < 70 or camera is not None:
            picture = self.gallery.fresh(camera or self.camera_of(country))
        else:
            picture = self.gallery.near() if turn < 87 else self.gallery.again()
        supplemental = dice.chance(0.06)
        flagged = dice.chance(0.55) and not supplemental
        ending = self.gallery.ending(picture)
        number = dice.whole(1, 9_999)
        return File(
            id=dice.hexadecimal(32),
            picture=picture,
            name=f"{dice.uuid()}.{ending}",
            original_name=dice.of((f"IMG_{number:04d}.{ending}", f"Photo {number}.{ending}", f"تصویر {number}.{ending}", None)),
            present=not dice.chance(0.04),
            viewed=dice.tri(0.4, 0.3),
            exif_viewed=dice.tri(0.2, 0.4),
            public=dice.tri(0.2, 0.4),
            relevance="Supplemental Reported" if supplemental else "Reported" if dice.chance(0.6) else None,
            annotations=(next(self._flags[group]),) if flagged else (),
            legacy_meme=True if not flagged and not supplemental and group == "low" and dice.chance(0.2) else None,
            classification=next(self._classes) if group != "low" and not supplemental and dice.chance(0.45) else None,
            hash_kinds=dice.of((("MD5",), ("MD5", "SHA1"), ("SHA256",), ("MD5", "SHA256"), ("MD5",))),
            wrong_hash=dice.chance(0.02),
            uploaded=self.when(timedelta(minutes=dice.whole(0, 600))) if dice.chance(0.5) else None,
            capture=self.capture(country, "Upload") if dice.chance(0.5) else None,
            device=dice.device() if dice.chance(0.06) else None,
            url=f"https://files.example.invalid/{dice.hexadecimal(8)}" if dice.chance(0.15) else None,
            camera=(("Make", "Mehr"), ("Model", "M-12")) if dice.chance(0.1) else (),
            tags=dice.some(("Comparison", "Unconfirmed", "Invented tag"), 0, 2),
        )

    def files(self, group: str, country: str | None, least: int, most: int, camera: Camera | None = None) -> tuple[File, ...]:
        """Returns between `least` and `most` files of the report."""
        return tuple(self.file(group, country, camera=camera) for _ in range(self.dice.whole(least, most)))
