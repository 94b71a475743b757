"""Reproduction: frozen plans, bundles, verification, differences, and the record of the environment."""
