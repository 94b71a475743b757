"""The stages of dvc.yaml, one module each; every `run` is the stage's story in a few lines.

validate ──> series ──> its ─────┐
                   ├──> spc ─────┼──> report ──> render
                   └──> groups ──┘         └───> site
"""

STAGES = ("validate", "series", "its", "spc", "groups", "report", "render", "site")
