"""The use cases: what a person at the workstation can do, each as a function that takes a Session.

See docs/architecture.md.
"""
