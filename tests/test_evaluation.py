"""Evaluation: figures that are complete and honest, baselines, slices and probes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score
from threadpoolctl import threadpool_limits

from stance import baselines, measuring, rowfigures
from stance.actors import load_registry
from stance.dataset import Dataset, Row
from stance.errors import DataError, MissingExtraError
from stance.evaluation import Evaluation, evaluate
from stance.goldfiles import read_golden
from stance.lexicon import Entry, Lexicon
from stance.predict import StanceModel
from stance.probes import swap_actors
from stance.records import Span
from stance.resources import seeds_path
from stance.settings import FeatureSettings
from stance.slices import quotation_kind, slice_names
from stance.training import train

EXTRA = r"pip install 'actor-stance\[report\]'"
CODEBOOK = {"pro": "favor", "contra": "against", "neither": "none"}
NAMES = ("Olaf Scholz", "Emmanuel Macron", "Joe Biden", "Viktor Orban")
POLES = ("favor", "against")


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Matrices this small are slower on two threads, and much slower on busy cores."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module", autouse=True)
def few_rounds():
    """Draw 60 instead of 1,000 bootstrap samples; the figures themselves stay as they are."""
    patch = pytest.MonkeyPatch()
    for module in (measuring, rowfigures):
        patch.setattr(module, "ROUNDS", 60)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def data(wealth_tax: Dataset) -> Dataset:
    """The small table with the codebook's labels; some rows of a seed, some with a name."""
    rows = [
        replace(
            row,
            label=CODEBOOK[row.label],
            provenance="seed" if row.group in ("budget", "schools") else "composed",
        )
        for row in wealth_tax.rows
    ]
    for index, name in enumerate(NAMES):
        old = rows[index * 3].actor
        sentence = rows[index * 3].sentence.replace(old, name)
        rows[index * 3] = replace(rows[index * 3], sentence=sentence, actor=name)
    return Dataset(tuple(rows), name="levy.csv")


@pytest.fixture(scope="module")
def quick(small_lexicon: Lexicon) -> Callable[..., StanceModel]:
    """`train` with two of the four blocks, since an evaluation trains some sixty times."""
    lexicon = Lexicon((*small_lexicon.entries, Entry("alliance", "nato", "target")))
    settings = FeatureSettings(weights=(("words", 1.0), ("concepts", 1.0)))
    return partial(train, lexicon=lexicon, settings=settings, target="a wealth tax", seed=4)


@pytest.fixture(scope="module")
def model(quick, data: Dataset) -> StanceModel:
    return quick(data)


@pytest.fixture(scope="module")
def told() -> list[str]:
    """The stages of the evaluation `crossed`, in order."""
    return []


@pytest.fixture(scope="module")
def crossed(model: StanceModel, data: Dataset, told: list[str]) -> Evaluation:
    return evaluate(model, data, progress=lambda stage, done, total: told.append(stage))


def unseen(row: Row) -> Row:
    """Return a row with a word more, whose sentence the model was not trained on."""
    return replace(row, sentence=f"{row.sentence[:-1]} again.")


@pytest.fixture(scope="module")
def held_out(model: StanceModel, data: Dataset) -> Evaluation:
    """Other rows: the same ones with a word more."""
    rows = tuple(replace(unseen(row), provenance="composed") for row in data.rows[:40])
    return evaluate(model, Dataset(rows, skipped=("row 9: no label",), name="other.csv"))


@pytest.fixture(params=["crossed", "held_out"])
def found(request: pytest.FixtureRequest) -> Evaluation:
    return request.getfixturevalue(request.param)


# --- two modes ------------------------------------------------------------------------


def test_rows_that_the_model_was_trained_on_are_cross_validated(crossed: Evaluation):
    assert crossed.mode == "cross-validation"
    assert crossed.model["folds"] == 5


def test_cross_validation_does_not_ask_the_model_that_saw_the_rows(
    crossed: Evaluation, model: StanceModel, data: Dataset
):
    seen = model.predict([(row.sentence, row.actor) for row in data.rows])
    right = np.mean([p.label == row.label for p, row in zip(seen, data.rows, strict=True)])
    # its own rows it knows much better than rows of groups it has not seen
    assert right - crossed.overall["accuracy"] > 0.1
    assert crossed.overall["accuracy"] < 0.85


def test_cross_validation_agrees_with_what_training_found(crossed: Evaluation, model: StanceModel):
    # the same folds and seed; only the temperature is fitted on other rows
    assert crossed.overall["macro_f1"] == pytest.approx(model.manifest["metrics"]["macro_f1"])


def test_other_rows_are_judged_by_the_model_itself(held_out: Evaluation):
    assert held_out.mode == "held-out"
    assert held_out.model["folds"] == 0
    assert held_out.learning_curve == []
    assert held_out.seed_articles == []
    assert held_out.overall["accuracy"] > 0.8  # they are its own rows but for a word
    assert held_out.dataset["skipped"] == ["row 9: no label"]


def test_another_version_of_the_training_table_is_no_held_out_data(
    model: StanceModel, data: Dataset
):
    """One label differs: the model knows every sentence, and would score near 1."""
    rows = (replace(data.rows[0], label="none"), *data.rows[1:])
    with pytest.raises(DataError, match=r"trained on all sentences of levy\.csv.*stance train"):
        evaluate(model, Dataset(rows, name="levy.csv"))


def test_groups_that_training_has_seen_are_left_out_and_counted(
    model: StanceModel, data: Dataset, held_out: Evaluation
):
    new = tuple(replace(unseen(row), group=f"new-{row.group}") for row in data.rows[:40])
    seen = data.rows[0]
    sibling = replace(seen, sentence="The sibling of a seen row wants it.", actor="The sibling")
    found = evaluate(model, Dataset((*new, seen, sibling)))
    assert found.mode == "held-out"
    assert found.overall["n"] == 40
    assert found.dataset["left_out"] == 2
    assert held_out.dataset["left_out"] == 0


def test_labels_that_the_model_does_not_know_are_named(model: StanceModel, data: Dataset):
    rows = (replace(data.rows[0], label="maybe"), *data.rows[1:])
    with pytest.raises(DataError, match=r"labels maybe in levy\.csv; the model knows favor"):
        evaluate(model, Dataset(rows, name="levy.csv"))


@pytest.mark.parametrize("rows", [[], Dataset(())])
def test_no_rows_are_refused(model: StanceModel, rows):
    with pytest.raises(DataError, match="the dataset is empty"):
        evaluate(model, rows)


def test_labels_may_be_missing_from_held_out_rows(model: StanceModel, data: Dataset):
    rows = [unseen(row) for row in data.rows if row.label == "favor"]
    found = evaluate(model, rows)
    assert [entry["n"] for entry in found.classes] == [len(rows), 0, 0]
    assert found.overall["n"] == len(rows)


def test_a_single_row_is_evaluated(model: StanceModel, data: Dataset):
    found = evaluate(model, [unseen(data.rows[0])])
    assert found.overall["n"] == 1
    json.dumps(found.to_dict(), allow_nan=False)


# --- the figures ----------------------------------------------------------------------


def test_all_figures_are_there_as_plain_finite_data(found: Evaluation):
    plain = found.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    for name in ("classes", "confusion", "slices", "baselines", "actor_swap"):
        assert plain[name], name
    assert plain["reliability"]["before"]
    assert plain["reliability"]["after"]


def test_the_dataset_and_the_model_are_named(found: Evaluation, model: StanceModel):
    assert re.fullmatch("[0-9a-f]{64}", found.dataset["digest"])
    assert found.dataset["groups"] <= found.dataset["rows"] == found.overall["n"]
    assert found.model["id"] == model.model_id
    assert found.model["target"] == "a wealth tax"
    assert found.model["labels"] == ["favor", "against", "none"]
    assert found.model["poles"] == list(POLES)
    assert found.model["seed"] == 4
    assert "scikit-learn" in found.model["versions"]


def test_held_out_figures_are_those_of_scikit_learn(
    held_out: Evaluation, model: StanceModel, data: Dataset
):
    truth = [row.label for row in data.rows[:40]]
    pairs = [(f"{row.sentence[:-1]} again.", row.actor) for row in data.rows[:40]]
    guess = [prediction.label for prediction in model.predict(pairs)]
    assert held_out.overall["accuracy"] == pytest.approx(accuracy_score(truth, guess))
    assert held_out.overall["macro_f1"] == pytest.approx(f1_score(truth, guess, average="macro"))
    matrix = confusion_matrix(truth, guess, labels=model.labels)
    assert held_out.confusion == matrix.tolist()


def test_rows_of_the_confusion_matrix_are_true_labels(found: Evaluation):
    assert [sum(row) for row in found.confusion] == [entry["n"] for entry in found.classes]
    hits = sum(found.confusion[i][i] for i in range(3))
    assert hits / found.overall["n"] == pytest.approx(found.overall["accuracy"])


def test_every_figure_has_an_interval_in_its_range(found: Evaluation):
    entries = [found.overall, *found.classes, *found.slices, *found.baselines]
    intervals = [
        value
        for entry in entries
        for name, value in entry.items()
        if name.endswith("_interval") and value is not None
    ]
    assert len(intervals) > 20
    assert all(0.0 <= low <= high <= 1.0 for low, high in intervals)


def test_slices_of_a_kind_cover_every_row_once(found: Evaluation):
    sizes: dict[str, int] = {}
    for entry in found.slices:
        sizes[entry["kind"]] = sizes.get(entry["kind"], 0) + entry["n"]
    assert sizes == dict.fromkeys(
        ("provenance", "quotation", "actors", "negation"), found.overall["n"]
    )


def test_the_first_baseline_is_the_model_itself(found: Evaluation):
    assert found.baselines[0]["name"] == "stance"
    assert found.baselines[0]["accuracy"] == pytest.approx(found.overall["accuracy"])


def test_baselines_are_judged_on_the_same_rows(crossed: Evaluation, held_out: Evaluation):
    sentiment = ["VADER sentiment", "TextBlob sentiment"]
    assert [b["name"] for b in crossed.baselines[1:]] == [
        "majority label", "TF-IDF of words", *sentiment,
    ]  # fmt: skip
    assert [b["name"] for b in held_out.baselines[1:]] == sentiment  # nothing to train on
    assert {b["n"] for b in crossed.baselines} == {60}


def test_no_sentiment_where_the_labels_name_no_poles(quick, wealth_tax: Dataset):
    rows = tuple(
        replace(row, label={"pro": "yes", "contra": "no"}.get(row.label, "neither"))
        for row in wealth_tax.rows
    )
    names = [b["name"] for b in evaluate(quick(Dataset(rows)), Dataset(rows)).baselines]
    assert names == ["stance", "majority label", "TF-IDF of words"]


def test_the_risk_of_answering_everything_is_the_error_rate(found: Evaluation):
    curve = found.risk_coverage
    assert curve["coverage"][-1] == 1.0
    assert curve["risk"][-1] == pytest.approx(1.0 - found.overall["accuracy"])
    assert len(curve["coverage"]) == len(curve["risk"]) <= 200
    assert curve["kept_n"] == pytest.approx(curve["kept"] * found.overall["n"])
    assert (curve["kept_accuracy"] is None) == (curve["kept_n"] == 0)


def test_the_learning_curve_grows_to_one_fold_of_training(crossed: Evaluation):
    rows = [point["rows"] for point in crossed.learning_curve]
    assert rows == sorted(set(rows))
    assert rows[-1] + crossed.learning_curve[-1]["n"] == crossed.overall["n"]


def test_mistakes_are_listed_most_confident_first(crossed: Evaluation):
    assert crossed.errors
    assert all(entry["label"] != entry["predicted"] for entry in crossed.errors)
    order = [entry["probability"] for entry in crossed.errors]
    assert order == sorted(order, reverse=True)
    wrong = crossed.overall["n"] - sum(crossed.confusion[i][i] for i in range(3))
    assert len(crossed.errors) == min(25, wrong)


def test_the_same_evaluation_twice_gives_the_same_figures(
    crossed: Evaluation, model: StanceModel, data: Dataset
):
    assert evaluate(model, data) == crossed


def test_progress_is_told_stage_by_stage(crossed: Evaluation, told: list[str]):
    assert list(dict.fromkeys(told)) == [
        "cross-validate", "seed articles", "baselines", "learning curve", "actor swap",
    ]  # fmt: skip


# --- seed articles --------------------------------------------------------------------


def test_seed_articles_are_judged_without_their_rows(
    quick, data: Dataset, monkeypatch: pytest.MonkeyPatch
):
    """Not even a row of another provenance in the article's group is trained on."""
    trained_on: list[set[str]] = []
    fitted = measuring.Run._fitted

    def spy(self, inside):
        trained_on.append({rows[i].group for i in inside})
        return fitted(self, inside)

    monkeypatch.setattr(measuring.Run, "_fitted", spy)
    first = replace(data.rows[0], provenance="contrast")
    rows = tuple(  # the seeds have four labels
        replace(row, label="conditional") if number % 4 == 1 else row
        for number, row in enumerate((first, *data.rows[1:]))
    )
    assert rows[0].group == "budget"
    found = evaluate(quick(rows), rows)
    assert [one["article"] for one in found.seed_articles] == [
        gold.name for gold in read_golden(seeds_path())
    ]
    assert {one["statements"] for one in found.seed_articles} == {24}
    assert found.golden == []  # asked for by a folder
    (groups,) = trained_on
    assert {"budget", "schools"}.isdisjoint(groups)


def test_no_seed_articles_of_other_labels(crossed: Evaluation):
    """A model of three labels cannot be right about statements with a fourth."""
    assert crossed.seed_articles == []


def test_no_seed_articles_where_all_rows_of_a_label_are_theirs(quick, data: Dataset):
    rows = [replace(r, provenance="seed" if r.label == "favor" else "composed") for r in data.rows]
    assert evaluate(quick(rows), rows).seed_articles == []


# --- golden articles ------------------------------------------------------------------


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one short article and its gold statement."""
    folder = tmp_path_factory.mktemp("golden")
    text = "Headline\n\nMara Venn opposes a wealth tax.\n"
    said = "a wealth tax"
    span = {"start": text.index(said), "end": text.index(said) + len(said), "text": said}
    gold = {
        "article": "a.txt", "date": "2020-01-02", "actors": {"Mara Venn": "against"},
        "statements": [{"content": span, "fragments": [span], "cue": None, "mention": None,
                        "actor": "Mara Venn", "kind": "reported", "stance": "against"}],
    }  # fmt: skip
    (folder / "a.txt").write_text(text, "utf-8")
    (folder / "a.gold.json").write_text(json.dumps(gold), "utf-8")
    return folder


def test_golden_articles_are_read_whole(model: StanceModel, data: Dataset, golden: Path):
    rows = tuple(replace(unseen(row), provenance="composed") for row in data.rows[:40])
    found = evaluate(model, Dataset(rows, name="other.csv"), golden=golden)
    (article,) = found.golden_articles
    assert (article["article"], article["counts"]["matched"]) == ("a.txt", 1)
    figures = {one["name"]: one["value"] for one in found.golden}
    assert figures["quote_f1"] == figures["mention_f1"] == 1.0
    json.dumps(found.to_dict(), allow_nan=False)


def test_without_a_folder_there_are_no_golden_figures(crossed: Evaluation):
    assert crossed.golden == crossed.golden_articles == []


def test_golden_articles_of_other_labels_are_refused(
    model: StanceModel, data: Dataset, golden: Path, tmp_path: Path
):
    gold = json.loads((golden / "a.gold.json").read_text("utf-8"))
    gold["statements"][0]["stance"] = "conditional"
    (tmp_path / "a.gold.json").write_text(json.dumps(gold), "utf-8")
    (tmp_path / "a.txt").write_bytes((golden / "a.txt").read_bytes())
    with pytest.raises(DataError, match="have the labels conditional; the model knows"):
        evaluate(model, data, golden=tmp_path)


# --- actor swap -----------------------------------------------------------------------


def test_names_that_the_model_does_not_know_decide_nothing(crossed: Evaluation):
    first = crossed.actor_swap[0]
    assert first["replaced"] == "the row's actor"
    assert first["n"] >= len(NAMES)
    assert (first["changed"], first["share"]) == (0, 0.0)
    assert crossed.actor_swap[1]["replaced"] == "every name"


def test_a_share_of_nothing_is_zero(model: StanceModel):
    found = evaluate(model, [Row("1", "The mayor backs the wealth tax.", "The mayor", "favor")])
    assert [entry["share"] for entry in found.actor_swap] == [0.0, 0.0]
    assert [entry["n"] for entry in found.actor_swap] == [0, 0]


def test_only_the_rows_actor_is_replaced(model: StanceModel):
    row = Row("1", "Olaf Scholz met Joe Biden.", "Olaf Scholz", "none")
    pairs, changed = swap_actors([row], model, seed=1, everyone=False)
    ((sentence, actor),) = pairs
    assert changed == [True]
    assert sentence == f"{actor} met Joe Biden."
    assert actor in {one.name for one in load_registry().actors} - {"Olaf Scholz"}


def test_every_name_is_replaced(model: StanceModel):
    row = Row("1", "Olaf Scholz met Joe Biden.", "Olaf Scholz", "none")
    ((sentence, actor),) = swap_actors([row], model, seed=1, everyone=True)[0]
    assert sentence.startswith(f"{actor} met ")
    assert "Biden" not in sentence


@pytest.mark.parametrize(
    ("sentence", "actor"),
    [
        ("Scholz and Olaf Scholz and Macron and Emmanuel Macron met.", "Scholz"),
        ("Talks with Jordan’s King Abdullah II ended.", "King Abdullah II"),
        ("Olaf Scholz’s plan, Scholz said, was Merkel's.", "Scholz"),
    ],
)
def test_the_new_actor_stands_in_the_new_sentence(model: StanceModel, sentence: str, actor: str):
    for seed in range(40):
        row = Row("1", sentence, actor, "none")
        ((swapped, new),) = swap_actors([row], model, seed=seed, everyone=True)[0]
        assert new is not None
        assert re.search(rf"(?<!\w){re.escape(new)}(?!\w)", swapped)


def test_roles_and_empty_actors_are_left_alone(model: StanceModel):
    rows = [
        Row("1", "The mayor backs it.", "The mayor", "favor"),
        Row("2", "We back it.", "", "favor"),
    ]
    pairs, changed = swap_actors(rows, model, seed=0, everyone=True)
    assert pairs == [("The mayor backs it.", "The mayor"), ("We back it.", None)]
    assert changed == [False, False]


def test_names_of_the_target_are_not_replaced(model: StanceModel):
    row = Row("1", "NATO will not invite Ukraine, NATO said.", "NATO", "against")
    assert swap_actors([row], model, seed=0, everyone=True)[1] == [False]


@pytest.mark.parametrize("start", [0, 32])
def test_a_swapped_actor_stays_the_mention_that_is_meant(model: StanceModel, start: int):
    sentence = "Olaf Scholz thanked Joe Biden as Olaf Scholz left."
    start = sentence.index("Olaf", start)
    row = Row("1", sentence, "Olaf Scholz", "none", actor_start=start, actor_end=start + 11)
    ((swapped, mention),) = swap_actors([row], model, seed=1, everyone=True)[0]
    assert isinstance(mention, Span)
    assert mention.text != "Olaf Scholz"
    assert swapped[mention.start : mention.end] == mention.text
    assert (mention.start == 0) == (start == 0)


# --- slices ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("The mayor said that taxes are fine.", "reported"),
        ("“Taxes are fine and fair,” she said.", "direct"),
        ("She spoke at great length of a “fine” tax.", "mixed"),
        ('"Taxes are fine and fair," she said.', "direct"),
        ("„Steuern sind gut“, sagte sie.", "direct"),
        ("«Les impôts sont justes», dit-elle.", "direct"),
        ("12345“90”", "mixed"),  # 4 of 9 characters
        ("1234“90”", "direct"),  # half of them
        ("The mayor’s plan isn’t 'fine'.", "reported"),  # apostrophes quote nothing
        ("She said: “Taxes are fine.", "reported"),  # never closed
        ("", "reported"),
    ],
)
def test_quotation_kind_goes_by_the_share_in_quotation_marks(sentence: str, kind: str):
    assert quotation_kind(sentence) == kind


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("He will not sign.", "present"),
        ("NO deal.", "present"),
        ("He won't sign.", "present"),
        ("He doesn’t sign.", "present"),
        ("Neither side can sign; nor will it.", "present"),
        ("He cannot sign without her.", "present"),
        ("He will sign now.", "absent"),
        ("A notable knot of nobles.", "absent"),  # only whole words count
    ],
)
def test_negation_is_a_word_of_its_own(sentence: str, name: str):
    assert slice_names([Row("1", sentence, "", "x")])["negation"] == [name]


def test_a_sentence_with_two_rows_has_several_actors():
    rows = [
        Row("1", "Ann and Ben met.", "Ann", "x"),
        Row("2", "Ann and Ben met.", "Ben", "x"),
        Row("3", "Cid left.", "Cid", "x"),
    ]
    assert slice_names(rows)["actors"] == ["several", "several", "one"]


def test_the_same_actor_twice_is_one_actor():
    rows = [Row("1", "Ann left.", "Ann", "x"), Row("2", "Ann left.", "Ann", "y")]
    assert slice_names(rows)["actors"] == ["one", "one"]


def test_rows_without_provenance_are_a_slice_of_their_own():
    rows = [Row("1", "a", "", "x", provenance="seed"), Row("2", "b", "", "x")]
    assert slice_names(rows)["provenance"] == ["seed", "not given"]


# --- baselines ------------------------------------------------------------------------


def test_the_majority_is_that_of_the_training_part_alone():
    rows = [Row(str(i), f"s{i}", "", label) for i, label in enumerate("aaabb")]
    folds = [(np.array([0, 3, 4]), np.array([1, 2])), (np.array([0, 1, 2]), np.array([3, 4, 0]))]
    assert baselines.majority(rows, folds) == ["a", "b", "b", "a", "a"]


def test_words_alone_learn_a_word():
    rows = [
        Row(str(i), f"number {i} is {'good' if i % 2 else 'bad'}", "", "ab"[i % 2])
        for i in range(20)
    ]
    folds = [(np.arange(10), np.arange(10, 20)), (np.arange(10, 20), np.arange(10))]
    assert baselines.words_only(rows, folds) == [row.label for row in rows]


@pytest.mark.parametrize("method", [baselines.vader, baselines.textblob])
def test_sentiment_is_read_as_stance(method):
    rows = [
        Row("1", "This is a wonderful, excellent and great idea.", "", ""),
        Row("2", "This is a terrible, horrible and awful idea.", "", ""),
        Row("3", "The committee meets on Thursday.", "", ""),
    ]
    assert method(rows, POLES, "none") == ["favor", "against", "none"]


@pytest.mark.parametrize(
    ("method", "module"),
    [(baselines.vader, "vaderSentiment"), (baselines.textblob, "textblob")],
)
def test_a_missing_package_names_the_extra(method, module: str, monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in sys.modules if name.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=f"need {module}; .*{EXTRA}"):
        method([Row("1", "Fine.", "", "")], POLES, "none")


def test_an_evaluation_without_the_extra_says_so(
    model: StanceModel, data: Dataset, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    told: list[str] = []
    with pytest.raises(MissingExtraError, match=EXTRA) as raised:
        evaluate(model, data, progress=lambda stage, done, total: told.append(stage))
    assert isinstance(raised.value, ImportError)
    assert told == []  # before the work, not after it
