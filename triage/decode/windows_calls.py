"""The calls of Windows that `app_container` needs, by ctypes.

NOT YET RUN: written from Microsoft's documentation, without Windows.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from triage.decode.app_container import (
    ATTRIBUTE_CAPABILITIES,
    ATTRIBUTE_MITIGATIONS,
    USE_STANDARD_HANDLES,
    ProcessInformation,
    StartRequest,
    StartupInfo,
)

_ALREADY_THERE = 0x800700B7  # HRESULT of ERROR_ALREADY_EXISTS
_INHERIT = 0x1
_QUERY = 0x8
_TOKEN_IS_APP_CONTAINER = 29


class SystemCalls:
    """Calls kernel32, advapi32 and userenv. Each method raises OSError when the system refuses."""

    def __init__(self, kernel: Any, advapi: Any, userenv: Any) -> None:
        """Takes the loaded libraries; tests stand in for them."""
        self._kernel, self._advapi, self._userenv = kernel, advapi, userenv
        self._kernel.CreateJobObjectW.restype = ctypes.c_void_p

    def derive_container(self, name: str) -> int:
        """Makes the container's profile if there is none, and returns its SID."""
        sid = ctypes.c_void_p()
        made = self._userenv.CreateAppContainerProfile(name, name, name, None, 0, ctypes.byref(sid)) & 0xFFFFFFFF
        if made == _ALREADY_THERE:
            made = self._userenv.DeriveAppContainerSidFromAppContainerName(name, ctypes.byref(sid)) & 0xFFFFFFFF
        if made or not sid.value:
            raise OSError(made, "CreateAppContainerProfile")
        return sid.value

    def free_container(self, sid: int) -> None:
        """Frees a SID."""
        self._advapi.FreeSid(ctypes.c_void_p(sid))

    def create_job(self) -> int:
        """Returns a new job without a name."""
        job = self._kernel.CreateJobObjectW(None, None)
        self._require(job, "CreateJobObjectW")
        return int(job)

    def set_job(self, job: int, kind: int, value: ctypes.Structure | ctypes.c_uint32) -> None:
        """Sets limits of a job."""
        size = ctypes.c_uint32(ctypes.sizeof(value))
        done = self._kernel.SetInformationJobObject(ctypes.c_void_p(job), kind, ctypes.byref(value), size)
        self._require(done, "SetInformationJobObject")

    def create_process(self, request: StartRequest) -> tuple[int, int]:
        """Creates a process, and returns the handles of process and thread."""
        held: list[object] = []  # values must live until the process is there
        attributes = self._make_attributes(request.attributes, held)
        for handle in (request.input, request.output):
            done = self._kernel.SetHandleInformation(ctypes.c_void_p(handle), _INHERIT, _INHERIT)
            self._require(done, "SetHandleInformation")
        start = StartupInfo(size=ctypes.sizeof(StartupInfo), flags=USE_STANDARD_HANDLES)
        start.input, start.output, start.attributes = request.input, request.output, ctypes.addressof(attributes)
        made = ProcessInformation()
        command = ctypes.create_unicode_buffer(request.command)
        environment = ctypes.create_unicode_buffer(request.environment, len(request.environment) + 1)
        try:
            done = self._kernel.CreateProcessW(
                None, command, None, None, True, ctypes.c_uint32(request.flags), environment, request.folder,
                ctypes.byref(start), ctypes.byref(made),
            )  # fmt: skip
            self._require(done, "CreateProcessW")
        finally:
            self._kernel.DeleteProcThreadAttributeList(attributes)
        return int(made.process), int(made.thread)

    def _make_attributes(self, values: dict[int, object], held: list[object]) -> ctypes.Array[ctypes.c_char]:
        """Returns an attribute list. What it points to is appended to `held`."""
        size = ctypes.c_size_t()
        self._kernel.InitializeProcThreadAttributeList(None, len(values), 0, ctypes.byref(size))
        attributes = ctypes.create_string_buffer(size.value)
        done = self._kernel.InitializeProcThreadAttributeList(attributes, len(values), 0, ctypes.byref(size))
        self._require(done, "InitializeProcThreadAttributeList")
        for number, value in values.items():
            stored = _store_value(number, value)
            held.append(stored)
            done = self._kernel.UpdateProcThreadAttribute(
                attributes,
                0,
                ctypes.c_size_t(number),
                ctypes.byref(stored),
                ctypes.c_size_t(ctypes.sizeof(stored)),
                None,
                None,
            )
            self._require(done, "UpdateProcThreadAttribute")
        return attributes

    def is_in_container(self, process: int) -> bool:
        """Returns whether the process's token is that of an AppContainer."""
        token, answer, size = ctypes.c_void_p(), ctypes.c_uint32(), ctypes.c_uint32()
        done = self._advapi.OpenProcessToken(ctypes.c_void_p(process), _QUERY, ctypes.byref(token))
        self._require(done, "OpenProcessToken")
        try:
            done = self._advapi.GetTokenInformation(
                token, _TOKEN_IS_APP_CONTAINER, ctypes.byref(answer), ctypes.sizeof(answer), ctypes.byref(size)
            )
            self._require(done, "GetTokenInformation")
        finally:
            self._kernel.CloseHandle(token)
        return bool(answer.value)

    def is_in_job(self, process: int, job: int) -> bool:
        """Returns whether a process is in a job."""
        answer = ctypes.c_int()
        done = self._kernel.IsProcessInJob(ctypes.c_void_p(process), ctypes.c_void_p(job), ctypes.byref(answer))
        self._require(done, "IsProcessInJob")
        return bool(answer.value)

    def resume(self, thread: int) -> None:
        """Lets a suspended thread run."""
        count = self._kernel.ResumeThread(ctypes.c_void_p(thread)) & 0xFFFFFFFF
        self._require(count != 0xFFFFFFFF, "ResumeThread")

    def kill(self, process: int) -> None:
        """Kills a process."""
        self._require(self._kernel.TerminateProcess(ctypes.c_void_p(process), 1), "TerminateProcess")

    def close(self, handle: int) -> None:
        """Closes a handle."""
        self._require(self._kernel.CloseHandle(ctypes.c_void_p(handle)), "CloseHandle")

    def _require(self, done: object, what: str) -> None:
        """Raises OSError with the system's number when a call failed."""
        if not done:
            raise OSError(_last_error(), what)


def load_system_calls() -> SystemCalls:
    """Returns the calls of this system. Raises OSError elsewhere than on Windows."""
    if sys.platform == "win32":
        load = [ctypes.WinDLL(name, use_last_error=True) for name in ("kernel32", "advapi32", "userenv")]
        return SystemCalls(*load)
    raise OSError("not Windows")


def _last_error() -> int:
    """Returns the number of the last error of this thread."""
    if sys.platform == "win32":
        return ctypes.get_last_error()
    return 0


def _store_value(
    number: int, value: object
) -> ctypes.Array[ctypes.c_void_p] | ctypes.Structure | ctypes.c_uint32 | ctypes.c_uint64:
    """Returns the value of an attribute as the system reads it."""
    if isinstance(value, tuple):
        return (ctypes.c_void_p * len(value))(*value)
    if number == ATTRIBUTE_CAPABILITIES and isinstance(value, ctypes.Structure):
        return value
    if isinstance(value, int):
        return ctypes.c_uint64(value) if number == ATTRIBUTE_MITIGATIONS else ctypes.c_uint32(value)
    raise TypeError(f"attribute {number:#x} can't be {value!r}")
