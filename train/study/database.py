"""Where a study lies: an SQLite file, a journal file, or any database that SQLAlchemy reaches."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from proxyrank.common.errors import MissingDependencyError, ProxyrankError
from proxyrank.train.study._journal import mend_journal

SQLITE_TIMEOUT = 60.0
"""Seconds that a process waits for another one's transaction."""
ATTEMPTS = 8
SHORTEST_LOCK = 3
_JOURNAL = "journal:"
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_EXTRAS = {"psycopg": "postgres"}


@dataclass(frozen=True)
class StudyStorage:
    """Name of a storage, and how dead processes are noticed.

    Attributes
    ----------
    name
        ``journal:PATH``, a database URL, or the path of an SQLite file, made if absent.
    heartbeat, grace
        Seconds between signs of life of a running trial, and without a new one until it counts as dead; its
        parameters are then tried again, at most 3 times (see `alive`).
    """

    name: str
    heartbeat: int = 5
    grace: int = 30

    @property
    def shown(self) -> str:
        """What optuna-dashboard is given to open it: a URL without its password, or the journal's path."""
        if self.name.startswith(_JOURNAL):
            return self.name.removeprefix(_JOURNAL)
        return self._url().render_as_string(hide_password=True)

    def open(self) -> BaseStorage:
        """Open it; collisions with processes that create the same tables are retried.

        Raises
        ------
        ProxyrankError
            If it cannot be reached or is something else than a storage of studies.
        MissingDependencyError
            If the driver of the database is not installed.
        """
        if self.name.startswith(_JOURNAL):
            path = str(_in_folder(Path(self.name.removeprefix(_JOURNAL)).absolute()))
            # a process killed while it writes leaves its lock behind, which others remove after a while
            lock = JournalFileSymlinkLock(path, grace_period=max(SHORTEST_LOCK, self.grace))

            def read() -> BaseStorage:
                mend_journal(path, lock)
                return JournalStorage(JournalFileBackend(path, lock))

            return self._attempt(read)
        url = self._url()
        sqlite = url.get_backend_name() == "sqlite"
        if sqlite and url.database:
            _in_folder(Path(url.database))
        # isolation_level None: the driver opens no transactions of its own, see _serialise
        arguments = {"connect_args": {"timeout": SQLITE_TIMEOUT, "isolation_level": None}} if sqlite else {}

        def connect() -> BaseStorage:
            storage = RDBStorage(
                url.render_as_string(hide_password=False),
                engine_kwargs={"pool_pre_ping": True, **arguments},
            )
            if sqlite:
                _serialise(storage)
                storage.engine.connect().close()  # the log is set up now, where a collision is retried
            return storage

        return self._attempt(connect)

    def _url(self) -> URL:
        if "://" not in self.name:  # put together from its parts, so that ? and % in it are no syntax
            return URL.create("sqlite", database=self.name)
        try:
            url = make_url(self.name)
        except ArgumentError:
            raise ProxyrankError(
                f"--storage {self.name}: expected a file, journal:FILE or a database URL"
            ) from None
        return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))

    def _attempt(self, connect: Callable[[], BaseStorage]) -> BaseStorage:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return connect()
            except (ImportError, ModuleNotFoundError) as error:
                raise MissingDependencyError(self._missing_driver(error)) from None
            except (SQLAlchemyError, optuna.exceptions.StorageInternalError, RuntimeError, OSError) as error:
                if attempt == ATTEMPTS:
                    reason = str(error).strip().splitlines()[0]
                    raise ProxyrankError(f"cannot open the storage {self.shown}: {reason}") from None
                # no seeded value depends on these waits; they only keep processes from colliding again
                time.sleep(random.uniform(0.05, 0.2) * attempt)
        raise AssertionError

    def _missing_driver(self, error: ImportError) -> str:
        driver = self._url().get_driver_name()
        extra = _EXTRAS.get(driver)
        hint = f"pip install proxyrank[{extra}]" if extra else f"install {driver}"
        return f"the storage {self.shown} needs the package {driver}: {hint} ({error.__cause__ or error})"


def _serialise(storage: RDBStorage) -> None:
    """Let every transaction take SQLite's write lock when it begins.

    Otherwise two processes can read the same waiting trial before either claims it, and a transaction that
    turns from reading to writing fails at once where another one writes, whatever the timeout. The
    write-ahead log spares a wait for the disk at every commit; a killed process still loses nothing.
    """
    storage.engine.dispose()
    event.listen(storage.engine, "connect", _write_ahead)
    event.listen(storage.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))


def _write_ahead(connection: Any, record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _in_folder(path: Path) -> Path:
    if not path.absolute().parent.is_dir():
        raise ProxyrankError(f"--storage {path}: the folder {path.absolute().parent} does not exist")
    return path
