"""Lasting: did the change make things better, by how much, for whom, and did it last?"""

__version__ = "0.1.0"
