"""The package `gateway` can be read, tested and used where there is no Frappe, and so can the simulator."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import navari_cams_biometric.gateway

PACKAGE = Path(navari_cams_biometric.gateway.__file__).parent
ROOT = PACKAGE.parent.parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
SIMULATOR = sorted((ROOT / "simulator").rglob("*.py"))
FRAMEWORK = {"frappe", "erpnext", "hrms"}

WITHOUT_FRAPPE = """
import importlib
import sys


class Blocker:
	def find_spec(self, name, path=None, target=None):
		if name.partition(".")[0] in {"frappe", "erpnext", "hrms"}:
			raise ImportError(f"{name} is blocked")


sys.meta_path.insert(0, Blocker())
for name in sys.argv[1:]:
	importlib.import_module(name)
"""


def module_name(source: Path) -> str:
	parts = source.relative_to(ROOT).with_suffix("").parts
	return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def run_without_frappe(*modules: str) -> subprocess.CompletedProcess:
	return subprocess.run(
		[sys.executable, "-c", WITHOUT_FRAPPE, *modules],
		cwd=ROOT,
		capture_output=True,
		text=True,
		timeout=60,
		check=False,
	)


def imported_modules(source: Path) -> set[str]:
	names = set()
	for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
		if isinstance(node, ast.Import):
			names |= {alias.name for alias in node.names}
		if isinstance(node, ast.ImportFrom) and not node.level and node.module:
			names.add(node.module)
	return names


def imported_packages(source: Path) -> set[str]:
	return {name.partition(".")[0] for name in imported_modules(source)}


def parents_reached(source: Path) -> list[int]:
	"""The levels of the relative imports that leave the package."""
	depth = len(source.relative_to(PACKAGE).parts)
	tree = ast.parse(source.read_text(encoding="utf-8"))
	return [node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level > depth]


def test_every_module_is_imported_where_frappe_is_not_installed():
	done = run_without_frappe(*map(module_name, [*SOURCES, *SIMULATOR]))

	assert done.returncode == 0, done.stderr


def test_the_blocker_does_block():
	done = run_without_frappe("frappe")

	assert done.returncode != 0
	assert "frappe is blocked" in done.stderr


def test_the_scan_sees_every_module():
	names = {source.stem for source in SOURCES}

	assert {"__init__", "callback", "encryption", "errors", "punch", "timestamp"} <= names
	assert {"__main__", "callbacks", "rest", "webapi", "world"} <= {source.stem for source in SIMULATOR}


@pytest.mark.parametrize("source", [*SOURCES, *SIMULATOR], ids=module_name)
def test_no_module_imports_the_framework(source):
	assert not imported_packages(source) & FRAMEWORK


@pytest.mark.parametrize("source", SOURCES, ids=module_name)
def test_no_module_imports_the_rest_of_the_app(source):
	assert "navari_cams_biometric" not in imported_packages(source)
	assert not parents_reached(source)


@pytest.mark.parametrize("source", SIMULATOR, ids=module_name)
def test_the_simulator_knows_nothing_of_the_app_but_the_gateway_package(source):
	of_the_app = {name for name in imported_modules(source) if name.startswith("navari_cams_biometric")}

	assert {".".join(name.split(".")[:2]) for name in of_the_app} <= {"navari_cams_biometric.gateway"}
	assert not imported_packages(source) & {"standin", "tests"}
