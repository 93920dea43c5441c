"""Names the section of the guide that speaks of each screen."""

from __future__ import annotations

from triage.ui.help.guide_pages import GuideSection, find_section, translate_section
from triage.ui.kit.key_binding import Screen
from triage.ui.text.i18n import Language

HELP_PLACES: dict[Screen, tuple[str, str]] = {
    "everywhere": ("guide/index.md", ""),
    "queue": ("guide/analyst.md", "work-the-queue"),
    "report": ("guide/analyst.md", "read-a-report"),
    "media": ("guide/analyst.md", "view-media-last-and-least"),
    "compare": ("guide/analyst.md", "the-same-image-or-not"),
    "import": ("guide/analyst.md", "import-a-bundle"),
    "set_aside": ("guide/analyst.md", "files-that-were-set-aside"),
    "gallery": ("guide/analyst.md", "many-files-at-once-the-gallery"),
    "cases": ("guide/lead.md", "cases"),
    "case": ("guide/lead.md", "the-page-of-a-case"),
    "links": ("guide/analyst.md", "see-what-ties-reports-together"),
    "victims": ("guide/analyst.md", "identify-a-victim"),
    "requests": ("guide/lead.md", "requests-to-operators-and-providers"),
    "grades": ("guide/lead.md", "grades-awaiting-review"),
    "held": ("guide/lead.md", "held-hashes"),
    "ranking": ("guide/lead.md", "is-the-ranking-right"),
    "funnel": ("guide/lead.md", "what-became-of-the-reports"),
    "work": ("guide/lead.md", "work-packages"),
    "shift": ("guide/analyst.md", "end-the-shift"),
    "deconfliction": ("guide/lead.md", "deconfliction"),
    "leads": ("guide/lead.md", "the-page-of-figures"),
    "rules": ("guide/lead.md", "rules-of-the-score"),
    "trial": ("guide/lead.md", "try-and-use-edited-rules"),
    "wellbeing": ("guide/analyst.md", "your-own-wellbeing"),
    "admin": ("guide/administrator.md", "the-page-of-administration"),
    "users": ("guide/administrator.md", "users-and-roles"),
    "policies": ("guide/administrator.md", "policies"),
    "hash_lists": ("guide/lead.md", "hash-lists"),
    "offices": ("guide/administrator.md", "offices"),
    "keyring": ("guide/administrator.md", "keys-and-custodians"),
    "updates": ("guide/administrator.md", "signed-updates"),
    "backups": ("guide/administrator.md", "back-up-and-restore"),
    "destruction": ("guide/administrator.md", "destruction-and-holds"),
    "statistics": ("guide/auditor.md", "statistics"),
    "audit": ("guide/auditor.md", "verify-the-audit-log"),
    "outgoing": ("guide/auditor.md", "what-left"),
    "program_log": ("guide/auditor.md", "the-log-of-the-program"),
    "training": ("guide/index.md", "learn-it-with-invented-data"),
    "help": ("guide/index.md", "find-help"),
}
"""Screen -> page and anchor of the English guide."""


def find_help(screen: Screen, language: Language) -> GuideSection:
    """Returns the section that speaks of a screen, in a language."""
    path, anchor = HELP_PLACES[screen]
    return translate_section(find_section(path, anchor), language)
