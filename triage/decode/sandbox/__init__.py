"""Everything that touches hostile media.

It runs only inside a confined worker, and only `decode.media_worker` imports it.
"""
