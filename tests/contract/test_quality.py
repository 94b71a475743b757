"""Quality rules: every metric and operator, in rows and per cent; queries; expectations; options of types."""

from __future__ import annotations

import pytest

from pipeline.contract import table, validation
from pipeline.contract.bound import OPERATORS, Bound
from pipeline.contract.column import Column
from pipeline.contract.grid import Periods
from pipeline.contract.model import Contract
from pipeline.contract.properties import Break, Properties, Proportion, Provisional
from pipeline.contract.quality import Quality
from pipeline.contract.server import Server

MONTHS = [f"2020-{month:02}-01" for month in range(1, 13)]


def _contract(*columns: Column, quality=(), **properties) -> Contract:
    month = Column("month", "month", "date", True, False, {}, ())
    grid = properties.pop("grid", {"column": "month", "every": "month"})
    declared = Properties(Periods.model_validate(grid), **properties)
    return Contract("d", "D", "1", Server("d.csv"), (month, *columns), (), tuple(quality), declared, "d")


def _column(name="n", kind="integer", options=None, missing=(), required=False) -> Column:
    return Column(name, name, kind, required, False, options or {}, (), missing=missing)


def _found(contract: Contract, *columns: list[str], names=("n",)) -> dict[str, validation.Finding]:
    rows = [",".join(("month", *names)), *(",".join(cells) for cells in zip(MONTHS, *columns, strict=False))]
    broken = validation.validate(table.parse("\n".join(rows) + "\n", contract)).findings
    return {finding.rule: finding for finding in broken if not finding.passed}


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("mustBe", 2, [2]),
        ("mustNotBe", 2, [0, 1, 3, 4]),
        ("mustBeGreaterThan", 2, [3, 4]),
        ("mustBeGreaterOrEqualTo", 2, [2, 3, 4]),
        ("mustBeLessThan", 2, [0, 1]),
        ("mustBeLessOrEqualTo", 2, [0, 1, 2]),
        ("mustBeBetween", [1, 3], [1, 2, 3]),
        ("mustNotBeBetween", [1, 3], [0, 4]),
    ],
)
@pytest.mark.parametrize("unit", ["rows", "percent"])
def test_every_operator_bounds_empty_cells_by_rows_and_by_their_share(operator, value, holds, unit):
    """Of four rows, each empty one is 25 per cent."""
    assert operator in OPERATORS
    share = value if unit == "rows" else [25 * v for v in value] if isinstance(value, list) else 25 * value
    rule = Quality("n", "nullValues", Bound(operator, share, unit))
    kept = [
        empty
        for empty in range(5)
        if not _found(_contract(_column(), quality=[rule]), [""] * empty + ["1"] * (4 - empty))
    ]
    assert kept == holds


@pytest.mark.parametrize(
    ("rule", "cells", "said", "rows", "note"),
    [
        (Quality("n", "nullValues", Bound("mustBe", 0)), ["1", "", "3"], "n is never empty", (3,), ""),
        (Quality("n", "nullValues", Bound("mustBeLessThan", 30, "percent")), ["1", "", "3"], "n is empty in less than 30% of rows", (3,), "it is 33.3%"),
        (Quality("n", "duplicateValues", Bound("mustBeLessOrEqualTo", 1)), ["1", "1", "3"], "n is not alone in at most 1 rows", (2, 3), "it is 2"),
        (Quality("n", "invalidValues", Bound("mustBe", 0), arguments={"validValues": [1, 2]}), ["1", "2", "3"], "n is one of 1, 2", (4,), ""),
        (Quality("n", "invalidValues", Bound("mustBe", 0), arguments={"pattern": "^[12]$"}), ["1", "2", "3"], "n matches ^[12]$", (4,), ""),
        (Quality("n", "nullValues", Bound("mustBeGreaterThan", 1)), ["1", "", "3"], "n is empty in more than 1 rows", (), "it is 1"),
    ],
)  # fmt: skip
def test_a_broken_rule_says_how_many_there_are_and_names_rows_where_fewer_would_be_better(
    rule, cells, said, rows, note
):
    found = _found(_contract(_column(), quality=[rule]), cells)
    assert list(found) == [said]
    assert (found[said].rows, found[said].note) == (rows, note)


def test_words_for_missing_values_are_missing_and_no_misfits():
    rule = Quality(
        "n", "missingValues", Bound("mustBeLessThan", 2), arguments={"missingValues": ["", "n/a", "*"]}
    )
    contract = _contract(_column(missing=("n/a", "*")), quality=[rule])
    assert list(_found(contract, ["1", "*", "3"])) == []
    assert list(_found(contract, ["1", "*", "n/a"])) == ["n is missing in fewer than 2 rows"]
    assert list(_found(contract, ["1", "*", "-"])) == ["n is a whole number"]


@pytest.mark.parametrize(
    ("query", "bound", "note"),
    [
        ("SELECT sum({column}) FROM {table}", Bound("mustBe", 6), None),
        ("SELECT sum(n) FROM ${object}", Bound("mustBeGreaterThan", 6), "its answer is another"),
        ("SELECT avg(n) FROM d WHERE month >= DATE '2020-02-01'", Bound("mustBeBetween", [2.4, 2.6]), None),
        ("SELECT CASE WHEN max(n) > 2 THEN 'many' END FROM d", Bound("mustNotBe", "many"), "its answer is another"),
        ("SELECT n FROM d", Bound("mustBe", 1), "the query gives no row, or several; let it give one value"),
        ("SELECT CAST(CAST(n AS VARCHAR) || 'x' AS INT) FROM d", Bound("mustBe", 1), "the query failed on the data (ConversionException)"),
    ],
)  # fmt: skip
def test_a_query_gives_one_value_that_is_compared(query, bound, note):
    rule = Quality("n", "sql", bound, name="the sum", arguments={"query": query})
    found = _found(_contract(_column(), quality=[rule]), ["1", "2", "3"])
    assert [finding.note for finding in found.values()] == ([note] if note else [])


def test_an_expectation_of_great_expectations_holds_or_not():
    def asked(most):
        kwargs = {"type": "expect_column_mean_to_be_between", "kwargs": {"max_value": most}}
        return _contract(_column(), quality=[Quality("n", "custom", None, "warning", "few falls", kwargs)])

    assert not _found(asked(2), ["1", "2", "3"])
    found = _found(asked(1), ["1", "2", "3"])
    assert found["few falls"].severity == "warning"


@pytest.mark.parametrize(
    ("kind", "options", "cells", "said", "rows"),
    [
        ("integer", {"multipleOf": 5}, ["5", "-10", "7"], "n is a multiple of 5", (4,)),
        ("number", {"multipleOf": 0.1}, ["0.3", "0.7", "0.75"], "n is a multiple of 0.1", (4,)),
        ("integer", {"format": "i8"}, ["127", "-128", "128"], "n is at least -128 and at most 127", (4,)),
        ("integer", {"format": "u16", "maximum": 9}, ["9", "-1", "0"], "n is at least 0 and at most 9", (3,)),
        ("number", {"format": "f32"}, ["1", "2", "1e39"], "n is at least -3.4028234663852886e+38 and at most 3.4028234663852886e+38", (4,)),
        ("date", {"minimum": "2020-02-01"}, ["2020-02-01", "2020-01-31", ""], "n is at least 2020-02-01", (3,)),
        ("date", {"format": "d/M/yyyy", "exclusiveMaximum": "1/2/2020"}, ["31/1/2020", "1/2/2020", "3/1/2020"], "n is less than 1/2/2020", (3,)),
        ("timestamp", {"maximum": "2020-01-01T12:00"}, ["2020-01-01 11:59", "2020-01-01T12:00:01", ""], "n is at most 2020-01-01T12:00", (3,)),
        ("time", {"minimum": "08:00"}, ["08:00", "07:59:59.9", "23:00"], "n is at least 08:00", (3,)),
        ("time", {}, ["24:00", "23:59", "8:00"], "n is a time of day written hh:mm:ss", (2, 4)),
        ("timestamp", {"timezone": True}, ["2020-01-01T00:00Z", "2020-01-01T00:00", "2020-01-01T00:00+0100"], "n is a date and time written YYYY-MM-DDThh:mm:ss, with its offset from UTC", (3,)),
        ("string", {"format": "email"}, ["a@b.org", "a@b", "x"], "n is written as email", (3, 4)),
        ("string", {"format": "uuid"}, ["123e4567-e89b-12d3-a456-426614174000", "123e4567", "x"], "n is written as uuid", (3, 4)),
        ("string", {"format": "ipv4"}, ["10.0.0.255", "10.0.0.256", "10.0.0"], "n is written as ipv4", (3, 4)),
        ("string", {"format": "ipv6"}, ["2001:db8::1", "::1", "2001"], "n is written as ipv6", (4,)),
        ("string", {"format": "hostname"}, ["ward-1.example.org", "-x.org", "a b"], "n is written as hostname", (3, 4)),
        ("string", {"format": "uri"}, ["https://example.org/x", "example.org", "x:y"], "n is written as uri", (3,)),
        ("string", {"pattern": "^(?!.*x)"}, ["a", "x", "b"], "n matches ^(?!.*x)", (3,)),
    ],
)  # fmt: skip
def test_options_of_types_are_checked(kind, options, cells, said, rows):
    found = _found(_contract(_column("n", kind, options)), cells)
    assert {rule: finding.rows for rule, finding in found.items()} == {said: rows}


def test_a_numerator_is_never_more_than_its_denominator():
    pair = Proportion(numerator="late", denominator="seen")
    contract = _contract(_column("late"), _column("seen"), proportions=(pair,))
    found = _found(contract, ["1", "5", ""], ["1", "4", "2"], names=("late", "seen"))
    assert found["late is never more than seen"].rows == (3,)


PANEL = {"column": "month", "every": "month", "units": "site"}


def _panel(text: str) -> dict[str, tuple[tuple[int, ...], str]]:
    """What is broken in a panel whose rows are written as 'month number and site'."""
    rows = ["month,site", *(f"2020-{int(row[:-1]):02}-01,{row[-1]}" for row in text.split())]
    contract = _contract(_column("site", "string", required=True), grid=PANEL)
    found = validation.validate(table.parse("\n".join(rows) + "\n", contract)).findings
    return {finding.rule: (finding.rows, finding.note) for finding in found if not finding.passed}


def test_each_unit_of_a_panel_has_each_period_once_from_first_to_last():
    assert _panel("1A 2A 3A 1B 2B 3B") == {}
    assert _panel("1A 2A 2A 3A 1B 2B 3B") == {"no month comes twice in one site": ((4,), "")}
    assert _panel("1A 3A 1B 2B 3B") == {
        "no month is missing within one site": ((2,), "their units lack 2020-02-01")
    }
    assert _panel("1A 3A 1B 3B") == {
        "no month is missing": ((), "2020-02-01"),
        "no month is missing within one site": ((2, 4), "their units lack 2020-02-01"),
    }


def test_a_unit_that_comes_late_or_leaves_early_is_a_warning_and_is_not_named():
    [(rule, (rows, note))] = _panel("1A 2A 3A 2B 3B 1C").items()
    assert rule == "each site is there from the first month to the last"
    assert (rows, note) == ((5, 7), "of their units, 1 begin later and 1 end earlier than the others")
    contract = _contract(_column("site", "string", required=True), grid=PANEL)
    found = validation.validate(
        table.parse("month,site\n2020-01-01,A\n2020-02-01,A\n2020-02-01,B\n", contract)
    )
    assert found.passed


def test_records_may_have_any_date_any_number_of_times():
    moment = Column("month", "month", "timestamp", True, False, {}, ())
    grid = {"column": "month", "every": "month", "rows": "records", "completeUntil": "2020-02-29"}
    contract = Contract(
        "d", "D", "1", Server("d.csv"), (moment,), (), (), Properties(Periods.model_validate(grid)), "d"
    )
    sound = "month\n2020-01-05T08:30\n2020-01-05T08:30\n2020-02-29T23:59\n"
    assert validation.validate(table.parse(sound, contract)).passed
    late = validation.validate(table.parse(sound + "2020-03-01T00:00\n", contract))
    assert [finding.rows for finding in late.broken("error")] == [(5,)]


def test_breaks_and_provisional_periods_go_into_the_verdict():
    declared = {
        "breaks": (Break(at="2020-03-01", label="New form", columns=("n",)),),
        "provisional": Provisional(since="2020-06-01"),
    }
    found = validation.validate(
        table.parse("month,n\n2020-01-01,1\n", _contract(_column(), **declared))
    ).as_dict()
    assert [each["label"] for each in found["breaks"]] == ["New form"]
    assert str(found["provisional"]["since"]) == "2020-06-01"
    assert declared["breaks"][0].touches(("n",))
    assert not declared["breaks"][0].touches(("m",))
