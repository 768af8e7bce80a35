#!/usr/bin/env python3
"""Make `aws.facts` from the resource schemas that AWS publishes, as the pinned `cfn-lint` package carries them.

    python schemas/refresh.py            write aws.facts, and say which types changed
    python schemas/refresh.py --check    exit 1 if aws.facts is not what the pinned package gives

The file holds, in this order: one line of JSON that says what it was made from; one line `TYPE LENGTH` for each type, sorted
by name; an empty line; and for each type its facts as JSON, a zlib stream of LENGTH bytes. One type is read without the
others. Nothing in it depends on the time, the machine or the order of files.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import re
import sys
import zlib
from pathlib import Path

import yaml

sys.dont_write_bytecode = True

from corrections import CORRECTIONS, DERIVED, FIXED, GONE, HELD, IN_PLACE, KEPT, MOVING  # noqa: E402
from policies import POLICIES, iam_services_text  # noqa: E402

HERE = Path(__file__).resolve().parent
TARGET = HERE / "aws.facts"
SERVICES = HERE / "iam_services.txt"
PINNED = HERE.parent / "requirements-schemas.txt"
FORMAT = 1
FIRST_REGION = "us-east-1"

SECTIONS = {
    "additionalIdentifiers", "additionalProperties", "allOf", "anyOf", "conditionalCreateOnlyProperties",
    "createOnlyProperties", "definitions", "dependentExcluded", "dependentRequired", "deprecatedProperties", "handlers",
    "lifecycle", "oneOf", "patternProperties", "primaryIdentifier", "properties", "propertyTransform",
    "readOnlyProperties", "replacementStrategy", "required", "requiredOr", "requiredXor", "tagging", "typeName",
    "writeOnlyProperties",
}  # fmt: skip
KEYWORDS = {
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "dependencies", "dependentExcluded",
    "dependentRequired", "enum", "enumCaseInsensitive", "exclusiveMaximum", "exclusiveMinimum", "format",
    "insertionOrder", "items", "maximum", "maxItems", "maxLength", "maxProperties", "minimum", "minItems", "minLength",
    "minProperties", "oneOf", "pattern", "patternProperties", "prefixItems", "properties", "required", "requiredOr",
    "requiredXor", "type", "uniqueItems",
}  # fmt: skip
NAMED_SCHEMAS = {"definitions", "patternProperties", "properties"}
SCHEMAS = {"additionalProperties", "allOf", "anyOf", "items", "oneOf", "prefixItems"}
INSTANCE_TYPE = re.compile(r"^(cache|db|dax|kafka|ml)\.[a-z]")
"""AWS adds instance types every week without a new schema: a list of them would refuse what AWS accepts."""
SETS = {"AWS::EC2::SecurityGroup.Ids", "AWS::EC2::SecurityGroup.Names", "AWS::EC2::Subnet.Ids"}
"""Formats of lists that EC2 keeps no order of (EC2 API reference: `groupSet`, `subnetSet`)."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare, exit 1 if something differs")
    check = parser.parse_args().check
    header, facts = source(), published()
    correct(facts)
    for name, schema in facts.items():
        verify(name, schema)
    texts = {name: text(schema) for name, schema in sorted(facts.items())}
    services = iam_services_text(data().parent.parent, header["source"])
    before = read(TARGET) if TARGET.exists() else ({}, {})
    report(before[1], texts)
    # Another zlib may compress to other bytes: the file stays as it is while it says the same.
    is_same = before == (header, texts)
    if is_same and SERVICES.exists() and SERVICES.read_text(encoding="utf-8") == services:
        return 0
    if check:
        print("schemas/aws.facts or iam_services.txt is out of date: run `python schemas/refresh.py`")
        return 1
    if not is_same:
        write(TARGET, header, texts)
    SERVICES.write_text(services, encoding="utf-8")
    return 0


def source() -> dict:
    """What the facts are made from; fails on any version but the pinned one."""
    pinned = PINNED.read_text(encoding="utf-8").strip()
    installed = f"cfn-lint=={importlib.metadata.version('cfn-lint')}"
    if installed != pinned:
        sys.exit(f"{installed} is installed, {PINNED.name} wants {pinned}")
    version = json.loads((data() / "version.json").read_text(encoding="utf-8"))
    return {"format": FORMAT, "source": pinned, "schema_date": version["schema_date"]}


def data() -> Path:
    """The schemas inside the package. Not through its loader, which prefers a newer copy in the user's cache."""
    import cfnlint

    return Path(cfnlint.__file__).parent / "data" / "schemas"


def published() -> dict[str, dict]:
    """The facts of each type of any region, prose stripped; a type's first region is us-east-1 where it is there."""
    regions = sorted((data() / "providers").glob("*.json"), key=lambda path: (path.stem != FIRST_REGION, path.stem))
    files: dict[str, str] = {}
    for region in regions:
        # Serverless types are macros that CloudFormation expands; AWS has no such resources.
        if region.stem != "sam":
            for name, file in json.loads(region.read_text(encoding="utf-8")).items():
                files.setdefault(name, file)
    resources = data() / "resources"
    return {
        name: section(json.loads((resources / f"{file}.json").read_text(encoding="utf-8")))
        for name, file in sorted(files.items())
    }


def section(schema: dict) -> dict:
    """A type's facts without its prose."""
    facts = {}
    for key in SECTIONS & schema.keys():
        if key == "handlers":
            facts[key] = {
                handler: {kept: value[kept] for kept in ("permissions", "timeoutInMinutes") if kept in value}
                for handler, value in schema[key].items()
            }
        else:
            facts[key] = kept(key, schema[key])
    if "tagging" not in facts and "taggable" in schema:
        facts["tagging"] = {"taggable": schema["taggable"]}
    return facts


def kept(key: str, value):
    """The value of a keyword, stripped where it is a schema or holds schemas."""
    if key in NAMED_SCHEMAS:
        return {name: node(child) for name, child in value.items()}
    if key in SCHEMAS:
        return [node(child) for child in value] if isinstance(value, list) else node(value)
    if key in ("dependencies", "dependentRequired"):
        # The few that are schemas and not lists of names are conditions, which nothing here reads.
        return {name: names for name, names in value.items() if isinstance(names, list)}
    return value


def node(schema):
    """A schema's own keywords without its prose."""
    if not isinstance(schema, dict):
        return schema
    facts = {key: kept(key, schema[key]) for key in KEYWORDS & schema.keys()}
    if any(isinstance(choice, str) and INSTANCE_TYPE.match(choice) for choice in facts.get("enum", [])):
        del facts["enum"]
    if "default" in facts and not admits(facts, facts["default"]):
        del facts["default"]
    if facts.get("format") in SETS:
        facts.setdefault("insertionOrder", False)
    return facts


JSON_TYPES = {
    "array": list, "boolean": bool, "integer": int, "number": (int, float), "object": dict, "string": str,
}  # fmt: skip


def admits(schema: dict, default) -> bool:
    """False for a default that its own schema refuses: schema generators leave `0` and `""` where they know none."""
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    is_flag = isinstance(default, bool)
    fits = [isinstance(default, JSON_TYPES[name]) and is_flag == (name == "boolean") for name in types]
    if types and not any(fits):
        return False
    if isinstance(default, (int, float)) and not is_flag:
        return schema.get("minimum", default) <= default <= schema.get("maximum", default)
    if isinstance(default, list):
        return schema.get("minItems", 0) <= len(default)
    if isinstance(default, str):
        return schema.get("minLength", 0) <= len(default) and (default != "" or "pattern" not in schema)
    # Some wrote a schema where the value belongs.
    return not (isinstance(default, dict) and "properties" in default)


def correct(facts: dict[str, dict]) -> None:
    """Apply the corrections; one that is no longer needed is an error."""
    for name, pointer, keyword, value, reason in CORRECTIONS:
        target = resolve(facts[name], pointer)
        if target.get(keyword, GONE) == value:
            sys.exit(f"the correction of {name} {pointer} {keyword} ({reason}) changes nothing any more: remove it")
        if value is GONE:
            del target[keyword]
        else:
            target[keyword] = value
    for name, properties, reason in FIXED:
        listed = facts[name].setdefault("createOnlyProperties", [])
        for pointer in (f"/properties/{property}" for property in properties):
            resolve(facts[name], pointer)
            if pointer in listed:
                sys.exit(f"{name} {pointer} ({reason}) is published as create-only: remove the correction")
            listed.append(pointer)
    for name, change, _ in IN_PLACE:
        facts[name].setdefault("inPlaceChanges", []).append(change)
    for name, properties, reason in KEPT:
        for property in properties:
            if "default" in resolve(facts[name], f"/properties/{property}"):
                sys.exit(f"{name} {property} ({reason}) has a published default: remove the correction")
        facts[name]["keptProperties"] = [f"/properties/{property}" for property in properties]
    for name, properties, _ in MOVING:
        for property in properties:
            resolve(facts[name], f"/properties/{property}")
        facts[name].setdefault("movingProperties", []).extend(f"/properties/{property}" for property in properties)
    for name, holders, _ in HELD:
        unknown = [holder for holder in holders if holder not in facts]
        if unknown:
            sys.exit(f"{name} is held by types that are not there: {unknown}")
        facts[name]["heldBy"] = holders
    for name, conditions in written_conditions().items():
        facts[name]["conditions"] = conditions
    for name, pointer, kind, _ in POLICIES:
        resolve(facts[name], pointer)["policy"] = kind
    for name, output, properties, _ in DERIVED:
        pointer = f"/properties/{output}"
        if pointer not in facts[name]["readOnlyProperties"]:
            sys.exit(f"{name} {pointer} is no output: remove the correction")
        for property in properties:
            resolve(facts[name], f"/properties/{property}")
        facts[name].setdefault("derivedOutputs", {})[pointer] = properties


def written_conditions() -> dict[str, list[dict]]:
    """The conditions on each type, without their sources and examples."""
    conditions: dict[str, list[dict]] = {}
    for path in sorted((HERE / "conditions").glob("*.yaml")):
        for name, written in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if name in conditions:
                sys.exit(f"{path.name}: the conditions on {name} are in another file too")
            left_out = {"source", "refuses", "takes"}
            conditions[name] = [{key: one[key] for key in one.keys() - left_out} for one in written]
    return conditions


def resolve(schema: dict, pointer: str):
    """The node at a JSON pointer (RFC 6901)."""
    found = schema
    for part in pointer.lstrip("#").split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def verify(name: str, schema: dict) -> None:
    """Fail on a reference that leads nowhere, or on a type that goes by another name."""
    if schema["typeName"] != name:
        sys.exit(f"{name} calls itself {schema['typeName']}")
    todo: list = [schema]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                resolve(schema, value["$ref"])
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)


def text(schema: dict) -> str:
    return json.dumps(schema, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def write(target: Path, header: dict, texts: dict[str, str]) -> None:
    blocks = {name: zlib.compress(facts.encode(), 9) for name, facts in texts.items()}
    index = "".join(f"{name} {len(block)}\n" for name, block in blocks.items())
    target.write_bytes(f"{text(header)}\n{index}\n".encode() + b"".join(blocks.values()))
    print(f"{target.name}: {len(blocks)} types, {target.stat().st_size:,} bytes")


def read(target: Path) -> tuple[dict, dict[str, str]]:
    head, _, blocks = target.read_bytes().partition(b"\n\n")
    header, *index = head.decode().splitlines()
    texts, start = {}, 0
    for line in index:
        name, length = line.split(" ")
        texts[name] = zlib.decompress(blocks[start : start + int(length)]).decode()
        start += int(length)
    return json.loads(header), texts


def report(before: dict[str, str], after: dict[str, str]) -> None:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            print("+" if name not in before else "-" if name not in after else "~", name)


if __name__ == "__main__":
    sys.exit(main())
