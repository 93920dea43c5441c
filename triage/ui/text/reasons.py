"""The rules' reasons on screen: sentences with numbers in them, taken apart so that they can be said in Urdu.

`priority` writes English, since a card is evidence and goes into packets as it is. What no pattern knows is shown as it is.
"""

from __future__ import annotations

import re

from triage.ui.text.i18n import Safe, is_rtl, ltr, mark, shown, tr, word
from triage.ui.text.verdict_reasons import VERDICTS

NUMBER = r"\d+(?:\.\d+)?"
BAND = "[A-E]"

KEEP = "operators in Pakistan keep traffic data for at least 365 days, PECA s.32"
CLOCKS = (
    (
        rf"From (?P<start>.+): {KEEP}; this holds if the address or number is of such an operator\.",
        mark(
            "From {start}: operators in Pakistan keep traffic data for at least 365 days, PECA s.32; "
            "this holds if the address or number is of such an operator."
        ),
    ),
    (r"From (?P<start>[^:]+): (?P<rule>\d+ days, .+)\.", mark("From {start}: {rule}.")),
)

PATTERNS = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (rf"At least band (?P<band>{BAND})\.", mark("At least band {band}.")),
        (r"Takes (?P<part>\d+%) of the points\.", mark("Takes {part} of the points.")),
        (
            r"Counts (?P<part>1/\d+), as number (?P<n>\d+) of (?P<family>[a-z]+)\.",
            mark("Counts {part}, as number {n} of {family}."),
        ),
        (
            rf"Band (?P<band>{BAND}) if (?P<fact>.+) \(risk (?P<risk>{NUMBER})\)\.",
            mark("Band {band} if {fact} (risk {risk})."),
        ),
        (rf"Band (?P<band>{BAND}) if (?P<fact>.+)\.", mark("Band {band} if {fact}.")),
        (
            rf"Actionability (?P<new>{NUMBER}) instead of (?P<old>{NUMBER}) if (?P<fact>.+)\.",
            mark("Actionability {new} instead of {old} if {fact}."),
        ),
        (
            r"(?P<lead>By points alone: |No single fact would change the band; )(?P<fact>.+)",
            mark("{lead} {fact}"),
        ),
        (
            r"no points of risk lift a report that NCMEC made informational or withdrew\.",
            mark("no points of risk lift a report that NCMEC made informational or withdrew."),
        ),
        (
            rf"risk would have to fall by (?P<by>{NUMBER}) to below (?P<begin>{NUMBER})\.",
            mark("risk would have to fall by {by} to below {begin}."),
        ),
        (
            rf"risk (?P<risk>{NUMBER}) would not reach band A, which begins at (?P<begin>{NUMBER}); a floor holds it\.",
            mark("risk {risk} would not reach band A, which begins at {begin}; a floor holds it."),
        ),
        (
            rf"band (?P<band>{BAND}) begins at (?P<begin>{NUMBER}) points of risk, (?P<more>{NUMBER}) more than now\.",
            mark("band {band} begins at {begin} points of risk, {more} more than now."),
        ),
        *CLOCKS,
        *VERDICTS,
    )
)
WHOLE = (mark("It does not count."), mark("Lists disagree on this file."))
LEADS = (mark("By points alone:"), mark("No single fact would change the band;"))
FAMILIES = (
    mark("access"), mark("address"), mark("assessment"), mark("completeness"), mark("conduct"), mark("evidence"), mark("extent"),
    mark("material"), mark("novelty"), mark("person"), mark("place"), mark("victim"),
)  # fmt: skip


def sentence(text: str) -> Safe:
    """A reason, sentence by sentence, translated as far as the catalogue knows them."""
    if not is_rtl():
        return shown(text)
    parts = _sentences(text)
    said: list[Safe] = []
    while parts:
        taken = next((n for n in range(len(parts), 1, -1) if _known(" ".join(parts[:n]))), 1)
        said.append(_one(" ".join(parts[:taken])))
        parts = parts[taken:]
    return Safe(" ".join(said))


def _known(text: str) -> bool:
    """A reason of the rules may itself be of several sentences."""
    return word(text) != shown(text)


def _one(part: str) -> Safe:
    if _known(part):
        return word(part)
    for pattern, key in PATTERNS:
        if (found := pattern.fullmatch(part)) is not None:
            values = {name: _value(value.strip()) for name, value in found.groupdict().items()}
            return tr(key, **values)  # tr-ok: marked in PATTERNS
    return shown(part)


def _value(value: str) -> Safe:
    """A number as it is, unless the catalogue has words that begin with one."""
    bare = not _known(value) and (value.lstrip("-")[:1].isdigit() or len(value) == 1)
    return ltr(value) if bare else _one(value)


def _sentences(text: str) -> list[str]:
    """Cut after a full stop that is followed by a capital: a number or "e.g." does not end a sentence."""
    return re.split(r"(?<=[.?]) (?=[A-Z])", text)
