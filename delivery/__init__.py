"""Makes the bundle from which a workstation is installed: the frozen program, its papers, its scripts and its signature.

Nothing here is part of the product. docs/decisions/21-bundle.md says how it hangs together.
"""
