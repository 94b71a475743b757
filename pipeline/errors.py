"""The errors users see: one sentence each (what, where, how to fix), and a documented exit code.

Exit codes: plan 10, contract 11, data 12, analysis 13, disclosure 14, verification mismatch 15,
environment 16; and 1 for an error that nobody expected.
"""


class LastingError(Exception):
    """Base of every error a user may cause; its text is a sentence to show as it stands."""

    exit_code = 1


class PlanError(LastingError):
    """The analysis plan, or the list of studies, can't be used as written."""

    exit_code = 10


class ContractError(LastingError):
    """The data contract can't be used as written, or the data break it."""

    exit_code = 11


class DataError(LastingError):
    """The data can't be read, or don't make the series the plan asks for."""

    exit_code = 12


class AnalysisError(LastingError):
    """The statistics can't be computed from this series as asked."""

    exit_code = 13


class DisclosureError(LastingError):
    """Going on would show values that disclosure control must hide."""

    exit_code = 14


class VerificationError(LastingError):
    """A rerun does not give the published numbers."""

    exit_code = 15


class SetupError(LastingError):
    """A tool or package that is needed is missing or broken."""

    exit_code = 16
