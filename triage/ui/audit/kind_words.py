"""Groups the kinds of audit log entries by subject, for the filter. The kinds are translated as words."""

from __future__ import annotations

from triage.ui.text.i18n import Safe, mark, word

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        mark("Imports"),
        (
            mark("import queued"), mark("import started"), mark("import paused"), mark("import resumed"),
            mark("import completed"), mark("import finished"), mark("import removed"), mark("container received"),
            mark("bundle set aside"), mark("set aside resolved"), mark("report imported"), mark("media added"),
            mark("sheet imported"),
        ),
    ),
    (
        mark("Reports"),
        (
            mark("report decided"), mark("decision undone"), mark("report reopened"), mark("judgement corrected"),
            mark("correction confirmed"), mark("correction undone"), mark("report not judged"), mark("child lane confirmed"),
            mark("report referred"), mark("report cleared"), mark("report no longer cleared"), mark("hold placed"),
            mark("hold lifted"), mark("shift closed"), mark("shift acknowledged"),
            mark("bulk act begun"), mark("note added"), mark("value copied"), mark("report printed"), mark("queue rebuilt"),
            mark("report rose after closing"), mark("version accepted"), mark("version refused"), mark("version asked"),
        ),
    ),
    (
        mark("Media"),
        (
            mark("media revealed"), mark("file graded"), mark("grade inherited"), mark("grade taken back"),
            mark("media same"), mark("media not same"),
            mark("media word taken back"), mark("hash held for review"), mark("held hash confirmed"), mark("held hash rejected"),
            mark("held hash taken back"),
        ),
    ),
    (
        mark("Cases and requests"),
        (
            mark("case opened"), mark("case joined"), mark("case given"), mark("case stage"), mark("case number set"),
            mark("case left"), mark("case withdrawn"), mark("series opened"), mark("series joined"), mark("series left"),
            mark("clue recorded"), mark("clue struck out"), mark("crops consented"), mark("victim state recorded"),
            mark("series sheet exported"),
            mark("case number removed"), mark("source report drafted"), mark("diary exported"), mark("request made"),
            mark("requests written although cleared"),
            mark("request joined"),
            mark("requests written"), mark("request sent"), mark("request closed"), mark("reminders written"),
            mark("reply sealed"), mark("reply matched"), mark("notice recorded"), mark("court told of notice"),
            mark("court told of request"), mark("appeal recorded"), mark("appeal answered"),
        ),
    ),
    (
        mark("What left"),
        (
            mark("packet consented"), mark("packet made"), mark("packet made although cleared"), mark("packet not finished"),
            mark("packet texts read"),
            mark("queue exported"), mark("timeline exported"), mark("graded media exported"), mark("statistics exported"),
            mark("feedback exported"), mark("rules exported"), mark("export registered"),
        ),
    ),
    (
        mark("Other workstations"),
        (
            mark("work package begun"), mark("work package consented"), mark("work package made"), mark("work package imported"),
            mark("work results made"), mark("work results imported"), mark("work conflict resolved"),
            mark("deconfliction started"), mark("deconfliction answered"), mark("deconfliction finished"), mark("key trusted"),
            mark("deconfliction withdrawn"),
            mark("key no longer trusted"),
        ),
    ),
    (
        mark("Users and consent"),
        (
            mark("new user consented"), mark("user added"), mark("user disabled"), mark("enabling consented"),
            mark("user enabled"), mark("roles consented"), mark("roles changed"), mark("passphrase consented"),
            mark("passphrase changed"), mark("profile set"), mark("recovered user confirmed"), mark("consent failed"),
        ),
    ),
    (
        mark("Lists and rules"),
        (
            mark("list begun"), mark("list added"), mark("list removed"), mark("list distance set"), mark("rules used"),
            mark("rules taken back"), mark("sample drawn"), mark("policy set"),
            mark("lowering consented"), mark("update applied"), mark("update undone"),
            mark("update issuer consented"), mark("update issuer trusted"), mark("update issuer no longer trusted"),
        ),
    ),
    (
        mark("The store"),
        (
            mark("store created"), mark("store checked"), mark("audit log verified"), mark("backup made"),
            mark("backup is current"), mark("backup medium destroyed"), mark("store restored"), mark("destruction consented"),
            mark("report destroyed"), mark("register applied"), mark("no register of destructions"), mark("database rebuilt"),
            mark("schema migrated"), mark("recovery half consented"), mark("recovery half shown"), mark("recovery key used"),
            mark("master key rotated"), mark("database key replaced"), mark("key file adopted"), mark("rollback accepted"),
            mark("pages vouched for anew"), mark("vault bytes set aside"), mark("training store made"),
            mark("training answered"),
        ),
    ),
)  # fmt: skip
NAMES = (
    mark("report"), mark("reports"), mark("bundle"), mark("decision"), mark("case"), mark("media"), mark("medium"),
    mark("subject"), mark("second"), mark("maker"), mark("request"), mark("list"), mark("package"), mark("problems"),
    mark("reason"), mark("version"), mark("backup"), mark("file"), mark("files"), mark("export"), mark("policy"), mark("value"),
    mark("roles"), mark("half"), mark("documents"), mark("held"), mark("order"), mark("entries"), mark("sort"), mark("bytes"),
    mark("sources"), mark("step"), mark("milliseconds"), mark("began"), mark("key"), mark("folder"),
    mark("frame at ms"),
    mark("act"), mark("after"), mark("answer"), mark("appeal"), mark("at"), mark("before"), mark("by"), mark("clue"),
    mark("clues"), mark("commits"), mark("compared"), mark("conflict"), mark("conflicts"), mark("correction"), mark("count"),
    mark("crops"), mark("destroyed"), mark("distance"), mark("entry"), mark("error"), mark("generation"), mark("left out"),
    mark("lengths"), mark("list kind"), mark("made"), mark("media new"), mark("months"), mark("name"), mark("named"),
    mark("names child"), mark("note"), mark("notice"), mark("number"), mark("officer"), mark("offsets"), mark("overlapping"),
    mark("packs"), mark("period"), mark("profile"), mark("radius"), mark("register"), mark("reply"), mark("reports new"),
    mark("reports updated"), mark("requests"), mark("row"), mark("rows"), mark("says"), mark("seen"), mark("sequence"),
    mark("series"), mark("set aside"), mark("set aside resolved"), mark("settles"), mark("shared"), mark("sheet"), mark("size"),
    mark("source"), mark("stage"), mark("state"), mark("status"), mark("store"), mark("text"), mark("to"), mark("unfinished"),
    mark("update"), mark("use"), mark("user added"), mark("week"), mark("whole"), mark("crop"), mark("words"), mark("year"),
    mark("bands"), mark("recipient named"), mark("day named"), mark("grades before"), mark("faults logged"),
)  # fmt: skip
"""What entries name, with spaces between the words."""
_OTHERWISE = {"right": mark("answered right"), "taken": mark("value taken over")}
"""Names whose one word means something else on other screens."""
GRAVE = frozenset(
    {
        "report destroyed", "consent failed", "recovery key used", "rollback accepted", "vault bytes set aside", "user disabled",
        "packet made although cleared", "no register of destructions",
    }
)  # fmt: skip
"""Kinds that an auditor looks at first; their words stand out."""


def find_name_key(name: str) -> str:
    """Returns the key of the words for a name in an entry."""
    return _OTHERWISE.get(name, name.replace("_", " "))


def describe_name(name: str) -> Safe:
    """Returns what a name in an entry means."""
    return word(find_name_key(name))
