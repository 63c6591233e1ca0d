"""Write the README's computed parts: its example's output, what the model is bad at, the speed."""

import contextlib
import io
import re
import runpy
from pathlib import Path

from stance import load_model
from stance.files import write_atomic

README = Path(__file__).parents[1] / "README.md"
BENCHMARKS = README.parent / "tests" / "benchmarks" / "page.py"


def example_output(text: str) -> str:
    """Run the first Python block of the README and return what it prints."""
    code = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[0]
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(code, "README", "exec"), {})
    return shown.getvalue()


def weakness() -> str:
    """Return the line on what the model is bad at, with its measured numbers."""
    metrics = load_model().manifest["metrics"]
    several, one = (metrics["slices"][f"actors/{name}"] for name in ("several", "one"))
    edits = metrics["slices"]["provenance/contrast"]["n"] / metrics["n"]
    low, high = metrics["macro_f1_interval"]
    return (
        "**What it is bad at:** sentences in which several actors take positions: macro-F1 "
        f"{several['macro_f1']:.2f} there (n = {several['n']}) against {one['macro_f1']:.2f} with "
        f"one actor (n = {one['n']}); {metrics['macro_f1']:.2f} over all (95 % interval "
        f"{low:.2f} to {high:.2f}, n = {metrics['n']}, grouped cross-validation; {edits:.0%} of "
        "the rows are minimal edits that change the label)."
    )


def refreshed(text: str) -> str:
    """Return the README with its computed parts renewed."""
    output = f"```text\n{example_output(text)}```"
    text = re.sub(r"^```text\n.*?^```$", lambda _: output, text, count=1, flags=re.M | re.S)
    line = f"<!-- bad at -->\n{weakness()}\n<!-- end -->"
    text = re.sub(r"<!-- bad at -->\n.*?\n<!-- end -->", lambda _: line, text, flags=re.S)
    page = runpy.run_path(str(BENCHMARKS))
    return str(page["refreshed"](text, page["stored"]()))


if __name__ == "__main__":
    write_atomic(README, refreshed(README.read_text("utf-8")))
