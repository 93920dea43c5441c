"""Importers: open bundles, read report documents, group them into reports and merge them.

They know no store and no decoder. `registry` lists them.
"""
