"""What the system says of a running process: the libraries it holds, its open files, its children and their walls."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def children(pid: int) -> list[int]:
    """Direct children, by what /proc says of their parents."""
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit() and status(int(entry.name)).get("PPid") == str(pid):
            found.append(int(entry.name))
    return found


def status(pid: int) -> dict[str, str]:
    """/proc/PID/status; empty once it has gone."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def libraries(pid: int) -> set[str]:
    """Paths of the files in its memory. PermissionError unless root looks: the program forbids tracing."""
    lines = (PROC / str(pid) / "maps").read_text().splitlines()
    return {parts[5] for parts in (line.split(maxsplit=5) for line in lines) if len(parts) == 6 and parts[5].startswith("/")}


def open_files(pid: int) -> set[str]:
    """What its file descriptors point at, regular files only."""
    found = set()
    for link in (PROC / str(pid) / "fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue  # closed meanwhile
        if target.startswith("/") and not target.startswith(("/dev/", "/proc/")):
            found.add(target)
    return found
