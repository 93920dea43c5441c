"""Everything that touches hostile media. Runs only inside a confined worker; nothing outside `decode.worker` imports it."""
