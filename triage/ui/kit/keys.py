"""Lists every key of every screen in one table.

A test checks that no key means two things on one screen.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from triage.ui.kit.admin_keys import ADMIN_KEYS
from triage.ui.kit.enter_button import press_focused_button
from triage.ui.kit.gallery_keys import GALLERY_KEYS
from triage.ui.kit.key_binding import REVEAL_KEYS, KeyBinding, Screen
from triage.ui.text.i18n import Safe, word

KEYS: dict[Screen, tuple[KeyBinding, ...]] = {
    "everywhere": (
        KeyBinding("keys", ("?",), "?", "Show all keys"),
        KeyBinding("help", ("F1",), "F1", "Open the guide at this screen"),
        KeyBinding("go_queue", ("Ctrl+1",), "Ctrl 1", "Go to the queue"),
        KeyBinding("go", ("Ctrl+G",), "Ctrl G", "Go to any page, lane or report"),
        KeyBinding("sweep", ("Ctrl+P",), "Ctrl P", "Pause or resume comparing images"),
        KeyBinding("exports", ("Ctrl+E",), "Ctrl E", "Exports, and what papers say of you"),
        KeyBinding("lock", ("Ctrl+L",), "Ctrl L", "Lock the workstation"),
        KeyBinding("quit", ("Ctrl+Q",), "Ctrl Q", "Lock and quit"),
    ),
    "queue": (
        KeyBinding("search", ("/",), "/", "Search reports, identifiers, text"),
        KeyBinding("next", ("J",), "J", "Next report"),
        KeyBinding("previous", ("K",), "K", "Previous report"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report"),
        KeyBinding("acknowledge", ("Y",), "Y", "Acknowledge a new report of band A"),
        KeyBinding("assign", ("A",), "A", "Assign the selected reports, or this one"),
        KeyBinding("decide", ("D",), "D", "Decide on the selected reports, or on this one"),
        KeyBinding("tick", ("X",), "X", "Select the report, for an act on many"),
        KeyBinding("tick_range", ("Shift+Down", "Shift+Up"), "Shift ↓ ↑", "Select one report after the other", hold=True),
        KeyBinding("tick_all", ("Ctrl+A",), "Ctrl A", "Select all reports of this filter"),
        KeyBinding("untick", ("Shift+X",), "Shift X", "Clear the selection"),
        KeyBinding("case", ("C",), "C", "Put the selected reports into a case"),
        KeyBinding("unfold", ("U",), "U", "Unfold the duplicates of the report, or fold them"),
        KeyBinding("filter", ("F",), "F", "Filter by band, office, flag and others"),
        KeyBinding("sort", ("T",), "T", "Sort by another column"),
        KeyBinding("views", ("V",), "V", "Saved views"),
        KeyBinding("save_view", ("Ctrl+S",), "Ctrl S", "Save this view"),
        KeyBinding("columns", ("O",), "O", "Choose the columns"),
        KeyBinding("new", ("N",), "N", "Show what is new since you were last here"),
        KeyBinding("mine", ("M",), "M", "Show only my reports"),
        KeyBinding("preserve", ("P",), "P", "Show what expires soon, across bands"),
        KeyBinding("ask_preserve", ("Shift+P",), "Shift P", "Ask to keep what expires soon"),
        KeyBinding("why", ("W",), "W", "Why this report is above the next one"),
        KeyBinding("export", ("E",), "E", "Export this queue"),
        KeyBinding("import", ("I",), "I", "Import bundles"),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Undo your last act, then the one before"),
        KeyBinding("clear", ("Escape",), "Esc", "Clear the selection, then search and filters"),
    ),
    "report": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next report"),
        KeyBinding("previous", ("K",), "K", "Previous report"),
        KeyBinding("acknowledge", ("Y",), "Y", "Acknowledge a new report of band A"),
        KeyBinding("assign", ("A",), "A", "Assign"),
        KeyBinding("decide", ("D",), "D", "Decide"),
        KeyBinding("text", ("T",), "T", "Read chat and free text"),
        KeyBinding("media", ("Space",), "Space", "Open media viewing"),
        KeyBinding("gallery", ("G",), "G", "Show its files in the gallery"),
        KeyBinding("export", ("E",), "E", "Create evidence packet"),
        KeyBinding("case", ("C",), "C", "Open this report's case, or a new one"),
        KeyBinding("versions", ("V",), "V", "Show versions and what changed"),
        KeyBinding("links", ("L",), "L", "Show what ties the report to others, as a graph"),
        KeyBinding("find", ("Ctrl+F",), "Ctrl F", "Find in chat and free text"),
        KeyBinding("note", ("N",), "N", "Write a note on the report"),
        KeyBinding("print", ("Shift+E",), "Shift E", "Print the report to a signed PDF"),
        KeyBinding("correct", ("R",), "R", "Correct a factor of the score card"),
        KeyBinding("band", ("B",), "B", "Raise or lower the band"),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Undo the last decision"),
        KeyBinding("copy", ("Ctrl+C",), "Ctrl C", "Copy the chosen value; the copy is recorded", hold=True),
        KeyBinding("map", ("+", "-", "0"), "+ − 0", "Map: zoom in, zoom out, show the whole", hold=True),
        KeyBinding("move", ("Left", "Right"), "← →", "Timeline, map, files: to the left or right", hold=True),
    ),
    "media": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the report"),
        KeyBinding("next", ("J",), "J", "Next file"),
        KeyBinding("previous", ("K",), "K", "Previous file"),
        KeyBinding("arrows", ("Left", "Right"), "← →", "The file to the left or right", hold=True),
        *REVEAL_KEYS,
        KeyBinding("frame_before", (",",), ",", "Video: previous frame"),
        KeyBinding("frame_after", (".",), ".", "Video: next frame, alone"),
        KeyBinding("sheet", ("0",), "0", "Video: nine frames on a sheet"),
        KeyBinding("compare", ("C",), "C", "Compare with similar images"),
        KeyBinding("grade", ("G",), "G", "Grade: then a letter"),
        KeyBinding("hide", ("Ctrl+H",), "Ctrl H", "Hide from me"),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Undo"),
    ),
    "gallery": GALLERY_KEYS,
    "compare": (
        KeyBinding("back", ("Escape",), "Esc", "Back"),
        KeyBinding("next", ("J",), "J", "Next pair"),
        KeyBinding("previous", ("K",), "K", "Previous pair"),
        KeyBinding("arrows", ("Left", "Right"), "← →", "Previous or next pair", hold=True),
        KeyBinding("same", ("S",), "S", "Same image"),
        KeyBinding("not_same", ("N",), "N", "Not the same"),
        KeyBinding("facts", ("1",), "1", "Facts, as the provider stated them"),
        KeyBinding("verdict", ("2",), "2", "Verdict: I have read what is known and warned of"),
        KeyBinding("blurred", ("3",), "3", "Both large and blurred while held", hold=True),
        KeyBinding("edges", ("4",), "4", "Only the edges of both while held", hold=True),
        KeyBinding("grey", ("5",), "5", "Both grey while held", hold=True),
        KeyBinding("colour", ("6",), "6", "Both in colour while held", hold=True),
        KeyBinding("hold", ("Space",), "Space", "The current step, while held", hold=True),
        KeyBinding("latch", ("L",), "L", "Keep it open for a few seconds instead of holding the key"),
        KeyBinding("open", ("O",), "O", "Open the report of the first one"),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Undo your last answer"),
    ),
    "held": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next hash"),
        KeyBinding("previous", ("K",), "K", "Previous hash"),
        KeyBinding("confirm", ("F",), "F", "Confirm: its matches count"),
        KeyBinding("reject", ("X",), "X", "Reject as low quality: it never counts"),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Undo the decision on it"),
    ),
    "import": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("files", ("Ctrl+O",), "Ctrl O", "Add files"),
        KeyBinding("folder", ("Ctrl+D",), "Ctrl D", "Add a folder"),
        KeyBinding("take_in", ("Ctrl+Return", "Ctrl+Enter"), "Ctrl Enter", "Import"),
        KeyBinding("acknowledge", ("Y",), "Y", "Acknowledge a new report of band A"),
        KeyBinding("pause", ("Ctrl+B",), "Ctrl B", "Pause or continue the import"),
        KeyBinding("stop", ("Ctrl+.",), "Ctrl .", "Stop the import"),
    ),
    "set_aside": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next file"),
        KeyBinding("previous", ("K",), "K", "Previous file"),
        KeyBinding("again", ("R",), "R", "Read the file again from the store"),
        KeyBinding("password", ("W",), "W", "Read the file again with passwords"),
        KeyBinding("copy", ("C",), "C", "Import another copy of the file"),
        KeyBinding("import", ("I",), "I", "Import bundles"),
        KeyBinding("stop", ("Ctrl+.",), "Ctrl .", "Stop"),
    ),
    "cases": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("search", ("/",), "/", "Search cases by any of their numbers"),
        KeyBinding("next", ("J",), "J", "Next case"),
        KeyBinding("previous", ("K",), "K", "Previous case"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the case"),
        KeyBinding("mine", ("M",), "M", "Show only my reports"),
        KeyBinding("due", ("P",), "P", "Show overdue and due within 30 days, nearest first"),
        KeyBinding("new", ("N",), "N", "Open a new case, after a question"),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Undo that a case was opened"),
    ),
    "case": (
        KeyBinding("back", ("Escape",), "Esc", "Back"),
        KeyBinding("next", ("J",), "J", "Next report"),
        KeyBinding("previous", ("K",), "K", "Previous report"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report"),
        KeyBinding("add", ("R",), "R", "Add reports to the case"),
        KeyBinding("number", ("N",), "N", "Add a register number"),
        KeyBinding("stage", ("S",), "S", "Set the stage of the case, or its deadline"),
        KeyBinding("assign", ("A",), "A", "Assign the case to an officer"),
        KeyBinding("decide", ("D",), "D", "Decide on the report, or open it again"),
        KeyBinding("request", ("X",), "X", "Request data from operators and providers"),
        KeyBinding("papers", ("P",), "P", "Write a source-report draft or the diary"),
        KeyBinding("cluster", ("C",), "C", "Add linked reports to the case"),
        KeyBinding("gallery", ("G",), "G", "See the files of the case"),
        KeyBinding("preserve", ("Shift+P",), "Shift P", "Ask to keep the data that end first"),
        KeyBinding("remind", ("M",), "M", "Remind of requests without an answer"),
        KeyBinding("court", ("T",), "T", "Record on which day the Court was told"),
        KeyBinding("replies", ("L",), "L", "Go to the requests, to read replies"),
        KeyBinding("answer", ("W",), "W", "Answer an appeal"),
        KeyBinding("refer", ("F",), "F", "Refer a report to a child protection body"),
        KeyBinding("waiting", ("O",), "O", "Open the report that waits for a lead"),
        KeyBinding(
            "arrows", ("Left", "Right", "Up", "Down"), "← → ↑ ↓", "The next node of the graph in that direction", hold=True
        ),
        KeyBinding("zoom", ("+", "-"), "+ -", "Enlarge or shrink the graph", hold=True),
        KeyBinding("fit", ("0",), "0", "Fit the graph into the window", hold=True),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Take the reports out of the case again"),
    ),
    "links": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the report"),
        KeyBinding("next", ("J",), "J", "Next row of the list"),
        KeyBinding("previous", ("K",), "K", "Previous row of the list"),
        KeyBinding(
            "arrows", ("Left", "Right", "Up", "Down"), "← → ↑ ↓", "The next node of the graph in that direction", hold=True
        ),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report, or go to a report that holds the value"),
        KeyBinding("zoom", ("+", "-"), "+ -", "Enlarge or shrink the graph", hold=True),
        KeyBinding("fit", ("0",), "0", "Fit the graph into the window", hold=True),
        KeyBinding("cluster", ("C",), "C", "Make a case of linked reports"),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Take the reports out of the case again"),
    ),
    "victims": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("search", ("/",), "/", "Find words in clues and in all reports"),
        KeyBinding("next", ("J",), "J", "Next row of the list"),
        KeyBinding("previous", ("K",), "K", "Previous row of the list"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report, or the first file of the series, blurred"),
        KeyBinding("new", ("N",), "N", "Open a series with files of a report"),
        KeyBinding("clue", ("C",), "C", "Record a clue in words"),
        KeyBinding("state", ("I",), "I", "Record whether the child is identified"),
        KeyBinding("sheet", ("W",), "W", "Write the sheet of the series for other desks"),
    ),
    "requests": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next request"),
        KeyBinding("previous", ("K",), "K", "Previous request"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the case of the request"),
        KeyBinding("sent", ("S",), "S", "Record on which day the request was sent"),
        KeyBinding("reply", ("I",), "I", "Import a reply to the request"),
        KeyBinding("court", ("C",), "C", "Record on which day the Court was told"),
        KeyBinding("remind", ("M",), "M", "Write reminders of requests without an answer"),
        KeyBinding("close", ("X",), "X", "Close the request: nothing more is expected of it"),
        KeyBinding("stop", ("Ctrl+.",), "Ctrl .", "Stop reading the reply"),
    ),
    "work": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next package"),
        KeyBinding("previous", ("K",), "K", "Previous package"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the first report of the package"),
        KeyBinding("send", ("N",), "N", "Send work to another workstation"),
        KeyBinding("receive", ("I",), "I", "Receive a work package or results"),
        KeyBinding("results", ("R",), "R", "Write results of the package"),
        KeyBinding("resolve", ("V",), "V", "Resolve what two workstations set differently"),
    ),
    "deconfliction": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next comparison"),
        KeyBinding("previous", ("K",), "K", "Previous comparison"),
        KeyBinding("start", ("N",), "N", "Compare with another workstation"),
        KeyBinding("answer", ("I",), "I", "Answer the first file of another workstation"),
        KeyBinding("finish", ("F",), "F", "Finish the comparison with the file that came back"),
        KeyBinding("withdraw", ("X",), "X", "Withdraw a comparison that is not finished"),
    ),
    "shift": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next row"),
        KeyBinding("previous", ("K",), "K", "Previous row"),
        KeyBinding("newer", (",",), ",", "Newer sheet"),
        KeyBinding("older", (".",), ".", "Older sheet"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report, or the page of requests"),
        KeyBinding("close", ("N",), "N", "Close the shift"),
        KeyBinding("acknowledge", ("Y",), "Y", "Acknowledge the sheet"),
        KeyBinding("print", ("E",), "E", "Write the sheet as a PDF"),
    ),
    "funnel": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next report"),
        KeyBinding("previous", ("K",), "K", "Previous report"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report"),
    ),
    "grades": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next file"),
        KeyBinding("previous", ("K",), "K", "Previous file"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the file in its report, blurred"),
        KeyBinding("gallery", ("G",), "G", "Show these files in the gallery"),
    ),
    "ranking": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next report"),
        KeyBinding("previous", ("K",), "K", "Previous report"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report"),
        KeyBinding("draw", ("W",), "W", "Draw this week's sample"),
    ),
    "leads": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the figures, or to the queue"),
        KeyBinding("arrows", ("Left", "Right"), "← →", "The part of the chart to the left or right", hold=True),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the reports behind a part of a chart, or a report", hold=True),
        KeyBinding("next", ("J",), "J", "Next report of the list"),
        KeyBinding("previous", ("K",), "K", "Previous report of the list"),
        KeyBinding("again", ("F5",), "F5", "Measure all figures again"),
        KeyBinding("rules", ("W",), "W", "See what would change under other rules"),
        KeyBinding("sample", ("R",), "R", "Go to the weekly sample"),
        KeyBinding("funnel", ("F",), "F", "Go to what became of the reports"),
        KeyBinding("shift", ("H",), "H", "Go to the shift page"),
        KeyBinding("providers", ("P",), "P", "Measure what the reports of each provider state"),
        KeyBinding("export", ("E",), "E", "Export a chart"),
        KeyBinding("stop", ("Ctrl+.",), "Ctrl .", "Stop measuring"),
    ),
    "wellbeing": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next report"),
        KeyBinding("previous", ("K",), "K", "Previous report"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report"),
        KeyBinding("give_back", ("U",), "U", "Give back the reports from which you keep away"),
        KeyBinding("calm", ("C",), "C", "Show the calm screen between reports, or not"),
    ),
    "rules": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("search", ("/",), "/", "Find a rule"),
        KeyBinding("next", ("J",), "J", "Next rule"),
        KeyBinding("previous", ("K",), "K", "Previous rule"),
        KeyBinding("edit", ("Return", "Enter"), "Enter", "Edit the rule's points"),
        KeyBinding("toggle", ("X",), "X", "Turn the rule off or on"),
        KeyBinding("bands", ("W",), "W", "Edit where bands begin and the caps of families"),
        KeyBinding("try", ("T",), "T", "See which reports would change band under the edited rules"),
        KeyBinding("earlier", ("B",), "B", "See which reports would change band under the previous rules"),
        KeyBinding("rest", ("R",), "R", "Continue scoring the remaining reports"),
        KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Undo the last edit"),
        KeyBinding("stop", ("Ctrl+.",), "Ctrl .", "Stop"),
    ),
    "trial": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the rules"),
        KeyBinding("next", ("J",), "J", "Next report"),
        KeyBinding("previous", ("K",), "K", "Previous report"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Open the report"),
        KeyBinding("use", ("U",), "U", "Use these rules"),
    ),
    "training": (
        KeyBinding("back", ("Escape",), "Esc", "Back to the queue"),
        KeyBinding("next", ("J",), "J", "Next step"),
        KeyBinding("previous", ("K",), "K", "Previous step"),
        KeyBinding("open", ("Return", "Enter"), "Enter", "Go to the page of the task"),
        KeyBinding("answer_1", ("1",), "1", "Choose the first answer"),
        KeyBinding("answer_2", ("2",), "2", "Choose the second answer"),
        KeyBinding("answer_3", ("3",), "3", "Choose the third answer"),
        KeyBinding("hint", ("H",), "H", "Show the hint"),
        KeyBinding("again", ("F5",), "F5", "Check again what was done"),
        KeyBinding("certificate", ("E",), "E", "Write the certificate"),
    ),
    "help": (
        KeyBinding("search", ("Ctrl+F",), "Ctrl F", "Find in the guide"),
        KeyBinding("back", ("Alt+Left",), "Alt ←", "Back to the section before"),
        KeyBinding("close", ("Escape",), "Esc", "Close the guide", hold=True),
    ),
    **ADMIN_KEYS,
}


def find_key(screen: Screen, action: str) -> KeyBinding:
    """Returns the key of an action on a screen."""
    return next(entry for entry in KEYS[screen] if entry.action == action)


def describe_key(entry: KeyBinding) -> Safe:
    """Returns what a key does, in the current language."""
    return word(entry.describe_key)


def bind(owner: QWidget, screen: Screen, action: str, call: Callable[[], object]) -> list[QShortcut]:
    """Binds the keys of an action to `call`, while `owner` or one of its children has the focus."""
    return [bind_sequence(owner, sequence, call) for sequence in find_key(screen, action).keys]


def bind_sequence(owner: QWidget, sequence: str, call: Callable[[], object]) -> QShortcut:
    """Binds one key, such as "Ctrl+3", to `call`, while `owner` or one of its children has the focus.

    Enter presses the button that a person reached by keys, if there is one. Below a dialog no key acts: one that was just opened
    gets the keys only when the window manager gives them to it.
    """
    shortcut = QShortcut(QKeySequence(sequence), owner)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    enter = sequence in ("Return", "Enter")

    def act() -> None:
        if not is_below_dialog(owner.window().windowHandle()) and not (enter and press_focused_button()):
            call()

    shortcut.activated.connect(act)
    return shortcut


def is_below_dialog(window: QWindow | None) -> bool:
    """Returns whether a dialog is open that shuts off this window."""
    dialog = QApplication.activeModalWidget()
    above = None if dialog is None else dialog.windowHandle()
    if dialog is None or above is None or window is None or above is window:
        return False
    if dialog.windowModality() == Qt.WindowModality.ApplicationModal:
        return not above.isAncestorOf(window)
    return window.isAncestorOf(above)
