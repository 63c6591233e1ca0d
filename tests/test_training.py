"""Training on tables of other debates: any label set, one seed one model, nothing half-written."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from stance import classify, load_model, training
from stance.dataset import Dataset, Row
from stance.errors import DataError, InputError
from stance.lexicon import Lexicon
from stance.model import StanceClassifier, TermExtractor
from stance.predict import StanceModel
from stance.resources import data_path
from stance.settings import FeatureSettings
from stance.training import train

# Each line is "actor | sentence"; every row is a group of its own unless a test says otherwise.
CAR_BAN = {
    "pro": """
        The mayor | The mayor wants the city-wide car ban in force before summer.
        the cyclists' chair | The car ban is the best news in years, the cyclists' chair said.
        The paediatrician | The paediatrician asked the council for the car ban, for the children.
        The green group | The green group voted for the car ban without a single dissent.
        The bus company | The bus company welcomed the car ban and ordered forty buses.
        a baker | My customers walk anyway, so ban the cars, a baker told the paper.
        The bishop | The bishop praised the car ban as care for creation.
        The planner | The planner showed how the car ban would give squares back to people.
        Residents of Mill Street | Residents of Mill Street cheered when the car ban was announced.
        the physicist | We support it because clean air cannot wait, said the physicist.
        The school board | The school board backs the car ban around every school and beyond.
        The tourism office | The tourism office hopes the car ban will make the old town quiet.
    """,
    "contra": """
        The opposition leader | The opposition leader called the car ban an attack on workers.
        the taxi owners | The car ban would ruin us, the taxi owners warned.
        The chamber of commerce | The chamber of commerce rejected the car ban outright.
        The plumber | The plumber asked how he should carry pipes on a bicycle and opposed the ban.
        The automobile club | The automobile club will sue against the car ban.
        a florist | Nobody will buy my flowers if the cars are gone, a florist complained.
        The fire chief | The fire chief fears that the car ban closes roads he needs.
        The liberal group | The liberal group voted against the car ban and left the hall.
        Suburban mayors | Suburban mayors refuse to accept a car ban that locks out commuters.
        the pensioner | I cannot walk that far and reject this ban, the pensioner wrote.
        The dealer | The dealer wants the car ban buried for good.
        The craftsmen's guild | The craftsmen's guild threatened to strike over the car ban.
    """,
}
MINIMUM_WAGE = {
    "positive": """
        The labour minister | The labour minister promised a minimum wage of fifteen euros.
        the union | Fifteen euros is a matter of decency, the union said.
        The cleaner | The cleaner said fifteen euros would let her drop her second job.
        The economist | The economist recommended the higher minimum wage because demand is weak.
        The bishop | The bishop called for fifteen euros in his sermon.
        The left party | The left party demanded the higher minimum wage at once.
        a baker | I pay it already and everybody should, a baker said.
        The women's council | The women's council backs fifteen euros, which would help women most.
        The youth wing | The youth wing cheered the plan for a higher minimum wage.
        The governor | The governor signed the minimum wage of fifteen euros with pride.
        The nurses | The nurses want the higher minimum wage for every aide.
        The charity | The charity supports fifteen euros as the surest way out of poverty.
    """,
    "neutral": """
        The statistics office | The statistics office counted four million below fifteen euros.
        The committee | The committee will discuss the minimum wage on Thursday.
        The court | The court set a date for the case about the minimum wage.
        The pollster | The pollster asked a thousand people about fifteen euros.
        The broadcaster | The broadcaster shows both candidates on the minimum wage tonight.
        The clerk | The clerk read out nine amendments to the wage bill.
        the spokesman | The commission has not decided on its advice, the spokesman said.
        The museum | The museum exhibits the first wage table from 1919.
        The professor | The professor compared minimum wages in twenty countries.
        The printer | The printer delivered leaflets on the minimum wage to all parties.
        The agency | The agency published a form for wage complaints.
        The envoy | The envoy met the wage commission and left without a word.
    """,
    "negative": """
        The employers' federation | The employers' federation rejected fifteen euros as job poison.
        The innkeeper | The innkeeper said he would close if fifteen euros came.
        the economy minister | There will be no such wage with me, the economy minister vowed.
        The farmers | The farmers oppose the higher minimum wage before harvest.
        The think tank | The think tank warned that fifteen euros would destroy small firms.
        The hairdresser | The hairdresser fears that nobody pays for a cut at fifteen euros.
        The liberal leader | The liberal leader refused to raise the minimum wage by law.
        The exporters | The exporters called the plan a gift to competitors.
        The treasurer | The treasurer voted against the minimum wage in cabinet.
        The columnist | The columnist dismissed fifteen euros as a costly illusion.
        the banker | It is wrong to set wages by decree, the banker argued.
        The district | The district threatened to sue against the minimum wage.
    """,
}
SHORT_WEEK = {
    "fully for": """
        The union | The union demands the four-day week now and for everyone.
        the director | We will never go back to five days, the director said.
        The left group | The left group voted for the four-day week with joy.
        The nurse | The nurse calls the four-day week the only cure for burnout.
        The mayor | The mayor introduced the four-day week in all offices at once.
        The doctors | The doctors urge parliament to pass the four-day week without delay.
        The startup | The startup swears by its four-day week and wants it in law.
        The teacher | The teacher fights for four days with all her strength.
        The youth council | The youth council cheered the four-day week unanimously.
        The author | The author says the four-day week must come everywhere.
        The brewer | The brewer is proud that his people work four days only.
        The bishop | The bishop praised the four-day week as a gift to families.
    """,
    "rather for": """
        The minister | The minister is open to a four-day week in some branches.
        The professor | The professor finds more good than bad in four days.
        The banker | The banker could live with a four-day week for clerks.
        The insurer | The insurer leans towards four days after a good trial.
        The dean | The dean would rather have four days than empty chairs.
        The guild | The guild sees merit in four days, with exceptions for repairs.
        The district | The district is inclined to try the four-day week next year.
        The retailer | The retailer likes the idea and wants to start small.
        The engineer | The engineer thinks four days may work for most teams.
        The hotel | The hotel warms to four days outside of the season.
        The chair | The chair is cautiously in favour of a shorter week.
        The manager | The manager sees chances in four days, on balance.
    """,
    "undecided": """
        The institute | The institute will publish a study on the four-day week.
        The committee | The committee heard six witnesses on working time.
        The court | The court postponed its ruling on the shorter week.
        The clerk | The clerk filed two motions about four days.
        The ministry | The ministry has no position on the four-day week yet.
        The envoy | The envoy reported how Iceland tried four days.
        The agency | The agency counts how many firms work four days.
        The panel | The panel split evenly over the four-day week.
        The paper | The paper printed letters about the short week.
        The speaker | The speaker opened the debate on working time.
        The archivist | The archivist found a plan for four days from 1931.
        The pollster | The pollster asks about the four-day week every June.
    """,
    "rather against": """
        The chamber | The chamber doubts that four days suit small firms.
        The baker | The baker is sceptical because dough does not rest on Fridays.
        The councillor | The councillor would rather keep five days for now.
        The carrier | The carrier sees more costs than gains in four days.
        The economist | The economist has reservations about a shorter week.
        The hospital | The hospital hesitates because shifts would be hard to fill.
        The lawyer | The lawyer finds the plan for four days premature.
        The founder | The founder tried four days and was not convinced.
        The treasurer | The treasurer leans against four days in lean years.
        The captain | The captain does not quite see how ships could work four days.
        The dairy | The dairy is wary of four days, since cows are milked on seven.
        The editor | The editor tends to think four days are too few.
    """,
    "fully against": """
        The employers | The employers reject the four-day week without any compromise.
        The lobbyist | The lobbyist called the four-day week madness.
        The premier | The premier ruled out four days once and for all.
        The contractor | The contractor would shut his firm over four days.
        The liberal leader | The liberal leader wants the plan in the bin for ever.
        The steelmaker | The steelmaker vowed to fight four days in every court.
        The exporters | The exporters condemn the four-day week as economic suicide.
        The general | The general said no army in the world rests three days.
        The columnist | The columnist despises the four-day week and those who ask for it.
        The landlord | The landlord opposes four days under all circumstances.
        The secretary | The secretary will never sign a law for four days.
        The rival | The rival promised to abolish the four-day week on day one.
    """,
}
DEBATES = {"car-ban.csv": CAR_BAN, "wage.tsv": MINIMUM_WAGE, "week.jsonl": SHORT_WEEK}
NO_LEXICON = Lexicon(())


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Matrices this small are slower on two threads, and much slower on busy cores."""
    with threadpool_limits(1):
        yield


def rows_of(debate: dict[str, str]) -> list[Row]:
    """Return the rows of a debate, label after label."""
    rows = []
    for label, block in debate.items():
        for line in block.strip().splitlines():
            actor, sentence = (part.strip() for part in line.split(" | "))
            assert actor in sentence
            rows.append(Row(f"{label[:3]}{len(rows)}", sentence, actor, label))
    return rows


def write_table(path: Path, rows: list[Row]) -> Path:
    """Write the table in the format that the name of the file asks for."""
    records = [{"sentence": r.sentence, "actor": r.actor, "label": r.label} for r in rows]
    if path.suffix == ".jsonl":
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    else:
        buffer = io.StringIO()
        writer = csv.DictWriter(
            buffer, ["sentence", "actor", "label"], delimiter="\t" if path.suffix == ".tsv" else ","
        )
        writer.writeheader()
        writer.writerows(records)
        text = buffer.getvalue()
    path.write_text(text, encoding="utf-8")
    return path


def small(rows: list[Row], **options) -> StanceModel:
    """Train on words alone, which is quick; a few sentences have few of them in common."""
    settings = FeatureSettings(weights=(("words", 1.0), ("anchored", 0.5)), min_df=1)
    return train(rows, lexicon=NO_LEXICON, settings=settings, **options)


@pytest.fixture(scope="module", params=list(DEBATES))
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A model trained on a file of each format and saved, with its folder and its debate."""
    home = tmp_path_factory.mktemp("debate")
    table = write_table(home / request.param, rows_of(DEBATES[request.param]))
    out = home / "models" / table.stem
    model = train(table, out=out, target=f"the plan of {table.stem}", seed=7)
    return model, out, DEBATES[request.param]


# --- what a trained model is ----------------------------------------------------------


def test_labels_are_those_of_the_table(trained):
    model, _, debate = trained
    assert model.labels == tuple(sorted(debate))


def test_a_trained_model_has_learnt_its_rows(trained):
    model, _, debate = trained
    rows = rows_of(debate)
    found = model.predict([(row.sentence, row.actor) for row in rows])
    right = sum(p.label == row.label for p, row in zip(found, rows, strict=True))
    assert right / len(rows) > 0.95


def test_a_trained_model_judges_a_sentence_it_has_never_seen(trained):
    model, _, debate = trained
    found = classify("The gardener rejected the plan and will sue against it.", model=model)
    assert set(found.probabilities) == set(debate)
    assert sum(found.probabilities.values()) == pytest.approx(1.0)


def test_the_folder_holds_the_model_that_was_returned(trained):
    model, out, debate = trained
    loaded = load_model(out)
    pairs = [(row.sentence, row.actor) for row in rows_of(debate)]
    assert loaded.probabilities(pairs).tolist() == model.probabilities(pairs).tolist()
    assert loaded.model_id == model.model_id
    assert loaded.model_id.startswith(f"{out.name}-")


def test_the_manifest_says_what_the_model_was_made_of(trained):
    model, out, debate = trained
    manifest = json.loads((out / "model.json").read_text("utf-8"))
    rows = rows_of(debate)
    assert manifest["target"] == f"the plan of {out.name}" == model.target
    assert manifest["seed"] == 7
    assert manifest["dataset"]["rows"] == len(rows)
    assert manifest["dataset"]["labels"] == dict.fromkeys(debate, 12)
    assert re.fullmatch("[0-9a-f]{64}", manifest["dataset"]["digest"])
    assert {"python", "scikit-learn", "numpy", "joblib"} <= set(manifest["versions"])
    assert manifest["inverse_temperature"] > 0


def test_metrics_stand_in_the_manifest_with_their_interval(trained):
    model, _, debate = trained
    metrics = model.manifest["metrics"]
    low, high = metrics["macro_f1_interval"]
    assert 0.0 <= low <= metrics["macro_f1"] <= high <= 1.0
    assert low < high
    assert metrics["n"] == 12 * len(debate)
    assert metrics["split"].startswith("5-fold grouped")
    assert 0.0 <= metrics["ece"] <= 1.0
    assert {"quotation/reported", "actors/one", "negation/absent"} <= set(metrics["slices"])


def test_the_model_card_holds_the_numbers_of_the_manifest(trained):
    model, out, debate = trained
    card = (out / "README.md").read_text("utf-8")
    metrics, data = model.manifest["metrics"], model.manifest["dataset"]
    low, high = metrics["macro_f1_interval"]
    for expected in (
        f"# Model `{out.name}`",
        model.target,
        f"{data['rows']} rows in {data['groups']} groups",
        data["digest"],
        "| seed | 7 |",
        f"{metrics['macro_f1']:.3f} (95 % interval {low:.3f} to {high:.3f}; n = {metrics['n']})",
        f"| accuracy | {metrics['accuracy']:.3f} |",
        f"| expected calibration error | {metrics['ece']:.3f} |",
        f"scikit-learn {model.manifest['versions']['scikit-learn']}",
    ):
        assert expected in card
    for label in debate:
        assert label in card
    for name, entry in metrics["slices"].items():
        shown = f"{name.replace('/', ' ')} | {entry['macro_f1']:.3f} (n = {entry['n']})"
        assert shown in card


@pytest.mark.parametrize(
    ("labels", "poles"),
    [
        (("positive", "negative"), ("positive", "negative")),
        (("contra", "pro"), ("pro", "contra")),
        (("against", "favor"), ("favor", "against")),
        (("favour", "against"), ("favour", "against")),
        (("yes", "no"), None),
        (("pro", "against"), None),  # poles of two different pairs are none
    ],
)
def test_poles_are_read_off_the_labels(labels: tuple[str, str], poles: tuple[str, str] | None):
    blocks = dict(zip(labels, CAR_BAN.values(), strict=True))
    model = small(rows_of(blocks))
    assert model.poles == poles
    assert (classify("Cars out.", model=model).score is None) == (poles is None)


def test_the_score_is_positive_for_the_positive_pole():
    model = small(rows_of(CAR_BAN))
    for_it = classify("The clinic welcomed the car ban and backs it.", model=model)
    against = classify("The garage rejected the car ban and will sue.", model=model)
    assert for_it.score is not None
    assert against.score is not None
    assert for_it.score > 0 > against.score


# --- seed, split, progress ------------------------------------------------------------


def test_the_same_seed_gives_the_same_model(tmp_path: Path):
    rows = rows_of(MINIMUM_WAGE)
    for name in ("one", "other"):
        small(rows, seed=3, out=tmp_path / name / "wage")
    for file in ("model.joblib", "model.json", "README.md"):
        one, other = (tmp_path / name / "wage" / file for name in ("one", "other"))
        assert one.read_bytes() == other.read_bytes()


def test_another_seed_gives_other_folds():
    rows = rows_of(MINIMUM_WAGE)
    one, other = (small(rows, seed=seed).manifest for seed in (0, 1))
    assert one["inverse_temperature"] != other["inverse_temperature"]


def test_no_figure_rests_on_a_model_that_saw_the_rows_group(monkeypatch: pytest.MonkeyPatch):
    rows = [
        Row(row.id, row.sentence, row.actor, row.label, group=f"g{index % 9}")
        for index, row in enumerate(rows_of(MINIMUM_WAGE))
    ]
    group_of = {row.sentence: row.group for row in rows}
    fitted: dict[int, set[str]] = {}
    held: dict[int, set[str]] = {}
    kept: list[TermExtractor] = []  # so that no id is given twice
    fit, transform = TermExtractor.fit, TermExtractor.transform

    def spy_fit(self, X, y=None):
        kept.append(self)
        fitted[id(self)] = {sentence for sentence, _ in X}
        return fit(self, X, y)

    def spy_transform(self, X):
        new = {sentence for sentence, _ in X} - fitted[id(self)]
        held.setdefault(id(self), set()).update(new)
        return transform(self, X)

    monkeypatch.setattr(TermExtractor, "fit", spy_fit)
    monkeypatch.setattr(TermExtractor, "transform", spy_transform)
    small(rows)
    judged = [sentence for sentences in held.values() for sentence in sentences]
    assert sorted(judged) == sorted(group_of)  # every row once, by a model that has not seen it
    for model, sentences in held.items():
        seen = {group_of[sentence] for sentence in fitted[model]}
        assert seen.isdisjoint(group_of[sentence] for sentence in sentences)


def test_copies_of_a_sentence_do_not_raise_the_figures():
    """Labels drawn without sense: only a leak between the folds could learn them."""
    sentences = [row.sentence for row in rows_of(SHORT_WEEK)]
    rows = [
        Row(f"{index}-{copy}", f"{sentence[:-1]}{ending}", "", "ab"[index * 7 % 11 % 2])
        for index, sentence in enumerate(sentences)
        for copy, ending in enumerate((".", ", it said.", ", it said today."))
    ]
    model = small(rows)
    assert model.manifest["dataset"]["groups"] <= len(sentences)
    assert model.manifest["metrics"]["accuracy"] < 0.7


def test_progress_is_told_from_the_beginning_to_the_end():
    told: list[tuple[str, int, int]] = []
    small(rows_of(CAR_BAN), progress=lambda *stage: told.append(stage))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["read", "fit", "cross-validate", "save", "done"]
    assert told[0][1] == 0
    assert told[-1][1] == told[-1][2]
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_the_split_names_the_number_of_folds_that_were_made():
    rows = [
        Row(row.id, row.sentence, row.actor, row.label, group=f"g{index % 3}")
        for index, row in enumerate(rows_of(CAR_BAN))
    ]
    assert small(rows).manifest["metrics"]["split"].startswith("3-fold")


# --- nothing half-written -------------------------------------------------------------


def content_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files, temporary ones included."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def interrupted_at(stage: str) -> Callable[[str, int, int], None]:
    def progress(name: str, done: int, total: int) -> None:
        if name == stage:
            raise KeyboardInterrupt

    return progress


@pytest.fixture
def old_model(tmp_path: Path) -> Path:
    """A folder `models` that holds the model `plan` and nothing else."""
    small(rows_of(CAR_BAN), out=tmp_path / "models" / "plan")
    return tmp_path / "models" / "plan"


@pytest.mark.parametrize("stage", ["read", "cross-validate", "fit", "save"])
def test_an_interrupt_leaves_the_old_model_and_no_traces(old_model: Path, stage: str):
    before = content_of(old_model.parent)
    with pytest.raises(KeyboardInterrupt):
        small(rows_of(MINIMUM_WAGE), out=old_model, progress=interrupted_at(stage))
    assert content_of(old_model.parent) == before
    assert [path.name for path in old_model.parent.iterdir()] == ["plan"]


@pytest.mark.parametrize("file", ["model.joblib", "model.json", "README.md"])
def test_a_full_disk_leaves_the_old_model_and_no_traces(
    old_model: Path, file: str, monkeypatch: pytest.MonkeyPatch
):
    before = content_of(old_model.parent)
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == file:
            write(path, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        small(rows_of(MINIMUM_WAGE), out=old_model)
    assert content_of(old_model.parent) == before
    assert [path.name for path in old_model.parent.iterdir()] == ["plan"]


def test_a_new_model_replaces_the_old_one(old_model: Path):
    small(rows_of(MINIMUM_WAGE), out=old_model)
    assert load_model(old_model).labels == ("negative", "neutral", "positive")
    assert [path.name for path in old_model.parent.iterdir()] == ["plan"]


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("years of work")
    with pytest.raises(InputError):
        small(rows_of(CAR_BAN), out=tmp_path / "thesis")
    assert content_of(tmp_path) == {"thesis/chapter1.txt": b"years of work"}


# --- what cannot be trained on --------------------------------------------------------


def one_group(rows: list[Row]) -> list[Row]:
    return [Row(r.id, r.sentence, r.actor, r.label, group="all of it") for r in rows]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (rows_of({"pro": CAR_BAN["pro"]}), r"only one label \(pro\) in the data"),
        (one_group(rows_of(CAR_BAN)), "'all of it' covers 24 of 24 rows"),
        (rows_of(CAR_BAN)[:13], "cannot be split into groups"),  # one row of the second label
        ([], "the dataset is empty; expected labelled rows"),
        (Dataset(()), "the dataset is empty; expected labelled rows"),
        ([Row(str(i), f"word{i}", "", "ab"[i % 2]) for i in range(12)], "expected more rows"),
    ],
    ids=["one label", "one group", "one row of a label", "no rows", "no dataset", "no two alike"],
)
def test_rows_that_cannot_be_trained_on_say_why(rows, message: str):
    with pytest.raises(DataError, match=message):
        train(rows, lexicon=NO_LEXICON)


@pytest.mark.parametrize("accuracy", [0.0, 1.0, -0.5, 1.5, 90, float("nan")])
def test_a_target_accuracy_outside_of_its_range_is_refused(accuracy: float):
    with pytest.raises(InputError, match="expected more than 0, less than 1"):
        train(rows_of(CAR_BAN), target_accuracy=accuracy)


def test_the_threshold_rises_with_the_accuracy_that_is_wanted():
    low, high = (small(rows_of(CAR_BAN), target_accuracy=share) for share in (0.3, 0.99))
    assert low.threshold < high.threshold
    assert (low.manifest["target_accuracy"], high.manifest["target_accuracy"]) == (0.3, 0.99)


def test_an_unusable_table_is_refused_before_anything_is_written(tmp_path: Path):
    table = tmp_path / "rows.csv"
    table.write_text("sentence,label\n,\n")
    with pytest.raises(DataError, match=r"rows\.csv holds no usable row"):
        train(table, out=tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


@pytest.mark.parametrize(("dataset", "target"), [(None, training.default_target()), ("rows", "")])
def test_the_target_of_the_shipped_data_is_known_and_that_of_others_is_not(
    dataset: str | None, target: str, monkeypatch: pytest.MonkeyPatch
):
    data = Dataset(tuple(training.grouped(rows_of(CAR_BAN))))
    monkeypatch.setattr(training, "read_dataset", lambda path: data)
    assert train(dataset, lexicon=NO_LEXICON).target == target


# --- settings -------------------------------------------------------------------------


def test_the_settings_reach_the_regression(monkeypatch: pytest.MonkeyPatch):
    made: list[tuple[float, str | None]] = []
    fit = StanceClassifier.fit

    def spy(self, *arguments, **options):
        made.append((self.C, self.class_weight))
        return fit(self, *arguments, **options)

    monkeypatch.setattr(StanceClassifier, "fit", spy)
    settings = FeatureSettings(weights=(("words", 1.0),), min_df=1, C=0.5, class_weight=None)
    model = train(rows_of(CAR_BAN), lexicon=NO_LEXICON, settings=settings)
    assert set(made) == {(0.5, None)}
    rebuilt = model.to_pipeline()["classifier"]
    assert (rebuilt.C, rebuilt.class_weight) == (0.5, None)


def test_a_smaller_c_is_less_sure_before_calibration():
    weights = {}
    for strength in (0.1, 10.0):
        settings = FeatureSettings(weights=(("words", 1.0),), min_df=1, C=strength)
        model = train(rows_of(CAR_BAN), lexicon=NO_LEXICON, settings=settings)
        weights[strength] = abs(model.arrays.coef / model.manifest["inverse_temperature"]).max()
    assert weights[0.1] < weights[10.0]


def test_names_may_be_kept():
    rows = [
        Row(str(i), f"Then {name} came{' again' * (i % 4)}.", "", name, group=str(i))
        for i, name in enumerate(["Lind", "Dahl"] * 8)
    ]
    kept, masked = (
        train(rows, lexicon=NO_LEXICON, settings=FeatureSettings(
            weights=(("words", 1.0),), min_df=1, mask_names=mask
        ))
        for mask in (False, True)
    )  # fmt: skip
    assert kept.manifest["metrics"]["accuracy"] == 1.0
    assert masked.manifest["metrics"]["accuracy"] < 0.7


def test_offsets_tell_apart_two_mentions_of_one_name():
    """Twenty sentences in which the first is for it and the second against."""
    rows = []
    for i, verb in enumerate(("backed", "praised", "welcomed", "wanted", "liked") * 2):
        sentence = f"Lind {verb} plan {'abcdefghij'[i]}, whereas Lind refused it."
        for start, label in ((0, "pro"), (sentence.rindex("Lind"), "contra")):
            where = {"actor_start": start, "actor_end": start + 4}
            rows.append(Row(f"{i}{label}", sentence, "Lind", label, group=str(i), **where))
    assert small(rows).manifest["metrics"]["accuracy"] == 1.0
    blind = [Row(row.id, row.sentence, "Lind", row.label, group=row.group) for row in rows]
    assert small(blind).manifest["metrics"]["accuracy"] <= 0.5


def test_a_model_of_other_rows_does_not_look_for_the_shipped_target():
    model = train(rows_of(CAR_BAN), settings=FeatureSettings(min_df=1))
    assert model.about_target("The mayor wants the car ban.")
    assert "reject" in model.arrays.lexicon  # the concepts are there
    assert load_model().about_target("Kyiv will join NATO.")
    assert not load_model().about_target("The mayor wants the car ban.")


def test_a_model_of_the_shipped_target_looks_for_it_whatever_its_rows():
    settings = FeatureSettings(weights=(("words", 1.0),), min_df=1)
    target = training.default_target()
    model = train(rows_of(CAR_BAN), settings=settings, target=target)
    assert not model.about_target("The mayor wants the car ban.")
    assert model.about_target("Kyiv will join NATO.")


def test_the_shipped_rows_by_their_path_are_the_shipped_rows():
    assert training._is_shipped(None)
    assert training._is_shipped(str(data_path("sentences.csv")))
    assert not training._is_shipped("sentences.csv.bak")
    assert not training._is_shipped(rows_of(CAR_BAN))
