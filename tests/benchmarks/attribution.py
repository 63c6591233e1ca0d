"""Write what `stance.extract` finds in the articles of an attribution corpus, one JSON a line.

    python tests/benchmarks/attribution.py ARTICLES.jsonl [--speech] > PRED.jsonl

ARTICLES holds one object a line with `article_id` and `text`. A prediction holds
`article_id, quote_start, quote_end, fragments, speaker, mention`: the form that scripts for
PolNeAR-like corpora read. Statements that `extract` gives sentence by sentence are joined
again, and speakers joined by *and* are one. With `--speech` only cues of speech count.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from stance.cues import load_cues
from stance.records import Statement
from stance.statements import extract

GAP = 2  # characters between adjoining sentences or paragraphs


def joined(statements: list[Statement]) -> list[list[Statement]]:
    """Put the statements of one attribution together: same cue, or adjoining without any.

    What a turn of a transcript reports in its midst does not part the turn.
    """
    groups: list[list[Statement]] = []
    last: dict[Any, list[Statement]] = {}
    for one in statements:
        cue = one.cue.start if one.cue else None
        key = (cue, one.rule.partition("/")[0], "" if one.cue else one.actor)
        group = last.get(key)
        if group and (one.cue or one.content.start - group[-1].content.end <= GAP):
            group.append(one)
        else:
            last[key] = [one]
            groups.append(last[key])
    return groups


def prediction(article_id: str, group: list[Statement]) -> dict[str, Any]:
    """Return one line for an attribution."""
    fragments: list[list[int]] = []
    for start, end in sorted({(f.start, f.end) for one in group for f in one.fragments}):
        if fragments and start - fragments[-1][1] <= 2:
            fragments[-1][1] = max(end, fragments[-1][1])
        else:
            fragments.append([start, end])
    first = group[0]
    speaker = first.actor or (first.mention.text if first.mention else None)
    if first.mention and first.rule.endswith("/apposition"):
        speaker = f"{first.mention.text}, {first.actor}"  # such corpora mark both as the source
    return {
        "article_id": article_id,
        "quote_start": fragments[0][0],
        "quote_end": fragments[-1][1],
        "fragments": fragments,
        "speaker": speaker,
        "actor": first.actor,
        "mention": first.mention.text if first.mention else None,
        "cue": first.cue.text if first.cue else None,
        "rule": first.rule,
    }


def outermost(predictions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop what stands inside another attribution: *he said that **she opposes it***.

    Such corpora keep the outermost attribution only (none of the gold ones lies in another).
    """
    kept = []
    for one in predictions:
        start, end = one["quote_start"], one["quote_end"]
        if not any(
            a <= start and end <= b and b - a > end - start
            for other in predictions
            for a, b in other["fragments"]
        ):
            kept.append(one)
    return kept


def speech_forms() -> set[str]:
    """Return the forms of the cues of speech."""
    return {
        " ".join(cue.words) for cues in load_cues().values() for cue in cues if cue.kind == "speech"
    }


def main() -> None:
    """Read the articles, print the predictions, and the speed to standard error."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("articles", type=Path)
    parser.add_argument("--speech", action="store_true", help="leave out other cues")
    arguments = parser.parse_args()
    lines = arguments.articles.read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines if line.strip()]
    forms = speech_forms()
    extract("Warm up, he said.")
    began = time.perf_counter()
    read = [(article["article_id"], extract(article["text"])) for article in articles]
    seconds = time.perf_counter() - began
    for article_id, statements in read:
        for one in outermost([prediction(article_id, group) for group in joined(statements)]):
            cue = one["cue"]
            if arguments.speech and cue and " ".join(cue.lower().split()) not in forms:
                continue
            print(json.dumps(one, ensure_ascii=False))
    print(f"{len(articles)} articles, {len(articles) / seconds:.0f} a second", file=sys.stderr)


if __name__ == "__main__":
    main()
