"""A contract is held to what is checked: the rest is refused, never ignored."""

from __future__ import annotations

import pytest
import yaml

from pipeline import marked_yaml, project
from pipeline.contract import model
from pipeline.contract.bound import Bound
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
    assert contract.quality[0].bound == Bound("mustBeGreaterOrEqualTo", 24)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(apiVersion="v2.2.0"), "apiVersion: should be v3.1.0"),
        (lambda d: d.update(sevrers=[]), "sevrers: unknown key; did you mean servers?"),
        (lambda d: _column(d, "kms").update(logicalTyp="integer"), "unknown key; did you mean logicalType?"),
        (lambda d: _column(d, "kms").update(logicalType="array"), "array is not checked here"),
        (
            lambda d: _column(d, "month").update(logicalTypeOptions={"multipleOf": 2}),
            "multipleOf: is not checked for date",
        ),
        (lambda d: _column(d, "kms").update(encryptedName="x"), "encryptedName: is not checked here"),
        (lambda d: _column(d, "kms").pop("name"), "a column needs a `name`"),
        (lambda d: d["servers"].append(d["servers"][0]), "servers: should hold one server"),
        (lambda d: d["servers"][0].update(format="avro"), "servers: should hold one server: a local file"),
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
        (lambda d: d["schema"][0]["quality"][0].update(type="text"), "text can't be checked; say it in"),
        (lambda d: d["schema"][0]["quality"][0].update(metric="freshness"), "freshness of a table is not"),
        (lambda d: d["schema"][0]["quality"][0].pop("mustBeGreaterOrEqualTo"), "needs one of mustBe, "),
        (lambda d: d["schema"][0]["quality"][0].update(unit="percent"), "unit: should be rows"),
        (lambda d: d["schema"][0]["quality"][0].update(severity="fatal"), "should be error or warning"),
        (
            lambda d: _column(d, "kms").update(quality=[{"metric": "nullValues", "mustBeLessThan": 0}]),
            "no count is less than 0; write `mustBe: 0`",
        ),
        (lambda d: d["servers"][0].update(port=[1]), "port"),
    ],
)
def test_what_is_not_checked_is_refused_with_a_sentence(change, said):
    with pytest.raises(ContractError) as refusal:
        _load(change)
    assert said in str(refusal.value)


def _options(**options):
    return lambda d: _column(d, "kms").update(logicalTypeOptions=options)


def _text(**changes):
    return lambda d: _column(d, "kms").update({"logicalType": "string", "logicalTypeOptions": {}, **changes})


def _rule(**changes):
    rule = {"type": "library", "metric": "rowCount"}
    return lambda d: d["schema"][0].update(quality=[{**rule, **changes}])


OPTIONS = "schema[1].properties[7].logicalTypeOptions"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_options(minimum="many"), f"{OPTIONS}.minimum: should be a number"),
        (_options(minimum=float("nan")), f"{OPTIONS}.minimum: should be a number"),
        (_options(maximum=True), f"{OPTIONS}.maximum: should be a number"),
        (_options(minimum=3, maximum=2), f"{OPTIONS}: nothing lies between 3 and 2"),
        (_options(exclusiveMinimum=2, maximum=2), f"{OPTIONS}: nothing lies between 2 and 2"),
        (_options(minimum=1, exclusiveMinimum=2), "exclusiveMinimum: stands beside minimum; keep one of"),
        (_options(pattern="x"), "pattern: is not checked for integer; take it out"),
        (_text(logicalTypeOptions={"pattern": "["}), f"{OPTIONS}.pattern: is not a regular expression ("),
        (_text(logicalTypeOptions={"pattern": 5}), "pattern: is not a regular expression (it is not text)"),
        (_text(logicalTypeOptions={"minLength": -1}), "minLength: should be a whole number, 0 or more"),
        (_text(logicalTypeOptions={"maxLength": 1.5}), "maxLength: should be a whole number, 0 or more"),
        (_text(logicalTypeOptions={"minLength": 3, "maxLength": 2}), "nothing lies between 3 and 2"),
        (_text(enum=[{"value": 1}]), "enum[1].value: should be text; put it in quotes, as the column's"),
        (
            lambda d: _column(d, "kms").update(enum=[{"value": 1}, {"value": "a"}]),
            "enum[2].value: should be a",
        ),
        (lambda d: _column(d, "PetrolPrice").update(enum=[{"value": "a"}]), "should be a number, as the"),
        (
            lambda d: _column(d, "month").update(enum=[{"value": "2020-01-01"}]),
            "is not checked for date; take",
        ),
        (
            lambda d: _column(d, "kms").update(physicalName="rear"),
            "properties[7].name: is read from rear, as a column above is; take one out",
        ),
        (
            lambda d: _column(d, "rear").update(name="KMS"),
            "properties[7].name: kms and KMS differ only in cap",
        ),
        (
            lambda d: _column(d, "rear").update(name="kms"),
            "properties[7].name: kms is a column above already",
        ),
        (
            lambda d: _column(d, "month").update(required=False, primaryKey=False, primaryKeyPosition=-1),
            "required: should be true: mon",
        ),
        (
            lambda d: _column(d, "month").update(logicalType="string"),
            "properties[1].logicalType: should be date: month is the column of periods",
        ),
        (
            lambda d: d["servers"][0].update(type="s3"),
            "servers: should hold one server: a local file (`type",
        ),
        (lambda d: d["servers"][0].update(path="../x.csv"), "servers[1].path: ../x.csv is not a path inside"),
        (lambda d: d["servers"][0].update(path="/x.csv"), "servers[1].path: /x.csv is not a path inside the"),
        (
            lambda d: d["servers"][0].update(encoding="utf-9"),
            "servers[1].encoding: utf-9 is not read here; use",
        ),
        (lambda d: d["servers"][0].update(encoding="rot13"), "servers[1].encoding: rot13 is not read here"),
        (lambda d: d["servers"][0].update(delimiter="ab"), "servers[1].delimiter: should be one sign"),
        (lambda d: d["servers"][0].update(delimiter=""), "servers[1].delimiter: should be one sign"),
        (
            lambda d: d["schema"][0].update(relationships=[{"type": "x"}]),
            "relationships: is not checked here",
        ),
        (lambda d: d["customProperties"].append(d["customProperties"][0]), "periods comes a second time"),
        (_rule(mustBe="many"), "quality[1].mustBe: should be whole numbers, 0 or more"),
        (_rule(mustBe=True), "quality[1].mustBe: should be whole numbers, 0 or more"),
        (_rule(mustBeGreaterThan=1.5), "quality[1].mustBeGreaterThan: should be whole numbers"),
        (_rule(mustBeBetween=[9, 4]), "quality[1].mustBeBetween: no count lies between 9 and 4; swap them"),
        (_rule(mustBe=3, mustNotBe=4), "quality[1].mustNotBe: stands beside mustBe; keep one of them"),
    ],
)
def test_what_could_never_be_checked_or_never_hold_is_refused_in_its_place(change, said):
    with pytest.raises(ContractError) as refusal:
        _load(change)
    assert said in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("encoding", "read_as"), [("UTF8", "utf-8-sig"), ("windows-1252", "cp1252"), ("latin-1", "iso8859-1")]
)
def test_encodings_may_be_called_by_any_of_their_names(encoding, read_as):
    assert _load(lambda d: d["servers"][0].update(encoding=encoding)).server.encoding == read_as


def test_a_primary_key_is_required():
    found = _load(lambda d: _column(d, "month").pop("required"))
    assert found.columns[0].required


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
