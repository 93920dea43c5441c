"""Makes the API reference from the source: a page for each package, with its modules and their public functions and classes.

It reads the source and imports nothing, so that no decoder and no Qt has to be there.
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

_MARKUP = re.compile(r"(`[^`\n]+`)|([\\`*_{}\[\]<>#|$~])")
_SECTION = re.compile(r"(Args|Returns|Raises|Yields|Attributes):")
_ENTRY = re.compile(r"(\*{0,2}\w+(?: \([^)]*\))?): (.*)")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def make_pages(package: Path) -> dict[str, str]:
    """Returns file name -> Markdown: a page for each package at and below `package`, and an index."""
    pages, rows = {}, []
    for init in sorted(package.rglob("__init__.py"), key=lambda path: path.parent.parts):
        name = ".".join(init.parent.relative_to(package.parent).parts)
        tree = _parse(init)
        modules = sorted(path for path in init.parent.glob("*.py") if path != init)
        body = "".join(_make_module(f"{name}.{path.stem}", _parse(path)) for path in modules)
        own = _make_text(tree) + _list_offered(tree) + _list_members(tree, "##")
        pages[f"{name}.md"] = f"# {_escape(name)}\n\n{own}{body}"
        rows.append(f"| [{_escape(name)}]({name}.md) | {_escape(_first_line(tree))} |\n")
    head = "# API reference\n\nRead from the source: packages, modules, and what they offer to others.\n\n"
    return pages | {"index.md": f"{head}| package | what it is for |\n|---|---|\n{''.join(rows)}"}


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _make_module(name: str, tree: ast.Module) -> str:
    return f"\n## {_escape(name)}\n\n{_make_text(tree)}" + _list_members(tree, "###")


def _list_offered(tree: ast.Module) -> str:
    """Returns the names of `__all__`: what other packages import from here."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            names = ", ".join(f"`{name}`" for name in ast.literal_eval(node.value))
            return f"**Others import from here:** {names}\n\n" if names else ""
    return ""


def _list_members(tree: ast.Module, level: str) -> str:
    return "".join(_make_member(node, level) for node in tree.body if _is_public(node))


def _is_public(node: ast.stmt) -> bool:
    return isinstance(node, (*_Function.__args__, ast.ClassDef)) and not node.name.startswith("_")


def _make_member(node: ast.stmt, level: str) -> str:
    if isinstance(node, ast.ClassDef):
        bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
        code = "\n".join([f"class {node.name}{bases}", *_list_fields(node)])
        inner = "".join(_make_member(child, f"{level}#") for child in node.body if _is_public(child))
    else:
        assert isinstance(node, _Function)
        decorators = [f"@{ast.unparse(found)}\n" for found in node.decorator_list if isinstance(found, ast.Name)]
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        code, inner = f"{''.join(decorators)}{node.name}({ast.unparse(node.args)}){returns}", ""
    return f"\n{level} {_escape(node.name)}\n\n```python\n{code}\n```\n\n{_make_text(node)}{inner}"


def _list_fields(node: ast.ClassDef) -> list[str]:
    return [
        f"    {child.target.id}: {ast.unparse(child.annotation)}"
        for child in node.body
        if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name) and not child.target.id.startswith("_")
    ]


def _first_line(tree: ast.Module) -> str:
    return (ast.get_docstring(tree) or "").partition("\n\n")[0].replace("\n", " ")


def _make_text(node: ast.Module | ast.ClassDef | _Function) -> str:
    """Returns a docstring as Markdown. Aligned and indented lines stay as they are written."""
    blocks = re.split(r"\n{2,}", ast.get_docstring(node) or "")
    return "".join(f"{_make_block(block)}\n\n" for block in blocks if block.strip())


def _make_block(block: str) -> str:
    first, _, rest = block.partition("\n")
    if section := _SECTION.fullmatch(first):
        return f"**{section[1]}**\n\n{_make_entries(inspect.cleandoc(rest))}"
    if re.search(r"^ |\S {3,}\S", block, re.MULTILINE):
        return f"```\n{block}\n```"
    items = re.sub(r"^([*-]) ", "\0", block, flags=re.MULTILINE)
    return _escape(items).replace("\0", "* ")


def _make_entries(text: str) -> str:
    """Returns the entries of a section such as Args as a list. A section without names stays one paragraph."""
    lines: list[str] = []
    for line in text.splitlines():
        if match := _ENTRY.fullmatch(line):
            lines.append(f"* `{match[1]}`: {_escape(match[2])}")
        else:
            lines.append(f"  {_escape(line.strip())}" if lines else _escape(line.strip()))
    return "\n".join(lines)


def _escape(text: str) -> str:
    return _MARKUP.sub(lambda match: match[1] or f"\\{match[2]}", text)
