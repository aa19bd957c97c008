"""The vendored runtime: onnxruntime-web's CPU build, taken from its package and held to the package's own digest.

`python -m seamline.live.runtime_files` fetches the version that `runtime/runtime.json` names and writes its files
here. Nothing else of Seamline calls it, and no page asks another host for anything.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from seamline.errors import FilesError, SeamlineError
from seamline.files import write_if_changed

FOLDER = Path(__file__).parent / "runtime"
DESCRIPTION = "runtime.json"
GLUE, WASM = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
REGISTRY = "https://registry.npmjs.org/{package}/-/{package}-{version}.tgz"


def files_of(archive: bytes, integrity: str) -> dict[str, bytes]:
    """The runtime's files in the package `archive`, by the names they have here.

    Args:
        integrity: the package's digest as the npm registry gives it, `sha512-…`.

    Raises:
        SeamlineError: the archive is not the one that was named, or lacks a file.
    """
    if f"sha512-{base64.b64encode(hashlib.sha512(archive).digest()).decode()}" != integrity:
        raise SeamlineError(
            "the package is not the one that was named: its sha512 differs",
            where=DESCRIPTION,
            hint="take version and integrity from `npm view onnxruntime-web dist.integrity`",
        )
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        found = {}
        for name in (GLUE, WASM):
            member = package.extractfile(f"package/dist/{name}")
            if member is None:
                raise SeamlineError(f"the package holds no {name}", where=DESCRIPTION)
            found[name] = member.read()
    return {GLUE: found[GLUE], f"{WASM}.gz": gzip.compress(found[WASM], compresslevel=9, mtime=0)}


def refresh(folder: Path = FOLDER) -> tuple[str, ...]:
    """Fetch the named version, and write its files; returns the names of those that changed.

    Raises:
        SeamlineError: what came is not the package that was named.
        FilesError: it could not be fetched, or not be written.
    """
    named = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    address = REGISTRY.format(**named)
    try:
        with urllib.request.urlopen(address) as response:
            archive = response.read()
    except OSError as error:
        raise FilesError(f"cannot be fetched: {error}", where=address, hint="this needs a network") from error
    files = files_of(archive, named["integrity"])
    named["sha256"] = digests(files)
    files[DESCRIPTION] = (json.dumps(named, indent=2) + "\n").encode()
    return tuple(name for name, data in files.items() if write_if_changed(folder / name, data))


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """sha256 of the runtime's files as the package holds them; gzip writes other bytes on other machines."""
    plain = {GLUE: files[GLUE], WASM: gzip.decompress(files[f"{WASM}.gz"])}
    return {name: hashlib.sha256(data).hexdigest() for name, data in plain.items()}


if __name__ == "__main__":
    print(", ".join(refresh()) or "nothing changed")
