"""Holds every letter, made from its sample, against Apache PDFBox's preflight, as far as that knows what they are.

`python tools/preflight.py`. It needs Java and Debian's libpdfbox2-java, libactivation-java, libjaxb-api-java and
libbcprov-java. Preflight knows PDF/A-1b alone: what PDF/A-1 forbids and PDF/A-3 (ISO 19005-3) allows is left out, by
its code; every other finding is a fault.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from caseflow.letters import catalogue
from caseflow.letters.child import Renderer
from caseflow.paths import templates_root

JARS = Path("/usr/share/java")
NEEDED = ("pdfbox2", "preflight", "xmpbox", "fontbox2", "commons-logging", "javax.activation", "jaxb-api", "bcprov")
ALLOWED = {
    "1.2.7": "a filter on the metadata",
    "1.2.9": "a file specification with an embedded file",
    "1.4": "cross-reference streams",
    "1.4.7": "embedded files among the names",
    "3.1.11": "a subset of a font without CIDSet",
}
"""What PDF/A-3 allows and PDF/A-1 does not: preflight's code, and what it says."""


def findings(report: str) -> Iterator[tuple[str, str, str]]:
    """Yield (file, code, words) of what PDF/A-3 forbids too; `report` is preflight's XML of a group of files."""
    for each in ET.fromstring(report).iter("preflight"):  # noqa: S314 - made by a program of ours a moment ago
        for error in each.iter("error"):
            code = error.findtext("code", "")
            if code not in ALLOWED:
                yield each.get("name", ""), code, error.findtext("details", "")
        if each.find("exceptionThrown") is not None:
            yield each.get("name", ""), "-", "could not be read"


def main() -> int:
    jars = [JARS / f"{name}.jar" for name in NEEDED]
    java, missing = shutil.which("java"), [str(jar) for jar in jars if not jar.is_file()]
    if java is None or missing:
        sys.exit(f"missing: {', '.join(missing) or 'java'}; see the head of this file")
    root = templates_root() / "letters"
    with Renderer(root) as renderer, tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "letters")
        for name, kind in catalogue.load(root).items():
            file = Path(folder, f"{name}.pdf")
            file.write_bytes(renderer.render(name, catalogue.sample(kind)).pdf)
            with listed.open("a") as lines:
                lines.write(f"{file}\n")
        validator = "org.apache.pdfbox.preflight.Validator_A1b"
        command = [java, "-cp", ":".join(map(str, jars)), validator, "xml", "group", str(listed)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        report = Path(f"{listed}.preflight.xml")
        if not report.is_file():
            sys.exit(done.stderr)
        text = report.read_text("utf-8")
    faults = list(findings(text))
    for letter, code, words in faults:
        print(f"{letter}: {code} {words}")
    print(f"{text.count('<preflight ')} letters, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
