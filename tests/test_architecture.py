"""The shape of the package: text flows one way, and so do the imports."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import stance

PACKAGE = Path(stance.__file__).parent
# Lowest first. A module may import from those before it only. A new module is put here at
# the place that says what it may know of.
ORDER = (
    "errors",
    "memo",
    "records",
    "resources",
    "files",
    "arrow",
    "lines",
    "text",
    "webpage",
    "columns",
    "corpus",
    "linetables",
    "tables",
    "quotations",
    "rulebook",
    "grammar",
    "cues",
    "matching",
    "names",
    "roster",
    "aliases",
    "actors",
    "offices",
    "people",
    "focus",
    "coreference",
    "phrases",
    "subjects",
    "adverbials",
    "borders",
    "reading",
    "aftercues",
    "nouncues",
    "contents",
    "rules",
    "units",
    "turns",
    "passages",
    "crossheads",
    "firstperson",
    "statements",
    "attribution",
    "goldfiles",
    "listing",
    "lexicon",
    "labelledfiles",
    "dataset",
    "tablerules",
    "tokens",
    "voice",
    "settings",
    "blocks",
    "merging",
    "features",
    "metrics",
    "datasheet",
    "numbering",
    "keytable",
    "automaton",
    "formtables",
    "sequences",
    "joined",
    "lookup",
    "tallies",
    "kernelarrays",
    "kernel",
    "compiled",
    "scorer",
    "slices",
    "aggregate",
    "payload",
    "store",
    "calibration",
    "model",
    "pinned",
    "predict",
    "rows",
    "batch",
    "plan",
    "parts",
    "ledger",
    "engines",
    "runs",
    "periods",
    "outputs",
    "utterances",
    "copies",
    "cells",
    "trends",
    "sheets",
    "fitting",
    "ablation",
    "training",
    "targets",
    "candidates",
    "surroundings",
    "pool",
    "acquisition",
    "usertable",
    "labelling",
    "exchange",
    "doccano",
    "labelstudio",
    "additions",
    "baselines",
    "probes",
    "checklist",
    "golden",
    "goldfigures",
    "rowfigures",
    "measuring",
    "evaluation",
    "drawing",
    "plots",
    "heatmaps",
    "trendplots",
    "report",
    "render",
    "networks",
    "dna",
    "storyline",
    "debate",
    "floors",
    "cli",
)
# The command line is a package, one module for each sub-command; here it counts as one module.
COMMANDS = {path.stem: path for path in sorted((PACKAGE / "cli").glob("*.py"))}
MODULES = {
    path.stem: [path] for path in sorted(PACKAGE.glob("*.py")) if path.stem != "__init__"
} | {"cli": list(COMMANDS.values())}
HEAVY = ("sklearn", "pandas", "scipy.stats", "matplotlib", "typer", "rich")


def tree(module: str) -> ast.Module:
    """Return what is in a module; all files of the command line together."""
    trees = [ast.parse(path.read_text("utf-8"), str(path)) for path in MODULES[module]]
    return ast.Module([statement for one in trees for statement in one.body], [])


def imported(node: ast.AST) -> Iterator[str]:
    """Yield the dotted names that are imported anywhere below a node, relative ones too."""
    for item in ast.walk(node):
        if isinstance(item, ast.Import):
            yield from (alias.name for alias in item.names)
        elif isinstance(item, ast.ImportFrom):
            base = ".".join(filter(None, ("stance" if item.level else "", item.module)))
            yield base
            yield from (f"{base}.{alias.name}" for alias in item.names)


def own_imports(module: str) -> set[str]:
    """Return the modules of this package that a module imports, in functions as well."""
    found = {name.split(".")[1] for name in imported(tree(module)) if name.startswith("stance.")}
    return {name for name in found if name in MODULES and name != module}


def packages(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported(tree(module))}


def users_of(package: str) -> set[str]:
    return {module for module in MODULES if package in packages(module)}


# --- one way ---------------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_place(module: str):
    assert module in ORDER, (
        f"stance/{module}.py has no place in the order; put it into ORDER of "
        f"tests/{Path(__file__).name}, after all that it imports and before all that import it"
    )


@pytest.mark.parametrize("module", [module for module in MODULES if module in ORDER])
def test_imports_point_down(module: str):
    allowed = set(ORDER[: ORDER.index(module)])
    above = sorted(own_imports(module) - allowed)
    assert not above, f"stance/{module}.py imports {above}, which stand above it in ORDER"


def test_the_walk_sees_imports():
    """A gate that checks nothing must fail."""
    assert {"features", "lexicon"} <= own_imports("scorer")
    assert "store" in own_imports("predict")  # imported inside a function
    code = (
        "def f():\n    from . import cli\n    from .model import x\n    import stance.report as r"
    )
    assert {"stance.cli", "stance.model", "stance.report"} <= set(imported(ast.parse(code)))


@pytest.mark.parametrize("module", MODULES)
def test_no_module_imports_the_package_itself(module: str):
    """`from stance import x` would load everything, and could not be followed."""
    if module != "cli":  # it prints the version
        attributes = {
            alias.name
            for item in ast.walk(tree(module))
            if isinstance(item, ast.ImportFrom) and item.module == "stance" and not item.level
            for alias in item.names
        }
        assert attributes <= set(MODULES)


def test_nothing_imports_the_command_line():
    assert [module for module in MODULES if "cli" in own_imports(module)] == []


def test_sub_commands_know_nothing_of_one_another():
    """They share the terminal; only the package itself knows them all."""
    assert {"__init__", "terminal", "analyze"} <= set(COMMANDS)
    for name, path in COMMANDS.items():
        found = set(imported(ast.parse(path.read_text("utf-8"))))
        others = {one.split(".")[2] for one in found if one.startswith("stance.cli.")}
        allowed = {"terminal"} if name != "__init__" else set(COMMANDS)
        assert others <= allowed | {name}, f"stance/cli/{name}.py imports {others}"


def test_sub_commands_load_their_work_when_called():
    """What `stance --help` imports stays small."""
    shown = loaded("import stance.cli")
    own = {name.split(".")[1] for name in shown if name.startswith("stance.")}
    assert not own & {"store", "render", "report", "training", "evaluation", "dataset", "plots"}
    assert not shown & {"joblib", "sklearn", "jinja2", "pyarrow", "dask", "trafilatura"}


# --- who may know what -----------------------------------------------------------------


def test_only_the_payload_imports_joblib_for_its_pickles():
    """The engines of `stance batch` take its processes, and nothing else of it."""
    assert users_of("joblib") == {"payload", "engines"}
    names = {name for name in imported(tree("engines")) if name.startswith("joblib.")}
    assert names <= {
        "joblib.cpu_count",
        "joblib.externals.loky",
        "joblib.externals.loky.ProcessPoolExecutor",
    }


@pytest.mark.parametrize(
    "package", ["pyarrow", "distributed", "dask", "trafilatura", "networkx", "numba"]
)
def test_extras_are_imported_in_one_place(package: str):
    """So that one message names what to install."""
    assert len(users_of(package)) <= 1


def test_only_the_payload_imports_pickle():
    assert users_of("pickle") | users_of("cloudpickle") | users_of("dill") <= {"payload"}


@pytest.mark.parametrize("module", ["report", "render", "plots"])
def test_reports_know_of_no_model(module: str):
    """Neither directly nor through another module."""
    seen: set[str] = set()
    todo = [module]
    while todo:
        found = own_imports(todo.pop()) - seen
        seen |= found
        todo += found
    models = {
        "calibration",
        "model",
        "predict",
        "training",
        "evaluation",
        "store",
        "scorer",
        "baselines",
    }
    assert not seen & models


def test_prediction_needs_no_scikit_learn():
    for module in ORDER[: ORDER.index("calibration")]:
        if module in MODULES:
            assert not packages(module) & {"sklearn", "scipy", "pandas"}, module


@pytest.mark.parametrize("module", [module for module in MODULES if module != "cli"])
def test_only_the_command_line_prints(module: str):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("print", "typer.echo", "typer.secho", "click.echo"), node.lineno
            assert not called.startswith(("sys.stdout", "sys.stderr")), node.lineno


@pytest.mark.parametrize("module", [module for module in MODULES if module != "cli"])
def test_only_the_command_line_knows_typer_and_rich(module: str):
    assert not packages(module) & {"typer", "click", "rich"}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_runs_text_as_code(module: str):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("eval", "exec", "compile", "__import__"), node.lineno


@pytest.mark.parametrize("module", MODULES)
def test_no_module_opens_a_connection_or_a_process(module: str):
    net = {"socket", "urllib", "http", "requests", "httpx", "subprocess", "ftplib", "smtplib"}
    assert not packages(module) & net


# --- importing -------------------------------------------------------------------------


def loaded(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has after running `code`."""
    run = f"{code}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", run], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded("import stance") & set(HEAVY)


def test_the_check_of_what_is_loaded_can_fail():
    assert "sklearn" in loaded("import stance; stance.train")


def test_importing_configures_nothing():
    code = """
import logging, warnings, random, numpy  # numpy sets filters of its own
before = (list(warnings.filters), random.getstate(), list(logging.getLogger().handlers))
import stance
assert before == (list(warnings.filters), random.getstate(), list(logging.getLogger().handlers))
assert [type(h) for h in logging.getLogger("stance").handlers] == [logging.NullHandler]
"""
    loaded(code)


def test_every_public_name_is_there_and_listed():
    for name in stance.__all__:
        assert getattr(stance, name) is not None
    assert list(stance.__all__) == sorted(stance.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = stance.nothing
