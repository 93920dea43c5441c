"""The list of everything inside the bundle (SBOM), in CycloneDX 1.5 JSON."""

from __future__ import annotations

import json
import platform
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from delivery.inner_parts import InnerPart, find_library_row, list_inner_parts
from delivery.libraries import NativeLibrary, find_debian_packages, list_libraries
from delivery.packages import ROOT, ShippedPackage, list_locked, list_packages

Component = dict[str, Any]


def make_sbom(program: Path, version: str, moment: int) -> bytes:
    """Returns the list of what the frozen program in a folder holds. `moment` is in seconds since 1970."""
    components: dict[str, Component] = {}
    contained: dict[str, list[str]] = {}
    for package in list_packages():
        made = _package_component(package)
        components[made["bom-ref"]] = made
        contained[made["bom-ref"]] = []
        for path in package.boms:
            for inner in _read_wheel_bom(path, package):
                components.setdefault(inner["bom-ref"], inner)
                contained[made["bom-ref"]].append(inner["bom-ref"])
        for part in list_inner_parts(package):
            if part.kind == "cargo" or not part.version:  # other libraries are read from the files of the program below
                inner = _part_component(part)
                components.setdefault(inner["bom-ref"], inner)
                contained[made["bom-ref"]].append(inner["bom-ref"])
    debian = find_debian_packages(program)
    qt = next(package.version for package in list_packages() if package.name == "pyside6-essentials")
    for library in list_libraries(program):
        if library.file in debian:
            continue
        if library.name.startswith("libQt6"):
            library = replace(library, name="Qt", version=qt, by_name=False)
        made = _library_component(library)
        known = components.setdefault(made["bom-ref"], made)
        known.setdefault("properties", [])
        if known is not made:
            known["properties"] += made["properties"]
    for file, (name, of_version) in debian.items():
        made = _debian_component(name, of_version, file)
        known = components.setdefault(made["bom-ref"], made)
        if known is not made:
            known["properties"] += made["properties"]
    components |= {
        made["bom-ref"]: made for made in _list_starters(python_is_listed=any("python3" in name for name, _ in debian.values()))
    }
    whole = f"pkg:generic/triage@{version}"
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{whole}#{moment}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "name": "triage",
                "version": version,
                "bom-ref": whole,
                "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
                "description": "The frozen bundle as a whole; the source is Apache-2.0.",
            },
        },
        "components": [components[ref] for ref in sorted(components)],
        "dependencies": [
            {"ref": whole, "dependsOn": sorted(components)},
            *({"ref": ref, "dependsOn": sorted(set(inner))} for ref, inner in sorted(contained.items()) if inner),
        ],
    }
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _list_starters(*, python_is_listed: bool) -> list[Component]:
    """Returns what starts the program: PyInstaller's bootloader, and Python unless a package of Debian brings it."""
    freezer = list_locked(ROOT / "requirements/freeze.txt")["pyinstaller"]
    starters = [("pyinstaller", freezer, "pypi", "GPL-2.0-or-later WITH Bootloader-exception")]
    if not python_is_listed:
        starters.append(("python", platform.python_version(), "generic", "Python-2.0.1"))
    return [
        {
            "type": "application",
            "name": name,
            "version": of_version,
            "purl": f"pkg:{kind}/{name}@{of_version}",
            "bom-ref": f"pkg:{kind}/{name}@{of_version}",
            "licenses": [{"expression": licence}],
        }
        for name, of_version, kind, licence in starters
    ]


def _package_component(package: ShippedPackage) -> Component:
    """Returns the entry of a Python package."""
    found: Component = {
        "type": "library",
        "name": package.name,
        "version": package.version,
        "purl": f"pkg:pypi/{package.name}@{package.version}",
        "bom-ref": f"pkg:pypi/{package.name}@{package.version}",
    }
    if package.licence:
        found["licenses"] = [_licence(package.licence)]
    return found


def _licence(words: str) -> dict[str, Any]:
    """Returns a licence as the format wants it: an expression, or a name."""
    spdx = re.fullmatch(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*", words)
    return {"expression": words} if spdx and words not in ("MIT License", "PSFL") else {"license": {"name": words}}


def _read_wheel_bom(path: Path, package: ShippedPackage) -> list[Component]:
    """Returns the components that the makers of a wheel list, without the wheel itself and what is only used to build it."""
    listed = json.loads(path.read_text(encoding="utf-8")).get("components", [])
    found = []
    for each in listed:
        name, purl = str(each["name"]), str(each.get("purl") or "")
        if purl.startswith("pkg:pypi/") or name.startswith(package.name):
            continue
        version = str(each.get("version") or "")
        ref = purl.partition("?")[0] or f"pkg:generic/{re.sub(r'[^A-Za-z0-9.+-]+', '-', name)}@{version or 'unknown'}"
        made: Component = {"type": "library", "name": name, "bom-ref": ref, "properties": [_stated_by(package)]}
        if version:
            made["version"] = version
        if purl:
            made["purl"] = purl.partition("?")[0]
        row = find_library_row(name)
        if licences := _read_stated_licences(each) or ([{"expression": row["licence"]}] if row else []):
            made["licenses"] = licences
        found.append(made)
    return found


def _read_stated_licences(component: Component) -> list[dict[str, Any]]:
    """Returns the licences that the makers of a wheel state: one expression, or names. Newer forms are left out."""
    stated = component.get("licenses") or []
    for each in stated:
        if "expression" in each:
            return [{"expression": str(each["expression"])}]
    licences = [each.get("license", {}) for each in stated]
    return [{"license": {"name": str(name)}} for each in licences if (name := each.get("id") or each.get("name"))]


def _stated_by(package: ShippedPackage) -> dict[str, str]:
    return {"name": "triage:stated-by", "value": f"{package.name} {package.version}"}


def _part_component(part: InnerPart) -> Component:
    """Returns the entry of what lies inside a wheel and stands neither in the list of its makers nor in a file's name."""
    ref = f"pkg:{part.kind}/{re.sub(r'[^A-Za-z0-9.+_-]+', '-', part.name)}@{part.version or 'unknown'}"
    made: Component = {"type": "library", "name": part.name, "version": part.version or "unknown", "bom-ref": ref, "purl": ref}
    made["licenses"] = [_licence(part.licence)]
    made["properties"] = [{"name": "triage:inside", "value": part.package}]
    return made


def _library_component(library: NativeLibrary) -> Component:
    """Returns the entry of a C library, with the file that holds it."""
    version = library.version or "unknown"
    purl = f"pkg:generic/{library.name}@{version}"
    made: Component = {
        "type": "library",
        "name": library.name,
        "version": version,
        "bom-ref": purl,
        "purl": purl,
        "properties": [{"name": "triage:file", "value": library.file}],
    }
    if row := find_library_row(library.name):
        made["licenses"] = [{"expression": row["licence"]}]
    if library.by_name:
        made["properties"].append({"name": "triage:version-is", "value": "that of the binary interface, from the file's name"})
    return made


def _debian_component(name: str, version: str, file: str) -> Component:
    """Returns the entry of a Debian package of which a file lies in the bundle."""
    purl = f"pkg:deb/debian/{name}@{version}?arch=amd64"
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": purl,
        "bom-ref": purl,
        "properties": [{"name": "triage:file", "value": file}],
    }
