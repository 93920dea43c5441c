"""Invented people: names, phone numbers, CNICs, e-mail addresses, devices and wallets that nobody can hold.

Phones end in 0000xxx, CNICs begin with 9 (no such series is issued), e-mail domains are .invalid, IMEIs begin with 00.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from triage_demo.feed.records import Address, Contact, Device

FIRST = (
    "Ahmed",
    "Bilal",
    "Danish",
    "Faisal",
    "Hamza",
    "Imran",
    "Kashif",
    "Noman",
    "Rashid",
    "Salman",
    "Tariq",
    "Usman",
    "Yasir",
    "Zubair",
)
GIRLS = ("Amna", "Bushra", "Hina", "Iqra", "Maryam", "Nadia", "Sana", "Zainab")
LAST = (
    "Ahmadzai",
    "Baloch",
    "Chandio",
    "Gondal",
    "Jamali",
    "Khattak",
    "Lashari",
    "Memon",
    "Qureshi",
    "Rind",
    "Soomro",
    "Yousafzai",
)
URDU_NAMES = ("احمد پتنگ باز", "بلال لاہوری", "دانش علی", "حنا گل", "زین جھیل والا", "مریم باغ")
FOREIGN_FIRST = ("Alan", "Brian", "Carl", "Edgar", "Henrik", "Otto")
FOREIGN_LAST = ("Example", "Invented", "Placeholder", "Sample")
THINGS = ("kite", "lantern", "canal", "mango", "tractor", "falcon", "river", "lorry", "teapot", "minar", "boat", "orchard")
DOMAINS = ("mail.example.invalid", "post.example.invalid", "inbox.example.invalid")
PREFIXES = ("300", "301", "306", "312", "315", "321", "332", "333", "334", "341", "345", "346", "355")
DEVICE_KINDS = ("IMEI", "GAID", "IDFA", "Android ID", "ICCID")


@dataclass(frozen=True, slots=True)
class Place:
    """A town and its position in degrees."""

    city: str
    region: str
    country: str
    position: tuple[float, float]
    urdu: str = ""


HERE: tuple[Place, ...] = (
    Place("Lahore", "Punjab", "PK", (31.5925, 74.3095), "لاہور"),
    Place("Islamabad", "Islamabad Capital Territory", "PK", (33.7295, 73.0372), "اسلام آباد"),
    Place("Karachi", "Sindh", "PK", (24.8752, 67.0408), "کراچی"),
    Place("Faisalabad", "Punjab", "PK", (31.4187, 73.0791), "فیصل آباد"),
    Place("Multan", "Punjab", "PK", (30.1984, 71.4687), "ملتان"),
    Place("Peshawar", "Khyber Pakhtunkhwa", "PK", (34.0083, 71.5789), "پشاور"),
    Place("Quetta", "Balochistan", "PK", (30.2517, 67.1008), "کوئٹہ"),
    Place("Gwadar", "Balochistan", "PK", (25.1153, 62.3254), "گوادر"),
    Place("Hyderabad", "Sindh", "PK", (25.3792, 68.3683), "حیدرآباد"),
    Place("Sukkur", "Sindh", "PK", (27.7052, 68.8574), "سکھر"),
    Place("Abbottabad", "Khyber Pakhtunkhwa", "PK", (34.1688, 73.2215), "ایبٹ آباد"),
    Place("Gilgit", "Gilgit-Baltistan", "PK", (35.9208, 74.3080), "گلگت"),
    Place("Muzaffarabad", "Azad Jammu and Kashmir", "PK", (34.3880, 73.4690), "مظفرآباد"),
    Place("Muzaffargarh", "Punjab", "PK", (30.0725, 71.1938), "مظفرگڑھ"),
    Place("Bahawalpur", "Punjab", "PK", (29.3793, 71.6686), "بہاولپور"),
    Place("Dera Ismail Khan", "Khyber Pakhtunkhwa", "PK", (31.8313, 70.9017), "ڈیرہ اسماعیل خان"),
)
ABROAD: tuple[Place, ...] = (
    Place("London", "England", "GB", (51.5080, -0.1281)),
    Place("Dubai", "Dubai", "AE", (25.2637, 55.2972)),
    Place("Toronto", "Ontario", "CA", (43.6426, -79.3871)),
    Place("Munich", "Bavaria", "DE", (48.1372, 11.5755)),
    Place("Jeddah", "Makkah", "SA", (21.5433, 39.1728)),
    Place("Chicago", "Illinois", "US", (41.8827, -87.6233)),
)


T = TypeVar("T")


class Dice:
    """The random source of the feed.

    No phone, CNIC, account name or device comes twice.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._serial = 100

    def of(self, options: Sequence[T]) -> T:
        """Returns one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def some(self, options: Sequence[T], least: int, most: int) -> tuple[T, ...]:
        """Returns between `least` and `most` of the options, in their order."""
        count = min(len(options), int(self.rng.integers(least, most + 1)))
        return tuple(options[int(i)] for i in sorted(self.rng.choice(len(options), count, replace=False)))

    def chance(self, p: float) -> bool:
        """Returns True with this probability."""
        return bool(self.rng.random() < p)

    def tri(self, true: float = 0.35, false: float = 0.3) -> bool | None:
        """Returns True, False or None (not stated) with these probabilities."""
        value = float(self.rng.random())
        return True if value < true else False if value < true + false else None

    def whole(self, low: int, high: int) -> int:
        """Returns a whole number from `low` to `high`, both included."""
        return int(self.rng.integers(low, high + 1))

    def serial(self) -> int:
        """Returns the next running number."""
        self._serial += 1
        return self._serial

    def hexadecimal(self, digits: int) -> str:
        """Returns so many random hexadecimal digits."""
        return self.rng.bytes((digits + 1) // 2).hex()[:digits]

    def uuid(self) -> str:
        """Returns a random UUID of version 4."""
        raw = self.hexadecimal(32)
        return "-".join((raw[:8], raw[8:12], "4" + raw[13:16], "8" + raw[17:20], raw[20:]))

    def mobile_here(self) -> str:
        """Returns ten digits for after +92: a real prefix, then 0000 and a running number."""
        return f"{self.of(PREFIXES)}0000{self.serial() % 1000:03d}"

    def phone_here(self, digits: str) -> Contact:
        """Returns a Pakistani number in one of the ways in which people and providers write it."""
        written = self.of(("+92{}", "+92 {0[0]} {0[1]}", "0{}", "0092{}", "0{0[0]}-{0[1]}"))
        parts = (digits[:3], digits[3:])
        value = written.format(parts) if "[" in written else written.format(digits)
        return Contact(value=value, kind=self.of(("Mobile", "Recovery", None)), verified=self.tri())

    def phone_abroad(self, country: str) -> Contact | None:
        """Returns a number set aside for fiction in Britain and North America, None elsewhere."""
        tail = f"{self.serial() % 100:02d}"
        value = {"GB": f"+44 7700 9001{tail}", "US": f"+1 312 555 01{tail}", "CA": f"+1 416 555 01{tail}"}.get(country)
        return None if value is None else Contact(value=value, kind="Mobile", verified=self.tri())

    def cnic(self) -> str:
        """Returns an invented CNIC, which begins with 9."""
        return f"9{self.whole(1000, 9999)}-{self.whole(1_000_000, 9_999_999)}-{self.whole(1, 9)}"

    def account(self) -> str:
        """Returns a new account name."""
        return f"{self.of(THINGS)}_{self.of(THINGS)}{self.serial()}"

    def email(self, account: str) -> Contact:
        """Returns an e-mail address of the account at an invalid domain."""
        return Contact(value=f"{account}@{self.of(DOMAINS)}", kind=self.of(("Home", "Recovery", None)), verified=self.tri())

    def device(self) -> Device:
        """Returns an invented device id."""
        kind = self.of(DEVICE_KINDS)
        if kind == "IMEI":
            value = f"00{self.whole(10**12, 10**13 - 1)}"
        elif kind == "ICCID":
            value = f"8992000{self.whole(10**12, 10**13 - 1)}"
        else:
            value = self.hexadecimal(16) if kind == "Android ID" else self.uuid()
        return Device(kind=kind, value=value, event=self.of(("Login", "Registration", "Unknown", None)))

    def wallet(self) -> str:
        """Returns a text that looks like a wallet and is none: the prefix belongs to no network."""
        return "TEST" + self.hexadecimal(34).upper()

    def home(self, place: Place) -> Address:
        """Returns an invented address in a town."""
        street = f"House {self.whole(1, 99)}, Invented Street {self.whole(1, 30)}"
        return Address(street=street, city=place.city, region=place.region, postcode=None, country=place.country)
