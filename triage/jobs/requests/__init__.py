"""Requests to operators and providers: made from captures, sent, answered. See docs/formats/requests.md."""
