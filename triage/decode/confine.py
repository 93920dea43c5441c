"""The walls around a worker, put up by the worker itself after its codecs are warm.

`hold()` comes before that, when nothing is loaded yet: no new privileges, no other program, no socket, no look into other
processes. It has to stand on Linux (NotConfined) and does nothing elsewhere. `close_network()` is for the host itself.

Linux: rlimits, no new privileges, Landlock (no file of the machine, no TCP, no signals out) and a seccomp allow-list that
answers everything else with EPERM. Landlock alone stops neither UDP nor fork, so both stand. Windows: a job object (memory,
no second process) and process mitigation policies. Elsewhere only resource limits. What is missing, `Barriers` says.
"""

import sys

if sys.platform == "linux":
    from triage.decode.confine_linux import close_network, confine, hold, network
else:
    if sys.platform == "win32":
        from triage.decode.confine_windows import confine
    else:
        from triage.decode.rlimits import lower as confine

    def hold() -> None:
        """There is nothing that a process could give up for good before its libraries are loaded."""

    def close_network() -> None:
        """The system has no such wall. That no code asks for the network is what remains."""

    def network() -> str:
        return "off: only on Linux"


__all__ = ["close_network", "confine", "hold", "network"]
