"""Checks whether the desktop can open a window.

Qt aborts the process when it can't, so this is checked before.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from triage.errors import WorldError


def require_display(environment: Mapping[str, str] = os.environ) -> None:
    """Checks that a window can be opened.

    Raises:
        WorldError: Qt is missing, no display answers, or Qt's plugin for that display can't be loaded.
    """
    if _find_qt() is None:
        raise WorldError("The desktop is not installed here; the commands work without it. See: triage --help")
    if not sys.platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return
    if _has_wayland(environment):
        return
    if not environment.get("DISPLAY"):
        raise WorldError("There is no display to open a window on; the commands work without one. See: triage --help")
    try:
        if (plugin := _find_x11_plugin()) is not None:
            ctypes.CDLL(str(plugin))
        answers = _check_x11()
    except OSError as error:
        library = str(error).partition(":")[0]
        raise WorldError(
            "The desktop needs the system library {library}; install it, then start triage again.", library=library
        ) from error
    if not answers:
        raise WorldError(
            "The display {display} does not answer; the commands work without one. See: triage --help",
            display=environment["DISPLAY"],
        )


def _find_qt() -> ModuleSpec | None:
    """Returns where PySide6 lies, or None where it is missing or may not be imported."""
    with suppress(ImportError):
        return find_spec("PySide6")
    return None


def _has_wayland(environment: Mapping[str, str]) -> bool:
    """Returns whether the socket of the named Wayland display exists."""
    name = environment.get("WAYLAND_DISPLAY")
    return bool(name) and (Path(environment.get("XDG_RUNTIME_DIR", "/nonexistent")) / str(name)).exists()


def _find_x11_plugin() -> Path | None:
    """Returns the path of Qt's X11 plugin, or None."""
    spec = _find_qt()
    places = spec.submodule_search_locations if spec is not None else None
    plugins = [Path(place) / "Qt/plugins/platforms/libqxcb.so" for place in places or ()]
    return next((plugin for plugin in plugins if plugin.exists()), None)


def _check_x11() -> bool:
    """Returns whether the X server named by DISPLAY answers.

    Raises:
        OSError: libxcb is missing.
    """
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    answers = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(answers)
