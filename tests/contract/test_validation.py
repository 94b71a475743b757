"""Every rule of a contract finds what breaks it, counts it, and names rows but never values."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pipeline.contract import expectations, periods, table, validation, verdict
from pipeline.contract.bound import Bound
from pipeline.contract.column import Column
from pipeline.contract.grid import Periods
from pipeline.contract.model import Contract
from pipeline.contract.properties import Properties
from pipeline.contract.quality import Quality
from pipeline.contract.server import Server
from pipeline.errors import DataError


def _column(name, kind="integer", *, required=False, unique=False, options=None, enum=()):
    return Column(name, name, kind, required, unique, options or {}, tuple(enum))


def _contract(*columns, key=(), quality=(), every="month", until=None, **properties):
    return Contract(
        id="d",
        name="D",
        version="1",
        server=Server("data/raw/d.csv"),
        columns=(_column("month", "date", required=True), *columns),
        primary_key=tuple(key),
        quality=tuple(quality),
        properties=Properties(
            Periods.model_validate({"column": "month", "every": every, "completeUntil": until}), **properties
        ),
    )


def _validate(csv: str, contract: Contract) -> validation.Validation:
    return validation.validate(table.parse(csv, contract))


def _broken(csv: str, contract: Contract) -> dict[str, validation.Finding]:
    found = _validate(csv, contract)
    return {finding.rule: finding for finding in found.findings if not finding.passed}


SOUND = "month,n\n2020-01-01,1\n2020-02-01,2\n2020-03-01,3\n"


def test_sound_data_pass_every_rule():
    contract = _contract(_column("n", required=True, unique=True), key=["month"], until="2020-03-31")
    found = _validate(SOUND, contract)
    assert found.passed
    assert found.row_count == 3
    assert len(found.findings) == 14


@pytest.mark.parametrize(
    ("column", "values", "rule", "rows"),
    [
        (_column("n"), "1,x,3", "n is a whole number", (3,)),
        (_column("n"), "1,2.5,3", "n is a whole number", (3,)),
        (_column("n", "number"), "1,2.5,1e3", None, ()),
        (_column("n", "number"), "1,2;5,3", "n is a number", (3,)),
        (_column("n", "date"), "2020-01-01,2020-13-01,2020-02-30", "n is a date written YYYY-MM-DD", (3, 4)),
        (_column("n", "boolean"), "true,no,0", "n is true or false", (3,)),
        (_column("n", required=True), "1,,3", "n is never empty", (3,)),
        (_column("n", unique=True), "1,2,2", "n names each row once", (3, 4)),
        (_column("n", options={"minimum": 2}), "1,2,3", "n is at least 2", (2,)),
        (_column("n", options={"exclusiveMaximum": 3}), "1,2,3", "n is less than 3", (4,)),
        (_column("n", options={"minimum": 1, "maximum": 2}), "1,2,3", "n is at least 1 and at most 2", (4,)),
        (_column("n", "string", options={"pattern": "^[A-C]$"}), "A,D,B", "n matches ^[A-C]$", (3,)),
        (_column("n", "string", options={"minLength": 2}), "aa,b,cc", "n has at least 2 characters", (3,)),
        (_column("n", "string", enum=["a", "b"]), "a,b,c", "n is one of a, b", (4,)),
    ],
)
def test_each_rule_names_the_rows_that_break_it(column, values, rule, rows):
    cells = values.split(",")
    csv = "month,n\n" + "".join(f"2020-0{i + 1}-01,{cell}\n" for i, cell in enumerate(cells))
    broken = _broken(csv, _contract(column))
    assert list(broken) == ([rule] if rule else [])
    if rule:
        assert broken[rule].rows == rows
        assert broken[rule].count == len(rows)


def test_a_missing_column_is_one_finding_and_its_other_rules_are_left_out():
    broken = _broken("month\n2020-01-01\n", _contract(_column("n", required=True, options={"minimum": 0})))
    assert list(broken) == ["n is there"]


@pytest.mark.parametrize(
    ("quality", "rule"),
    [
        (Quality(None, "rowCount", Bound("mustBe", 4), "error"), "the file has exactly 4 rows"),
        (Quality(None, "rowCount", Bound("mustBeGreaterThan", 3), "error"), "the file has more than 3 rows"),
        (Quality(None, "rowCount", Bound("mustBeLessThan", 3), "error"), "the file has fewer than 3 rows"),
        (Quality(None, "rowCount", Bound("mustBeLessOrEqualTo", 2), "error"), "the file has at most 2 rows"),
        (Quality(None, "rowCount", Bound("mustBeBetween", [4, 9]), "error"), "the file has 4 to 9 rows"),
    ],
)
def test_row_counts_say_how_many_there_are(quality, rule):
    broken = _broken(SOUND, _contract(_column("n"), quality=[quality]))
    assert broken[rule].note == "it has 3"


def test_quality_rules_of_columns_and_compound_keys_are_checked():
    quality = [
        Quality("n", "nullValues", Bound("mustBe", 0), "error"),
        Quality("n", "duplicateValues", Bound("mustBe", 0), "error"),
    ]
    csv = "month,n\n2020-01-01,1\n2020-02-01,\n2020-03-01,1\n"
    assert set(_broken(csv, _contract(_column("n"), quality=quality))) == {
        "n is never empty",
        "n names each row once",
    }
    twice = "month,n\n2020-01-01,1\n2020-01-01,1\n"
    assert "month with n names each row once" in _broken(twice, _contract(_column("n"), key=["month", "n"]))


def test_a_warning_is_told_and_does_not_stop():
    quality = [Quality(None, "rowCount", Bound("mustBe", 4), "warning")]
    found = _validate(SOUND, _contract(_column("n"), quality=quality))
    assert found.passed
    assert [finding.rule for finding in found.broken("warning")] == ["the file has exactly 4 rows"]


@pytest.mark.parametrize(
    ("dates", "rule", "count"),
    [
        ("2020-01-01 2020-02-02 2020-03-01", "each month is the first day of its month", 1),
        ("2020-01-01 2020-02-01 2020-02-01", "no month comes twice", 1),
        ("2020-01-01 2020-04-01 2020-03-01", "no month is missing", 1),
        ("2020-01-01 2020-12-01 2021-12-01", "no month is missing", 21),
        ("2020-01-01 2020-02-01 2020-03-01", "the last month is complete", 1),
    ],
)
def test_the_checks_of_time_series(dates, rule, count):
    csv = "month,n\n" + "".join(f"{date},1\n" for date in dates.split())
    until = "2020-03-15" if "complete" in rule else None
    broken = _broken(csv, _contract(_column("n"), until=until))
    assert broken[rule].count == count


def test_only_a_contract_that_says_up_to_when_can_tell_if_the_last_period_is_complete():
    grid = Periods.model_validate({"column": "d", "every": "month"})
    assert periods.COMPLETE not in periods.checks_of(grid)
    assert periods.COMPLETE in periods.checks_of(
        grid.model_copy(update={"complete_until": date(2020, 3, 31)})
    )


def test_a_day_has_no_first_day():
    grid = Periods.model_validate({"column": "seen", "every": "day"})
    assert periods.sentence_of(periods.OF_PERIODS[0], grid) == "each seen is without a time of day"


def test_missing_periods_are_named_the_first_five_of_them():
    grid = Periods.model_validate({"column": "d", "every": "quarter"})
    found = periods.missing(periods.Timeline(pd.Series(pd.to_datetime(["2018-01-01", "2020-01-01"])), grid))
    assert found.note == "2018-04-01, 2018-07-01, 2018-10-01, 2019-01-01, 2019-04-01 and others"
    assert periods.missing(periods.Timeline(pd.Series([], dtype="datetime64[ns]"), grid)).count == 0


def test_weeks_may_begin_on_any_day():
    grid = Periods.model_validate({"column": "d", "every": "week"})
    sundays = pd.Series(pd.to_datetime(["2020-01-05", "2020-01-12", "2020-01-26"]))
    assert periods.off_the_grid(periods.Timeline(sundays, grid)).count == 0
    assert periods.missing(periods.Timeline(sundays, grid)).note == "2020-01-19"
    shifted = pd.Series(pd.to_datetime(["2020-01-05", "2020-01-13"]), index=[2, 3])
    assert periods.off_the_grid(periods.Timeline(shifted, grid)).rows == (3,)


def test_no_value_of_the_data_is_in_the_findings_or_the_complaint():
    csv = "month,n\n2020-01-01,SECRET77\n2020-02-01,2\n"
    found = _validate(csv, _contract(_column("n"), key=["n"]))
    assert "SECRET77" not in str(found.as_dict())
    assert "SECRET77" not in verdict.complaint(found, "data/raw/d.csv")


def test_the_complaint_is_a_sentence_and_a_table():
    csv = "month,n\n" + "".join(f"2020-{i:02}-01,x\n" for i in range(1, 13))
    found = _validate(csv, _contract(_column("n")))
    sentence, *rest = verdict.complaint(found, "data/raw/d.csv").splitlines()
    assert sentence.startswith("data/raw/d.csv: breaks 1 rule of data_contracts/d.odcs.yaml; mend the rows")
    assert any(
        "n is a whole number" in line and "rows 2, 3, 4" in line and "and 2 more" in line for line in rest
    )


def test_two_rules_that_say_the_same_are_checked_once():
    contract = _contract(_column("n", unique=True), key=["n"])
    rules = [rule.sentence for rule in expectations.compile_rules(contract)]
    assert rules.count("n names each row once") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file; put it there, or mend servers"),
        (b"", "the file is empty"),
        (b"month,n\n2020-01-01,\xe9\n", "is not utf-8 text"),
        (b'month,n\n2020-01-01,"1\n', "cannot be read as a table"),
    ],
)
def test_a_file_that_is_no_table_is_a_sentence(tmp_path, content, said):
    path = tmp_path / "data" / "raw" / "d.csv"
    path.parent.mkdir(parents=True)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        table.read(tmp_path, _contract(_column("n")))
