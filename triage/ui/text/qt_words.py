"""Translates the words of Qt's own parts, such as the file dialog and the menu of a text field, for which Qt ships no Urdu."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTranslator

from triage.ui.text.i18n import is_rtl, mark, word

WORDS: dict[str, str] = {
    "&Look in:": mark("Look in"),
    "Look in:": mark("Look in"),
    "Directory:": mark("Folder"),
    "&Directory:": mark("Folder"),
    "File &name:": mark("Name of the file"),
    "&File name:": mark("Name of the file"),
    "Files of &type:": mark("Kinds of files"),
    "Files of type:": mark("Kinds of files"),
    "&Choose": mark("Choose"),
    "&Open": mark("Open"),
    "Open": mark("Open"),
    "&Save": mark("Save"),
    "Save": mark("Save"),
    "Save As": mark("Save as"),
    "OK": mark("OK"),
    "Cancel": mark("Cancel"),
    "&Yes": mark("Yes"),
    "&No": mark("No"),
    "Back": mark("Back"),
    "Go back": mark("Back"),
    "Forward": mark("Forward"),
    "Go forward": mark("Forward"),
    "Parent Directory": mark("Folder above"),
    "Go to the parent directory": mark("Folder above"),
    "Create New Folder": mark("New folder"),
    "Create a New Folder": mark("New folder"),
    "&New Folder": mark("New folder"),
    "New Folder": mark("New folder"),
    "List View": mark("Show as a list"),
    "Change to list view mode": mark("Show as a list"),
    "Detail View": mark("Show with details"),
    "Change to detail view mode": mark("Show with details"),
    "Sidebar": mark("Places"),
    "List of places and bookmarks": mark("Places"),
    "Files": mark("Files"),
    "Computer": mark("Computer"),
    "Drive": mark("Drive"),
    "Folder": mark("Folder"),
    "Name": mark("Name"),
    "Size": mark("Size"),
    "Type": mark("Kind"),
    "Kind": mark("Kind"),
    "Date Modified": mark("Changed on"),
    "All Files (*)": mark("All files (*)"),
    "Directories": mark("Folders"),
    "Find Directory": mark("Choose a folder"),
    "Show ": mark("Show"),
    "&Rename": mark("Rename"),
    "&Delete": mark("Delete"),
    "Delete": mark("Delete"),
    "Show &hidden files": mark("Show hidden files"),
    "&Undo": mark("Undo"),
    "&Redo": mark("Redo"),
    "Cu&t": mark("Cut"),
    "&Copy": mark("Copy"),
    "&Paste": mark("Paste"),
    "Select All": mark("Select all"),
    "%1 already exists.\nDo you want to replace it?": mark("%1 already exists. Replace it?"),
    "%1\nFile not found.\nPlease verify the correct file name was given.": mark("%1 was not found. Check the name of the file."),
    "%1\nDirectory not found.\nPlease verify the correct directory name was given.": mark(
        "%1 was not found. Check the name of the folder."
    ),
}
"""What Qt says, with the words of the program for it."""
PARTS = frozenset(
    {"QFileDialog", "QFileSystemModel", "QPlatformTheme", "QAbstractFileIconProvider", "QLineEdit", "QWidgetTextControl"}
)
"""Parts of Qt whose words people read."""


class QtWords(QTranslator):
    """Gives Qt the Urdu of its own words. In English, and for a word that is not listed, Qt keeps its own."""

    def translate(self, context: str, text: str, about: str | None = None, n: int = -1) -> str | None:
        """Returns the words for a text of Qt, or None."""
        return word(WORDS[text]) if is_rtl() and context in PARTS and text in WORDS else None

    def isEmpty(self) -> bool:
        """Returns False: Qt would not ask an empty translator."""
        return False


_installed: list[QtWords] = []


def install(app: QCoreApplication) -> None:
    """Lets Qt ask for its words here, once for a process."""
    if not _installed:
        _installed.append(QtWords())
        app.installTranslator(_installed[0])
