"""The product as it is installed: its wheel, in an environment of its own."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

from tests.source import ROOT


def installed(folder: Path) -> Path:
    """Build the wheel, install it and return the Python there; the locked packages are borrowed from ours."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    venv.create(folder / "environment", with_pip=False)
    site = next((folder / "environment" / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "environment" / "bin" / "python"
