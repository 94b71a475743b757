"""A real PostgreSQL that tests start for themselves: a cluster of its own, on a free port, with a password."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "analyst", "not-for-the-report"


@dataclass(frozen=True)
class Cluster:
    """Where the cluster listens."""

    port: int

    @property
    def environment(self) -> dict[str, str]:
        return {"PGUSER": USER, "PGPASSWORD": PASSWORD}

    def run(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, dbname="postgres", user=USER, password=PASSWORD, autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(statement)


def binaries() -> Path | None:
    """The newest folder of PostgreSQL's programs, or None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if (here := shutil.which("initdb")) is not None:
        found.append(Path(here).resolve().parent)
    return max(found, default=None, key=lambda path: path.parts)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Starts PostgreSQL in a temporary folder, and stops it; as another user where we are root."""
    programs = binaries()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="lasting-postgres-"))
    owner = _owner()
    if owner:
        shutil.chown(folder, owner["user"], owner["group"])
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    (folder / "password").chmod(0o644)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    data = folder / "data"
    make = [
        "initdb",
        "-D",
        data,
        "-U",
        USER,
        "--auth=scram-sha-256",
        f"--pwfile={folder}/password",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        _call(programs, make, owner)
        _call(programs, ["pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], owner)
        yield Cluster(port)
    finally:
        if data.is_dir():
            _call(programs, ["pg_ctl", "-D", data, "-m", "immediate", "stop"], owner, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> dict[str, str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    import grp

    return {"user": name, "group": grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name}


def _call(programs: Path, command: list, owner: dict[str, str], check: bool = True) -> None:
    subprocess.run(
        [str(programs / command[0]), *map(str, command[1:])],
        check=check,
        stdout=subprocess.DEVNULL,
        cwd="/",
        extra_groups=[] if owner else None,
        **owner,
    )
