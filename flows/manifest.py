"""The manifest of a snapshot: what it was made from and holds, sealed by a hash of itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

ID_LENGTH = 12
MANIFEST = "manifest.json"


def snapshot_id(inputs: Mapping[str, object]) -> str:
    """The id that belongs to these inputs: a hash of their canonical JSON.

    `inputs` holds all that the tables depend on: hashes of sheets, event facts and decisions, versions of
    code and schema. TypeError for what JSON cannot hold.
    """
    return id_of(canonical(inputs))


def id_of(inputs: bytes) -> str:
    """The id that belongs to inputs, given as canonical JSON."""
    return hashlib.sha256(inputs).hexdigest()[:ID_LENGTH]


def sealed(manifest: Mapping[str, object], **known: bytes) -> bytes:
    """The text of a manifest, which ends with the hash of all else in it as `sha256`: a single changed byte shows.

    The canonical JSON of some of its values may be `known`.
    """
    texts = {key: known.get(key) or canonical(manifest[key]) for key in sorted(manifest.keys() - {"sha256"})}
    content = b"{" + b",\n".join(canonical(key) + b":" + text for key, text in texts.items()) + b"}"
    return content[:-1] + f',\n"sha256":"{hashlib.sha256(content).hexdigest()}"}}\n'.encode()


def is_sealed(text: bytes) -> bool:
    """Tell whether the text of a manifest is as it was written, by this program or by one that indented it."""
    content, _, seal = text.rpartition(b',\n"sha256":')
    return seal == f'"{hashlib.sha256(content + b"}").hexdigest()}"}}\n'.encode() or _was_sealed(text)


def _was_sealed(text: bytes) -> bool:
    """Tell the same of a manifest that was indented; its hash is that of the same JSON in one line."""
    try:
        content: dict[str, object] = json.loads(text)
        stated = content.pop("sha256")
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    line = json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    plain = json.dumps({**content, "sha256": stated}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    hashed = hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()
    return bool(stated == hashed) and plain.encode("utf-8", "surrogatepass") == text


def canonical(value: object) -> bytes:
    """JSON in one form, an entry a line: only without indentation does Python's encoder take no time."""
    text = json.dumps(value, sort_keys=True, separators=(",\n", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")
