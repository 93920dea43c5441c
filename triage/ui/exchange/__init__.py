"""Pages for what is exchanged with other workstations: work packages, results, conflicts, and deconfliction."""
