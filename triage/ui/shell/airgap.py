"""Does this machine have a live network connection? Read from the kernel's own files; the program has no network code."""

from __future__ import annotations

from pathlib import Path

from triage.ui.text.i18n import Safe, tr

INTERFACES = Path("/sys/class/net")


def live_interfaces(root: Path = INTERFACES) -> tuple[str, ...] | None:
    """Names of interfaces with a carrier, without the loopback; None where the system does not say (not Linux)."""
    try:
        names = sorted(entry.name for entry in root.iterdir())
        return tuple(name for name in names if name != "lo" and (root / name / "operstate").read_text("ascii").strip() == "up")
    except OSError:
        return None


def words(live: tuple[str, ...] | None) -> tuple[Safe, bool]:
    """A sentence for the status bar, and whether it is a good one."""
    if live is None:
        return tr("Air gap: not checked on this system"), False
    if live:
        return tr("Air gap: {names} is connected, unplug it", names=", ".join(live)), False
    return tr("Air-gapped: no network is connected"), True
