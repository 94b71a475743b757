"""A bundle's description for machines: an RO-Crate by the Workflow Run Crate profile.

`rocrate` builds the graph; no time of making and no random id goes into it.
See https://w3id.org/ro/wfrun/workflow/0.5.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.plan import Plan

METADATA = "ro-crate-metadata.json"
VERSION = "1.1"
"""Of RO-Crate: the one that the profiles below build on."""
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
TERMS = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
WORKFLOW_TERMS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
WORKFLOW = "dvc.yaml"
DVC = "https://dvc.org"
LICENCE = "https://spdx.org/licenses/MIT"
MEDIA = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".qmd": "text/markdown",
    ".svg": "image/svg+xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}


def describe(
    plan: Plan,
    version: str,
    day: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    sizes: Mapping[str, int],
) -> str:
    """Gives the text of ro-crate-metadata.json.

    `inputs` and `outputs` are what the run read and wrote; `sizes` are the bytes of every file in the bundle.
    """
    from rocrate.model.computerlanguage import ComputerLanguage
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate: Any = ROCrate(version=VERSION)

    def add(identifier: str, kind: str, **properties: Any) -> Any:
        return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **properties}))

    properties = {"name": "DVC", "url": {"@id": DVC}}
    language = crate.add(ComputerLanguage(crate, DVC, properties=properties))
    workflow = crate.add_workflow(dest_path=WORKFLOW, main=True, lang=language)
    for path, size in sizes.items():
        if path not in (WORKFLOW, METADATA):
            crate.add_file(dest_path=path, properties=_described(path, size))
    for key, value in _described(WORKFLOW, sizes[WORKFLOW]).items():
        workflow[key] = value
    workflow["version"], workflow["conformsTo"] = version, {"@id": WORKFLOW_TERMS}
    crate.get("README.md")["about"] = crate.root_dataset
    for field, paths in (("input", inputs), ("output", outputs)):
        parameters = [_parameter(add, path) for path in paths]
        workflow[field] = parameters
        for path, parameter in zip(paths, parameters, strict=True):
            crate.get(path)["exampleOfWork"] = parameter
    action = add(
        "#run",
        "CreateAction",
        name=f"The run of the study {plan.study}",
        description="Every stage, from the raw data to the rendered report.",
    )
    action["instrument"] = workflow
    action["object"], action["result"] = (
        [crate.get(path) for path in inputs],
        [crate.get(path) for path in outputs],
    )
    root, licence = crate.root_dataset, add(LICENCE, "CreativeWork", name="MIT licence, of the code")
    root["conformsTo"] = [
        add(link, "CreativeWork", name=name, version=link.rsplit("/", 1)[1])
        for link, name in PROFILES.items()
    ]
    root["name"], root["description"], root["datePublished"] = plan.title, plan.question, day
    root["mentions"] = action
    root["license"] = workflow["license"] = licence
    workflow["softwareRequirements"] = add("#lasting", "SoftwareApplication", name="Lasting", version=version)
    if people := [add(f"#author-{place}", "Person", name=name) for place, name in enumerate(plan.authors, 1)]:
        root["author"] = workflow["author"] = action["agent"] = people if len(people) > 1 else people[0]
    if plan.funder:
        root["funder"] = add("#funder", "Organization", name=plan.funder)
    return json.dumps(crate.metadata.generate(), indent=2, ensure_ascii=False) + "\n"


def _described(path: str, size: int) -> dict[str, Any]:
    media = MEDIA.get(PurePosixPath(path).suffix, "text/plain")
    return {"name": path, "contentSize": str(size), "encodingFormat": media}


def _parameter(add: Any, path: str) -> Any:
    return add(
        f"#parameter-{path}", "FormalParameter", name=path, additionalType="File", conformsTo={"@id": TERMS}
    )
