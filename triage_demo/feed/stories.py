"""The kinds of report that a national desk receives, each as a function of the stage. Wording stays harmless.

`STORIES` names each kind with its share of the feed, its gravity and whether a planted person may play its reported user.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from triage_demo.feed import texts as feed_texts
from triage_demo.feed.records import Capture, Device, Gravity, Incident, Report, Someone
from triage_demo.feed.stage import Member, Stage

POSSESSION = "Child Pornography (possession, manufacture, and distribution)"
TRAFFICKING = "Child Sex Trafficking"
TOURISM = "Child Sex Tourism"
MOLESTATION = "Child Sexual Molestation"
DOMAIN = "Misleading Domain Name"
WORDS = "Misleading Words or Digital Images on the Internet"
ENTICEMENT = "Online Enticement of Children for Sexual Acts"
UNSOLICITED = "Unsolicited Obscene Material Sent to a Child"


def _reported(s: Stage, member: Member | None, *, here: float = 0.75, age: int | None = None) -> tuple[str | None, Someone]:
    """Returns the country and the reported user: the planted person's appearance, or someone new."""
    if member is not None:
        return member.country, s.appearance(member)
    country = s.where(here)
    return country, s.someone(country, age=age)


def _report(s: Stage, story: str, gravity: Gravity, country: str | None, incident_type: str, **rest: object) -> Report:
    """Returns the report of a story, with the stage's time, provider and form."""
    base = Report(
        key=s.number,
        number=s.number,
        form=s.form,
        story=story,
        gravity=gravity,
        country=country,
        provider=s.provider,
        incident_type=incident_type,
        when=s.when(),
        received=s.received,
        when_text=s.dice.of(feed_texts.WHEN_SAID) if s.dice.chance(0.4) else None,
        platform=s.provider.service if s.dice.chance(0.5) else None,
        priority="E" if s.form == "json" else None,
        designation="referral" if s.form == "json" and s.dice.chance(0.5) else None,
    )
    return replace(base, **rest)  # type: ignore[arg-type]


def _chat(s: Stage, said: tuple[str, ...]) -> Incident:
    """Returns a chat incident with one of the texts."""
    text = s.dice.of(said).replace("{tail}", f"{s.dice.serial() % 1000:03d}")
    values = (("chatClient", s.provider.service), ("chatRoomName", f"room {s.dice.whole(1, 99)}"))
    return Incident(kind="chat", values=values, text=text)


def live(s: Stage, member: Member | None) -> Report:
    """Returns a report of a live stream with a child in acute danger."""
    country, suspect = _reported(s, member, here=0.85)
    child = s.victim("PK" if country == "PK" else None)
    return _report(
        s, "live", "acute", country, ENTICEMENT if s.dice.chance(0.5) else MOLESTATION,
        escalation=s.dice.of(feed_texts.ESCALATIONS),
        annotations=("sadisticOnlineExploitation",) if s.dice.chance(0.5) else (),
        priority="1" if s.form == "json" else None,
        incidents=(_chat(s, feed_texts.LIVE),),
        suspects=(suspect,),
        victims=(child,),
        files=s.files("grave", country, 0, 3, member.camera if member else None),
        notes=s.dice.of(feed_texts.LIVE),
    )  # fmt: skip


def meeting(s: Stage, member: Member | None) -> Report:
    """Returns a report of a chat that arranges a meeting with a child."""
    country, suspect = _reported(s, member, here=0.8)
    urgent = s.dice.chance(0.3)
    child = s.victim(s.dice.of(("PK", "PK", None, "GB")))
    return _report(
        s, "meeting", "acute" if urgent else "grave", country, ENTICEMENT,
        escalation=s.dice.of(feed_texts.ESCALATIONS) if urgent else None,
        annotations=("csamSolicitation",) if s.dice.chance(0.4) else (),
        priority=("1" if urgent else s.dice.of(("2", "E"))) if s.form == "json" else None,
        incidents=(_chat(s, feed_texts.MEETING),),
        suspects=(suspect,),
        recipients=(s.someone(s.where(0.6)),) if s.dice.chance(0.2) else (),
        victims=(child,),
        files=s.files("ordinary", country, 0, 3, member.camera if member else None),
    )  # fmt: skip


def threat(s: Stage, member: Member | None) -> Report:
    """Returns a report of a chat that threatens a child for money."""
    country, suspect = _reported(s, member, here=0.7)
    wallet = f"Wallet given for the payment: {s.dice.wallet()}"
    return _report(
        s, "threat", "grave", country, ENTICEMENT,
        annotations=("sextortion",),
        priority=s.dice.of(("1", "2", "E")) if s.form == "json" else None,
        incidents=(_chat(s, feed_texts.THREAT),),
        suspects=(replace(suspect, notes=wallet) if s.dice.chance(0.5) else suspect,),
        victims=(s.victim(s.dice.of(("US", "GB", "PK", None))),) if s.dice.chance(0.8) else (),
        files=s.files("ordinary", country, 0, 3, member.camera if member else None),
    )  # fmt: skip


def trade(s: Stage, member: Member | None) -> Report:
    """Returns a report of an offer of a child."""
    country, suspect = _reported(s, member, here=0.9)
    suspect = replace(suspect, group=f"group-{s.dice.hexadecimal(6)}", vehicle="White pick-up truck, invented plate XX-000")
    phone = (("phoneNumber", suspect.phones[0].value),) if suspect.phones else ()
    return _report(
        s, "trade", "grave", country, TRAFFICKING,
        priority=s.dice.of(("2", "E")) if s.form == "json" else None,
        incidents=(Incident(kind="phone", values=phone, text=s.dice.of(feed_texts.TRADE)),),
        suspects=(suspect,),
        victims=(s.victim("PK"),) if s.dice.chance(0.4) else (),
        files=s.files("ordinary", country, 0, 1),
        police="Invented Police of Example Town" if s.dice.chance(0.4) else None,
    )  # fmt: skip


def travel(s: Stage, member: Member | None) -> Report:
    """Returns a report of an announced journey."""
    country = s.dice.of(("GB", "AE", "DE", "US"))
    mail = (("emailAddress", f"{s.dice.account()}@travel.example.invalid"),)
    return _report(
        s, "travel", "grave", country, TOURISM,
        priority=s.dice.of(("2", "3", "E")) if s.form == "json" else None,
        incidents=(Incident(kind="email", values=mail, text=s.dice.of(feed_texts.TRAVEL)),),
        suspects=(s.someone(country),),
        files=s.files("ordinary", country, 0, 1),
    )  # fmt: skip


def home(s: Stage, member: Member | None) -> Report:
    """Returns a report of a child in danger at home."""
    place = s.place("PK")
    where = (("locationName", "A house in the old town"), ("city", place.city if place else ""))
    return _report(
        s, "home", "grave", "PK", MOLESTATION,
        priority=s.dice.of(("1", "2", "3")) if s.form == "json" else None,
        incidents=(Incident(kind="place", values=where, text=s.dice.of(feed_texts.HOME)),),
        suspects=(s.someone("PK"),),
        victims=(s.victim("PK"),),
        notes=f"Number of the school as given: 042-0000{s.dice.whole(100, 999)}; CNIC named: {s.dice.cnic()}.",
    )  # fmt: skip


def upload(s: Stage, member: Member | None) -> Report:
    """Returns a report of uploaded files."""
    country, suspect = _reported(s, member)
    if s.form == "xml" and s.dice.chance(0.2):  # no reader knows how the JSON spells associated accounts
        other = s.someone(country)
        kind = s.dice.of(("Linked", "Billing", "Business", "Creator", "Parent/Guardian", "Other"))
        suspect = replace(suspect, associated=((kind, other),))
    shared = (("url", f"https://albums.example.invalid/{s.dice.hexadecimal(10)}"),)
    incident = (
        Incident(kind="web", values=shared, text=s.dice.of(feed_texts.UPLOAD))
        if s.dice.chance(0.7)
        else Incident(
            kind="p2p", values=(("client", "Example P2P"), ("fileNames", "holiday.zip")), captures=(s.capture(country),)
        )
    )
    return _report(
        s, "upload", "ordinary", country, POSSESSION,
        priority=s.dice.of(("E", "E", "E", "3")) if s.form == "json" else None,
        incidents=(incident,),
        suspects=(suspect,),
        recipients=(s.someone(s.where(0.6)),) if s.dice.chance(0.1) else (),
        files=s.files("harsh" if s.dice.chance(0.2) else "ordinary", country, 1, 7, member.camera if member else None),
        notes=s.dice.of(feed_texts.UPLOAD) if s.dice.chance(0.4) else None,
    )  # fmt: skip


def viral(s: Stage, member: Member | None) -> Report:
    """Returns a report of an image that many forward."""
    country, suspect = _reported(s, None)
    files = [replace(s.file("low", country, viral=s.dice.chance(0.75)), classification=None)]
    return _report(
        s, "viral", "low", country, POSSESSION,
        batched=s.dice.chance(0.5),
        incidents=(Incident(kind="web", text=s.dice.of(feed_texts.VIRAL)),),
        suspects=(suspect,),
        files=tuple(files),
    )  # fmt: skip


def play(s: Stage, member: Member | None) -> Report:
    """Returns a report in which both accounts seem to be children."""
    country, suspect = _reported(s, None, here=0.9, age=s.dice.whole(12, 15))
    file = s.file("low", country)
    if file.relevance != "Supplemental Reported":
        file = replace(file, annotations=("possibleSelfProduction",), legacy_meme=None)
    game = (("gameName", "Kite Masters"), ("console", "phone"))
    return _report(
        s, "play", "low", country, POSSESSION,
        annotations=("minorToMinorInteraction",),
        incidents=(Incident(kind="game", values=game, text=s.dice.of(feed_texts.PLAY)),),
        suspects=(suspect,),
        victims=(s.victim("PK"),) if s.dice.chance(0.5) else (),
        files=(file,),
    )  # fmt: skip


def unsolicited(s: Stage, member: Member | None) -> Report:
    """Returns a report of an unwanted link sent to a child."""
    country, suspect = _reported(s, None, here=0.8)
    return _report(
        s, "unsolicited", "ordinary", country, UNSOLICITED,
        incidents=(_chat(s, feed_texts.UNSOLICITED),),
        suspects=(suspect,),
        victims=(s.victim("PK"),),
        files=s.files("low", country, 0, 1),
    )  # fmt: skip


def spam(s: Stage, member: Member | None) -> Report:
    """Returns a report of bulk messages."""
    country, suspect = _reported(s, None, here=0.5)
    link = (("url", "https://link.example.invalid/same-for-all"),)
    return _report(
        s, "spam", "low", country, POSSESSION,
        annotations=("spam",),
        incidents=(Incident(kind="web", values=link, text=s.dice.of(feed_texts.SPAM)),),
        suspects=(replace(suspect, compromised=True) if s.dice.chance(0.5) else suspect,),
        files=s.files("low", country, 0, 1),
    )  # fmt: skip


def misleading(s: Stage, member: Member | None) -> Report:
    """Returns a report of a misleading domain or words."""
    kind = s.dice.of((DOMAIN, WORDS))
    link = (("url", f"https://game-for-children-{s.dice.whole(1, 99)}.example.invalid/"),)
    return _report(
        s, "misleading", "low", None, kind,
        incidents=(Incident(kind="web", values=link, text=s.dice.of(feed_texts.MISLEADING)),),
    )  # fmt: skip


def newsgroup(s: Stage, member: Member | None) -> Report:
    """Returns a report of a posting in a newsgroup."""
    country, suspect = _reported(s, None, here=0.4)
    values = (("name", "alt.invented.example"), ("emailAddress", f"{s.dice.account()}@news.example.invalid"))
    return _report(
        s, "newsgroup", "ordinary", country, POSSESSION,
        incidents=(Incident(kind="newsgroup", values=values, text="Posting with invented headers."),),
        suspects=(suspect,),
        files=s.files("ordinary", country, 1, 3),
    )  # fmt: skip


def sparse(s: Stage, member: Member | None) -> Report:
    """Returns a report with hardly any content: no file, an account at most."""
    known = Someone(screen_name=s.dice.account()) if s.dice.chance(0.6) else Someone(display_names=("user",))
    return _report(
        s, "sparse", "noise", None, POSSESSION,
        designation="informational" if s.form == "json" else None,
        suspects=(known,) if s.dice.chance(0.7) else (),
        notes=s.dice.of(feed_texts.SPARSE),
    )  # fmt: skip


def shared_line(s: Stage, member: Member | None) -> Report:
    """Returns a report with an address of a mobile network that strangers share.

    The port and the second tell them apart.
    """
    suspect = s.someone("PK")
    at = s.when(timedelta(minutes=s.dice.whole(0, 90)))
    port = s.dice.whole(2_000, 60_000)
    shared = Capture(address=SHARED_ADDRESS, country="PK", operator="Jazz", when=at, event="Login", port=port)
    return _report(
        s, "shared_line", "ordinary", "PK", POSSESSION,
        suspects=(replace(suspect, captures=(shared,), devices=(Device(kind="Android ID", value=s.dice.hexadecimal(16)),)),),
        files=s.files("ordinary", "PK", 1, 3),
    )  # fmt: skip


SHARED_ADDRESS = "119.160.7.77"


@dataclass(frozen=True, slots=True)
class Story:
    """A kind of report, with its share of the feed."""

    tell: Callable[[Stage, Member | None], Report]
    share: float
    """Of all reports."""
    members: bool
    """Whether a planted person may be its reported user."""


STORIES: tuple[Story, ...] = (
    Story(upload, 0.30, True),
    Story(viral, 0.14, False),
    Story(threat, 0.09, True),
    Story(meeting, 0.08, True),
    Story(sparse, 0.08, False),
    Story(play, 0.06, False),
    Story(unsolicited, 0.04, False),
    Story(spam, 0.04, False),
    Story(misleading, 0.03, False),
    Story(trade, 0.03, True),
    Story(live, 0.03, True),
    Story(shared_line, 0.03, False),
    Story(travel, 0.02, False),
    Story(home, 0.02, False),
    Story(newsgroup, 0.01, False),
)
