"""Bad lists, plans, contracts and files, each with the one sentence it is refused with, and the exit code.

Each case spoils one thing of a small, sound study; nothing is written, no traceback is shown, and no value
of the data is told.
"""

from __future__ import annotations

import copy
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import yaml

MONTHS = [f"{year}-{month:02}-01" for year in (2020, 2021, 2022) for month in range(1, 13)]
SECRET = 7919
"""A value that is in every file and may be in no sentence."""
ROWS = [["month", "falls", "beds", "ward"]] + [
    [day, SECRET + place, 20000 + place, "A"] for place, day in enumerate(MONTHS)
]
CSV = "".join(",".join(map(str, row)) + "\n" for row in ROWS)
CONTRACT: dict[str, Any] = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "falls",
    "servers": [{"server": "raw", "type": "local", "path": "data/raw/falls.csv", "format": "csv"}],
    "schema": [
        {
            "name": "falls",
            "properties": [
                {"name": "month", "logicalType": "date", "required": True},
                {
                    "name": "falls",
                    "logicalType": "integer",
                    "required": True,
                    "logicalTypeOptions": {"minimum": 0},
                },
                {"name": "beds", "logicalType": "number"},
                {"name": "ward", "enum": [{"value": "A"}, {"value": "B"}]},
            ],
            "quality": [{"metric": "rowCount", "mustBeGreaterThan": 24}],
        }
    ],
    "customProperties": [
        {"property": "periods", "value": {"column": "month", "every": "month"}},
        {"property": "disclosure", "value": "public"},
    ],
}
PLAN: dict[str, Any] = {
    "study": "falls-bundle",
    "title": "Fewer falls",
    "question": "Did falls fall?",
    "data": {"contract": "falls", "period": {"column": "month", "every": "month"}},
    "measures": [{"id": "falls", "role": "outcome", "label": "Falls", "kind": "count", "column": "falls"}],
    "interventions": [{"label": "The bundle", "start": "2021-07-01"}],
    "disclosure": "off",
}
LIST = {
    "datasets": {"falls": {"raw": "data/raw/falls.csv"}},
    "studies": {"falls-bundle": {"dataset": "falls"}},
}

Spoil = Callable[[dict[str, Any]], Any]


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    """A repository of one sound study."""
    for folder in ("params", "data_contracts", "data/raw"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    (tmp_path / "requirements.lock").write_text("", encoding="utf-8")
    (tmp_path / "data" / "raw" / "falls.csv").write_text(CSV, encoding="utf-8")
    _write(tmp_path)
    monkeypatch.setenv("LASTING_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(
    root: Path, listed: Spoil | None = None, plan: Spoil | None = None, contract: Spoil | None = None
) -> None:
    for path, content, spoil in (
        ("params.yaml", LIST, listed),
        ("params/falls-bundle.yaml", PLAN, plan),
        ("data_contracts/falls.odcs.yaml", CONTRACT, contract),
    ):
        data = copy.deepcopy(content)
        if spoil:
            spoil(data)
        (root / path).write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


def _refused(said, code: int, sentence: str) -> None:
    assert said.code == code, said.err
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert str(SECRET) not in said.out + said.err


def _wrote_nothing(root: Path) -> None:
    left = [path for path in root.rglob("*") if "results" in path.parts or path.name.endswith(".partial")]
    assert not [path for path in left if path.is_file()], left


def test_the_study_is_sound_until_it_is_spoilt(study, lasting):
    assert lasting("check").code == 0
    assert lasting("stage", "validate", "falls").code == 0
    assert (study / "results" / "_data" / "falls" / "data.parquet").is_file()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: d.update(dataset={}), "params.yaml, line 7, dataset: unknown key; did you mean datasets?"),
        (lambda d: d["datasets"]["falls"].update(raw="/data/falls.csv"), "datasets.falls.raw: /data/falls.csv is not a path inside"),
        (lambda d: d["datasets"]["falls"].update(row="x"), "datasets.falls: should hold `raw: ...` and nothing else"),
        (lambda d: d["studies"]["falls-bundle"].update(dataset="fals"), "no dataset is named fals; did you mean falls?"),
        (lambda d: d["studies"].clear(), "studies: no study is listed; list one"),
        (lambda d: d["studies"].update({"Falls Bundle": {"dataset": "falls"}}), "Falls Bundle should be lower-case letters"),
    ],
)  # fmt: skip
def test_a_bad_list_is_a_sentence_and_code_10(study, lasting, spoil, sentence):
    _write(study, listed=spoil)
    said = lasting("check")
    _refused(said, 10, sentence)
    assert len(said.err.splitlines()) == 1
    _wrote_nothing(study)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: d.update(quesiton="x"), "quesiton: unknown key; did you mean question?"),
        (lambda d: d.pop("title"), "title: is missing; add it"),
        (lambda d: d.update(study="falls"), "study: should be falls-bundle, as the file is named"),
        (lambda d: d["data"].update(contract="wards"), "data.contract: is wards, but params.yaml gives falls-bundle falls"),
        (lambda d: d["data"]["period"].update(every="fortnight"), "data.period.every: should be day, week, month"),
        (lambda d: d["data"]["period"].update(every="week"), "data.period: says month every week, and the contract says month every month"),
        (lambda d: d["measures"][0].update(column="fals"), "measures[1].column: there is no column fals in the contract; did you mean falls?"),
        (lambda d: d["measures"][0].update(column="ward"), "measures[1].column: ward is a string in the contract"),
        (lambda d: d["interventions"][0].update(start="2021-02-30"), "2021-02-30 is not a date; write it as YYYY-MM-DD"),
        (lambda d: d.update(interventions=[]), "interventions: is an empty list; give it at least one item"),
    ],
)  # fmt: skip
def test_a_bad_plan_is_a_sentence_and_code_10(study, lasting, spoil, sentence):
    _write(study, plan=spoil)
    said = lasting("check")
    _refused(said, 10, sentence)
    assert len(said.err.splitlines()) == 1
    _wrote_nothing(study)


def _column(place: int, **changes: Any) -> Spoil:
    return lambda d: d["schema"][0]["properties"][place].update(changes)


def _rule(**rule: Any) -> Spoil:
    return lambda d: d["schema"][0].update(quality=[rule])


def _falls_rule(**rule: Any) -> Spoil:
    return _column(1, quality=[rule])


def _server(**changes: Any) -> Spoil:
    return lambda d: d["servers"][0].update(changes)


def _told(name: str, value: Any) -> Spoil:
    """A property of a server."""
    return _server(customProperties=[{"property": name, "value": value}])


def _property(name: str, value: Any) -> Spoil:
    """A property of ours of the contract."""
    return lambda d: d["customProperties"].append({"property": name, "value": value})


def _custom(kind: Any, engine: str = "greatExpectations", **kwargs: Any) -> Spoil:
    return _falls_rule(type="custom", engine=engine, implementation={"type": kind, "kwargs": kwargs})


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: d.update(id="fall"), "id: should be falls, as the file is named"),
        (lambda d: d.update(kind="DataProduct"), "kind: should be DataContract"),
        (lambda d: d["schema"].append(d["schema"][0]), "schema: should hold one table"),
        (_server(type="s3"), "servers: should hold one server: a local file"),
        (_server(path="data/raw/*.csv"), "servers[1].path: names several files; name one"),
        (_server(path="data/raw/other.csv"), "servers[1].path: is data/raw/other.csv, but params.yaml gives falls data/raw/falls.csv"),
        (_server(host="db.example"), "servers[1].host: is not read for such a file; take it out"),
        (_server(format="xlsx", delimiter=";"), "servers[1].delimiter: is not read for such a file"),
        (_told("decimal", ";"), 'customProperties[1].value: should be "." or ","'),
        (_told("decimal", ","), "the decimal sign `,` is the delimiter too; name the file's `delimiter`"),
        (_told("thousands", "."), "decimal and thousands are the same sign; mend one of them"),
        (_told("headerRow", 0), "customProperties[1].value: should be a whole number, 1 or more"),
        (_told("header", 3), "unknown property header; did you mean headerRow?"),
        (_told("sheet", "Data"), "unknown property sheet"),
        (_column(1, logicalType="intger"), "logicalType: intger is not checked here; did you mean integer?"),
        (_column(1, logicalType="array"), "logicalType: array is not checked here: a cell holds one value"),
        (_column(1, logicalTypeOptions={"multipleOf": 0}), "multipleOf: should be more than 0"),
        (_column(1, logicalTypeOptions={"format": "i128"}), "format: i128 is not checked here; use i8, i16"),
        (_column(1, logicalTypeOptions={"minimum": 5, "maximum": 2}), "nothing lies between 5 and 2"),
        (_column(3, logicalTypeOptions={"format": "password"}), "format: password is not checked here; use email"),
        (_column(0, logicalTypeOptions={"format": "dd/MM/yy"}), "format: yy is not read here; use yyyy"),
        (_column(0, logicalTypeOptions={"format": "MM-dd"}), "format: lacks the year"),
        (_column(0, logicalTypeOptions={"minimum": "soon"}), "minimum: is not a date; write it as the values are"),
        (_column(0, logicalTypeOptions={"timezone": True}), "timezone: is not checked for date"),
        (_column(3, logicalType="timestamp", enum=None, logicalTypeOptions={"timezone": True, "defaultTimezone": "Mars"}), "defaultTimezone: is no time zone; name one"),
        (_column(1, primaryKeyPosition=1), "primaryKeyPosition: needs `primaryKey: true`"),
        (_column(1, semanticType="measure"), "semanticType: measure is no column of the file"),
        (_column(1, relationships=[{"to": "wards.id"}]), "relationships: is not checked here; take it out"),
        (_column(1, classification="confidential"), "classification: is confidential, and the contract says `disclosure: public`"),
        (_rule(type="text", description="good"), "quality[1].type: text can't be checked"),
        (_rule(metric="freshness", mustBe=1), "quality[1].metric: freshness of a table is not checked"),
        (_rule(metric="rowCount", mustBe=5, severity="info"), "severity: should be error or warning"),
        (_rule(metric="rowCount", mustBe=5, schedule="0 20 * * *"), "schedule: is not read"),
        (_rule(metric="rowCount", mustBeBetween=[9, 5]), "no count lies between 9 and 5; swap them"),
        (_rule(metric="duplicateValues", mustBe=0), "needs `arguments` with properties"),
        (_rule(metric="duplicateValues", mustBe=0, arguments={"properties": ["month", "wards"]}), "there is no column wards; did you mean ward?"),
        (_falls_rule(metric="nullValues", mustBeLessThan=101, unit="percent"), "mustBeLessThan: should be a share in per cent, 0 to 100"),
        (_falls_rule(metric="nullValues", mustBeLessThan=1.5), "mustBeLessThan: should be whole numbers"),
        (_falls_rule(metric="invalidValues", mustBe=0), "needs `arguments` with validValues or pattern"),
        (_falls_rule(metric="invalidValues", mustBe=0, arguments={"pattern": "["}), "arguments.pattern: is not a regular expression"),
        (_falls_rule(metric="missingValues", mustBe=0, arguments={"values": ["x"]}), "arguments.values: is not read for missingValues"),
        (_rule(type="sql", mustBe=0), "quality[1]: needs a `query`"),
        (_rule(type="sql", query="SELECT max(fals) FROM {table}", mustBe=0), "quality[1].query: can't be run (Binder Error"),
        (_rule(type="sql", query="DROP TABLE falls", mustBe=0), "quality[1].query: should be one SELECT"),
        (_rule(type="sql", query="SELECT * FROM read_csv('/etc/passwd')", mustBe=0), "quality[1].query: can't be run (Permission Error"),
        (_rule(type="sql", query="SELECT 1, 2", mustBe=0), "quality[1].query: should give one value"),
        (_custom("expect_x", engine="soda"), "quality[1].engine: soda is not run here; use greatExpectations"),
        (_custom("expect_column_mean_to_be_betwen", min_value=1), "Great Expectations has no expect_column_mean_to_be_betwen; did you mean expect_column_mean_to_be_between?"),
        (_custom("expect_column_mean_to_be_between", least=1), "expect_column_mean_to_be_between can't take its kwargs (least: "),
        (_custom("expect_column_max_to_be_between", column="wards", max_value=1), "there is no column wards; did you mean ward?"),
        (_custom("expect_table_columns_to_match_set", column_set=["falls"]), "is not run here; say it by columns"),
        (_property("breaks", [{"at": "2021-01-01"}]), "value[1].label: is missing; add it"),
        (_property("breaks", [{"at": "2021-01-01", "label": "x", "columns": ["fals"]}]), "columns[1]: there is no column fals; did you mean falls?"),
        (_property("provisional", {"since": "soon"}), "value.since: soon is not a date"),
        (_property("proportions", [{"numerator": "falls", "denominator": "ward"}]), "denominator: ward is a string; name a column of numbers"),
        (_property("synthetic", "yes"), "should be true (made-up data) or false"),
        (lambda d: d["customProperties"][0]["value"].update(units="hospital"), "value.units: there is no column hospital"),
        (lambda d: d["customProperties"][0]["value"].update(units="ward"), "required: should be true: ward names each row's unit"),
    ],
)  # fmt: skip
def test_a_bad_contract_is_a_sentence_and_code_11(study, lasting, spoil, sentence):
    _write(study, contract=spoil)
    said = lasting("check")
    _refused(said, 11, sentence)
    assert len(said.err.splitlines()) == 1
    assert lasting("stage", "validate", "falls").code == 11
    _wrote_nothing(study)


def _text(old: str, new: str, times: int = 1) -> bytes:
    assert old in CSV
    return CSV.replace(old, new, times).encode()


def _book(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)


@pytest.mark.parametrize(
    ("content", "changes", "sentence"),
    [
        (None, {}, "data/raw/falls.csv: there is no such file; put it there"),
        (b"", {}, "the file is empty, or its first row is"),
        (_text("month", "\n\nmonth"), {}, "the file is empty, or its first row is"),
        (CSV.encode("utf-16"), {}, "is not utf-8 text; save it so, or name its `encoding`"),
        (_text(",A\n", ",\xc4\n").decode().encode("cp1252"), {}, "is not utf-8 text; save it so"),
        (CSV.encode(), {"encoding": "utf-16"}, "is not utf-16 text; save it so"),
        (_text(",A\n", ',"A\n'), {}, "cannot be read as a table (unexpected end of data); mend the file"),
        (_text(",A\n", ',"A"x\n'), {}, "cannot be read as a table"),
        (CSV.replace(",", ";").encode(), {}, 'the delimiter is probably that: say `delimiter: ";"`'),
        (CSV.encode(), {"delimiter": "|"}, 'the delimiter is probably that: say `delimiter: ","`'),
        (_text("20001,", "20,001,"), {}, "the header has 4 fields, and row 3 has 5; mend those rows"),
        (_text(",A\n", "\n"), {}, "the header has 4 fields, and row 2 has 3"),
        (_text("2020-03-01", "\n2020-03-01"), {}, "the header has 4 fields, and row 4 has 0"),
        (gzip.compress(CSV.encode(), mtime=0)[:100], {}, "cannot be unpacked; pack it again with gzip"),
        (CSV.encode(), {"format": "parquet"}, "is not a Parquet file that can be read; write it anew"),
        (CSV.encode(), {"format": "xlsx"}, "is not a workbook that can be read; save it anew as xlsx"),
        (CSV.encode(), {"customProperties": [{"property": "headerRow", "value": 90}]}, "the file is empty, or row 90 is"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_a_sentence_and_code_12(study, lasting, content, changes, sentence):
    path = study / "data" / "raw" / "falls.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    _write(study, contract=_server(**changes))
    said = lasting("stage", "validate", "falls")
    _refused(said, 12, sentence)
    assert len(said.err.splitlines()) == 1
    _wrote_nothing(study)


@pytest.mark.parametrize(
    ("sheets", "told", "sentence"),
    [
        ({"Notes": [["x"]], "Data": ROWS}, {}, "has the sheets Notes, Data; name one in data_contracts/falls.odcs.yaml"),
        ({"Data": ROWS}, {"sheet": "Dta"}, "has no sheet Dta; did you mean Data?"),
        ({"Data": [[], *ROWS]}, {}, "row 1 is empty; say in which row the header is (`headerRow`)"),
        ({"Data": [*ROWS, [], *ROWS]}, {}, "row 38 is empty, and row 39 below it is no footnote"),
    ],
)  # fmt: skip
def test_a_workbook_that_is_no_table_is_a_sentence_and_code_12(study, lasting, sheets, told, sentence):
    _book(study / "data" / "raw" / "falls.csv", sheets)
    custom = [{"property": name, "value": value} for name, value in told.items()]
    _write(study, contract=_server(format="xlsx", **({"customProperties": custom} if custom else {})))
    said = lasting("stage", "validate", "falls")
    _refused(said, 12, sentence)
    assert len(said.err.splitlines()) == 1
    _wrote_nothing(study)


def test_parquet_with_a_list_for_a_number_is_a_sentence_and_code_12(study, lasting):
    table = pa.table({"month": MONTHS, "falls": [[1]] * 36, "beds": [1.0] * 36, "ward": ["A"] * 36})
    pq.write_table(table, study / "data" / "raw" / "falls.csv")
    _write(study, contract=_server(format="parquet"))
    said = lasting("stage", "validate", "falls")
    _refused(said, 12, "the column falls holds list<")
    _wrote_nothing(study)


FIRST = f"2020-01-01,{SECRET},20000,A"


@pytest.mark.parametrize(
    ("content", "spoil", "rule", "where"),
    [
        (CSV.splitlines()[0].encode(), None, "the file has rows", "none"),
        (_text("falls", "Falls"), None, "falls is there", "the file has `Falls`; make them the same"),
        (_text("ward", "falls"), None, "each column name comes once", "columns 2, 4 share names"),
        (_text(FIRST, "2020-01-01,1 523,20000,A"), None, "falls is a whole number", "row 2"),
        (_text(FIRST, "2020-01-01,,20000,A"), None, "falls is never empty", "row 2"),
        (_text(FIRST, "2020-01-01,-3,20000,A"), None, "falls is at least 0", "row 2"),
        (_text(FIRST, f"2020-01-01,{'9' * 20},20000,A"), None, "falls is a whole number", "more than 18"),
        (_text(",20000,", ",1e999,"), None, "beds is a number", "numbers so large or small"),
        (_text(",A\n", ",C\n"), None, "ward is one of A, B", "row 2"),
        (_text("2020-02-01", "2020-02-30"), None, "month is a date written YYYY-MM-DD", "row 3"),
        (_text("2020-02-01", "2020-02-02"), None, "each month is the first day of its month", "row 3"),
        (_text("2020-02-01", "2020-01-01"), None, "no month comes twice", "row 3"),
        (_text("2020-02-01", "2019-12-01"), None, "no month is missing", "2020-02-01"),
        (CSV.encode(), _property("proportions", [{"numerator": "beds", "denominator": "falls"}]), "beds is never more than falls", "and 26 more"),
        (CSV.encode(), _column(1, logicalTypeOptions={"format": "u8"}), "falls is at least 0 and at most 255", "and 26"),
        (CSV.encode(), _column(1, logicalTypeOptions={"multipleOf": 5}), "falls is a multiple of 5", "and 19"),
        (CSV.encode(), _rule(metric="rowCount", mustBeBetween=[40, 50]), "the file has 40 to 50 rows", "it has 36"),
        (CSV.encode(), _rule(type="sql", name="most falls", query="SELECT max(falls) FROM {table}", mustBeLessThan=10), "most falls: fewer than 10", "its answer is another"),
        (CSV.encode(), _rule(type="sql", name="as days", query="SELECT count(CAST(CAST(falls AS VARCHAR) AS DATE)) FROM {table}", mustBe=36), "as days: exactly 36", "the query failed on the data (ConversionException)"),
        (CSV.encode(), _custom("expect_column_mean_to_be_between", max_value=1), "falls column mean to be between", ""),
        (CSV.encode(), _falls_rule(metric="invalidValues", arguments={"validValues": [SECRET + 1]}, mustBeLessThan=50, unit="percent"), "falls is none of", "it is 97.2%"),
        (CSV.encode(), _rule(metric="duplicateValues", arguments={"properties": ["ward"]}, mustBe=0), "ward names each row once", "and 26 more"),
    ],
)  # fmt: skip
def test_a_file_that_breaks_its_contract_is_told_by_rule_and_row_and_code_11(
    study, lasting, content, spoil, rule, where
):
    (study / "data" / "raw" / "falls.csv").write_bytes(content)
    _write(study, contract=spoil)
    said = lasting("stage", "validate", "falls")
    assert said.code == 11, said.err
    sentence, *table = said.err.splitlines()
    assert re.match(
        r"data/raw/falls.csv: breaks \d+ rules? of data_contracts/falls.odcs.yaml; mend", sentence
    )
    told = " ".join(" ".join(table).split())
    assert all(word in told for word in rule.split())
    assert all(word in told for word in where.split())
    assert "Traceback" not in said.err
    if "none of" not in rule:  # there the contract itself names a value
        assert str(SECRET) not in said.err
    _wrote_nothing(study)
