"""Lines without the marks of Markdown around words, cells and links."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import Ints
from transforms.masks import replaced
from transforms.spans import bytes_of

# Bold words, a cell in italics, and links, whose addresses may hold brackets; of images the text stays.
_BOLD = r"(^|[\s|(])\*\*([^\s*|](?:[^*|]*[^\s*|])?)\*\*"
_ITALICS = r"(^|\|)(\s*)\*([^\s*|](?:[^*|]*[^\s*|])?)\*(\s*(?:\||$))"
_LINK = r"!?\[([^\[\]|]*)\]\((?:https?:|/|\./)(?:[^()\s|]|\([^()\s|]*\))*(?:\s+\"[^\"|]*\")?\)"


def without_markdown(text: pa.StringArray) -> pa.StringArray:
    """Lines with bold words, cells in italics and the texts of links as they are shown."""
    data, places = bytes_of(text)
    stars, closed = (np.flatnonzero(data == ord(mark)) for mark in "*]")
    links = closed[data.take(closed + 1, mode="clip") == ord("(")]
    marked = np.flatnonzero((_count(stars, places) > 1) | (_count(links, places) > 0))
    if not len(marked):
        return text
    bare = text.take(pa.array(marked))
    # Neighbours share a bar, so that of cells in italics only every other is found at once.
    for pattern, shown in ((_BOLD, r"\1\2"), (_LINK, r"\1"), *[(_ITALICS, r"\1\2\3\4")] * 2):
        bare = pc.replace_substring_regex(bare, pattern, shown)
    return replaced(text, marked, bare)


def _count(found: Ints, places: Ints) -> Ints:
    """How many of some bytes are in each text."""
    return np.diff(np.searchsorted(found, places))
