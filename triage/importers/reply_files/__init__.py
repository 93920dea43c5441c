"""Reads replies of operators and providers: tables of any kind, by their content. See docs/formats/requests.md."""
