"""Data contracts: what the data are and what must hold, checked with Great Expectations."""
