"""Restrictions on a worker, which it applies to itself after its codecs are loaded.

`block_dangerous_calls()` comes before, when nothing is loaded yet. It forbids new privileges, other programs, sockets and access
to other processes. On Linux it must succeed (NotConfined), elsewhere it does nothing. `close_network()` is for the host itself.

Linux: resource limits, no new privileges, Landlock (no file of the machine, no TCP, no signals out), and a seccomp allow-list
that answers everything else with EPERM. Landlock alone stops neither UDP nor fork, so both apply. Windows: a job object (memory,
no second process) and process mitigation policies. Elsewhere there are only resource limits. `SandboxStatus` says what is
missing.
"""

import sys

if sys.platform == "linux":
    from triage.decode.confine_linux import block_dangerous_calls, check_network_closed, close_network, confine
else:
    if sys.platform == "win32":
        from triage.decode.confine_windows import confine
    else:
        from triage.decode.rlimits import lower_limits as confine

    def block_dangerous_calls() -> None:
        """Does nothing: this system lets a process give up nothing for good before its libraries are loaded."""

    def close_network() -> None:
        """Does nothing: this system has no such restriction.

        What remains is that no code uses the network.
        """

    def check_network_closed() -> str:
        """Returns "off" with the reason, since only Linux can close the network."""
        return "off: only on Linux"


__all__ = ["block_dangerous_calls", "check_network_closed", "close_network", "confine"]
