"""`lasting power`: what a planned study could find, by its plan and the data before the change, or as given."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import plan as plans
from pipeline import project, series
from pipeline.errors import DisclosureError
from pipeline.evaluation import power
from pipeline.its.power import noise_of

from ..conftest import STUDY, edit


@pytest.fixture
def here(finished, monkeypatch):
    monkeypatch.setenv("LASTING_ROOT", str(finished))
    return project.load(finished)


def test_a_study_gives_its_own_setting_from_the_data_before_the_change(here):
    found = power.planned(here, STUDY, {})
    setting = found.setting
    assert (setting.before, setting.after, setting.model) == (169, 23, "reml-ar1")
    assert (setting.harmonics, setting.period) == (6, 12)  # as many terms as a dummy a month
    values = series.read(here.results(STUDY, "series"), "drivers")["value"].to_numpy()
    assert (setting.sd, setting.rho) == noise_of(values[:169], harmonics=6, period=12)
    assert found.level == pytest.approx(np.mean(values[:169]))
    assert found.notes[0].startswith(
        "Noise and autocorrelation are those of drivers in the 169 months before"
    )


def test_what_is_given_goes_before_plan_and_data(here):
    setting = power.planned(here, STUDY, {"after": 60, "rho": 0.1, "model": "ols", "sd": None}).setting
    assert (setting.before, setting.after, setting.rho, setting.model) == (169, 60, 0.1, "ols")


def test_data_after_the_change_are_not_looked_at(here, monkeypatch):
    usual = power.planned(here, STUDY, {}).setting
    read = series.read(here.results(STUDY, "series"), "drivers")
    read.loc["1983-02-01":, "value"] = 10**6
    monkeypatch.setattr(series, "read", lambda *_: read)
    assert power.planned(here, STUDY, {}).setting == usual


def test_a_usual_level_that_would_tell_a_hidden_count_is_not_told(here, monkeypatch):
    """Of noughts and one small count the mean is that count over so many."""
    plan = plans.load(here, STUDY)
    read = series.read(here.results(STUDY, "series"), "drivers")
    rare = read.assign(value=[3.0 if place == 9 else 0.0 for place in range(len(read))])
    ruled = plan.model_copy(update={"disclosure": plans.Disclosure()})
    monkeypatch.setattr(plans, "load", lambda *_: ruled)
    assert power.planned(here, STUDY, {}).level is not None
    monkeypatch.setattr(series, "read", lambda *_: rare)
    with pytest.raises(DisclosureError, match="measure drivers: so few counts before the change are above"):
        power.planned(here, STUDY, {})


@pytest.mark.parametrize(
    ("model", "seasonality", "taken"),
    [
        ("quasi-poisson", "none", ("auto", 0)),
        ("ols", {"harmonics": 2}, ("ols", 2)),
        ("ols", "auto", ("ols", 2)),
    ],
)
def test_a_model_that_cant_be_tried_so_often_is_stood_in_for(here, monkeypatch, model, seasonality, taken):
    plan = plans.load(here, STUDY)
    asked = plans.Its.model_validate({"model": model, "seasonality": seasonality})
    monkeypatch.setattr(plans, "load", lambda *_: plan.model_copy(update={"its": asked}))
    found = power.planned(here, STUDY, {})
    assert (found.setting.model, found.setting.harmonics) == taken
    assert ("can't be tried so often" in found.notes[0]) == (model == "quasi-poisson")


def test_the_command_prints_a_table_and_writes_the_curve(lasting, tmp_path):
    for name in ("curve.svg", "curve.png"):
        said = lasting(
            *("power", "--before", "24", "--after", "12", "--after", "36", "--rho", "0.3", "--noise", "10"),
            *("--impact", "level", "-o", str(tmp_path / name)),
        )
        assert said.code == 0
        assert said.out.count("Change of level ") == 2
        assert (
            "With 24 periods before the change and 36 after it, errors of standard deviation 10.0" in said.out
        )
        assert (tmp_path / name).stat().st_size > 1000
    assert "80% of the time" in (tmp_path / "curve.svg").read_text(encoding="utf-8")


def test_the_command_takes_a_study_and_tells_shares_of_its_level(here, lasting):
    said = lasting("power", STUDY, "--model", "ols")
    assert said.code == 0
    assert "usual level" in said.out.replace("\n", " ")
    assert "finds too easily" in said.out  # least squares where successive months are alike
    assert "covariates of the plan are not used" in said.out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--before", "24", "--after", "12"], 2, "--before, --after and --noise are needed"),
        (["--before", "24", "--after", "12", "--noise", "1", "-o", "a.pdf"], 2, "should end in .svg or"),
        (["--before", "2", "--after", "1", "--noise", "1"], 13, "an analysis needs at least 3 and 2"),
        (["--before", "24", "--after", "12", "--noise", "1", "--rho", "1"], 13, "must be between −1 and 1"),
        (["nothing"], 10, "there is no study named nothing"),
    ],
)
def test_what_cant_be_tried_is_a_sentence(here, lasting, arguments, code, sentence):
    said = lasting("power", *arguments)
    assert said.code == code
    assert sentence in " ".join(said.err.replace("│", " ").split())


def test_a_study_without_data_needs_what_they_would_say(clone, lasting):
    said = lasting("power", STUDY)
    assert said.code == 12
    assert said.err.strip() == (
        "seat-belt-law has no series yet to take the noise from; run `lasting run seat-belt-law` first, or give "
        "--before, --after and --noise."
    )
    edit(clone / "params" / f"{STUDY}.yaml", "seasonality: dummies", "seasonality: {harmonics: 1}")
    found = lasting("power", STUDY, "--before", "24", "--after", "24", "--noise", "5")
    assert found.code == 0
    assert "There are no data yet: everything is as given." in found.out
