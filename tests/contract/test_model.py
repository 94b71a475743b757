"""A contract is held to what is checked: the rest is refused, never ignored."""

from __future__ import annotations

import pytest
import yaml

from pipeline import marked_yaml, project
from pipeline.contract import model
from pipeline.errors import ContractError

from ..conftest import ROOT, edit


def _load(change=None):
    data = yaml.safe_load((ROOT / "data_contracts" / "seatbelts.odcs.yaml").read_text(encoding="utf-8"))
    if change:
        change(data)
    return model.parse(marked_yaml.MarkedYaml("data_contracts/seatbelts.odcs.yaml", data, {}))


def _column(data, name):
    return next(item for item in data["schema"][0]["properties"] if item["name"] == name)


def test_the_example_contract_reads_as_it_is_written():
    contract = model.load(project.load(ROOT), "seatbelts")
    assert contract.primary_key == ("month",)
    assert contract.periods.every == "month"
    assert contract.public
    assert contract.columns[1].options == {"minimum": 0, "maximum": 10000}
    assert contract.quality[0].arguments == {"mustBeGreaterOrEqualTo": 24}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(apiVersion="v2.2.0"), "apiVersion: should be v3.1.0"),
        (lambda d: d.update(sevrers=[]), "sevrers: unknown key; did you mean servers?"),
        (lambda d: _column(d, "kms").update(logicalTyp="integer"), "unknown key; did you mean logicalType?"),
        (lambda d: _column(d, "kms").update(logicalType="array"), "array is not checked here"),
        (
            lambda d: _column(d, "kms")["logicalTypeOptions"].update(multipleOf=2),
            "multipleOf: is not checked for integer",
        ),
        (lambda d: _column(d, "kms").update(encryptedName="x"), "encryptedName: is not checked here"),
        (lambda d: _column(d, "kms").pop("name"), "a column needs a `name`"),
        (lambda d: d["servers"].append(d["servers"][0]), "servers: should hold one server"),
        (lambda d: d["servers"][0].update(format="avro"), "servers: should hold one server, a local file"),
        (lambda d: d["servers"][0].pop("path"), "should say the file's `path`"),
        (lambda d: d.update(schema=[]), "schema: should hold one table"),
        (lambda d: d.update(customProperties=[]), "needs the property periods"),
        (
            lambda d: d["customProperties"][0]["value"].update(column="mnth"),
            "customProperties[1].value.column: there is no column mnth; did you mean month?",
        ),
        (
            lambda d: d["customProperties"][0]["value"].update(every="moon"),
            "value.every: should be day, week, month, quarter or year",
        ),
        (lambda d: d["customProperties"].append({"property": "periodz"}), "unknown property periodz"),
        (lambda d: d["schema"][0]["quality"][0].update(type="sql"), "sql rules are not checked here yet"),
        (lambda d: d["schema"][0]["quality"][0].update(metric="freshness"), "freshness of a table is not"),
        (lambda d: d["schema"][0]["quality"][0].update(mustBe=3), "needs one of mustBe, "),
        (lambda d: d["schema"][0]["quality"][0].update(unit="percent"), "in rows"),
        (lambda d: d["schema"][0]["quality"][0].update(severity="fatal"), "should be error or warning"),
        (
            lambda d: _column(d, "kms").update(quality=[{"metric": "nullValues", "mustBeLessThan": 3}]),
            "nullValues is checked with `mustBe: 0` only",
        ),
        (lambda d: d["servers"][0].update(port=[1]), "port"),
    ],
)
def test_what_is_not_checked_is_refused_with_a_sentence(change, said):
    with pytest.raises(ContractError) as refusal:
        _load(change)
    assert said in str(refusal.value)


def test_all_problems_come_at_once():
    def spoil(data):
        _column(data, "kms").update(logicalType="array")
        _column(data, "rear").update(encryptedName="x")
        data["customProperties"][0]["value"].update(every="moon")

    with pytest.raises(ContractError) as refusal:
        _load(spoil)
    assert len(str(refusal.value).splitlines()) == 3


def test_file_name_and_list_must_agree_with_the_contract(clone):
    edit(clone / "data_contracts" / "seatbelts.odcs.yaml", "id: seatbelts", "id: belts")
    with pytest.raises(ContractError, match="line 4, id: should be seatbelts"):
        model.load(project.load(), "seatbelts")
    edit(clone / "data_contracts" / "seatbelts.odcs.yaml", "id: belts", "id: seatbelts")
    edit(clone / "params.yaml", "data/raw/seatbelts.csv", "data/raw/belts.csv")
    with pytest.raises(ContractError, match=r"is data/raw/seatbelts.csv, but params.yaml gives"):
        model.load(project.load(), "seatbelts")
