"""The process one file is made anew in: the file on standard input, the answer on standard output, limits before both.

The answer is a line of JSON, then the file, then its small picture if there is one.
"""

import json
import resource
import sys

from pikepdf import settings

from caseflow.uploads import document, picture
from caseflow.uploads.refusal import RefusedFile


def main(memory: int, seconds: int, megapixels: int, pages: int) -> None:
    """Answer for one file; a decoder that loops, allocates or crashes ends this process and nothing else."""
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
    ):
        resource.setrlimit(limit, (most, most))
    settings.set_qpdf_limits(flate_max_memory=memory // 4, run_length_max_memory=memory // 4)
    content = sys.stdin.buffer.read()
    thumb = b""
    try:
        if content.startswith(b"%PDF-"):
            media_type, made = "application/pdf", document.cleaned(content, pages=pages)
        else:
            media_type = "image/jpeg"
            made, thumb = picture.cleaned(content, megapixels=megapixels)
    except RefusedFile as refusal:
        head: dict[str, object] = {"refused": refusal.why}
        made = b""
    else:
        head = {"media_type": media_type, "size": len(made)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + made + thumb)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
