from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from delivery import manifest
from delivery.assemble import FILES
from delivery.sign import sign_bundle
from tests.delivery.small_bundle import FINGERPRINT, KEY, STRANGER, make_bundle

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="a bare machine compares the digest instead")
Run = Callable[..., tuple[int, str]]


def installed(tmp_path: Path) -> Path:
    return tmp_path / "installed"


def test_a_bundle_is_installed_and_starts(run: Run, tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "b")
    code, said = run(tmp_path / "b/install.sh", "--digest", " ".join(digest[at : at + 4] for at in range(0, 64, 4)).upper())
    assert (code, "is installed" in said) == (0, True), said
    command = installed(tmp_path) / "bin/triage"
    assert (
        subprocess.run([str(command), "--version"], capture_output=True, text=True, check=True).stdout
        == "triage, version 1.2.0\n"
    )
    assert str(installed(tmp_path)) in (installed(tmp_path) / "share/applications/triage.desktop").read_text(encoding="utf-8")
    assert not (installed(tmp_path) / "current/wheels").exists()
    assert (installed(tmp_path) / "current/app/_internal/b.so").readlink() == Path("a [1].so")


def test_a_fingerprint_is_enough_with_openssl(run: Run, tmp_path: Path) -> None:
    make_bundle(tmp_path / "b")
    assert run(tmp_path / "b/verify.sh", "--fingerprint", FINGERPRINT)[0] == 0
    assert run(tmp_path / "b/install.sh", "--fingerprint", FINGERPRINT)[0] == 0
    assert (installed(tmp_path) / "issuer.pem").read_bytes() == (tmp_path / "b/SHA256SUMS.pem").read_bytes()


def test_without_a_paper_nothing_is_trusted(run: Run, tmp_path: Path) -> None:
    make_bundle(tmp_path / "b")
    code, said = run(tmp_path / "b/verify.sh")
    assert (code, "not checked" in said) == (3, True)
    assert run(tmp_path / "b/install.sh")[0] == 1
    assert not installed(tmp_path).exists()


def change_byte(bundle: Path) -> None:
    (bundle / "app/_internal/a [1].so").write_text("Library\n")


def add_file(bundle: Path) -> None:
    (bundle / "app/_internal/more.so").write_text("x")


def lose_file(bundle: Path) -> None:
    (bundle / "wheels/x.whl").unlink()


def turn_link(bundle: Path) -> None:
    (bundle / "app/_internal/b.so").unlink()
    (bundle / "app/_internal/b.so").symlink_to("/etc/passwd")


def add_link(bundle: Path) -> None:
    (bundle / "app/c.so").symlink_to("triage")


def file_to_link(bundle: Path) -> None:
    (bundle / "wheels/x.whl").rename(bundle.parent / "x.whl")
    (bundle / "wheels/x.whl").symlink_to(bundle.parent / "x.whl")


def change_script(bundle: Path) -> None:
    with (bundle / "remove.sh").open("a") as file:
        file.write("true\n")


def list_outside(bundle: Path) -> None:
    sums = bundle / manifest.SUMS
    sums.write_text(sums.read_text() + f"{'0' * 64}  ../outside\n")


def sums_again(bundle: Path) -> None:
    change_byte(bundle)
    manifest.write_sums(bundle)


def sign_again(bundle: Path) -> None:
    change_byte(bundle)
    from delivery.sign import sign_bundle

    sign_bundle(bundle, STRANGER)


def drop_signature(bundle: Path) -> None:
    (bundle / manifest.SIGNATURE).unlink()


def other_signature(bundle: Path) -> None:
    (bundle / manifest.SIGNATURE).write_bytes(KEY.sign(b"something else"))


TAMPERED = (
    change_byte, add_file, lose_file, turn_link, add_link, file_to_link, change_script, list_outside, sums_again, sign_again,
    drop_signature, other_signature,
)  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERED)
def test_a_tampered_bundle_is_refused(run: Run, tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    make_bundle(tmp_path / "b")
    tamper(tmp_path / "b")
    for script in ("verify.sh", "install.sh"):
        code, said = run(tmp_path / "b" / script, "--fingerprint", FINGERPRINT)
        assert code == 1, said
        assert len(said.strip().splitlines()) == 1
    assert not installed(tmp_path).exists()


@pytest.mark.parametrize("tamper", [change_byte, sums_again, sign_again])
def test_a_tampered_bundle_has_another_digest(run: Run, tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    digest = make_bundle(tmp_path / "b")
    tamper(tmp_path / "b")
    assert run(tmp_path / "b/install.sh", "--digest", digest)[0] == 1
    assert not installed(tmp_path).exists()


@pytest.mark.parametrize("tamper", [drop_signature, other_signature])
def test_a_digest_does_not_excuse_a_signature_that_does_not_fit(run: Run, tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    digest = make_bundle(tmp_path / "b")
    tamper(tmp_path / "b")
    code, said = run(tmp_path / "b/install.sh", "--digest", digest)
    assert code == 1 and "signature" in said
    assert not installed(tmp_path).exists()


@pytest.fixture
def old(run: Run, tmp_path: Path) -> Path:
    """Version 1.2.0, installed, with a store of data beside it."""
    digest = make_bundle(tmp_path / "old")
    assert run(tmp_path / "old/install.sh", "--digest", digest)[0] == 0
    (tmp_path / "store").mkdir()
    (tmp_path / "store/vault").write_text("sealed")
    (tmp_path / "backup").mkdir()
    return installed(tmp_path) / "current"


def test_an_upgrade_backs_up_first_and_leaves_the_store(run: Run, tmp_path: Path, old: Path) -> None:
    make_bundle(tmp_path / "new", "1.10.0")
    options = ("--store", str(tmp_path / "store"), "--user", "isb-01", "--backup", str(tmp_path / "backup"))
    code, said = run(old / "upgrade.sh", str(tmp_path / "new"), *options)
    assert code == 0, said
    assert (tmp_path / "backup/asked").read_text().split()[:2] == ["backup", str(tmp_path / "backup")]
    assert (old / "VERSION").read_text().startswith("1.10.0\n")
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["vault"]
    assert (installed(tmp_path) / "versions/1.2.0/app/triage").exists(), "a window of it may still be open"


def test_an_upgrade_without_a_backup_is_refused(run: Run, tmp_path: Path, old: Path) -> None:
    make_bundle(tmp_path / "new", "1.3.0")
    code, said = run(old / "upgrade.sh", str(tmp_path / "new"))
    assert (code, "Give the store" in said) == (1, True)
    assert (old / "VERSION").read_text().startswith("1.2.0\n")


def test_a_backup_that_fails_stops_the_upgrade(run: Run, tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "old", backup=1)
    run(tmp_path / "old/install.sh", "--digest", digest)
    (tmp_path / "backup").mkdir()
    make_bundle(tmp_path / "new", "1.3.0")
    options = ("--store", str(tmp_path / "store"), "--user", "isb-01", "--backup", str(tmp_path / "backup"))
    code, said = run(installed(tmp_path) / "current/upgrade.sh", str(tmp_path / "new"), *options)
    assert (code, "nothing was changed" in said) == (1, True)
    assert (installed(tmp_path) / "current/VERSION").read_text().startswith("1.2.0\n")


@pytest.mark.parametrize(("version", "said"), [("1.1.9", "older"), ("0.12.0", "older"), ("1.2.0", "installed already")])
def test_a_downgrade_and_the_same_again_are_refused(run: Run, tmp_path: Path, old: Path, version: str, said: str) -> None:
    make_bundle(tmp_path / "new", version)
    code, text = run(old / "upgrade.sh", str(tmp_path / "new"), "--no-store")
    assert (code, said in text) == (1, True), text


def test_a_bundle_of_another_issuer_is_no_upgrade(run: Run, tmp_path: Path, old: Path) -> None:
    make_bundle(tmp_path / "new", "1.3.0", key=STRANGER)
    code, said = run(old / "upgrade.sh", str(tmp_path / "new"), "--no-store")
    assert (code, "another key" in said) == (1, True)


def test_a_program_that_does_not_start_changes_nothing(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    make_bundle(folder)
    (folder / "app/triage").write_text("#!/bin/sh\necho 'GLIBC_2.36 not found' >&2; exit 1\n")
    from delivery.sign import sign_bundle

    code, said = run(folder / "install.sh", "--digest", sign_bundle(folder, KEY))
    assert (code, "needs glibc 2.36" in said) == (1, True), said
    assert not (installed(tmp_path) / "current").exists()


def test_removing_leaves_the_stores(run: Run, tmp_path: Path, old: Path) -> None:
    code, said = run(old / "remove.sh")
    assert code == 0, said
    assert not installed(tmp_path).exists()
    assert (tmp_path / "store/vault").read_text() == "sealed"
    assert run(tmp_path / "old/remove.sh")[0] == 1


def run_plainly(tmp_path: Path, script: Path, *words: str, **env: str) -> tuple[int, str]:
    """Runs a script as a person does who names no --prefix; HOME is `home`."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home")} | env
    done = subprocess.run(["sh", str(script), *words], capture_output=True, text=True, check=False, env=env, cwd=tmp_path)
    return done.returncode, done.stdout + done.stderr


def test_a_script_acts_on_the_installation_in_which_it_lies(tmp_path: Path, old: Path) -> None:
    code, said = run_plainly(tmp_path, old / "remove.sh")
    assert code == 0, said
    assert not installed(tmp_path).exists()


def test_a_script_of_somebody_else_s_installation_touches_none(tmp_path: Path, old: Path) -> None:
    (installed(tmp_path) / "bin/triage").unlink()  # as if it were installed for everybody, with the command elsewhere
    make_bundle(tmp_path / "new", "1.3.0")
    for script, words in (("remove.sh", ()), ("upgrade.sh", (str(tmp_path / "new"), "--no-store"))):
        code, said = run_plainly(tmp_path, old / script, *words)
        assert (code, "Run this as whoever installed" in said) == (1, True), said
    assert (old / "VERSION").read_text().startswith("1.2.0\n")


def test_a_removal_that_was_cut_off_is_finished(run: Run, tmp_path: Path, old: Path) -> None:
    old.unlink()
    (installed(tmp_path) / "versions/.1.3.0.new/app").mkdir(parents=True)
    code, said = run(tmp_path / "old/remove.sh")
    assert code == 0, said
    assert not installed(tmp_path).exists()


@pytest.mark.parametrize("name", ["store", "2026-backup", ".hidden.new"])
def test_nothing_that_is_no_version_is_removed(run: Run, tmp_path: Path, old: Path, name: str) -> None:
    (installed(tmp_path) / "versions" / name).mkdir()
    (installed(tmp_path) / "versions" / name / "vault").write_text("sealed")
    make_bundle(tmp_path / "new", "1.3.0")
    assert run(old / "upgrade.sh", str(tmp_path / "new"), "--no-store")[0] == 0
    assert run(old / "remove.sh")[0] == 0
    assert [path.name for path in installed(tmp_path).rglob("*")] == ["versions", name, "vault"]


def test_pages_of_commands_that_are_no_more_go_with_the_upgrade(run: Run, tmp_path: Path, old: Path) -> None:
    pages = [installed(tmp_path) / folder / "triage-gone.1" for folder in ("share/man/man1", "versions/1.2.0/share/man")]
    for page in pages:
        page.write_text("old")
    make_bundle(tmp_path / "new", "1.3.0")
    assert run(old / "upgrade.sh", str(tmp_path / "new"), "--no-store")[0] == 0
    assert not pages[0].exists() and (installed(tmp_path) / "share/man/man1/triage.1").exists()


def test_whoever_gives_digest_and_fingerprint_has_both_compared(run: Run, tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "b")
    assert run(tmp_path / "b/verify.sh", "--digest", digest, "--fingerprint", FINGERPRINT)[0] == 0
    code, said = run(tmp_path / "b/install.sh", "--digest", digest, "--fingerprint", "ab" * 32)
    assert (code, "the fingerprint is not that of its key" in said) == (1, True), said


@pytest.mark.parametrize("home", ["", "with ' quote"])
def test_checking_needs_no_place_to_install_into(tmp_path: Path, home: str) -> None:
    digest = make_bundle(tmp_path / "b")
    words = ["env", "-i", "PATH=/usr/bin:/bin", *([f"HOME=/{home}"] if home else []), "sh"]
    fake = tmp_path / "bin/id"  # as somebody who is not root
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 1000\n")
    fake.chmod(0o755)
    words[2] = f"PATH={fake.parent}:/usr/bin:/bin"
    done = subprocess.run(
        [*words, str(tmp_path / "b/verify.sh"), "--digest", digest], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_a_copy_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "b")
    fake = tmp_path / "bin/tar"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\ncase $1 in --extract) : >"$4/part"; exit 2 ;; esac\n')
    fake.chmod(0o755)
    words = ("--digest", digest, "--prefix", str(installed(tmp_path)) + "/")
    code, said = run_plainly(tmp_path, tmp_path / "b/install.sh", *words, PATH=f"{fake.parent}:/usr/bin:/bin")
    assert (code, "see whether its disk is full" in said) == (1, True), said
    assert list((installed(tmp_path) / "versions").iterdir()) == []


def test_a_command_of_somebody_else_is_not_replaced(run: Run, tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "b")
    (installed(tmp_path) / "bin").mkdir(parents=True)
    (installed(tmp_path) / "bin/triage").write_text("theirs")
    code, said = run(tmp_path / "b/install.sh", "--digest", digest)
    assert (code, "not of this installation" in said) == (1, True)
    assert (installed(tmp_path) / "bin/triage").read_text() == "theirs"
    assert not (installed(tmp_path) / "current").exists()


def test_a_link_of_somebody_else_is_not_replaced(run: Run, tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "b")
    (installed(tmp_path) / "bin").mkdir(parents=True)
    (installed(tmp_path) / "bin/triage").symlink_to("/bin/true")
    code, said = run(tmp_path / "b/install.sh", "--digest", digest)
    assert (code, "not of this installation" in said) == (1, True)
    assert (installed(tmp_path) / "bin/triage").readlink() == Path("/bin/true")


def test_what_changes_between_check_and_copy_is_not_installed(tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "b")
    (tmp_path / "b/app/_internal/more.so").write_text("x")
    sign_bundle(tmp_path / "b", STRANGER)  # the carrier gives other files now, which fit their own list
    script = f'. ./common.sh; prefix={tmp_path}/installed digest={digest} fingerprint=; put_version "$PWD" 1.2.0'
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path / "b", capture_output=True, text=True, check=False)
    assert (done.returncode, "not the same as the bundle" in done.stderr) == (1, True), done.stderr
    assert not (installed(tmp_path) / "current").exists()


def test_nothing_that_is_installed_runs_as_its_owner(run: Run, tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "b")
    (tmp_path / "b/app/triage").chmod(0o6755)
    assert run(tmp_path / "b/install.sh", "--digest", digest)[0] == 0
    assert (installed(tmp_path) / "current/app/triage").stat().st_mode & 0o7777 == 0o755


def test_no_copy_is_entered_by_others_or_runs_as_its_owner_before_it_was_checked(tmp_path: Path) -> None:
    digest = make_bundle(tmp_path / "b")
    (tmp_path / "b/app/triage").chmod(0o6757)
    (tmp_path / "seen").mkdir()
    shim = tmp_path / "seen/tar"  # looks at the copy at the moment when it was unpacked
    shim.write_text(
        f'#!/bin/sh\n/usr/bin/tar "$@" || exit\ncd {tmp_path}/installed/versions/.1.2.0.new || exit 0\n'
        f"case $1 in --extract) stat -c %a . app/triage >{tmp_path}/seen/modes ;; esac\n"
    )
    shim.chmod(0o755)
    script = f'. ./common.sh; prefix={tmp_path}/installed digest={digest} fingerprint=; put_version "$PWD" 1.2.0'
    env = {"PATH": f"{tmp_path}/seen:/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path / "b", env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "seen/modes").read_text().split() == ["700", "755"]
    assert (installed(tmp_path) / "versions/1.2.0").stat().st_mode & 0o7777 == 0o755


@pytest.mark.parametrize("given", [{"digest": "0" * 64}, {"fingerprint": "0" * 64}, {}])
def test_no_wrong_or_missing_number_of_the_paper_is_answered_with_the_right_one(tmp_path: Path, given: dict[str, str]) -> None:
    digest = make_bundle(tmp_path / "b")
    values = f"digest={given.get('digest', '')} fingerprint={given.get('fingerprint', '')}"
    done = subprocess.run(
        [
            "sh",
            "-c",
            f'. ./common.sh; prefix={tmp_path}/installed {values}; check_bundle "$PWD"',
        ],
        cwd=tmp_path / "b",
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).replace(" ", "")
    assert done.returncode in (0, 1, 3) and said
    assert digest.replace(" ", "") not in said and not re.search("[0-9a-f]{32}", said)


def test_an_installation_that_was_cut_off_is_finished(run: Run, tmp_path: Path, old: Path) -> None:
    (installed(tmp_path) / "bin/triage").unlink()
    code, said = run(tmp_path / "old/install.sh")
    assert (code, "already" in said) == (0, True), said
    assert (installed(tmp_path) / "bin/triage").exists()


def test_cd_goes_to_the_folder_of_the_script(tmp_path: Path) -> None:
    make_bundle(tmp_path / "b")
    (tmp_path / "elsewhere/b").mkdir(parents=True)
    (tmp_path / "elsewhere/b/common.sh").write_text("echo another script; exit 7\n")
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "CDPATH": str(tmp_path / "elsewhere")}
    done = subprocess.run(["sh", "b/verify.sh"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "not checked" in done.stdout) == (3, True), done.stdout + done.stderr


@pytest.mark.parametrize("name", ["with, comma", 'with " quote', "with $(id)"])
def test_a_folder_that_a_menu_entry_can_not_hold_is_refused(tmp_path: Path, name: str) -> None:
    digest = make_bundle(tmp_path / "b")
    words = ["sh", str(tmp_path / "b/install.sh"), "--digest", digest, "--prefix", str(tmp_path / name)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, "another one with --prefix" in done.stderr) == (1, True), done.stderr


def key_in_front(pem: bytes, stranger: bytes) -> bytes:
    """Returns a key file whose text begins with the issuer's key, and of which openssl reads the stranger's."""
    return pem.splitlines()[1] + b"\n!\n" + stranger


def two_keys(pem: bytes, stranger: bytes) -> bytes:
    """Returns a key file with both keys, the stranger's first."""
    return stranger + pem


def header_in_key(pem: bytes, stranger: bytes) -> bytes:
    """Returns a key file with the issuer's key as a comment within the stranger's."""
    first, key, last = stranger.splitlines()
    return b"\n".join((first, b"Comment: " + pem.splitlines()[1], b"", key, last, b""))


@pytest.mark.parametrize("forge", [key_in_front, two_keys, header_in_key])
def test_a_key_file_that_shows_one_key_and_holds_another_is_refused(
    run: Run, tmp_path: Path, old: Path, forge: Callable[[bytes, bytes], bytes]
) -> None:
    make_bundle(tmp_path / "theirs", "1.3.0", key=STRANGER)
    pem, stranger = ((tmp_path / folder / manifest.KEY).read_bytes() for folder in ("old", "theirs"))
    (tmp_path / "theirs" / manifest.KEY).write_bytes(forge(pem, stranger))
    sums = manifest.write_sums(tmp_path / "theirs")
    (tmp_path / "theirs" / manifest.SIGNATURE).write_bytes(STRANGER.sign(sums))
    for script, words in (
        (tmp_path / "theirs/verify.sh", ("--fingerprint", FINGERPRINT)),
        (old / "verify.sh", ("--fingerprint", FINGERPRINT, str(tmp_path / "theirs"))),
        (old / "upgrade.sh", (str(tmp_path / "theirs"), "--no-store")),
    ):
        code, said = run(script, *words)
        assert (code, "another key" in said or "no key" in said) == (1, True), said
    assert (old / "VERSION").read_text().startswith("1.2.0\n")


def test_the_commands_of_the_readme_check_a_bundle_without_its_scripts(tmp_path: Path) -> None:
    make_bundle(tmp_path / "b")
    for path in (tmp_path / "b").glob("*.sh"):
        path.chmod(0)
    text = (FILES / "README.txt").read_text(encoding="utf-8")
    commands = re.search(r"(?s)of ours:\n\n(.*?)\n\nThe first", text)
    assert commands
    ask = partial(subprocess.run, ["sh", "-ec", commands[1]], capture_output=True, text=True, check=False, cwd=tmp_path / "b")
    done = ask()
    assert (done.returncode, done.stdout.split()[0], "Verified Successfully" in done.stdout) == (0, FINGERPRINT, True), done
    change_byte(tmp_path / "b")
    assert ask().returncode != 0
