"""Where a report points: evidence of place, each piece of whom, with its points, and the verdicts that are their sums.

    rules      the points, from resources/rules/place.toml
    piece      one piece of evidence before repeats and caps are taken into account
    ip         addresses: range tables, operators, shared lines
    phone      numbers: issuing operator, area
    gps        coordinates of pictures and incidents: country, province, nearest place
    written    profiles and texts: languages, place names, .pk domains, identity card numbers
    language   which language a text is in
    names      place names in a text
    stated     locations and postal addresses that the report states
    verdict    sums, thresholds, provinces
    offices    which reporting centre
    edition    what a verdict rests on besides the report
    judge      all of it for one report

Pure functions of the report and of the facts about its media: no store, no clock, no order of arrival.
"""

from triage.locate.edition import edition
from triage.locate.judge import locate

__all__ = ["edition", "locate"]
