"""Cases: the list, a case, its dialogs."""
