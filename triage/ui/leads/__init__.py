"""The page for leads: figures, charts, the reports behind each number, and the handover."""
