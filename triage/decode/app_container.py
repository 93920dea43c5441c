"""Starts a worker on Windows in an AppContainer, in a job, with mitigation policies.

NOT YET RUN: written from Microsoft's documentation, without Windows. Nothing starts workers with it before
tests/decode/test_app_container.py has passed on a Windows machine; until then media stay closed there
(docs/decisions/21-bundle.md).

An AppContainer without capabilities can open no file of the user, no registry key for writing and no connection. The process
inherits two pipes and nothing else. It is created suspended and in its job, so that it never runs without its limits, and it is
killed when any step fails. Sources: Microsoft's pages on CreateAppContainerProfile, UpdateProcThreadAttribute,
SECURITY_CAPABILITIES, JOBOBJECT_EXTENDED_LIMIT_INFORMATION and TOKEN_INFORMATION_CLASS.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from subprocess import list2cmdline
from typing import Protocol

from triage import limits
from triage.decode.protocol import NotConfined

# wintypes has Linux's sizes on Linux, so that the structures are written with fixed ones and tested everywhere.
_DWORD, _WORD, _HANDLE, _SIZE = ctypes.c_uint32, ctypes.c_uint16, ctypes.c_void_p, ctypes.c_size_t

NAME = "Triage.Decoder"
"""The name of the container, from which Windows derives its identity."""

ATTRIBUTE_HANDLES, ATTRIBUTE_MITIGATIONS = 0x20002, 0x20007
ATTRIBUTE_CAPABILITIES, ATTRIBUTE_JOBS, ATTRIBUTE_CHILDREN, ATTRIBUTE_ALL_PACKAGES = 0x20009, 0x2000D, 0x2000E, 0x2000F
NO_CHILD_PROCESSES = 1
OPT_OUT_OF_ALL_PACKAGES = 1
"""A less privileged container: what every app may read is closed too, but for what is granted to it."""

MITIGATIONS = (
    1 << 8  # every image is moved to another address
    | 1 << 12  # a damaged heap ends the process
    | 1 << 16  # bottom-up address space layout randomisation
    | 1 << 20  # with high entropy
    | 1 << 24  # a wrong handle ends the process
    | 1 << 32  # no extension points
    | 1 << 48  # no fonts but the system's
    | 1 << 52  # no images from a network
    | 1 << 56  # no images of low integrity
    | 1 << 60  # system images first
)
"""Not among them: no code made at run time (libffi and decoders make some), and signed images only (the wheels' are not). DEP and
SEHOP are no choice of a 64-bit program: the one always holds, the other is of 32-bit programs, and Windows may refuse them."""

JOB_EXTENDED_LIMITS, JOB_UI_RESTRICTIONS = 9, 4
JOB_ONE_PROCESS, JOB_PROCESS_MEMORY, JOB_DIE_ON_EXCEPTION, JOB_KILL_ON_CLOSE = 0x8, 0x100, 0x400, 0x2000
UI_EVERYTHING = 0xFF
"""No clipboard, no desktop, no handles of other programs' windows, no shutdown."""

CREATE_SUSPENDED, DETACHED_PROCESS, CREATE_UNICODE_ENVIRONMENT = 0x4, 0x8, 0x400
# Detached: without a console. A console without a window is served by a process of its own, which the job would refuse.
EXTENDED_STARTUP_INFO = 0x80000
USE_STANDARD_HANDLES = 0x100


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("limit_flags", _DWORD),
        ("minimum_working_set", _SIZE),
        ("maximum_working_set", _SIZE),
        ("active_process_limit", _DWORD),
        ("affinity", _SIZE),
        ("priority_class", _DWORD),
        ("scheduling_class", _DWORD),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", _SIZE),
        ("job_memory", _SIZE),
        ("peak_process_memory", _SIZE),
        ("peak_job_memory", _SIZE),
    )


class SecurityCapabilities(ctypes.Structure):
    """SECURITY_CAPABILITIES: the container's identity, and no capability."""

    _fields_ = (("container", _HANDLE), ("capabilities", _HANDLE), ("count", _DWORD), ("reserved", _DWORD))


class StartupInfo(ctypes.Structure):
    """STARTUPINFOEXW."""

    _fields_ = (
        ("size", _DWORD),
        ("reserved", ctypes.c_void_p),
        ("desktop", ctypes.c_void_p),
        ("title", ctypes.c_void_p),
        ("place", _DWORD * 4),
        ("characters", _DWORD * 2),
        ("fill", _DWORD),
        ("flags", _DWORD),
        ("show_window", _WORD),
        ("reserved_size", _WORD),
        ("reserved_data", ctypes.c_void_p),
        ("input", _HANDLE),
        ("output", _HANDLE),
        ("errors", _HANDLE),
        ("attributes", ctypes.c_void_p),
    )


class ProcessInformation(ctypes.Structure):
    """PROCESS_INFORMATION."""

    _fields_ = (("process", _HANDLE), ("thread", _HANDLE), ("process_id", _DWORD), ("thread_id", _DWORD))


@dataclass(frozen=True, slots=True)
class StartRequest:
    """How the process is to be created. `attributes` hold the numbers and values of the attribute list."""

    command: str
    folder: str
    environment: str
    flags: int
    input: int
    output: int
    attributes: dict[int, object]


class WindowsCalls(Protocol):
    """The calls of Windows that are needed. Each raises OSError when the system refuses. Tests stand in for it."""

    def derive_container(self, name: str) -> int:
        """Makes the container's profile if there is none, and returns its SID."""

    def free_container(self, sid: int) -> None:
        """Frees a SID."""

    def create_job(self) -> int:
        """Returns a new job without a name."""

    def set_job(self, job: int, kind: int, value: ctypes.Structure | ctypes.c_uint32) -> None:
        """Sets limits of a job."""

    def create_process(self, request: StartRequest) -> tuple[int, int]:
        """Creates a process, and returns the handles of process and thread."""

    def is_in_container(self, process: int) -> bool:
        """Returns whether the process's token is that of an AppContainer."""

    def is_in_job(self, process: int, job: int) -> bool:
        """Returns whether a process is in a job."""

    def resume(self, thread: int) -> None:
        """Lets a suspended thread run."""

    def kill(self, process: int) -> None:
        """Kills a process."""

    def close(self, handle: int) -> None:
        """Closes a handle."""


@dataclass(frozen=True, slots=True)
class ContainedProcess:
    """A running worker: closing the job kills it."""

    process: int
    job: int


def make_job_limits() -> ExtendedLimits:
    """Returns the limits of a worker's job: one process, bounded memory, and death with the host."""
    rules = ExtendedLimits()
    rules.basic.limit_flags = JOB_ONE_PROCESS | JOB_PROCESS_MEMORY | JOB_DIE_ON_EXCEPTION | JOB_KILL_ON_CLOSE
    rules.basic.active_process_limit = 1
    rules.process_memory = limits.WORKER_MEMORY
    return rules


def make_environment(words: dict[str, str]) -> str:
    """Returns an environment block: sorted, each word ended by NUL, and one NUL more."""
    for name, value in words.items():
        if not name or "=" in name or "\0" in name + value:
            raise ValueError(f"not a variable: {name!r}")
    return "".join(f"{name}={words[name]}\0" for name in sorted(words, key=str.upper)) + "\0"


def start_contained(
    calls: WindowsCalls, command: Sequence[str], folder: str, environment: dict[str, str], pipes: tuple[int, int]
) -> ContainedProcess:
    """Starts a program in an AppContainer and a job. `pipes` are the handles of its input and output, which it inherits.

    Raises:
        NotConfined: if any step fails; then nothing runs and nothing stays open
    """
    opened: list[int] = []
    process = sid = 0
    try:
        sid = calls.derive_container(NAME)
        job = calls.create_job()
        opened.append(job)
        calls.set_job(job, JOB_EXTENDED_LIMITS, make_job_limits())
        calls.set_job(job, JOB_UI_RESTRICTIONS, ctypes.c_uint32(UI_EVERYTHING))
        request = StartRequest(
            command=list2cmdline(command),
            folder=folder,
            environment=make_environment(environment),
            flags=CREATE_SUSPENDED | DETACHED_PROCESS | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUP_INFO,
            input=pipes[0],
            output=pipes[1],
            attributes={
                ATTRIBUTE_HANDLES: pipes,
                ATTRIBUTE_MITIGATIONS: MITIGATIONS,
                ATTRIBUTE_CAPABILITIES: SecurityCapabilities(sid, None, 0, 0),
                ATTRIBUTE_JOBS: (job,),
                ATTRIBUTE_CHILDREN: NO_CHILD_PROCESSES,
                ATTRIBUTE_ALL_PACKAGES: OPT_OUT_OF_ALL_PACKAGES,
            },
        )
        process, thread = calls.create_process(request)
        opened += [process, thread]
        if not calls.is_in_container(process) or not calls.is_in_job(process, job):
            raise NotConfined("the process came up outside its container or job")
        calls.resume(thread)
        calls.close(thread)
    except (OSError, NotConfined) as error:
        if process:
            with suppress(OSError):
                calls.kill(process)
        for handle in reversed(opened):
            with suppress(OSError):
                calls.close(handle)
        raise NotConfined(f"AppContainer: {error}") from error
    finally:
        if sid:
            calls.free_container(sid)
    return ContainedProcess(process, job)
