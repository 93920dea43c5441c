"""Lists every key of every screen in one table.

A test checks that no key means two things on one screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from triage.ui.text.i18n import Safe, word

Screen = Literal[
    "everywhere", "queue", "report", "media", "compare", "held", "import", "set_aside",
    "cases", "case", "grades", "ranking", "rules", "trial",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """Describes one key of a screen.

    `keys` are in the notation of QKeySequence, and `cap` is printed on the button. A `hold` key is watched by the screen itself,
    because it acts while it is held.
    """

    action: str
    keys: tuple[str, ...]
    cap: str
    does: str
    hold: bool = False


KEYS: dict[Screen, tuple[Key, ...]] = {
    "everywhere": (
        Key("keys", ("?",), "?", "Show all keys"),
        Key("go_queue", ("Ctrl+1",), "Ctrl 1", "Go to the queue"),
        Key("go_cases", ("Ctrl+2",), "Ctrl 2", "Go to the cases"),
        Key("go_grades", ("Ctrl+3",), "Ctrl 3", "Go to grades awaiting review"),
        Key("go_ranking", ("Ctrl+4",), "Ctrl 4", "See whether the ranking is right"),
        Key("go_rules", ("Ctrl+5",), "Ctrl 5", "Go to the rules"),
        Key("go_possible", ("Ctrl+6",), "Ctrl 6", "Go to possible matches"),
        Key("go_held", ("Ctrl+7",), "Ctrl 7", "Go to held hashes"),
        Key("sweep", ("Ctrl+P",), "Ctrl P", "Pause or resume comparing images"),
        Key("lock", ("Ctrl+L",), "Ctrl L", "Lock the workstation"),
        Key("quit", ("Ctrl+Q",), "Ctrl Q", "Lock and quit"),
    ),
    "queue": (
        Key("search", ("/",), "/", "Search reports, identifiers, text"),
        Key("next", ("J",), "J", "Next report"),
        Key("previous", ("K",), "K", "Previous report"),
        Key("open", ("Return", "Enter"), "Enter", "Open the report"),
        Key("acknowledge", ("Y",), "Y", "Acknowledge a new report of band A"),
        Key("assign", ("A",), "A", "Assign"),
        Key("decide", ("D",), "D", "Decide"),
        Key("preserve", ("P",), "P", "Show what expires soon, across bands"),
        Key("mine", ("M",), "M", "Show only my reports"),
        Key("export", ("E",), "E", "Export this queue"),
        Key("import", ("I",), "I", "Import bundles"),
        Key("undo", ("Ctrl+Z",), "Ctrl Z", "Undo the last decision"),
        Key("clear", ("Escape",), "Esc", "Clear search and filters"),
    ),
    "report": (
        Key("back", ("Escape",), "Esc", "Back to the queue"),
        Key("next", ("J",), "J", "Next report"),
        Key("previous", ("K",), "K", "Previous report"),
        Key("acknowledge", ("Y",), "Y", "Acknowledge a new report of band A"),
        Key("assign", ("A",), "A", "Assign"),
        Key("decide", ("D",), "D", "Decide"),
        Key("text", ("T",), "T", "Read chat and free text"),
        Key("media", ("Space",), "Space", "Open media viewing"),
        Key("export", ("E",), "E", "Create evidence packet"),
        Key("case", ("C",), "C", "Open this report's case, or a new one"),
        Key("versions", ("V",), "V", "Show versions and what changed"),
        Key("undo", ("Ctrl+Z",), "Ctrl Z", "Undo the last decision"),
    ),
    "media": (
        Key("back", ("Escape",), "Esc", "Back to the report"),
        Key("next", ("J",), "J", "Next file"),
        Key("previous", ("K",), "K", "Previous file"),
        Key("arrows", ("Left", "Right"), "← →", "The file to the left or right", hold=True),
        Key("facts", ("1",), "1", "Facts, as the provider stated them"),
        Key("verdict", ("2",), "2", "Verdict: I have read what is known and warned of"),
        Key("blurred", ("3",), "3", "Large and blurred while held", hold=True),
        Key("grey", ("4",), "4", "Grey while held", hold=True),
        Key("colour", ("5",), "5", "Colour while held", hold=True),
        Key("hold", ("Space",), "Space", "The current step, while held", hold=True),
        Key("latch", ("L",), "L", "Keep it open for a few seconds instead of holding the key"),
        Key("frame_before", (",",), ",", "Video: previous frame"),
        Key("frame_after", (".",), ".", "Video: next frame, alone"),
        Key("sheet", ("0",), "0", "Video: nine frames on a sheet"),
        Key("compare", ("C",), "C", "Compare with similar images"),
        Key("grade", ("G",), "G", "Grade: then a letter"),
        Key("hide", ("Ctrl+H",), "Ctrl H", "Hide from me"),
        Key("undo", ("Ctrl+Z",), "Ctrl Z", "Undo"),
    ),
    "compare": (
        Key("back", ("Escape",), "Esc", "Back"),
        Key("next", ("J",), "J", "Next pair"),
        Key("previous", ("K",), "K", "Previous pair"),
        Key("arrows", ("Left", "Right"), "← →", "Previous or next pair", hold=True),
        Key("same", ("S",), "S", "Same image"),
        Key("not_same", ("N",), "N", "Not the same"),
        Key("facts", ("1",), "1", "Facts, as the provider stated them"),
        Key("verdict", ("2",), "2", "Verdict: I have read what is known and warned of"),
        Key("blurred", ("3",), "3", "Both large and blurred while held", hold=True),
        Key("grey", ("4",), "4", "Both grey while held", hold=True),
        Key("colour", ("5",), "5", "Both in colour while held", hold=True),
        Key("hold", ("Space",), "Space", "The current step, while held", hold=True),
        Key("latch", ("L",), "L", "Keep it open for a few seconds instead of holding the key"),
        Key("open", ("O",), "O", "Open the report of the first one"),
        Key("undo", ("Ctrl+Z",), "Ctrl Z", "Undo your last answer"),
    ),
    "held": (
        Key("back", ("Escape",), "Esc", "Back to the queue"),
        Key("next", ("J",), "J", "Next hash"),
        Key("previous", ("K",), "K", "Previous hash"),
        Key("confirm", ("F",), "F", "Confirm: its matches count"),
        Key("reject", ("X",), "X", "Reject as low quality: it never counts"),
        Key("undo", ("Ctrl+Z",), "Ctrl Z", "Undo the decision on it"),
    ),
    "import": (
        Key("back", ("Escape",), "Esc", "Back to the queue"),
        Key("files", ("Ctrl+O",), "Ctrl O", "Add files"),
        Key("folder", ("Ctrl+D",), "Ctrl D", "Add a folder"),
        Key("take_in", ("Ctrl+Return", "Ctrl+Enter"), "Ctrl Enter", "Import"),
        Key("acknowledge", ("Y",), "Y", "Acknowledge a new report of band A"),
        Key("stop", ("Ctrl+.",), "Ctrl .", "Stop the import"),
    ),
    "set_aside": (
        Key("back", ("Escape",), "Esc", "Back to the queue"),
        Key("import", ("I",), "I", "Import bundles"),
    ),
    "cases": (
        Key("back", ("Escape",), "Esc", "Back to the queue"),
        Key("search", ("/",), "/", "Search cases by any of their numbers"),
        Key("next", ("J",), "J", "Next case"),
        Key("previous", ("K",), "K", "Previous case"),
        Key("open", ("Return", "Enter"), "Enter", "Open the case"),
        Key("mine", ("M",), "M", "Show only my reports"),
        Key("due", ("P",), "P", "Show overdue and due within 30 days, nearest first"),
        Key("new", ("N",), "N", "Open a new case"),
    ),
    "case": (
        Key("back", ("Escape",), "Esc", "Back"),
        Key("next", ("J",), "J", "Next report"),
        Key("previous", ("K",), "K", "Previous report"),
        Key("open", ("Return", "Enter"), "Enter", "Open the report"),
        Key("add", ("R",), "R", "Add reports to the case"),
        Key("number", ("N",), "N", "Add a register number"),
        Key("stage", ("S",), "S", "Set the stage of the case, or its deadline"),
        Key("assign", ("A",), "A", "Assign the case to an officer"),
        Key("decide", ("D",), "D", "Decide on the report, or open it again"),
    ),
    "grades": (
        Key("back", ("Escape",), "Esc", "Back to the queue"),
        Key("next", ("J",), "J", "Next file"),
        Key("previous", ("K",), "K", "Previous file"),
        Key("open", ("Return", "Enter"), "Enter", "Open the file in its report, blurred"),
    ),
    "ranking": (
        Key("back", ("Escape",), "Esc", "Back to the queue"),
        Key("next", ("J",), "J", "Next report"),
        Key("previous", ("K",), "K", "Previous report"),
        Key("open", ("Return", "Enter"), "Enter", "Open the report"),
        Key("draw", ("W",), "W", "Draw this week's sample"),
    ),
    "rules": (
        Key("back", ("Escape",), "Esc", "Back to the queue"),
        Key("search", ("/",), "/", "Find a rule"),
        Key("next", ("J",), "J", "Next rule"),
        Key("previous", ("K",), "K", "Previous rule"),
        Key("edit", ("Return", "Enter"), "Enter", "Edit the rule's points"),
        Key("toggle", ("X",), "X", "Turn the rule off or on"),
        Key("bands", ("W",), "W", "Edit where bands begin and the caps of families"),
        Key("try", ("T",), "T", "See which reports would change band under the edited rules"),
        Key("earlier", ("B",), "B", "See which reports would change band under the previous rules"),
        Key("rest", ("R",), "R", "Continue scoring the remaining reports"),
        Key("undo", ("Ctrl+Z",), "Ctrl Z", "Undo the last edit"),
        Key("stop", ("Ctrl+.",), "Ctrl .", "Stop"),
    ),
    "trial": (
        Key("back", ("Escape",), "Esc", "Back to the rules"),
        Key("next", ("J",), "J", "Next report"),
        Key("previous", ("K",), "K", "Previous report"),
        Key("open", ("Return", "Enter"), "Enter", "Open the report"),
        Key("use", ("U",), "U", "Use these rules"),
    ),
}


def key(screen: Screen, action: str) -> Key:
    """Returns the key of an action on a screen."""
    return next(entry for entry in KEYS[screen] if entry.action == action)


def does(entry: Key) -> Safe:
    """Returns what a key does, in the current language."""
    return word(entry.does)


def bind(owner: QWidget, screen: Screen, action: str, call: Callable[[], object]) -> list[QShortcut]:
    """Binds the keys of an action to `call`, while `owner` or one of its children has the focus."""
    made = []
    for sequence in key(screen, action).keys:
        shortcut = QShortcut(QKeySequence(sequence), owner)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(call)
        made.append(shortcut)
    return made
