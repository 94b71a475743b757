"""The stages of dvc.yaml, one module each; every `run` is the stage's story in a few lines.

validate ──> series ──> its ─────┐
                   ├──> spc ─────┼──> report ──> render
                   ├──> groups ──┤         └───> site
                   └──> network ─┘
"""

STAGES = ("validate", "series", "its", "spc", "groups", "network", "report", "render", "site")
