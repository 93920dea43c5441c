"""The names that exports give to the sender, the time and the text of a message."""

from __future__ import annotations

import re
from functools import lru_cache

_NO_LETTER = re.compile(r"[\W_]+")
SENDERS = frozenset(
    (
        *("from", "fromname", "fromuser", "sender", "sendername", "senderusername", "senderid", "sentby", "author", "authorname"),
        *("authorusername", "user", "username", "userid", "screenname", "displayname", "participant", "speaker", "who", "nick"),
        *("nickname", "handle", "name", "بھیجنےوالا", "مرسل", "نام", "موڪليندڙ", "نالو"),
    )
)
TEXTS = frozenset(
    (
        *("text", "message", "messagetext", "messagebody", "body", "content", "contents", "msg", "chat", "comment", "caption"),
        *("پیغام", "متن", "پيغام", "نياپو"),
    )
)
TIMES = frozenset(
    (
        *("time", "date", "datetime", "timestamp", "timestampms", "timestamputc", "sent", "sentat", "sentdate", "senttime"),
        *("createdat", "created", "createdtime", "datesent", "dateutc", "timeutc", "when", "وقت", "تاریخ", "تاريخ"),
    )
)
NESTED_NAMES = ("name", "username", "displayname", "screenname", "fullname", "id")


@lru_cache(maxsize=4_096)
def simplify_name(name: str) -> str:
    """Returns the letters and digits of a field's name in lower case: "Sent At" and sent_at are one name."""
    return _NO_LETTER.sub("", name[:100].casefold())
