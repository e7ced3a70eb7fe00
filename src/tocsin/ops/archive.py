"""Backup files: a tar of known names, packed with zstd or gzip, with the sum of each file in its manifest."""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import zstandard

MANIFEST = "manifest.json"
MAIN, DUMP, SPOOL, KEY = "tocsin.sqlite3", "tocsin.pgdump", "spool.sqlite3", "secret.key"
NAMES = (MAIN, DUMP, SPOOL, KEY)
ZSTD = b"\x28\xb5\x2f\xfd"
GZIP = b"\x1f\x8b"


class ArchiveError(RuntimeError):
    """The file is no backup, or not whole."""


def pack(target: Path, files: Sequence[Path], about: dict[str, Any]) -> None:
    """Writes the backup beside its place and then moves it there, durable and readable by its owner alone."""
    manifest = {**about, "files": {file.name: _sum(file) for file in files}}
    making = target.with_name(f".{target.name}.{os.getpid()}")
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with _packed(raw, target.name) as out, tarfile.open(fileobj=out, mode="w|") as tar:
                _add_text(tar, json.dumps(manifest, indent=1).encode())
                for file in files:
                    tar.add(file, file.name, filter=_nobodys)
            raw.flush()
            os.fsync(raw.fileno())
        making.replace(target)
    finally:
        making.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpacks the known names into a folder and checks each; gives the manifest. Raises ArchiveError."""
    try:
        with source.open("rb") as raw, _unpacked(raw) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            for member in tar:
                if member.isfile() and member.name in (MANIFEST, *NAMES):
                    _extract(tar, member, folder / member.name)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (
        tarfile.TarError,
        zstandard.ZstdError,
        gzip.BadGzipFile,
        EOFError,
        ValueError,
        FileNotFoundError,
    ) as error:
        raise ArchiveError(f"{source} is no whole backup of Tocsin: {error}") from None
    for name, expected in manifest.get("files", {}).items():
        if name not in NAMES or not (folder / name).exists() or _sum(folder / name) != expected:
            raise ArchiveError(f"{source} is damaged: {name} is not what was saved. Take another backup.")
    return manifest


@contextmanager
def _packed(raw: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    if name.endswith((".gz", ".tgz")):
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, filename="") as out:
            yield cast("IO[bytes]", out)
    else:
        with zstandard.ZstdCompressor(level=3).stream_writer(raw, closefd=False) as out:
            yield out


@contextmanager
def _unpacked(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    start = raw.read(4)
    raw.seek(0)
    if start == ZSTD:
        with zstandard.ZstdDecompressor().stream_reader(raw) as plain:
            yield plain
    elif start.startswith(GZIP):
        with gzip.GzipFile(fileobj=raw, mode="rb") as plain:
            yield cast("IO[bytes]", plain)
    else:
        raise ArchiveError(f"{raw.name} is no backup of Tocsin: it is neither .tar.zst nor .tar.gz.")


def _add_text(tar: tarfile.TarFile, text: bytes) -> None:
    member = tarfile.TarInfo(MANIFEST)
    member.size, member.mode = len(text), 0o600
    tar.addfile(member, io.BytesIO(text))


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = tar.extractfile(member)
    if source is None:
        raise ArchiveError(f"{member.name} cannot be read.")
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
