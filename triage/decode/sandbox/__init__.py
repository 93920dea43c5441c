"""Everything that touches hostile media.

It runs only inside a confined worker, and only `decode.worker` imports it.
"""
