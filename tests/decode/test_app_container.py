from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from triage import limits
from triage.decode import app_container, windows_calls
from triage.decode.app_container import (
    ATTRIBUTE_ALL_PACKAGES,
    ATTRIBUTE_CAPABILITIES,
    ATTRIBUTE_CHILDREN,
    ATTRIBUTE_HANDLES,
    ATTRIBUTE_JOBS,
    ATTRIBUTE_MITIGATIONS,
    CREATE_SUSPENDED,
    ExtendedLimits,
    ProcessInformation,
    SecurityCapabilities,
    StartRequest,
    StartupInfo,
    make_environment,
    make_job_limits,
    start_contained,
)
from triage.decode.protocol import NotConfined

SID, JOB, PROCESS, THREAD = 11, 22, 33, 44
STEPS = ("derive_container", "create_job", "set_job", "create_process", "is_in_container", "is_in_job", "resume")


class FakeCalls:
    """Stands in for Windows. `fails` names the call that the system refuses."""

    def __init__(self, fails: str = "", contained: bool = True, in_job: bool = True) -> None:
        self.fails, self.contained, self.in_job = fails, contained, in_job
        self.open: set[int] = set()
        self.steps: list[str] = []
        self.request: StartRequest | None = None
        self.killed = False

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name == self.fails:
            raise OSError(5, name)

    def derive_container(self, name: str) -> int:
        self._step("derive_container")
        self.open.add(SID)
        return SID

    def free_container(self, sid: int) -> None:
        self.open.remove(sid)

    def create_job(self) -> int:
        self._step("create_job")
        self.open.add(JOB)
        return JOB

    def set_job(self, job: int, kind: int, value: object) -> None:
        self._step("set_job")

    def create_process(self, request: StartRequest) -> tuple[int, int]:
        self._step("create_process")
        self.request = request
        self.open |= {PROCESS, THREAD}
        return PROCESS, THREAD

    def is_in_container(self, process: int) -> bool:
        self._step("is_in_container")
        return self.contained

    def is_in_job(self, process: int, job: int) -> bool:
        self._step("is_in_job")
        return self.in_job

    def resume(self, thread: int) -> None:
        self._step("resume")

    def kill(self, process: int) -> None:
        self.killed = True

    def close(self, handle: int) -> None:
        self.open.remove(handle)


def start(calls: FakeCalls) -> app_container.ContainedProcess:
    return start_contained(calls, ("C:\\Program Files\\triage.exe", "--x"), "C:\\", {"HOME": "C:\\"}, (7, 8))


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the product is 64-bit")
@pytest.mark.parametrize(
    ("structure", "size"), [(ExtendedLimits, 144), (SecurityCapabilities, 24), (StartupInfo, 112), (ProcessInformation, 24)]
)
def test_structures_have_the_sizes_of_windows(structure: type[ctypes.Structure], size: int) -> None:
    assert ctypes.sizeof(structure) == size


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the product is 64-bit")
def test_fields_lie_where_windows_looks_for_them() -> None:
    assert (ExtendedLimits.process_memory.offset, app_container.BasicLimits.active_process_limit.offset) == (112, 40)
    assert (StartupInfo.flags.offset, StartupInfo.input.offset, StartupInfo.attributes.offset) == (60, 80, 104)


def test_a_worker_starts_in_container_and_job_before_it_runs() -> None:
    calls = FakeCalls()
    made = start(calls)
    assert (made.process, made.job) == (PROCESS, JOB)
    assert calls.steps == ["derive_container", "create_job", "set_job", "set_job", *STEPS[3:]]
    assert calls.open == {PROCESS, JOB}, "the thread and the identity are let go"
    assert calls.request is not None
    assert calls.request.flags & CREATE_SUSPENDED
    attributes = calls.request.attributes
    assert (attributes[ATTRIBUTE_HANDLES], attributes[ATTRIBUTE_JOBS]) == ((7, 8), (JOB,))
    assert (attributes[ATTRIBUTE_CHILDREN], attributes[ATTRIBUTE_ALL_PACKAGES]) == (1, 1)
    capabilities = attributes[ATTRIBUTE_CAPABILITIES]
    assert isinstance(capabilities, SecurityCapabilities)
    assert (capabilities.container, capabilities.count, capabilities.capabilities) == (SID, 0, None)
    assert calls.request.command == '"C:\\Program Files\\triage.exe" --x'


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_fails_leaves_nothing_running_or_open(step: str) -> None:
    calls = FakeCalls(fails=step)
    with pytest.raises(NotConfined, match=step):
        start(calls)
    assert calls.open == set()
    assert calls.killed == (STEPS.index(step) > STEPS.index("create_process"))
    assert "resume" not in calls.steps or step == "resume"


@pytest.mark.parametrize("where", [{"contained": False}, {"in_job": False}])
def test_a_process_outside_is_killed_before_it_runs(where: dict[str, bool]) -> None:
    calls = FakeCalls(**where)
    with pytest.raises(NotConfined, match="outside"):
        start(calls)
    assert (calls.killed, calls.open, "resume" in calls.steps) == (True, set(), False)


def test_a_job_bounds_memory_and_processes_and_dies_with_its_host() -> None:
    rules = make_job_limits()
    assert (rules.basic.active_process_limit, rules.process_memory) == (1, limits.WORKER_MEMORY)
    assert rules.basic.limit_flags == 0x8 | 0x100 | 0x400 | 0x2000


def test_an_environment_is_sorted_and_ends_twice() -> None:
    assert make_environment({"b": "2", "A": "1"}) == "A=1\0b=2\0\0"
    with pytest.raises(ValueError, match="not a variable"):
        make_environment({"A=B": "1"})


def test_each_attribute_has_the_size_that_windows_wants() -> None:
    sizes = {
        number: ctypes.sizeof(windows_calls._store_value(number, value))
        for number, value in {
            ATTRIBUTE_MITIGATIONS: app_container.MITIGATIONS, ATTRIBUTE_CHILDREN: 1, ATTRIBUTE_HANDLES: (7, 8), ATTRIBUTE_JOBS: (1,),
        }.items()
    }  # fmt: skip
    assert sizes == {ATTRIBUTE_MITIGATIONS: 8, ATTRIBUTE_CHILDREN: 4, ATTRIBUTE_HANDLES: 16, ATTRIBUTE_JOBS: 8}


class FakeLibrary:
    """A library of Windows whose calls succeed with 1, and are written down."""

    def __init__(self, **answers: int) -> None:
        self.answers, self.called = answers, []

    def __getattr__(self, name: str) -> object:
        def call(*_: object) -> int:
            self.called.append(name)
            return self.answers.get(name, 1)

        return call


def test_a_refusal_of_the_system_is_an_error_that_names_the_call() -> None:
    calls = windows_calls.SystemCalls(FakeLibrary(IsProcessInJob=0, CreateJobObjectW=0), FakeLibrary(), FakeLibrary())
    with pytest.raises(OSError, match="IsProcessInJob"):
        calls.is_in_job(1, 2)
    with pytest.raises(OSError, match="CreateJobObjectW"):
        calls.create_job()


def test_the_attribute_list_is_freed_also_when_no_process_comes_up() -> None:
    kernel = FakeLibrary(CreateProcessW=0)
    request = StartRequest("x", "C:\\", "\0", 0, 7, 8, {ATTRIBUTE_CHILDREN: 1})
    with pytest.raises(OSError, match="CreateProcessW"):
        windows_calls.SystemCalls(kernel, FakeLibrary(), FakeLibrary()).create_process(request)
    assert kernel.called[-1] == "DeleteProcThreadAttributeList"


@pytest.mark.skipif(sys.platform == "win32", reason="says what happens elsewhere")
def test_elsewhere_there_are_no_such_calls() -> None:
    with pytest.raises(OSError, match="not Windows"):
        windows_calls.load_system_calls()


def test_a_64_bit_program_asks_for_no_policy_of_32_bit_programs() -> None:
    """DEP (1) and SEHOP (4) are no choice there; Chromium leaves them out, since Windows refuses them."""
    assert app_container.MITIGATIONS & 0xF == 0


@pytest.mark.skipif(sys.platform != "win32", reason="the proof: it has to pass on Windows before media open there")
def test_on_windows_a_contained_program_reaches_nothing(tmp_path: Path) -> None:
    """A Python of its own, which decoders may read, tries a file of the user, a folder to write to, a connection and a program.

    Files of Windows itself are no proof: the system grants them to all containers.
    """
    import msvcrt
    import os

    own = tmp_path / "python"
    shutil.copytree(sys.base_prefix, own, ignore=shutil.ignore_patterns("site-packages", "test", "tcl", "Doc", "__pycache__"))
    grants = ["*S-1-15-2-1:(OI)(CI)RX", "*S-1-15-2-2:(OI)(CI)RX"]
    subprocess.run(["icacls.exe", str(own), "/grant", *grants, "/T", "/Q"], check=True)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    words = f"""
import os, socket, subprocess
def closed(act):
    try: act()
    except OSError: return "closed"
    return "open"
print(closed(lambda: open({str(tmp_path / "secret.txt")!r})), closed(lambda: open({str(tmp_path / "new.txt")!r}, "w")),
      closed(lambda: socket.create_connection(("127.0.0.1", 445), 5)), closed(lambda: subprocess.Popen(["cmd.exe", "/c", "exit"])))
"""
    ours, theirs = os.pipe(), os.pipe()
    started = start_contained(
        windows_calls.load_system_calls(), (str(own / "python.exe"), "-I", "-S", "-c", words), str(own), dict(os.environ),
        (msvcrt.get_osfhandle(ours[0]), msvcrt.get_osfhandle(theirs[1])),
    )  # fmt: skip
    os.close(theirs[1])
    assert started.process
    assert os.read(theirs[0], 1000).split() == [b"closed"] * 4
