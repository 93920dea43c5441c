"""Describes in words what a rule of the score looks at: the names in the rule files are written for programs."""

from __future__ import annotations

from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, ltr, mark, tr, word

RULE_FIELDS = {
    "annotations": mark("the provider's marks on the report"),
    "designation": mark("NCMEC's designation"),
    "escalation": mark("the provider's escalation"),
    "files": mark("the files of the report"),
    "files.annotations": mark("the provider's marks on files"),
    "files.classification": mark("the provider's classes of files"),
    "files.exif": mark("data that the camera wrote into files"),
    "files.exif.gps": mark("positions that the camera wrote into files"),
    "files.viewed_by_esp": mark("whether the provider viewed the files"),
    "free_text": mark("the texts of the report"),
    "identifiers": mark("identifiers"),
    "identifiers.ip": mark("IP addresses"),
    "incident_type": mark("incident type"),
    "location": mark("the evidence of location"),
    "location.by_person": mark("the location of each person"),
    "location.evidence": mark("the evidence of location"),
    "location.verdict": mark("the location in all"),
    "people": mark("the people of the report"),
    "people.age": mark("ages of people"),
    "people.ageAssertionDiscrepancy": mark("ages of one person that differ"),
    "people.facts": mark("what is stated about people"),
    "people.groupIdentifier": mark("groups that people belong to"),
    "people.occupation": mark("occupations of people"),
    "people.relationshipToChildVictim": mark("relationship to the child"),
    "prior_reports": mark("earlier reports that the source names"),
    "priority_code": mark("NCMEC's priority code"),
    "report": mark("the report as a whole"),
    "surroundings.hits": mark("matches with hash lists"),
    "surroundings.links": mark("linked reports"),
    "surroundings.lists_checked": mark("which hash lists were checked"),
    "surroundings.same_telephone": mark("other reports with the same telephone number"),
    "surroundings.spread": mark("how many reports hold the same files"),
    "surroundings.verdicts": mark("grades of the files"),
}
"""By the field of a rule. A field of rules that an agency wrote is split into its words."""


def describe_rule_field(field: str) -> Safe:
    """Returns what a rule looks at, in words."""
    return word(RULE_FIELDS[field]) if field in RULE_FIELDS else report_words.fact(field)


def name_rules(name: str) -> Safe:
    """Returns the name of a rule set in words. The digest at its end stands in tooltips."""
    return tr("Rule set {version}", version=ltr(name.partition(" ")[0]))
