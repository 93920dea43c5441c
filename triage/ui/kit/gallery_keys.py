"""Lists the keys of the gallery; `keys.KEYS` holds them with those of the other screens."""

from __future__ import annotations

from triage.ui.kit.key_binding import REVEAL_KEYS, KeyBinding

GALLERY_KEYS: tuple[KeyBinding, ...] = (
    KeyBinding("back", ("Escape",), "Esc", "Back"),
    KeyBinding("arrows", ("Left", "Right", "Up", "Down"), "← →", "Another file", hold=True),
    KeyBinding("range", ("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"), "Shift ←", "Select a range", hold=True),
    KeyBinding("all", ("Ctrl+A",), "Ctrl A", "Select all files"),
    KeyBinding("tick", ("X",), "X", "Tick the file, or take its tick away"),
    KeyBinding("clear", ("Shift+X",), "Shift X", "Take all ticks away"),
    KeyBinding("next", ("J",), "J", "Next file"),
    KeyBinding("previous", ("K",), "K", "Previous file"),
    KeyBinding("next_open", ("N",), "N", "Next file to grade"),
    KeyBinding("open", ("Return", "Enter"), "Enter", "Open the stack, or the file in its report"),
    KeyBinding("report", ("O",), "O", "Open the file in its report"),
    KeyBinding("grade_a", ("G, A",), "G A", "Grade: abuse material"),
    KeyBinding("grade_e", ("G, E",), "G E", "Grade: exploitative"),
    KeyBinding("grade_u", ("G, U",), "G U", "Grade: age uncertain"),
    KeyBinding("grade_d", ("G, D",), "G D", "Grade: adult"),
    KeyBinding("grade_i", ("G, I",), "G I", "Grade: innocent"),
    KeyBinding("grade_m", ("G, M",), "G M", "Grade: drawing or AI-generated"),
    KeyBinding("grade_n", ("G, N",), "G N", "Grade: not pertinent"),
    KeyBinding("nothing", ("G, 0",), "G 0", "Nothing here: grade all files in view as not pertinent"),
    KeyBinding("all_grades", ("G, G",), "G G", "Grade with all choices, such as for court"),
    KeyBinding("undo", ("Ctrl+Z",), "Ctrl Z", "Undo your last act; several steps back"),
    *REVEAL_KEYS,
    KeyBinding("scope", ("S",), "S", "Choose whose files are shown"),
    KeyBinding("next_part", ("Shift+J",), "Shift J", "Next part of very many files"),
    KeyBinding("earlier_part", ("Shift+K",), "Shift K", "Earlier part of very many files"),
    KeyBinding("filter", ("F",), "F", "Filter files"),
    KeyBinding("fold_done", ("U",), "U", "Fold away what is known or graded"),
    KeyBinding("group", ("V",), "V", "Group files"),
    KeyBinding("fold", ("Z",), "Z", "Fold the group of this file"),
    KeyBinding("unfold", ("Shift+Z",), "Shift Z", "Unfold all groups"),
    KeyBinding("larger", ("+", "="), "+", "Larger thumbnails"),
    KeyBinding("smaller", ("-",), "-", "Smaller thumbnails"),
    KeyBinding("hide", ("Ctrl+H",), "Ctrl H", "Hide from me"),
)
