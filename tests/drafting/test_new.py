"""`lasting new`: from a file to a study that can run, with nothing edited by hand and nothing overwritten."""

from __future__ import annotations

import gzip
import re
from datetime import date

import pandas as pd
import pytest

from pipeline import project, study
from pipeline import series as series_of
from pipeline.drafting import questions
from pipeline.drafting.questions import Options
from pipeline.drafting.seen import look
from pipeline.errors import ContractError, PlanError
from pipeline.stages import its, series, validate

from .files import FALLS, MONTHS, table


def _file(tmp_path, text, name="Falls on wards.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def _tree(clone):
    return {
        path.relative_to(clone).as_posix(): path.read_bytes() for path in clone.rglob("*") if path.is_file()
    }


def test_a_plain_file_is_copied_described_and_listed(clone, lasting, tmp_path):
    before = (clone / "params.yaml").read_text(encoding="utf-8")
    data = _file(tmp_path, table(str))
    said = lasting("new", "falls-bundle", "--data", data, "--start", "2022-07", "--better", "lower")
    assert said.code == 0, said.err
    assert "36 rows of 2 columns, one a month, 2021-01-01 to 2023-12-01, by month" in said.out
    assert (
        "falls-bundle: the plan and the contract are sound (1 measure, The change from 2022-07-01)."
        in said.out
    )
    assert "lasting run falls-bundle" in said.out
    assert (clone / "data/raw/falls-on-wards.csv").read_text(encoding="utf-8") == table(str)
    loaded = study.load(project.load(clone), "falls-bundle")
    assert (loaded.plan.primary.kind, loaded.plan.primary.column) == ("count", "falls")
    assert loaded.plan.rule is not None
    after = (clone / "params.yaml").read_text(encoding="utf-8")
    assert after.startswith(before.split("datasets:")[0])
    assert "  falls-on-wards:\n    raw: data/raw/falls-on-wards.csv\n" in after
    assert "  falls-bundle:\n    dataset: falls-on-wards\n" in after


def test_every_answer_may_be_given_as_an_option(clone, lasting, tmp_path):
    text = "year,month,ward falls,bed days\n" + "".join(
        f"{day.year},{day.month},{count},{900 + count}\n" for day, count in zip(MONTHS, FALLS, strict=True)
    )
    said = lasting(
        *("new", "falls", "--data", _file(tmp_path, text), "--period", "year,month", "--every", "month"),
        *("--outcome", "ward falls", "--denominator", "bed days", "--kind", "rate", "--per", "1000"),
        *("--better", "lower", "--start", "2022-07-01", "--label", "Falls bundle: stage 1"),
        *("--title", 'Falls, and "how"', "--question", "Did they fall?", "--public"),
    )
    assert said.code == 0, said.err
    plan = study.load(project.load(clone), "falls").plan
    assert plan.primary.numerator == "ward falls"
    assert (plan.primary.denominator, plan.primary.per, plan.primary.better) == ("bed days", 1000, "lower")
    assert (plan.intervention.label, plan.title) == ("Falls bundle: stage 1", 'Falls, and "how"')
    assert (plan.question, plan.disclosure) == ("Did they fall?", "off")


def test_what_is_not_told_is_guessed_from_the_file(clone, lasting, tmp_path):
    text = "month,after,events,population\n" + "".join(
        f"{day},{int(place >= 20)},{count},{10000 + 13 * place}\n"
        for place, (day, count) in enumerate(zip(MONTHS, FALLS, strict=True))
    )
    assert lasting("new", "falls", "--data", _file(tmp_path, text)).code == 0
    plan = study.load(project.load(clone), "falls").plan
    assert (plan.primary.numerator, plan.primary.denominator) == ("events", "population")
    assert (plan.primary.kind, plan.primary.per) == ("rate", 1000)
    assert plan.intervention.start == MONTHS[20]


def test_a_table_that_no_contract_can_describe_is_made_plain_beside_the_file_as_it_came(
    clone, lasting, tmp_path
):
    text = "Falls\n" + table(
        lambda day: f"{day.year} Q{(day.month + 2) // 3}",
        every=3,
        separator=";",
        falls=lambda n: f"1.{n:03},5",
    )
    data = _file(tmp_path, text, "f.csv")
    said = lasting("new", "falls", "--data", data, "--start", "2022 Q3", "--kind", "value")
    assert said.code == 0, said.err
    assert (clone / "data/raw/f.original.csv").read_text(encoding="utf-8") == text
    made = (clone / "data/raw/f.csv").read_text(encoding="utf-8").splitlines()
    assert made[:2] == ["period,month,falls", "2021-01-01,2021 Q1,1020.5"]
    contract = (clone / "data_contracts/f.odcs.yaml").read_text(encoding="utf-8")
    assert "# The table was made from data/raw/f.original.csv (SHA-256 " in contract
    assert "# - period, the first day of the quarter, is from month (quarters as 2023 Q2)." in contract
    _runs(clone, "falls")


def _runs(clone, name):
    found = project.load(clone)
    validate.run(found, found.studies[name])
    series.run(found, name)
    return series_of.read(found.results(name, "series"), "falls")


@pytest.mark.parametrize(
    ("written", "separator", "falls", "around"),
    [
        (lambda day: f"{day:%Y-%m}", ",", str, ("", "")),
        (lambda day: f"{day:%d/%m/%Y}", ";", lambda n: f"1.{n:03},5", ("Falls\n\n", "\nSource: us\n")),
        (lambda day: f"{day:%b %Y}", "\t", lambda n: f"1,{n:03}", ("", "")),
    ],
)
def test_what_a_contract_can_describe_stays_as_it_is(
    clone, lasting, tmp_path, written, separator, falls, around
):
    text = around[0] + table(written, separator=separator, falls=falls) + around[1]
    data = _file(tmp_path, text, "f.csv")
    said = lasting("new", "falls", "--data", data, "--start", "2022-07", "--kind", "value")
    assert said.code == 0, said.err
    assert (clone / "data/raw/f.csv").read_text(encoding="utf-8") == text
    assert not list((clone / "data/raw").glob("f.original*"))
    made = _runs(clone, "falls")
    assert [day.date() for day in made.index] == MONTHS
    assert len(set(made["value"])) == len(set(FALLS))


def test_workbooks_parquet_and_compressed_files_stay_as_they_are(clone, lasting, tmp_path):
    plain = pd.DataFrame({"month": MONTHS, "falls": FALLS})
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(table(str).encode()))
    plain.to_parquet(tmp_path / "columns.parquet")
    with pd.ExcelWriter(tmp_path / "book.xlsx", engine="xlsxwriter") as book:
        pd.DataFrame({"notes": ["Read me"]}).to_excel(book, sheet_name="About", index=False)
        plain.to_excel(book, sheet_name="Falls", index=False, startrow=2)
    for name in ("packed.csv.gz", "columns.parquet", "book.xlsx"):
        study_name = name.partition(".")[0]
        said = lasting("new", study_name, "--data", str(tmp_path / name), "--start", "2022-07")
        assert said.code == 0, said.err
        assert (clone / "data" / "raw" / name).read_bytes() == (tmp_path / name).read_bytes()
        assert _runs(clone, study_name)["value"].tolist() == FALLS


def test_sites_and_groups_are_a_panel_or_one_of_them_is_studied(clone, lasting, tmp_path):
    text = "month,ward,falls\n" + "".join(
        f"{day},{ward},{count}\n" for day, count in zip(MONTHS, FALLS, strict=True) for ward in ("A 1", "B's")
    )
    data = _file(tmp_path, text)
    assert lasting("new", "all-wards", "--data", data, "--start", "2022-07").code == 0
    assert lasting("new", "one-ward", "--data", data, "--start", "2022-07", "--only", "ward=B's").code == 0
    found = project.load(clone)
    both, one = study.load(found, "all-wards"), study.load(found, "one-ward")
    assert (both.plan.data.unit, both.contract.periods.units) == ("ward", "ward")
    assert (one.plan.data.unit, one.plan.data.condition.values) == (None, ("B's",))
    for name in ("all-wards", "one-ward"):
        validate.run(found, found.studies[name])
        series.run(found, name)


def test_the_sites_that_got_the_change_may_be_named(clone, lasting, tmp_path):
    text = "month,ward,falls\n" + "".join(
        f"{day},{ward},{count}\n"
        for day, count in zip(MONTHS, FALLS, strict=True)
        for ward in ("A 1", "B's", "C")
    )
    data = _file(tmp_path, text)
    said = lasting("new", "two", "--data", data, "--start", "2022-07", "--units", "B's, C")
    assert said.code == 0, said.err
    assert study.load(project.load(clone), "two").plan.intervention.units == ("B's", "C")
    wrong = lasting("new", "one", "--data", data, "--start", "2022-07", "--units", "A1")
    assert (wrong.code, wrong.err.startswith("--units: A1 is none of A 1, B's, C; did you mean A 1?")) == (
        10,
        True,
    )


def test_records_are_counted(clone, lasting, tmp_path):
    text = "day,harm\n" + "".join(
        f"{day},{place % 2}\n" for day in MONTHS for place in range(FALLS[day.month])
    )
    assert lasting("new", "falls", "--data", _file(tmp_path, text), "--start", "2022-07").code == 0
    loaded = study.load(project.load(clone), "falls")
    assert loaded.contract.periods.rows == "records"
    assert loaded.plan.primary.counts_records


def test_events_dated_as_people_date_them_are_counted(clone, lasting, tmp_path):
    """Each with a number of its own, a time or a day in front, and a word that means missing elsewhere."""
    for name, written in (("days", "{:%d/%m/%Y}"), ("times", "{:%Y-%m-%d} 13:45:00")):
        text = "Incident,When,Harm,Waited\n" + "".join(
            f"INC{place:03}{number:02},{written.format(day.replace(day=1 + number % 9))},{'None' if number % 2 else 'Low'},9\n"
            for place, day in enumerate(MONTHS)
            for number in range(FALLS[place])
        )
        data = _file(tmp_path, text, f"{name}.csv")
        said = lasting("new", name, "--data", data, "--start", "2022-07")
        assert said.code == 0, said.err
        assert "each a record, to be counted by the month" in said.out
        loaded = study.load(project.load(clone), name)
        assert loaded.contract.periods.rows == "records"
        assert loaded.plan.primary.counts_records
        found = project.load(clone)
        raw = (clone / found.raw[name]).read_text(encoding="utf-8")
        assert raw.count(",None,") == sum(count // 2 for count in FALLS)
        validate.run(found, name)
        series.run(found, name)
        made = series_of.read(found.results(name, "series"), "records")
        assert made["value"].tolist() == FALLS


def test_periods_without_a_row_are_told_and_empty_rows_mend_them(clone, lasting, tmp_path):
    whole = table(str)
    gone = "".join(
        line for line in whole.splitlines(keepends=True) if not line.startswith(("2021-03", "2022-05"))
    )
    empty = re.sub(r"^(2021-03-01|2022-05-01),.*$", r"\1,", whole, flags=re.MULTILINE)
    for name, text, said in (("gone", gone, "2 months between them have no row"), ("empty", empty, "")):
        found = lasting("new", name, "--data", _file(tmp_path, text, f"{name}.csv"), "--start", "2022-07")
        assert found.code == 0, found.err
        assert said in found.out
        assert ("have no row" in found.out) == bool(said)
    assert _runs(clone, "empty")["value"].isna().sum() == 2
    with pytest.raises(ContractError, match="no month is missing"):
        validate.run(project.load(clone), "gone")


def test_per_cent_signs_are_taken_off_and_said(clone, lasting, tmp_path):
    text = table(lambda day: f"{day:%b-%y}", falls=lambda n: f"{n / 10}%")
    said = lasting("new", "falls", "--data", _file(tmp_path, text, "f.csv"), "--start", "2022-07")
    assert said.code == 0, said.err
    contract = (clone / "data_contracts/f.odcs.yaml").read_text(encoding="utf-8")
    assert "# - numbers have per cent signs: mended." in contract
    assert _runs(clone, "falls")["value"].tolist() == [count / 10 for count in FALLS]


def test_a_file_inside_the_repository_is_referred_to(clone, lasting):
    inside = clone / "data" / "raw" / "own.csv"
    inside.write_text(table(str), encoding="utf-8")
    assert lasting("new", "own-study", "--data", str(inside), "--start", "2022-07").code == 0
    assert project.load(clone).raw["own"] == "data/raw/own.csv"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (
            ("--start", "2030-01-01"),
            10,
            "--start: 2030-01-01 leaves nothing before or nothing after it; the data",
        ),
        ((), 10, "--start: is needed, for nothing in the file tells (When did the change begin?)"),
        (
            ("--start", "2022", "--outcome", "fals"),
            10,
            "--outcome: fals is none of falls; did you mean falls?",
        ),
        (("--start", "2022", "--kind", "rate"), 10, "--kind: rate is none of count, value, mean"),
        (("--start", "2022", "--units", "A"), 10, "--units: no column tells sites apart; leave it out."),
        (("--start", "2022", "--denominator", "days"), 10, "--denominator: nothing can stand below"),
        (("--start", "2022", "--better", "up"), 10, "--better: up is none of lower, higher, neither"),
        (("--start", "2022", "--per", "-1"), 10, "--per: -1 is not a number above zero"),
        (("--start", "2022", "--label", " "), 10, "--label: is empty; write the words."),
        (("--start", "2022", "--every", "fortnight"), 10, "--every: fortnight is none of day, week, month"),
        (
            ("--start", "2022", "--only", "ward"),
            10,
            "--only: ward should be COLUMN=VALUE or COLUMN!=VALUE; the",
        ),
        (("--start", "2022", "--only", "falls=999"), 10, "--only: no row has falls=999"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(clone, lasting, tmp_path, options, code, said):
    before = _tree(clone)
    found = lasting("new", "falls", "--data", _file(tmp_path, table(str)), *options)
    assert found.code == code
    assert found.err.startswith(said)
    assert len(found.err.strip().splitlines()) == 1
    assert _tree(clone) == before


def test_nothing_is_ever_overwritten(clone, lasting, tmp_path):
    data = _file(tmp_path, table(str))
    assert lasting("new", "Falls", "--data", data, "--start", "2022").err.startswith("STUDY: Falls should be")
    taken = lasting("new", "seat-belt-law", "--data", data, "--start", "2022")
    assert (taken.code, taken.err.startswith("params/seat-belt-law.yaml: there is a study")) == (10, True)
    (clone / "params" / "falls.yaml").write_text("kept\n", encoding="utf-8")
    assert lasting("new", "falls", "--data", data, "--start", "2022").code == 10
    assert (clone / "params" / "falls.yaml").read_text(encoding="utf-8") == "kept\n"


def test_a_draft_that_is_not_sound_leaves_nothing_behind(clone, lasting, tmp_path):
    """The dataset's folder can't be written to: the files that were put elsewhere are taken back."""
    before = _tree(clone)
    (clone / "data_contracts" / "falls-on-wards.odcs.yaml").mkdir()
    (clone / "data_contracts" / "falls.odcs.yaml").mkdir()
    found = lasting("new", "falls", "--data", _file(tmp_path, table(str)), "--start", "2022")
    assert (found.code, "are datasets falls-on-wards and falls already" in found.err) == (10, True)
    assert _tree(clone) == before


def test_a_person_is_asked_what_no_option_answers(tmp_path):
    seen = look(tmp_path / _file(tmp_path, table(str)), None, None, None, ())
    asked = []

    def ask(question):
        asked.append(question.option)
        return {"--start": "2022-07", "--better": "lower"}.get(question.option)

    choices = questions.settled(seen, Options(label="The bundle"), ask)
    assert asked == ["--outcome", "--kind", "--better", "--start", "--title", "--question"]
    assert (choices.start, choices.better) == (date(2022, 7, 1), "lower")
    assert choices.question == "Did the bundle lower falls?"
    with pytest.raises(PlanError, match="--start: is needed"):
        questions.settled(seen, Options(), lambda _: None)


@pytest.mark.parametrize("name", ["p_n048.csv", "g_n024_rho0.3.csv"])
def test_a_published_simulation_goes_from_file_to_finding(clone, lasting, name):
    """Without a word about the change: the column that says before and after tells when it was."""
    from tests.its.outside import ROOT

    file = next((ROOT / "tests" / "reference").rglob(name), None)
    if file is None:
        pytest.skip(f"{name} is not among the copied references")
    assert lasting("new", "simulated", "--data", str(file), "--first", "2000-01-01", "--public").code == 0
    found = project.load(clone)
    validate.run(found, found.studies["simulated"])
    series.run(found, "simulated")
    its.run(found, "simulated")
    assert (clone / "results/simulated/its/its.json").is_file()
