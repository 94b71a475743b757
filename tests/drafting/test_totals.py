"""Totals in a table: left out below it, refused among its rows or as one more site; never counted twice."""

from __future__ import annotations

import pytest

from pipeline.drafting.seen import look
from pipeline.errors import DataError, PlanError

from .files import FALLS, MONTHS, table


def _seen(tmp_path, text, period=None, first=None, only=()):
    path = tmp_path / "falls.csv"
    path.write_text(text, encoding="utf-8")
    return look(path, period, None, first, only)


@pytest.mark.parametrize("below", ["Total,700\n", "Total,700\nMean,20\n", "Sum,700\n\nSource: the wards\n"])
@pytest.mark.parametrize("written", ["{:%b-%y}", "{:%Y-%m-%d}", "{:%d.%m.%Y}"])
def test_rows_without_a_date_below_the_table_are_left_out_and_said(tmp_path, written, below):
    seen = _seen(tmp_path, table(written.format) + below)
    assert [row[1] for row in seen.source.rows] == [str(count) for count in FALLS]
    assert seen.calendar.days == tuple(MONTHS)
    rows = below.partition("\n\n")[0].strip().count("\n") + 1
    assert f"; {rows} below them without a date left out." in seen.described
    assert seen.source.footer_rows == len([line for line in below.splitlines() if line])


def test_years_and_a_column_that_is_named_may_have_a_total_below_too(tmp_path):
    years = "year,falls\n" + "".join(f"{1990 + place},{count}\n" for place, count in enumerate(FALLS))
    assert len(_seen(tmp_path, years + "Total,700\n").source.rows) == len(FALLS)
    assert len(_seen(tmp_path, table(str) + "Total,700\n", period="month").source.rows) == len(FALLS)


def test_totals_among_the_rows_are_refused_by_their_place(tmp_path):
    lines = table(str).splitlines(keepends=True)
    lines.insert(13, "Total,240\n")
    with pytest.raises(
        DataError, match="month dates all rows but 1, the first of them row 13 below the names"
    ):
        _seen(tmp_path, "".join(lines))
    months = "Year,Month,falls\n" + "".join(
        f"{day.year},{day:%b},{n}\n" for day, n in zip(MONTHS, FALLS, strict=True)
    )
    assert _seen(tmp_path, months).calendar.columns == ("Year", "Month")
    yearly = months.replace("2022,Jan", "2021,Total,240\n2022,Jan")
    with pytest.raises(DataError, match="Month dates all rows but 1, the first of them row 13"):
        _seen(tmp_path, yearly)


def test_a_date_that_some_rows_lack_takes_none_away_where_another_dates_them_all(tmp_path):
    rows = [f"{day},{day if place < 30 else ''},{place}" for place, day in enumerate(MONTHS)]
    seen = _seen(tmp_path, "admitted,discharged,n\n" + "\n".join(rows) + "\n")
    assert len(seen.source.rows) == len(MONTHS)
    assert seen.calendar.columns == ("admitted",)


def _wards(extra):
    return "month,ward,falls\n" + "".join(
        f"{day},A,{count}\n{day},B,{count + 1}\n{day},{extra(day, 2 * count + 1)}\n"
        for day, count in zip(MONTHS, FALLS, strict=True)
    )


@pytest.mark.parametrize("extra", ["The trust,{1}", "All,7", "TOTAL,{1}"])
def test_a_site_that_is_all_others_together_is_refused_until_it_is_settled(tmp_path, extra):
    text, name = _wards(extra.format), extra.partition(",")[0]
    with pytest.raises(PlanError, match=f"--only: in ward, {name} is others together"):
        _seen(tmp_path, text)
    apart = _seen(tmp_path, text, only=(f"ward!={name}",))
    assert set(apart.used.column("ward")) == {"A", "B"}
    assert (apart.parts, apart.keys, len(apart.source.rows)) == ("ward", ("ward",), 3 * len(MONTHS))
    alone = _seen(tmp_path, text, only=(f"ward={name}",))
    assert set(alone.used.column("ward")) == {name}


def test_sites_that_only_sum_up_now_and_then_are_sites(tmp_path):
    text = _wards(lambda day, both: f"C,{both if day.month < 12 else both + 1}")
    assert _seen(tmp_path, text).parts == "ward"


def test_periods_side_by_side_are_refused(tmp_path):
    wide = "ward," + ",".join(f"{day:%b-%y}" for day in MONTHS)
    text = wide + "\n" + "".join(f"{ward},{','.join(map(str, FALLS))}\n" for ward in "ABC")
    with pytest.raises(DataError, match="its periods stand side by side, a column each; turn the table"):
        _seen(tmp_path, text)
