"""What hash lists and people say of a file (jobs/lists/verdict.py, jobs/casework/grades.py), taken apart to be said in Urdu.

Names of lists, dates, kinds and distances stay as they are: they name evidence.
"""

from __future__ import annotations

from triage.ui.text.i18n import mark

NO_BYTES = "its picture could not be compared, only its bytes"
AT = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
TAKEN = rf"taken over by (?P<who>.+) at (?P<at>{AT})"

VERDICTS = (
    (r"Like a picture in (?P<lists>.+)\.", mark("Like a picture in {lists}.")),
    (
        r"Possibly a picture in (?P<lists>.+), yet it shows little; a person has to say\.",
        mark("Possibly a picture in {lists}, yet it shows little; a person has to say."),
    ),
    (
        r"A part of it is possibly a picture in (?P<lists>.+); a person has to say\.",
        mark("A part of it is possibly a picture in {lists}; a person has to say."),
    ),
    (
        r"Possibly shows a picture in (?P<lists>.+); a person has to say\.",
        mark("Possibly shows a picture in {lists}; a person has to say."),
    ),
    (
        r"Held for review, since the hash matches hundreds of files: (?P<lists>.+)\.",
        mark("Held for review, since the hash matches hundreds of files: {lists}."),
    ),
    (r"The same bytes stand in (?P<lists>.+)\.", mark("The same bytes stand in {lists}.")),
    (
        rf"No hash list of known material is loaded; {NO_BYTES}\.",
        mark("No hash list of known material is loaded; its picture could not be compared, only its bytes."),
    ),
    (rf"Not in (?P<lists>.+); {NO_BYTES}\.", mark("Not in {lists}; its picture could not be compared, only its bytes.")),
    (r"Not in (?P<lists>[^;]+)\.", mark("Not in {lists}.")),
    (r"Graded (?P<grade>[^:]+): (?P<says>.+)\.", mark("Graded {grade}: {says}.")),
    (r"Grade: (?P<state>.+)\.", mark("Grade: {state}.")),
    (
        r"One verdict covers the same bytes in (?P<n>\d+) reports\.",
        mark("One verdict covers the same bytes in {n} reports."),
    ),
    (
        rf"inherited from the same bytes in report (?P<report>\S+) \(distance 0\), (?P<seen>seen by .+ at {AT})",
        mark("inherited from the same bytes in report {report} (distance 0), {seen}"),
    ),
    (
        rf"inherited from (?P<file>.+?), (?P<seen>seen by .+? at {AT}), distance (?P<n>\d+); {TAKEN}",
        mark("inherited from {file}, {seen}, distance {n}; taken over by {who} at {at}"),
    ),
    (rf"seen by (?P<who>.+) at (?P<at>{AT})", mark("seen by {who} at {at}")),
    (
        r"Held for review: (?P<n>\d+) different files are like one another, and a lead has to say why\.",
        mark("Held for review: {n} different files are similar to one another; a lead has to decide."),
    ),
)
