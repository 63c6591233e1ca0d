"""The core of `stance batch`: one RecordBatch of articles → RecordBatches of what they say.

`analyze_batch` is pure: the same articles and model give the same rows, in the same order,
whoever calls it: a loop, joblib, Dask or Spark.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from stance.arrow import pa
from stance.errors import InputError, MissingExtraError, ModelError
from stance.offices import days_of
from stance.predict import StanceModel, judge, judge_many, load_model
from stance.records import Analysis
from stance.resources import model_path
from stance.rows import ARTICLES, KEY, TABLES, Row, record_batch, schemas, skipped_row, table_rows
from stance.statements import Article, read_article
from stance.text import check_text, encodable
from stance.webpage import PAGE_SUFFIXES, read_document

MAX_CHARS = 200_000  # of one article; the longest reports have some 60,000
PAGE_FACTOR = 10  # bytes of a page for each character allowed; markup outweighs text


Found = TypeVar("Found")
_models: dict[str, StanceModel] = {}  # by digest; a process loads each once
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model by where it lies and what it is, so that tasks carry a few bytes.

    Attributes
    ----------
    path : str or None
        Its folder; None for the shipped one.
    sha256 : str
        The digest of its weights; a worker that finds another model refuses.
    """

    path: str | None
    sha256: str

    @classmethod
    def of(cls, path: Path | str | None) -> ModelRef:
        """Return the reference of a model folder, by default of the shipped one."""
        model = load_model(path)
        sha256 = str(model.manifest["file"]["sha256"])
        with _lock:
            _models[sha256] = model
        return cls(str(Path(path).resolve()) if path is not None else None, sha256)


@dataclass(frozen=True, slots=True)
class Tables:
    """What was found in so many articles, one RecordBatch for each table of the output."""

    articles: int

    statements: pa.RecordBatch
    actors: pa.RecordBatch
    skipped: pa.RecordBatch


def resolve(ref: ModelRef) -> StanceModel:
    """Return the model of a reference, loaded once per process.

    The folder is looked for at its path and, where that is missing (another machine), among
    the shipped models.

    Raises
    ------
    ModelError
        If neither place has a model of that digest.
    """
    with _lock:
        if ref.sha256 not in _models:
            there = ref.path is not None and Path(ref.path).is_dir()
            try:
                model = load_model(ref.path if there else model_path(), sha256=ref.sha256)
            except ModelError as error:
                raise ModelError(
                    f"no model {ref.sha256[:8]} on this worker: {error}; put the model folder "
                    f"at {ref.path or model_path()} on every machine"
                ) from None
            _models[ref.sha256] = model
        return _models[ref.sha256]


def analyze_batch(
    articles: pa.RecordBatch, model: ModelRef | StanceModel, *, max_chars: int = MAX_CHARS
) -> Tables:
    """Analyze each article of a batch; none of them can take another down.

    Parameters
    ----------
    articles : RecordBatch
        The columns of `ARTICLES`, in any order; those that are missing count as null. An
        article has its words in `text`, or in `data` as the bytes of a file whose name is
        `article_id`; `problem` says why it has neither.
    model : ModelRef or StanceModel
        A reference where the call travels to another process.
    max_chars : int
        A longer article is skipped, and its row says so.

    Returns
    -------
    Tables
        `statements`: one row for each statement about the target and its actor; `actors`: one
        for each actor of an article, those without a stance too; `skipped`: whole articles
        (`what` is "article"), or passages of them ("passage"), with the reason. Spans count
        the characters of the article's text, from 0.
    """
    loaded = resolve(model) if isinstance(model, ModelRef) else model
    names = [name for name in ARTICLES.names if name in articles.schema.names]
    columns = {name: articles.column(name).to_pylist() for name in names}
    empty = [None] * articles.num_rows
    read: list[tuple[list[Any], Article | str]] = []
    for values in zip(*(columns.get(name, empty) for name in ARTICLES.names), strict=True):
        article = dict(zip(ARTICLES.names, values, strict=True))
        key = [article[name] for name, _ in KEY]
        read.append((key, _or_reason(partial(_read, article, max_chars))))
    analyses = iter(_judged([one for _, one in read if isinstance(one, Article)], loaded))
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    for key, one in read:
        found = next(analyses) if isinstance(one, Article) else one
        if isinstance(found, str):
            rows["skipped"].append(skipped_row(key, found))
            continue
        for name, new in zip(TABLES, table_rows(key, found), strict=True):
            rows[name] += new
    wanted = schemas(loaded.labels)
    return Tables(
        articles.num_rows,
        **{name: record_batch(rows[name], wanted[name]) for name in TABLES},
    )


def _read(article: Mapping[str, Any], max_chars: int) -> Article:
    text = article_text(article, max_chars)
    if not text.strip():
        raise InputError("the text is empty; expected an article")
    return read_article(text, date=day_of(article["date"]))


def _judged(articles: Sequence[Article], model: StanceModel) -> list[Analysis | str]:
    """Return the analysis of each article, or why there is none."""
    try:
        return [*judge_many(articles, model)]
    except Exception:  # one of them; the others have their analysis
        return [_or_reason(partial(judge, article, model)) for article in articles]


def _or_reason(work: Callable[[], Found]) -> Found | str:
    """Return what is made of an article, or why the article is skipped."""
    try:
        return work()
    except MissingExtraError:
        raise  # the whole run lacks it; the user can mend that
    except InputError as error:
        return str(error)
    except Exception as error:  # a fault of ours in one article of millions
        return encodable(f"internal error, please report it: {type(error).__name__}: {error}")


def day_of(date: str | None) -> str | None:
    """Return a date that gives an office to who held it then; None for one that is none."""
    try:
        return date if days_of(date) else None
    except InputError:
        return None


def article_text(article: Mapping[str, Any], max_chars: int) -> str:
    """Return the text of an article, or raise with the reason why it is skipped."""
    if article["problem"] is not None:
        raise InputError(article["problem"])
    text, data = article["text"], article["data"]
    if text is None and data is not None:
        name = str(article["article_id"])
        most = max_chars * (PAGE_FACTOR if name.lower().endswith(PAGE_SUFFIXES) else 4)
        if len(data) > most:
            raise InputError(f"more than {most:,} bytes; see --max-chars")
        text = encodable(read_document(data, name))
    if text is None:
        raise InputError("no text (null)")
    if len(text) > max_chars:
        raise InputError(f"{len(text):,} characters; expected at most {max_chars:,} (--max-chars)")
    check_text(text, "the text")
    return str(text)
