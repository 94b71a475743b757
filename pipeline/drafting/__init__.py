"""A first study from a file: what the file is, what dates its rows, and a draft of its contract and plan."""
