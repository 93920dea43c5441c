"""The system call filter, run by a small interpreter, for both architectures."""

from __future__ import annotations

import errno
import struct

import pytest

from triage.decode import confine_linux

ALLOW, KILL = "allow", "kill"
COLUMN = {"x86_64": 0, "aarch64": 1}
OTHER = {"x86_64": "aarch64", "aarch64": "x86_64"}
# (x86_64, aarch64), from the kernel's tables
DENIED = {
    "openat": (257, 56),
    "socket": (41, 198),
    "connect": (42, 203),
    "sendto": (44, 206),
    "execve": (59, 221),
    "execveat": (322, 281),
    "newfstatat": (262, 79),
    "getdents64": (217, 61),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "memfd_create": (319, 279),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "kill": (62, 129),
    "prctl": (157, 167),
    "ioctl": (16, 29),
    "unlinkat": (263, 35),
}


def run(machine: str, number: int, *, arch: int | None = None, args: tuple[int, ...] = (), program: bytes | None = None) -> str:
    program = program or confine_linux.build_worker_filter(machine)
    data = struct.pack(
        "<iIQ6Q", number, arch if arch is not None else confine_linux._AUDIT_ARCH[machine], 0, *(*args, 0, 0, 0, 0, 0, 0)[:6]
    )
    steps = list(struct.iter_unpack("=HBBI", program))
    at = accumulator = 0
    while True:
        code, jump_true, jump_false, value = steps[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(value) or errno.errorcode[value & 0xFFFF]
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += jump_true if holds else jump_false


@pytest.mark.parametrize("machine", COLUMN)
def test_what_a_decoder_needs_is_allowed(machine: str) -> None:
    for numbers in confine_linux._ALLOWED.values():
        assert run(machine, numbers[COLUMN[machine]]) == ALLOW


@pytest.mark.parametrize("machine", COLUMN)
@pytest.mark.parametrize("call", DENIED)
def test_everything_else_is_answered_with_not_permitted(machine: str, call: str) -> None:
    assert run(machine, DENIED[call][COLUMN[machine]]) == "EPERM"


@pytest.mark.parametrize("machine", COLUMN)
def test_the_default_is_no(machine: str) -> None:
    column = COLUMN[machine]
    known = {numbers[column] for numbers in confine_linux._ALLOWED.values()}
    known |= {numbers[column] for numbers in confine_linux._NO_EXEC_PAGES.values()}
    known |= {confine_linux._CLONE[column], confine_linux._CLONE3[column]}
    assert {run(machine, number) for number in range(600) if number not in known} == {"EPERM"}


@pytest.mark.parametrize("machine", COLUMN)
def test_threads_may_start_but_no_processes(machine: str) -> None:
    clone, clone3 = confine_linux._CLONE[COLUMN[machine]], confine_linux._CLONE3[COLUMN[machine]]
    assert run(machine, clone, args=(0x3D0F00,)) == ALLOW
    assert run(machine, clone, args=(0x01200011,)) == "EPERM"
    assert run(machine, clone3) == "ENOSYS"


@pytest.mark.parametrize("machine", COLUMN)
def test_no_page_becomes_code(machine: str) -> None:
    for numbers in confine_linux._NO_EXEC_PAGES.values():
        number = numbers[COLUMN[machine]]
        assert run(machine, number, args=(0, 4096, 3)) == ALLOW
        assert run(machine, number, args=(0, 4096, 5)) == "EPERM"


@pytest.mark.parametrize("machine", COLUMN)
def test_calls_of_another_architecture_end_the_process(machine: str) -> None:
    assert run(machine, 0, arch=confine_linux._AUDIT_ARCH[OTHER[machine]]) == KILL
    assert run(machine, 0, arch=0x40000003) == KILL


def test_x32_calls_end_the_process() -> None:
    assert run("x86_64", 0x40000000) == KILL


@pytest.mark.parametrize("machine", COLUMN)
def test_the_host_makes_sockets_of_this_machine_only(machine: str) -> None:
    program, column = confine_linux.build_local_socket_filter(machine), COLUMN[machine]
    for family in range(64):
        assert run(machine, (41, 198)[column], args=(family, 1, 0), program=program) == (ALLOW if family == 1 else "EPERM")
    assert run(machine, 425, program=program) == "EPERM"
    for allowed in ((59, 221), (257, 56), (53, 199), (56, 220)):  # execve, openat, socketpair, clone
        assert run(machine, allowed[column], program=program) == ALLOW
    assert run(machine, (41, 198)[column], arch=confine_linux._AUDIT_ARCH[OTHER[machine]], program=program) == KILL
