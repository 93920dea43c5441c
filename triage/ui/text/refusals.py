"""What could not be done or read, said in Urdu: sentences of the rooms below, which know no language but English.

What no entry knows is shown as it is: a sentence in English helps more than none.
"""

from __future__ import annotations

import re

from triage.ui.text.i18n import Safe, is_rtl, isolated, mark, shown, tr, word

SENTENCES = (
    # What was set aside, and why
    mark("could not be decoded: the format is not known"),
    mark("could not be decoded: the file is damaged or cut short"),
    mark("could not be decoded: the film's index is missing or not whole; it was cut off when recorded or sent"),
    mark("could not be decoded: it is larger than the limits allow"),
    mark("could not be decoded: it needs more memory than the decoder may use"),
    mark("could not be decoded: the file holds no picture"),
    mark("could not be decoded: it is locked with a password"),
    mark("could not be decoded: the decoder could not be confined on this machine"),
    mark("could not be decoded: the decoder failed"),
    mark("could not be decoded: the decoder crashed"),
    mark("could not be decoded: took too long"),
    mark("could not be decoded: the decoder answered against the rules"),
    mark("The decoder can't be started, so nothing was opened; end other programs or install Triage anew, then go on."),
    mark("larger than a report document may be"),
    mark("The XML is damaged."),
    mark("The XML is in an encoding that reports do not use."),
    mark("The XML has a DOCTYPE, which no report needs and which can do harm."),
    mark("The XML is nested deeper than a report can be."),
    mark("The XML has more nodes than a report can have."),
    mark("The XML declares a namespace that is longer than a report can have."),
    mark("The XML declares more namespaces than a report can have."),
    mark("An element of the XML has more attributes than a report can have."),
    mark("The document holds more than is kept of one of its size."),
    mark("The document is nested deeper than a report can be."),
    mark("The report states more than 200,000 values, which no report does."),
    mark("The document takes longer to read than a report may. Its bytes are kept."),
    mark("The document needs more memory to read than a report may. Its bytes are kept."),
    mark("The program that reads documents ended at this one. Its bytes are kept."),
    mark("The document could not be read because of a fault in Triage. Its bytes are kept; please report the fault."),
    mark(
        "The import stopped, since it needs more memory than it may use. What was already taken in stays; "
        "import the same bundle again, in parts if it stops again."
    ),
    mark("The JSON is damaged."),
    mark("The JSON is not in UTF-8 or UTF-16."),
    mark("The JSON is nested deeper than a report can be."),
    mark("The JSON has more nodes than a report can have."),
    mark("This PDF is image only: its pages hold no text. It has to be typed in or run through OCR."),
    mark("The zip is damaged: it is cut off."),
    mark("The zip is damaged: it has no directory."),
    mark("The zip is locked, and no password at hand opens it."),
    mark("The archive entry is damaged."),
    mark("The password does not fit the archive entry, or the entry is damaged."),
    mark("The zip has more entries than are read."),
    mark("The zip unpacks to far more than it weighs."),
    mark("Zips lie in one another deeper than is read."),
    mark("Of archives only zip is opened."),
    mark("This can't be read from the disk."),
    mark("This folder can't be read."),
    mark("This is a link to another place; links are not followed."),
    mark("speaks of a report that was destroyed by order"),
    mark("destroyed by order, not taken in again"),
    # What was refused
    mark("Stopped; what was already taken in stays."),
    mark("Another import is running in this store; wait until it has ended."),
    mark("The store is in use by another program or window; wait until its step has ended, then try again."),
    mark("The policy of this store asks who a bundle came from and on what medium; say both."),
    mark("This user was disabled; nothing more can be written."),
    mark("This user's roles were changed; lock and unlock the store to go on."),
    mark("There is no such decision."),
    mark("This report holds no such medium."),
    mark("The second person must be another user than the first."),
    mark("The second person must be a user whom this does not concern."),
    mark("This passphrase is too easy to guess; choose five or more random words."),
    mark("The passphrase is empty; choose one of several words."),
    mark("The new passphrase is the old one; choose another."),
    mark("There is no user of this name."),
    mark("There is already a user of this name; choose another name."),
    mark("This name looks like that of another user; choose another name."),
    mark("A name has 1 to 64 characters."),
    mark("A name has letters, digits and single . _ - ' or spaces between them, and no other characters."),
    mark("A name begins and ends with a letter or a digit."),
    mark("A name is written in Latin or in Urdu letters, not in both."),
    mark("Triage uses this name itself; choose another name."),
    mark("Nobody gives themselves a role that sees reports; another administrator has to."),
    mark("Change your own passphrase without --for."),
    mark("Nobody confirms themselves; another person has to."),
    mark("Only a lead, an examiner or an administrator confirms a recovered user."),
    mark("A recipient's key is no age key; it begins with age1."),
    mark("Only media are encrypted for recipients: give --with-media as well, or leave --recipient out."),
    mark("None of these reports is set apart as cleared; leave --although-cleared out."),
    mark("The key file is damaged or was changed; restore the newest backup."),
    mark("This store was made by a newer Triage; update this workstation before opening it."),
    # What was refused of pictures that are alike, and of grades
    mark("Nobody said anything of these two."),
    mark("Nobody said anything of that hash."),
    mark("That hash is confirmed already."),
    mark("That hash is rejected already."),
    mark("Only pictures with a hash are joined: of one of the two there is none."),
    mark("A grade is taken over only from a like picture that somebody has seen and graded."),
    mark("A file that is bound for court, or whose age is uncertain, has to be seen itself."),
    mark("Somebody has seen that file itself; its own grade stands."),
    mark("Too many files are like these two: a lead has to look at that first (triage held)."),
    mark("There is nothing to settle: no two people who graded this file disagree."),
    mark("Whoever graded the file can't decide between the two grades; another lead has to."),
    mark("There is no grade of yours to take back: the newest one stands."),
    mark("Both blind grades are in and known; a lead decides if they differ."),
    mark("Somebody took that grade over for a like picture; it can't be taken back any more."),
    # What was refused of rules and cases
    mark("The bands must begin at falling points of risk, from A to D."),
    mark("Other rules came into use meanwhile; look at them before you change them."),
    mark("The shipped rules are in use; there is nothing to go back to."),
)

PATTERNS = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (
            r"(?P<reason>.+) \((?P<n>\d+) of (?P<total>\d+) entries\)",
            mark("{reason} ({n} of {total} entries)"),
        ),
        (r"There is no report (?P<report>.+) in this store\.", mark("There is no report {report} in this store.")),
        (
            r"(?P<name>.+) may not (?P<right>.+): none of the user's roles allows it\.",
            mark("{name} may not do this: none of the user's roles allows it."),
        ),
        (
            r"This store was restored from a backup of (?P<when>\S+): an administrator first .+",
            mark("This store was restored from a backup of {when}: an administrator first applies the register of destructions."),
        ),
        (
            r"The rules of family (?P<family>\w+) can reach (?P<reach>[\d.]+), above its cap of (?P<cap>[\d.]+)\.",
            mark("The rules of family {family} can reach {reach}, above its cap of {cap}."),
        ),
        (
            r"The caps of (?P<axis>\w+) add up to (?P<sum>[\d.]+), above 100\.",
            mark("The caps of {axis} add up to {sum}, above 100."),
        ),
        (r"'(?P<said>.*)' is no day; write it as YYYY-MM-DD\.", mark("{said} is not a date; write it as YYYY-MM-DD.")),
        (
            r"No file with SHA-256 (?P<file>.+) is in the store\.",
            mark("No file with SHA-256 {file} is in the store."),
        ),
        (
            r"(?P<said>.+) is neither a file of the store nor a list's PDQ hash that this file is like\.",
            mark("{said} is neither a file of the store nor a list's PDQ hash that this file is like."),
        ),
        (
            r"(?P<file>.+) is no picture like this one; grade it by itself\.",
            mark("{file} is no picture like this one; grade it by itself."),
        ),
        (
            r"That grade can't be taken over yet: it (?P<reason>.+)\.",
            mark("That grade can't be taken over yet: it {reason}."),
        ),
        (
            r"The passphrase of (?P<name>.+) is wrong; the audit log keeps that it was tried\.",
            mark("The passphrase of {name} is wrong; the audit log keeps that it was tried."),
        ),
        (
            r"Too many wrong passphrases of second persons; try again in (?P<n>\d+) minutes\.",
            mark("Too many wrong passphrases of second persons; try again in {n} minutes."),
        ),
        (
            r"(?P<name>.+) is disabled and can't give consent\.",
            mark("{name} is disabled and can't give consent."),
        ),
        (
            r"(?P<name>.+) can't give consent yet: somebody else set the passphrase; .+",
            mark("{name} can't give consent yet: somebody else set the passphrase, which has to be changed first."),
        ),
        (
            r"(?P<name>.+) can't give consent yet: the recovery key was used; .+",
            mark("{name} can't give consent yet: the recovery key was used, and another person has to confirm it."),
        ),
        (
            r"(?P<name>.+) is neither (?P<roles>.+) and can't give consent\.",
            mark("{name} has no role that can give consent to this."),
        ),
        (
            r"A packet needs the consent of a second person, .+|This needs the consent of a second person .+",
            mark("This needs the consent of a second person."),
        ),
        (
            r"Somebody else set the passphrase of (?P<name>.+): change it first with triage user passphrase\.",
            mark("Somebody else set the passphrase of {name}: change it first."),
        ),
        (r"(?P<name>.+) is not disabled\.", mark("{name} is not disabled.")),
        (r"(?P<name>.+) does not wait to be confirmed\.", mark("{name} does not wait to be confirmed.")),
        (
            r"(?P<name>.+) has seen the other half; nobody may see both\.",
            mark("{name} has seen the other half; nobody may see both."),
        ),
        (
            (
                r"(?P<reports>[\w, -]+): the reported user was cleared\. "
                r"Nothing goes out without a reason: --although-cleared REASON\."
            ),
            mark("{reports}: the reported user was cleared. Nothing goes out without a reason: --although-cleared REASON."),
        ),
        (
            r"(?P<name>.+) exists already; name a file that does not\.",
            mark("{name} exists already; name a file that does not."),
        ),
        (r"There is no case (?P<case>.+) in this store\.", mark("There is no case {case} in this store.")),
        (r"(?P<name>.+) is not there or can't be read\.", mark("{name} is not there or can't be read.")),
        (
            r"Report (?P<report>.+) is under a legal hold; it can't be destroyed until the hold is lifted\.",
            mark("Report {report} is under a legal hold; it can't be destroyed until the hold is lifted."),
        ),
    )
)


def refusal(sentence: str) -> Safe:
    """One sentence in the language in force."""
    if not is_rtl():
        return shown(sentence)
    known = word(sentence)
    if known != shown(sentence):
        return known
    for pattern, said in PATTERNS:
        if (found := pattern.fullmatch(sentence)) is not None:
            values = found.groupdict()
            filled = {name: refusal(value) if name == "reason" else isolated(value) for name, value in values.items()}
            return tr(said, **filled)  # tr-ok: each sentence is marked in PATTERNS
    return isolated(sentence)
