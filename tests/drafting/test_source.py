"""Files of unknown make are read as the tables that they are, and what is odd about them is said."""

from __future__ import annotations

import gzip

import pytest

from pipeline.drafting import columns, numbers, source
from pipeline.errors import DataError

from .files import FALLS, table


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_are_worked_out(tmp_path, separator, encoding):
    path = tmp_path / "falls.csv"
    path.write_bytes(table(str, separator=separator, head="période", more="été").encode(encoding))
    found = source.read(path)
    assert found.names == ("période", "falls", "note")
    assert found.column("falls") == [str(count) for count in FALLS]
    assert found.separator == separator
    assert found.oddities == ()


def test_a_compressed_file_is_unpacked(tmp_path):
    path = tmp_path / "falls.csv.gz"
    path.write_bytes(gzip.compress(table(str).encode()))
    assert source.read(path).column("falls") == [str(count) for count in FALLS]
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DataError, match="is not a whole gzip file"):
        source.read(path)


def test_titles_above_and_notes_below_are_left_out_and_said():
    text = "Falls by month\n\n" + table(str) + "\nSource: incident reports\n"
    found = source.parse(text, "the file")
    assert len(found.rows) == 36
    assert (found.header_row, found.footer_rows, found.oddities) == (3, 1, ())
    broken = source.parse(table(str).replace("2022-01-01", "a remark\n2022-01-01"), "the file")
    assert broken.oddities == ("1 of its lines are no rows of the table",)


def test_names_are_made_distinct():
    found = source.parse("A,a,,A\n1,2,3,x\n4,5,6,y\n", "the file")
    assert found.names == ("A", "a_2", "column_3", "A_3")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04....", "is no text file, and no workbook by its name"),
        (b"PAR1....", "is not a Parquet file that can be read"),
        (b"a,b\n\0\0\0,\0\n", "is not a text file"),
        (b"", "no table with a row of column names"),
        (b"1,2\n3,4\n5,6\n", "no table with a row of column names"),
        (b"just words\n", "no table with a row of column names"),
    ],
)
def test_what_holds_no_table_is_refused_in_a_sentence(tmp_path, content, said):
    path = tmp_path / "falls.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        source.read(path)
    with pytest.raises(DataError, match=r"there is no such file; mend --data\."):
        source.read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("cells", "separator", "style", "values"),
    [
        (["1523", "-2", "1.5e3"], ",", numbers.PLAIN, [1523, -2, 1500]),
        (["1,523", "12,1", "7"], ";", numbers.Style(","), [1.523, 12.1, 7]),
        (["1.523,5", "12,1"], ";", numbers.Style(",", "."), [1523.5, 12.1]),
        (["1,523", "12,345,678", "7.25"], ",", numbers.Style(".", ","), [1523, 12345678, 7.25]),
        (["1 523,5", "12"], ";", numbers.Style(",", " "), [1523.5, 12]),
    ],
)
def test_decimal_marks_and_thousands_are_worked_out(cells, separator, style, values):
    found = source.Source(("n",), tuple((cell,) for cell in cells), separator=separator)
    assert numbers.style_of(found) == style
    assert numbers.as_numbers(cells, style) == values


def test_a_column_is_typed_as_a_contract_would():
    found = source.parse(
        "n,share,day,is_late,ward,none\n1,0.5,2020-01-01,true,A,\n2,,2020-01-02,false,B,\n3,1.5,2020-01-03,true,B,\n",
        "the file",
    )
    kinds = {column.name: column.type for column in columns.profiled(found, numbers.PLAIN)}
    assert kinds == {
        "n": "integer",
        "share": "number",
        "day": "date",
        "is_late": "boolean",
        "ward": "string",
        "none": "string",
    }
