"""Reports whether this machine has a live network connection.

It reads the kernel's own files, since the program has no network code.
"""

from __future__ import annotations

from pathlib import Path

from triage.ui.text.i18n import Safe, tr

INTERFACES = Path("/sys/class/net")


def live_interfaces(root: Path = INTERFACES) -> tuple[str, ...] | None:
    """Returns the connected interfaces without the loopback, or None where the system does not say."""
    try:
        names = sorted(entry.name for entry in root.iterdir())
        return tuple(name for name in names if name != "lo" and (root / name / "operstate").read_text("ascii").strip() == "up")
    except OSError:
        return None


def describe_air_gap(live: tuple[str, ...] | None) -> tuple[Safe, bool]:
    """Returns a sentence for the status bar, and whether no network is connected."""
    if live is None:
        return tr("Air gap: not checked on this system"), False
    if live:
        return tr("Air gap: {names} is connected, unplug it", names=", ".join(live)), False
    return tr("Air-gapped: no network is connected"), True
