"""The stages of dvc.yaml, one module each; every `run` is the stage's story in a few lines.

validate ──> series ──> its ─────┐
                   ├──> spc ─────┼──> report ──> render
                   ├──> groups ──┤         └───> site
                   └──> network ─┘
"""

STAGES = ("code", "validate", "series", "its", "spc", "groups", "network", "report", "render", "site")
"""In the order of dvc.yaml; `code` comes first, as every other depends on what it writes."""
