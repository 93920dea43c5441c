"""A job object and mitigation policies by ctypes.

NOT YET RUN: written from the documentation, without Windows.

Files and the network are not restricted here (an AppContainer would do it). `SandboxStatus.confined` is therefore always False on
Windows. Sources: Microsoft's pages on JOBOBJECT_EXTENDED_LIMIT_INFORMATION and SetProcessMitigationPolicy.
"""

from __future__ import annotations

import sys

from triage import limits
from triage.decode.protocol import NotConfined
from triage.decode.restrictions import Restrictions

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMITS = 9
    _ACTIVE_PROCESS, _PROCESS_MEMORY, _DIE_ON_EXCEPTION, _KILL_ON_CLOSE = 0x8, 0x100, 0x400, 0x2000

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("per_process_user_time", ctypes.c_int64),
            ("per_job_user_time", ctypes.c_int64),
            ("limit_flags", wintypes.DWORD),
            ("minimum_working_set", ctypes.c_size_t),
            ("maximum_working_set", ctypes.c_size_t),
            ("active_process_limit", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority_class", wintypes.DWORD),
            ("scheduling_class", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("basic", _BasicLimits),
            ("io_counters", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        )

    # policy number, flags, what it is
    _MITIGATIONS = (
        (13, 0b1, "no child processes"),
        (6, 0b1, "no extension points"),
        (10, 0b11, "no remote or low-integrity images"),
    )

    def confine() -> Restrictions:
        """Applies all restrictions to this process, and returns each with its state.

        Raises NotConfined when the job can't be made.
        """
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        job = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
        rules = _ExtendedLimits()
        rules.basic.limit_flags = _ACTIVE_PROCESS | _PROCESS_MEMORY | _DIE_ON_EXCEPTION | _KILL_ON_CLOSE
        rules.basic.active_process_limit = 1
        rules.process_memory = limits.WORKER_MEMORY
        size = ctypes.sizeof(rules)
        if not kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(rules), wintypes.DWORD(size)):
            raise NotConfined(f"job limits: error {ctypes.get_last_error()}")
        if not kernel.AssignProcessToJobObject(job, wintypes.HANDLE(kernel.GetCurrentProcess())):
            raise NotConfined(f"job: error {ctypes.get_last_error()}")
        failed = [name for policy, flags, name in _MITIGATIONS if not _set_mitigation(kernel, policy, flags)]
        mitigations = "on" if not failed else f"off: {', '.join(failed)}"
        return (
            ("memory limit", f"{limits.WORKER_MEMORY // limits.MIB} MB"),
            ("job object", "on: one process"),
            ("process mitigations", mitigations),
        )

    def _set_mitigation(kernel: ctypes.WinDLL, policy: int, flags: int) -> bool:
        """Sets a mitigation policy, and returns whether the system accepted it."""
        value = wintypes.DWORD(flags)
        return bool(kernel.SetProcessMitigationPolicy(policy, ctypes.byref(value), ctypes.c_size_t(ctypes.sizeof(value))))
