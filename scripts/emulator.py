"""Runs one AWS emulator on a free local port until standard input closes.

    emulator.py moto|ministack

Prints its URL, one line, once it answers. A line on standard input is an account that nobody needs any more. It ends with
whoever holds the other end of standard input, however that one ends, so no emulator outlives a test run.
"""

import io
import logging
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

HOST = "127.0.0.1"
READY_WITHIN_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def run_moto(port: int) -> None:
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    # A service reads as running after two descriptions, so that waits are really walked through.
    os.environ["MOTO_ECS_SERVICE_RUNNING"] = "2"
    from moto.server import main

    answer_side_by_side()
    main(["-H", HOST, "-p", str(port)])


def answer_side_by_side() -> None:
    """Keeps moto from serving one call at a time. Under one lock for all calls it looks through its folders, of which it has
    some two hundred, and waits for the body of the request; and it writes a line about each."""
    from moto import backends
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    modules = list(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    get_application = DomainDispatcherApplication.get_application

    def with_body(self: DomainDispatcherApplication, environ: dict) -> object:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length:
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        return get_application(self, environ)

    DomainDispatcherApplication.get_application = with_body
    logging.getLogger("werkzeug").setLevel(logging.ERROR)


def run_ministack(port: int) -> None:
    os.environ.update(
        BIND_HOST=HOST, GATEWAY_PORT=str(port), MINISTACK_HOST=HOST, SFTP_ENABLED="0", IOT_MTLS_ENABLED="0"
    )
    # Where it finds Docker it starts real databases and containers, which no test here is about.
    os.environ["DOCKER_HOST"] = "unix:///nowhere/docker.sock"
    sys.argv = ["ministack"]
    from ministack.app import main

    main()


def forget_in_moto(account: str) -> None:
    """Lets go of an account's objects: a sweep has thousands of accounts, and moto keeps all that was ever made."""
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data

    for accounts in list(BackendDict._instances):
        accounts.pop(account, None)
    reset_model_data()


def follow_standard_input(forget: Callable[[str], None]) -> None:
    with open(0, closefd=False) as accounts:
        for account in accounts:
            forget(account.strip())
    # Politely first: the emulators tidy up after themselves on this signal.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(2)
    os._exit(0)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def report_when_ready(url: str, health: str, report: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not answers(url + health):
        if time.monotonic() > deadline:
            os._exit(1)
        time.sleep(0.05)
    os.write(report, f"{url}\n".encode())
    os.close(report)


def main() -> None:
    emulators = {
        "moto": (run_moto, "/moto-api/data.json", forget_in_moto),
        "ministack": (run_ministack, "/_ministack/health", lambda account: None),
    }
    run, health, forget = emulators[sys.argv[1]]
    # What the emulator itself prints goes to standard error; standard output carries the URL alone.
    report = os.dup(1)
    os.dup2(2, 1)
    port = free_port()
    url = f"http://{HOST}:{port}"
    threading.Thread(target=follow_standard_input, args=(forget,), daemon=True).start()
    threading.Thread(target=report_when_ready, args=(url, health, report), daemon=True).start()
    run(port)


if __name__ == "__main__":
    main()
