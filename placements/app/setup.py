"""How is the application served? Where, to whom, and within what limits."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from placements.errors import UsageError

#: Shorter passwords are guessed.
SHORTEST_PASSWORD: Final = 12
_PORTS: Final = (0, 65535)


@dataclass(frozen=True)
class Setup:
    """How the application is served.

    Attributes
    ----------
    folder : Path
        The study.
    host : str
        Address it listens on; other than loopback only with a password.
    port : int
    names : tuple of str
        Further names under which browsers may ask for it, such as that of the machine in the office's network.
    password : str
        Asked of everybody, where there is one.
    profile : str, optional
        Disclosure profile instead of the study's own.
    runs_an_hour : int
        Runs that one browser may start in an hour.
    runs_waiting : int
        Runs that may wait for their turn, of everybody.
    body_bytes : int
        The most that a browser may send at once.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    password: str = ""
    profile: str | None = None
    runs_an_hour: int = 30
    runs_waiting: int = 10
    body_bytes: int = 500_000

    def __post_init__(self) -> None:
        """Refuse what would let strangers in.

        Raises
        ------
        UsageError
        """
        if not self.is_loopback and not self.password:
            raise UsageError(
                f"{self.host} can be reached from other machines, and there is no password\n"
                "  What to do: put one in a file and name it with --password-file, or serve on 127.0.0.1"
            )
        if self.password and len(self.password) < SHORTEST_PASSWORD:
            raise UsageError(f"the password is too short: use {SHORTEST_PASSWORD} characters or more")
        if not _PORTS[0] <= self.port <= _PORTS[1]:
            raise UsageError(f"port {self.port}: it lies between {_PORTS[0]} and {_PORTS[1]}")

    @property
    def is_loopback(self) -> bool:
        """Return whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def allowed_names(self) -> frozenset[str]:
        """Return the names under which browsers may ask for it, lower case, without a port."""
        own = {self.host} if self.host not in ("0.0.0.0", "::") else set()  # noqa: S104
        local = {"127.0.0.1", "localhost", "[::1]"}
        return frozenset(name.lower() for name in own | local | set(self.names))

    @property
    def store(self) -> Path:
        """Return the file that drafts, scenarios and runs are kept in."""
        return self.folder / ".placements" / "app.sqlite"
