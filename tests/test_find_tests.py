"""Every module has tests that are found from its name."""

from __future__ import annotations

from tests.find_tests import ROOT, find_tests, list_modules, read_table


def test_every_module_has_tests_that_are_found_from_it() -> None:
    """A new module gets tests/PACKAGE/test_NAME.py. One that is tested through others only gets a row in tests/README.md."""
    assert [module for module in list_modules() if not find_tests(module)] == []


def test_the_table_names_modules_and_tests_that_exist() -> None:
    modules = set(list_modules())
    assert [module for module in read_table() if module not in modules] == [], "moved or deleted"
    assert [file for files in read_table().values() for file in files if not (ROOT / file).is_file()] == []
    assert [module for module, files in read_table().items() if not files] == []


def test_a_module_without_tests_is_noticed() -> None:
    assert find_tests("triage/store/no_such_module.py") == []
    assert find_tests("triage/store/vault.py")[0] == "tests/store/test_vault.py"
