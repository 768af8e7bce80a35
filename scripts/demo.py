"""Walks through the whole life of stacks/dev.yaml against local AWS emulators and shows every command with its output.

A command that does not end as it should ends the demo with a failure.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap

import boto3

ROOT = pathlib.Path(__file__).resolve().parent.parent
ACCOUNT = "123456789012"
REGION = "us-west-2"
# Served by ministack, which knows these services better; all others are moto's.
MINISTACK_SERVICES = ["ECS", "CLOUDWATCH_LOGS", "S3", "SQS"]


class Emulator:
    """One emulator process; it ends with this one."""

    def __init__(self, name: str) -> None:
        command = [sys.executable, str(ROOT / "scripts/emulator.py"), name]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet, text=True)

    def url(self) -> str:
        assert self.process.stdout is not None
        url = self.process.stdout.readline().strip()
        if not url:
            sys.exit(f"demo: the emulator {self.process.args[-1]} did not start")
        return url


class Demo:
    def __init__(self, folder: pathlib.Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.binary = target_folder() / "debug/infra"

    def infra(self, *arguments: str, exits: int = 0) -> str:
        """Runs a command, shows it and its output, and gives its standard output."""
        print(f"\n{bold('$ infra ' + ' '.join(arguments))}", flush=True)
        command = [str(self.binary), *arguments]
        run = subprocess.run(command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True)
        print(run.stdout, end="")
        if run.returncode != 0:
            print(f"[exit {run.returncode}]")
        if run.returncode != exits:
            sys.exit(f"demo: `infra {' '.join(arguments)}` ended with {run.returncode}, not {exits}")
        return run.stdout

    def edit(self, before: str, after: str) -> None:
        """Changes one place of the stack file, as its user would."""
        path = self.folder / "stacks/dev.yaml"
        text = path.read_text()
        if before not in text:
            sys.exit(f"demo: stacks/dev.yaml has no `{before}`")
        path.write_text(text.replace(before, after, 1))
        show = lambda mark, text: print(textwrap.indent(text.strip("\n"), f"  {mark} "))
        print(f"\n{bold('stacks/dev.yaml')}")
        show("-", before)
        show("+", after)

    def aws(self, service: str):
        """A client of somebody else's, who knows nothing of infra."""
        variable = f"AWS_ENDPOINT_URL_{service.upper().replace('LOGS', 'CLOUDWATCH_LOGS')}"
        endpoint = self.environment.get(variable, self.environment["AWS_ENDPOINT_URL"])
        return boto3.client(
            service, REGION, endpoint_url=endpoint, aws_access_key_id=ACCOUNT, aws_secret_access_key="demo"
        )


def bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


def chapter(title: str) -> None:
    print(f"\n{bold(f'── {title} ' + '─' * max(0, 100 - len(title)))}", flush=True)


def target_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def environment(folder: pathlib.Path, moto: str, ministack: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "TERM", "NO_COLOR") if name in os.environ}
    services = {f"AWS_ENDPOINT_URL_{service}": ministack for service in MINISTACK_SERVICES}
    return kept | services | {
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": moto,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def walk(demo: Demo) -> None:
    chapter("A stack file, checked offline")
    demo.infra("validate")

    chapter("Plan and apply")
    demo.infra("plan", "--detailed-exitcode", exits=2)
    demo.infra("apply", "--yes")
    demo.infra("outputs")
    demo.infra("state", "list")
    demo.infra("plan", "--detailed-exitcode")

    chapter("A change")
    demo.edit("VisibilityTimeout: 45", "VisibilityTimeout: 60")
    demo.edit("nginx:stable", "nginx:1.29")
    demo.infra("plan", "--out", "change.plan")
    demo.infra("apply", "change.plan")
    demo.infra("plan", "--detailed-exitcode")

    chapter("Drift: somebody changes a queue and deletes a log group")
    sqs, queue = demo.aws("sqs"), demo.infra("outputs", "jobs_queue_url").strip()
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "99"})
    logs = demo.aws("logs")
    logs.delete_log_group(logGroupName=logs.describe_log_groups()["logGroups"][0]["logGroupName"])
    demo.infra("drift", exits=2)
    demo.infra("apply", "--yes")
    demo.infra("drift")

    chapter("Import: a queue that was there before")
    sqs.create_queue(QueueName="emails", Attributes={"VisibilityTimeout": "120"})
    resource = demo.infra("import", "sqs:emails")
    demo.edit("\noutputs:\n", f"\n{textwrap.indent(textwrap.dedent(resource), '  ')}\noutputs:\n")
    demo.infra("import", "sqs:emails")
    demo.infra("plan", "--detailed-exitcode")

    chapter("Destroy: what holds data is kept until it is named")
    demo.infra("destroy", "--yes", exits=5)
    held = ["database", "database_instance", "web", "zone", "emails"]
    demo.infra("destroy", "--yes", *(word for name in held for word in ("--allow-destroy", name)))
    demo.infra("state", "list")


def main() -> None:
    emulators = [Emulator("moto"), Emulator("ministack")]
    with tempfile.TemporaryDirectory(prefix="infra-demo-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(ROOT / "stacks", folder / "stacks")
        walk(Demo(folder, environment(folder, *(emulator.url() for emulator in emulators))))
    print("\nThe whole life of a stack, from nothing to nothing.")


if __name__ == "__main__":
    main()
