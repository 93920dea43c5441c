"""Landlock and seccomp by ctypes, since the standard library has no wrapper for these kernel interfaces.

Sources: landlock(7), seccomp(2), linux/landlock.h, linux/seccomp.h, linux/filter.h, asm/unistd.h of x86_64 and aarch64.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import re
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path

from triage.decode import rlimits
from triage.decode.protocol import NotConfined
from triage.decode.restrictions import Restrictions

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
_FS_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many of the file rights' bits an ABI knows, from the version that added them."""
_NET_SINCE, _NET_RIGHTS = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC = 1, 1

_TRIES, _TRY_SECONDS = 50, 0.02

_CLONE_THREAD = 0x00010000
_PROT_EXEC = 0x4
_AF_UNIX = 1
_FIRST_UNKNOWN, _LAST_UNKNOWN = 4, 4096
"""Descriptors beyond the three standard ones and the wire: none is expected, none stays open."""

# Of both architectures: (x86_64, aarch64). What is missing here is answered with EPERM.
_ALLOWED = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "close": (3, 57),
    "lseek": (8, 62),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "setitimer": (38, 103),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "gettimeofday": (96, 169),
    "restart_syscall": (219, 128),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "getrandom": (318, 278),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_NEVER = {
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "bpf": (321, 280),
    "mount": (165, 40),
    "io_uring_setup": (425, 425),
}
"""What no program that works beside the host may do, from its first step on."""
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_NO_EXEC_PAGES = {"mmap": (9, 222), "mprotect": (10, 226)}
_SECCOMP = (317, 277)
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000

_RET_ALLOW, _RET_ERRNO, _RET_KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _JEQ, _JGE, _JSET, _RET = 0x20, 0x15, 0x35, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSET_ARG0, _OFFSET_ARG2 = 0, 4, 16, 32


def confine() -> Restrictions:
    """Applies all restrictions to this process, and returns each with its state.

    Raises NotConfined when the system call filter can't be set. A kernel without Landlock is only reported.
    """
    if not has_single_thread():
        raise NotConfined("a library left a thread running that would stay outside the restrictions")
    active = list(rlimits.lower_limits())
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((_PR_SET_DUMPABLE, 0), (_PR_SET_NO_NEW_PRIVS, 1)):
        if libc.prctl(option, value, 0, 0, 0) != 0:
            raise NotConfined(f"prctl {option}: {os.strerror(ctypes.get_errno())}")
    active.append(("no new privileges", "on"))
    active.append(("file and network rules (Landlock)", _apply_landlock(libc)))
    os.closerange(_FIRST_UNKNOWN, _LAST_UNKNOWN)
    active.append(("system call filter (seccomp)", _apply_seccomp(libc)))
    return tuple(active)


def block_dangerous_calls() -> None:
    """Gives up new privileges, and installs a filter that stays below all later ones, also in forks.

    Raises NotConfined.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise NotConfined(f"prctl {_PR_SET_NO_NEW_PRIVS}: {os.strerror(ctypes.get_errno())}")
    _install_filter(libc, build_base_filter(_find_machine()))


def close_network() -> None:
    """Lets this process open only sockets of this machine, by which the desktop reaches its screen and its bus.

    Programs that the host starts inherit the filter and can't gain privileges. Where it can't be installed,
    `check_network_closed` says so.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with suppress(NotConfined):
        _install_filter(libc, build_local_socket_filter(_find_machine()))


def check_network_closed() -> str:
    """Returns "on" or "off: ...", by what the kernel says about this process's filter."""
    status = Path("/proc/self/status").read_text()
    return "on" if re.search(r"^Seccomp:\s*2$", status, re.MULTILINE) else "off: no system call filter"


def has_single_thread() -> bool:
    """Returns whether this is the only thread.

    It waits a moment, since a joined thread may still be listed.
    """
    for _ in range(_TRIES):
        if len(list(Path("/proc/self/task").iterdir())) == 1:
            return True
        time.sleep(_TRY_SECONDS)
    return False


def _apply_landlock(libc: ctypes.CDLL) -> str:
    """Forbids file and TCP access, and returns the Landlock version or why it is off.

    Raises NotConfined.
    """
    abi = libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_CREATE_RULESET_VERSION)
    if abi < 1:
        return "off: not in this kernel"
    rights = (1 << max(bits for since, bits in _FS_RIGHTS_BY_ABI.items() if since <= abi)) - 1
    net = _NET_RIGHTS if abi >= _NET_SINCE else 0
    scopes = _SCOPES if abi >= _SCOPES_SINCE else 0
    attributes = struct.pack("=QQQ", rights, net, scopes)[: 8 * (1 + (abi >= _NET_SINCE) + (abi >= _SCOPES_SINCE))]
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        raise NotConfined(f"Landlock rules: {os.strerror(ctypes.get_errno())}")
    if libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) != 0:
        raise NotConfined(f"Landlock: {os.strerror(ctypes.get_errno())}")
    os.close(ruleset)
    return f"ABI {abi}"


def _apply_seccomp(libc: ctypes.CDLL) -> str:
    """Installs the worker's system call filter, and returns what it allows.

    Raises NotConfined.
    """
    _install_filter(libc, build_worker_filter(_find_machine()))
    return "on: only listed calls"


def _find_machine() -> str:
    """Returns the machine's architecture.

    Raises NotConfined when its system calls are not known.
    """
    machine = platform.machine()
    if machine not in _AUDIT_ARCH or sys.byteorder != "little":
        raise NotConfined(f"no system call table for {machine}")
    return machine


def _install_filter(libc: ctypes.CDLL, program: bytes) -> None:
    """Installs a BPF program as seccomp filter for all threads.

    Raises NotConfined.
    """
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: a 16-bit count, padding, a pointer
    described = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)), 16)
    number = _SECCOMP[_table_column(_find_machine())]
    if libc.syscall(number, _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, described) != 0:
        raise NotConfined(f"seccomp: {os.strerror(ctypes.get_errno())}")


def _table_column(machine: str) -> int:
    """Returns the column of the call tables that belongs to an architecture."""
    return 0 if machine == "x86_64" else 1


def _pack_instruction(code: int, value: int, jump_true: int = 0, jump_false: int = 0) -> bytes:
    """Returns one BPF instruction of 8 bytes."""
    return struct.pack("=HBBI", code, jump_true, jump_false, value)


def _begin_filter(machine: str) -> list[bytes]:
    """Returns instructions that end the process for another architecture's calls, and load the call's number."""
    step = _pack_instruction
    program = [
        step(_LOAD, _OFFSET_ARCH),
        step(_JEQ, _AUDIT_ARCH[machine], 1, 0),
        step(_RET, _RET_KILL_PROCESS),
        step(_LOAD, _OFFSET_NUMBER),
    ]
    if machine == "x86_64":
        program += [step(_JGE, _X32_BIT, 0, 1), step(_RET, _RET_KILL_PROCESS)]
    return program


def build_base_filter(machine: str) -> bytes:
    """Returns a BPF program that answers the calls in _NEVER with EPERM."""
    program = _begin_filter(machine)
    for numbers in _NEVER.values():
        program += [
            _pack_instruction(_JEQ, numbers[_table_column(machine)], 0, 1),
            _pack_instruction(_RET, _RET_ERRNO | errno.EPERM),
        ]
    return b"".join([*program, _pack_instruction(_RET, _RET_ALLOW)])


def build_local_socket_filter(machine: str) -> bytes:
    """Returns a BPF program that allows only sockets of the family AF_UNIX, also by no detour."""
    column, step = _table_column(machine), _pack_instruction
    refused = step(_RET, _RET_ERRNO | errno.EPERM)
    program = [*_begin_filter(machine), step(_JEQ, _NEVER["io_uring_setup"][column], 0, 1), refused]
    program += [step(_JEQ, _NEVER["socket"][column], 0, 3), step(_LOAD, _OFFSET_ARG0), step(_JEQ, _AF_UNIX, 1, 0), refused]
    return b"".join([*program, step(_RET, _RET_ALLOW)])


def build_worker_filter(machine: str) -> bytes:
    """Returns the worker's BPF program, which denies everything that is not allowed.

    Threads may start, processes may not. No page becomes code.
    """
    column, step = _table_column(machine), _pack_instruction

    def answer(number: int) -> bytes:
        return step(_RET, _RET_ERRNO | number)

    program = _begin_filter(machine)
    for numbers in _ALLOWED.values():
        program += [step(_JEQ, numbers[column], 0, 1), step(_RET, _RET_ALLOW)]
    for numbers in _NO_EXEC_PAGES.values():
        program += [
            step(_JEQ, numbers[column], 0, 4),
            step(_LOAD, _OFFSET_ARG2),
            step(_JSET, _PROT_EXEC, 0, 1),
            answer(errno.EPERM),
            step(_RET, _RET_ALLOW),
        ]
    program += [
        step(_JEQ, _CLONE[column], 0, 4),
        step(_LOAD, _OFFSET_ARG0),
        step(_JSET, _CLONE_THREAD, 0, 1),
        step(_RET, _RET_ALLOW),
        answer(errno.EPERM),
        step(_JEQ, _CLONE3[column], 0, 1),
        answer(errno.ENOSYS),
        answer(errno.EPERM),
    ]
    return b"".join(program)
