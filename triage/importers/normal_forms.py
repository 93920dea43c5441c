"""Normal forms of identifiers, kept beside the original, by which two spellings of one value are recognised as equal.

Each function takes the text as the source gave it and returns its normal form. It returns None when the text is not clearly of
that kind. No function guesses: a number without a country, or an address with an octal-looking group, has no normal form.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers

_ASCII_DIGITS = {
    code - unicodedata.decimal(chr(code)) + digit: str(digit)
    for code in range(130, 0x1FBFA, 10)  # the digits of a script are ten in a row: one of them is met, whatever it is
    if chr(code).isdecimal()
    for digit in range(10)
}
_SPACES = re.compile(r"\s+")
_NOT_DIGITS = re.compile(r"\D")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN_V4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_PADDED_V4 = re.compile(r"\d{3}(?:\.\d{3}){3}")
_V4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_V4_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})")
_V6_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\]:(\d{1,5})")
_PORT = re.compile(r"\+?0*([1-9]\d{0,4})(?:\.0+)?", re.ASCII)
"""As xs:int allows it ("+443", "0443"), and as tables of numbers write it ("443.0")."""
_PAKISTANI = re.compile(r"\+92[ -]?3[0-9]{2}[ -]?[0-9]{7}")
_PAKISTANI_MOBILE = re.compile(r"(?:92|0)(3[0-9]{9})")
"""Digits of mobile numbers of the country, as most are written: what the library makes of them is plain."""
_CNIC = re.compile(r"(\d{5})[\s-]?(\d{7})[\s-]?(\d)")
_MAC = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}")
_EMAIL = re.compile(r"(?:[^\s@<>\"]+|\"[^\"]+\")@[^\s@<>\"]+")
_NAMED_EMAIL = re.compile(r"[^<>:]*<([^<>]+)>")
_NOT_IN_IMEI = re.compile(r"[^\d\s./-]")
_LONGEST_IP = 100  # characters
_ADDRESSES_KEPT = 256
_LONGEST = 4096  # characters of an identifier; more is no address and no name


def _clean_text(text: str) -> str:
    """Returns the text in NFKC with single blanks.

    Format characters (direction marks, zero-width) are removed.
    """
    text = text[:_LONGEST]
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def to_ascii_digits(text: str) -> str:
    """Returns the text with Urdu, Arabic-Indic and other decimal digits as 0 to 9.

    All other characters keep their place.
    """
    return text if text.isascii() else text.translate(_ASCII_DIGITS)


def keep_digits(text: str) -> str:
    """Returns only the digits of a text, as 0 to 9."""
    return _NOT_DIGITS.sub("", to_ascii_digits(text))


def normalise_phone(value: str, calling_code: str = "") -> str | None:
    """Returns a phone number in E.164 form, or None.

    A number without a country code counts as Pakistani only in Pakistani forms: 0xx... and 92 3xx....
    """
    text = to_ascii_digits(_clean_text(value))
    plain = _NOT_DIGITS.sub("", text)
    if _PAKISTANI.fullmatch(text):
        return f"+{plain}"
    if not 7 <= len(plain) <= 18:
        return None
    if text.lstrip("( ").startswith("+"):
        wanted = text
    elif plain.startswith("00"):
        wanted = "+" + plain[2:]
    elif calling_code and keep_digits(calling_code):
        code = keep_digits(calling_code)
        wanted = "+" + (plain if plain.startswith(code) and len(plain) > 10 else code + plain.lstrip("0"))
    elif local := _PAKISTANI_MOBILE.fullmatch(plain):
        return f"+92{local[1]}"
    elif plain.startswith("0"):
        wanted = plain
    else:
        return None
    try:
        number = phonenumbers.parse(wanted, "PK")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normalise_email(value: str) -> str | None:
    """Returns an e-mail address in lower case, also from "Name <address>" and "mailto:address".

    A quoted local part is allowed.
    """
    text = _clean_text(value).lower()
    named = _NAMED_EMAIL.fullmatch(text)
    text = (named[1].strip() if named else text.strip("<>")).removeprefix("mailto:")
    return text if _EMAIL.fullmatch(text) else None


def normalise_ip(value: str) -> str | None:
    """Returns the compressed form of an IP address.

    IPv4 inside IPv6 becomes IPv4, and a scope id is left out.

    Leading zeros in IPv4 are ambiguous, since some programs read them as octal. Only an address padded to three digits in all
    four groups is clearly decimal.
    """
    return _recall_ip(value) if len(value) <= _LONGEST_IP else _normalise_ip(value)


def _normalise_ip(value: str) -> str | None:
    """Does what `normalise_ip` says."""
    text = value.strip() if value.isascii() else _clean_text(value[:_LONGEST_IP])
    if _PLAIN_V4.fullmatch(text):
        return text
    text = to_ascii_digits(text[:_LONGEST_IP]).strip("[]").partition("%")[0]
    if "." not in text and ":" not in text:
        return None
    if _PADDED_V4.fullmatch(text):
        text = ".".join(str(int(group)) for group in text.split("."))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return address.compressed


_recall_ip = lru_cache(_ADDRESSES_KEPT)(_normalise_ip)
"""Few addresses are captured many times."""


def split_ip_and_port(value: str) -> tuple[str, int | None]:
    """Splits "203.0.113.5:443" and "[2001:db8::1]:443" into address and port.

    Any other text is returned with None.
    """
    text = value.strip()
    found = (_V4_PORT.fullmatch(text) or _V6_PORT.fullmatch(text)) if ":" in text else None
    beside = parse_port(found[2]) if found else None
    return (found[1], beside) if found and beside else (text, None)


def parse_port(value: str) -> int | None:
    """Returns a port number from 1 to 65535, or None."""
    found = _PORT.fullmatch(value.strip()) if value else None  # most captures state none
    return int(found[1]) if found and int(found[1]) <= 65_535 else None


def looks_like_ip(value: str) -> bool:
    """Returns whether the whole text is an address, perhaps with a port."""
    text = split_ip_and_port(value)[0]
    return (":" in text or _V4.fullmatch(text) is not None) and normalise_ip(text) is not None


def normalise_url(value: str) -> str | None:
    """Returns a URL with scheme and host in lower case and the rest verbatim, since paths may be case-sensitive."""
    text = value.strip()
    if not text or len(text) > _LONGEST or _SPACES.search(text):
        return None
    try:
        parts = urlsplit(text)
        if parts.scheme and parts.netloc:
            userinfo, at, host = parts.netloc.rpartition("@")
            return parts._replace(scheme=parts.scheme.lower(), netloc=userinfo + at + host.lower()).geturl()
    except ValueError:
        return None
    host, slash, rest = text.partition("/")
    return host.lower() + slash + rest if "." in host else None


def normalise_cnic(value: str) -> str | None:
    """Returns the number of a Pakistani identity card (CNIC) as 5-7-1 digits."""
    found = _CNIC.fullmatch(to_ascii_digits(_clean_text(value)))
    return f"{found[1]}-{found[2]}-{found[3]}" if found else None


def normalise_imei(value: str) -> str | None:
    """Returns the 14 (no check digit), 15 or 16 (with software version) digits of an IMEI."""
    text = to_ascii_digits(_clean_text(value))
    plain = _NOT_DIGITS.sub("", text)
    return plain if 14 <= len(plain) <= 16 and not _NOT_IN_IMEI.search(text) else None


def passes_luhn_check(number: str) -> bool:
    """Returns whether the last digit of a number is its Luhn check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, char in enumerate(reversed(number)):
        digit = int(char) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def normalise_device(value: str) -> str | None:
    """Returns an IMEI as digits, a MAC address with colons, any other id in lower case without outer blanks."""
    text = _clean_text(value).lower()
    if _MAC.fullmatch(text):
        return text.replace("-", ":")
    return normalise_imei(text) or text or None


def normalise_username(value: str) -> str | None:
    """Returns a user name case-folded, without a leading "@"."""
    return _clean_text(value).casefold().removeprefix("@") or None


def normalise_words(value: str) -> str | None:
    """Returns names and postal addresses case-folded, with single blanks."""
    return _clean_text(value).casefold() or None


def strip_blanks(value: str) -> str | None:
    """Returns the text without outer blanks, or None when nothing is left."""
    return value.strip() or None


FORMS: dict[str, Callable[[str], str | None]] = {
    "phone": normalise_phone,
    "email": normalise_email,
    "ip": normalise_ip,
    "url": normalise_url,
    "cnic": normalise_cnic,
    "device": normalise_device,
    "username": normalise_username,
    "display_name": normalise_words,
    "name": normalise_words,
    "address": normalise_words,
    "user_id": strip_blanks,
    "group": normalise_words,
    "wallet": strip_blanks,
    "coordinates": strip_blanks,
}
"""The normal form of each kind of identifier; kinds that are not listed have none."""


def normalise_identifier(kind: str, value: str) -> str | None:
    """Returns the normal form of a value of this kind, or None.

    Kinds that are not in FORMS have none.
    """
    form = FORMS.get(kind)
    return form(value) if form else None
