"""Labelled rows: what can be read, what is skipped and said, and what breaks a rule."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.dataset import (
    LABELS,
    Dataset,
    Row,
    grouped,
    near_duplicates,
    read_by,
    read_dataset,
)
from stance.errors import DataError, InputError
from stance.records import Span
from stance.tablerules import check


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


# --- reading ---------------------------------------------------------------------------

ROW = Row("r1", "The minister backs it.", "The minister", "favor", "composed", "g1")
AS_CSV = (
    "id,sentence,actor,label,provenance,group\n"
    "r1,The minister backs it.,The minister,favor,composed,g1\n"
)
AS_JSON = json.dumps(
    {
        name: getattr(ROW, name)
        for name in ("id", "sentence", "actor", "label", "provenance", "group")
    }
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", AS_CSV),
        ("T.CSV", AS_CSV),
        ("t.tsv", AS_CSV.replace(",", "\t")),
        ("t.jsonl", AS_JSON + "\n"),
        ("t.jsonl", "\n" + AS_JSON + "\n\n"),
        ("t.csv", "\ufeff" + AS_CSV),
        ("t.jsonl", "\ufeff" + AS_JSON),
        ("t.csv", AS_CSV.replace("\n", "\r\n")),
    ],
)
def test_reads_each_format_to_the_same_row(name: str, text: str, tmp_path: Path):
    found = read_dataset(write(tmp_path / name, text))
    assert found.rows == (ROW,)
    assert found.skipped == ()
    assert found.name == name


def test_quoted_fields_may_hold_delimiters_and_quotation_marks(tmp_path: Path):
    text = 'sentence,label\n"No, she said: ""never"".",against\n'
    assert (
        read_dataset(write(tmp_path / "t.csv", text)).rows[0].sentence == 'No, she said: "never".'
    )


def test_a_tsv_takes_quotation_marks_inside_a_field_as_they_are(tmp_path: Path):
    text = 'sentence\tlabel\nShe said "never" to it.\tagainst\n'
    assert (
        read_dataset(write(tmp_path / "t.tsv", text)).rows[0].sentence == 'She said "never" to it.'
    )


def test_columns_may_come_in_any_order_and_others_are_ignored(tmp_path: Path):
    text = "colour,label,sentence\nred,favor,Yes.\n"
    row = read_dataset(write(tmp_path / "t.csv", text)).rows[0]
    assert (row.sentence, row.label, row.actor) == ("Yes.", "favor", "")


def test_a_row_without_id_is_called_by_its_number(tmp_path: Path):
    text = "sentence,label\nYes to it.,favor\nNo to it.,against\n"
    assert [row.id for row in read_dataset(write(tmp_path / "t.csv", text)).rows] == [
        "row-2",
        "row-3",
    ]


@pytest.mark.parametrize("label", [0, -1, 1.5, False])
def test_a_label_that_is_a_number_in_json_is_a_label(label: object, tmp_path: Path):
    """Zero is the neutral label of many public sets; it is not missing."""
    text = json.dumps({"sentence": "It stays.", "label": label})
    found = read_dataset(write(tmp_path / "t.jsonl", text))
    assert [row.label for row in found.rows] == [str(label)]


def test_labels_come_in_the_codebooks_order_or_sorted():
    rows = tuple(Row(label, "x", "", label) for label in LABELS[::-1])
    assert Dataset(rows).labels == LABELS
    assert Dataset((*rows, Row("x", "x", "", "amused"))).labels == tuple(
        sorted((*LABELS, "amused"))
    )


def test_only_keeps_the_flagged_rows_and_what_was_skipped():
    rows = tuple(Row(str(number), f"s{number}", "", "favor") for number in range(3))
    kept = Dataset(rows, ("row 9: broken",)).only([True, False, True])
    assert [row.id for row in kept.rows] == ["0", "2"]
    assert kept.skipped == ("row 9: broken",)
    assert len(kept) == 2


# --- what cannot be read ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["t.xlsx", "t", "t.json", "csv"])
def test_another_ending_is_refused(name: str, tmp_path: Path):
    with pytest.raises(InputError, match=r"ends in \.csv, \.tsv or \.jsonl"):
        read_dataset(write(tmp_path / name, AS_CSV))


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"no such file: .*gone\.csv"):
        read_dataset(tmp_path / "gone.csv")


def test_a_folder_is_no_table(tmp_path: Path):
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(InputError, match="no such file"):
        read_dataset(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.csv", "text,label\nYes.,favor\n", "no column sentence; found label, text"),
        ("t.csv", "a,b\n1,2\n", "no column sentence and no label; found a, b"),
        ("t.tsv", AS_CSV, "no column sentence and no label"),
        ("t.jsonl", '{"sentence": "Yes."}', "no column label; found sentence"),
        ("t.jsonl", "[1]\n", "no column sentence and no label; found none"),
        ("t.csv", "", "no column sentence and no label; found none"),
        ("t.jsonl", "", "no column sentence and no label; found none"),
        ("t.csv", "sentence,label\n", "no usable row"),
        ("t.csv", "sentence,label\n ,favor\nYes.,\n", "no usable row"),
        ("t.csv", "sentence,label\nYes.,fa\0vor\n", "NUL characters"),
        ("t.csv", AS_CSV.encode("utf-16-le"), "NUL characters"),
        ("t.csv", "sentence,label\nDas wäre.,x\n".encode("latin-1"), r"not UTF-8 \(byte 20\)"),
        ("t.csv", AS_CSV.encode("utf-16"), r"not UTF-8 \(byte 0\)"),
    ],
)  # fmt: skip
def test_an_unusable_table_says_why(name: str, text: str | bytes, message: str, tmp_path: Path):
    with pytest.raises(DataError, match=message):
        read_dataset(write(tmp_path / name, text))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Yes.,favor,too,many", "row 3: 2 fields more than the header"),
        (",favor", "row 3 (row-3): no sentence"),
        ("Yes.,", "row 3 (row-3): no label"),
        ("Yes.", "row 3 (row-3): no label"),
        (",", "row 3 (row-3): no sentence and no label"),
        ("x" * 140_000 + ",favor", "row 3: field larger than field limit (131072)"),
    ],
)
def test_a_bad_line_is_skipped_with_its_number_and_the_others_stay(line, problem, tmp_path: Path):
    text = f"sentence,label\nYes to it.,favor\n{line}\nNo to it.,against\n"
    found = read_dataset(write(tmp_path / "t.csv", text))
    assert found.skipped == (problem,)
    assert [(row.id, row.label) for row in found.rows] == [("row-2", "favor"), ("row-4", "against")]


@pytest.mark.parametrize("line", ["{", "[1, 2]", '"text"', "null", "[" * 100_000, "9" * 5_000])
def test_a_broken_json_line_is_skipped_with_its_number(line: str, tmp_path: Path):
    good = '{"sentence": "Yes.", "label": "favor"}'
    found = read_dataset(write(tmp_path / "t.jsonl", f"{good}\n{line}\n{good}\n"))
    assert found.skipped == ("row 2: not a JSON object",)
    assert [row.id for row in found.rows] == ["row-1", "row-3"]


def test_a_line_separator_inside_a_json_text_does_not_end_the_line(tmp_path: Path):
    record = json.dumps({"sentence": "One\u2028two.", "label": "favor"}, ensure_ascii=False)
    assert read_dataset(write(tmp_path / "t.jsonl", record)).rows[0].sentence == "One\u2028two."


# --- groups ----------------------------------------------------------------------------

LONG = "The minister said that the tax on large fortunes would come before the summer"
NEAR = LONG + " of next year"
FAR = "Nobody in the other house wants to hear about the plan again this month"


def groups(*rows: tuple[str, str]) -> list[str]:
    made = [Row(f"r{n}", sentence, "", "favor", group=g) for n, (sentence, g) in enumerate(rows)]
    return [row.group for row in grouped(made)]


def test_rows_that_have_a_group_keep_it():
    assert groups((LONG, "a"), (NEAR, "b")) == ["a", "b"]


def test_a_row_without_group_gets_one_of_its_own():
    one, other = groups((LONG, ""), (FAR, ""))
    assert one != other
    assert one.startswith("auto-")


@pytest.mark.parametrize("second", [LONG, NEAR])
def test_copies_and_near_duplicates_share_a_new_group(second: str):
    one, other, far = groups((LONG, ""), (second, ""), (FAR, ""))
    assert one == other != far


def test_near_duplicates_are_joined_along_a_chain():
    third = " ".join(LONG.split()[5:]) + " of next year and the one after it"
    assert len(set(groups((LONG, ""), (third, ""), (NEAR, "")))) == 1


@pytest.mark.parametrize("order", [[(LONG, "a"), (NEAR, "")], [(NEAR, ""), (LONG, "a")]])
def test_a_near_duplicate_of_a_grouped_row_joins_its_group(order: list[tuple[str, str]]):
    """Otherwise the copy of a training sentence could stand in the test part."""
    assert groups(*order) == ["a", "a"]


# --- near-duplicates -------------------------------------------------------------------


def test_sentences_that_share_most_word_3_grams_are_found_with_their_share():
    (pair,) = near_duplicates([LONG, FAR, NEAR])
    assert pair == (2, 0, 1.0)


def test_case_and_punctuation_do_not_hide_a_copy():
    assert len(list(near_duplicates([LONG, LONG.upper().replace(" ", ", ")]))) == 1


def test_a_low_overlap_is_no_near_duplicate():
    assert list(near_duplicates([LONG, "The minister said that nobody asked him"])) == []


def test_the_overlap_itself_is_no_near_duplicate():
    assert list(near_duplicates(["a b c d", "a b c x"], overlap=0.5)) == []
    assert list(near_duplicates(["a b c d", "a b c x"], overlap=0.49)) == [(1, 0, 0.5)]


def test_a_boilerplate_phrase_does_not_join_many_sentences():
    """3-grams in more than 40 sentences are not counted; the cost stays linear."""
    sentences = [f"he told reporters word{number}" for number in range(60)]
    assert list(near_duplicates(sentences, overlap=0.4)) == []


VOCABULARY = st.sampled_from(["the", "tax", "would", "come", "soon", "nobody", "likes", "it"])
SENTENCES = st.lists(st.lists(VOCABULARY, max_size=10).map(" ".join), max_size=12)


def containment(one: str, other: str) -> float:
    def grams(text: str) -> set[tuple[str, ...]]:
        words = text.split()
        if len(words) < 3:
            return {tuple(words)} if words else set()
        return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}

    a, b = grams(one), grams(other)
    return len(a & b) / max(1, min(len(a), len(b)))


@given(sentences=SENTENCES, overlap=st.sampled_from([0.2, 0.5, 0.6, 0.9]))
def test_near_duplicates_are_all_pairs_above_the_overlap(sentences: list[str], overlap: float):
    found = {(one, other): share for one, other, share in near_duplicates(sentences, overlap)}
    expected = {
        (one, other): containment(sentences[one], sentences[other])
        for one in range(len(sentences))
        for other in range(one)
    }
    assert found == {pair: share for pair, share in expected.items() if share > overlap}


# --- the digest ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"label": "against"}, {"sentence": "Other."}, {"actor": ""}, {"provenance": "seed"},
               {"group": "g2"}],
)  # fmt: skip
def test_the_digest_changes_with_what_the_model_learns_from(change: dict[str, str]):
    assert Dataset((ROW,)).digest != Dataset((replace(ROW, **change),)).digest


@pytest.mark.parametrize("change", [{"id": "r2"}, {"note": "x"}, {"source": "y"}])
def test_the_digest_ignores_what_the_model_never_sees(change: dict[str, str]):
    assert Dataset((ROW,)).digest == Dataset((replace(ROW, **change),)).digest


def test_the_digest_depends_on_the_order_of_the_rows():
    other = replace(ROW, sentence="Other.")
    assert Dataset((ROW, other)).digest != Dataset((other, ROW)).digest


def test_the_digest_keeps_neighbouring_fields_apart():
    one, other = replace(ROW, actor="ab", label="c"), replace(ROW, actor="a", label="bc")
    assert Dataset((one,)).digest != Dataset((other,)).digest


# --- the project's own rules -----------------------------------------------------------

BASE = Row("r1", LONG, "The minister", "favor", "composed", "g1")
CONTRAST = Row("r2", FAR, "", "against", "contrast", "g1", note="of r1")
DOCUMENTED = Row("r3", "It is late.", "", "none", "documented", "g3", "Report 7", "2024-05")
GOOD = (BASE, CONTRAST, DOCUMENTED)


def test_good_rows_have_no_problem():
    assert check(Dataset(GOOD)) == ()


def with_(**changes: str) -> Row:
    return replace(BASE, **changes)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([with_(label="pro")], "r1: label 'pro'; expected one of favor, conditional"),
        ([with_(provenance="")], "r1: provenance ''; expected one of seed"),
        ([with_(provenance="found")], "r1: provenance 'found'"),
        ([with_(actor="The mayor")], "r1: actor 'The mayor' does not stand in its sentence"),
        ([with_(actor="The min")], "r1: actor 'The min' does not stand in its sentence"),
        ([with_(actor="the minister")], "r1: actor 'the minister' does not stand"),
        ([with_(group="")], "r1: no group"),
        ([with_(group="auto-r1")], "r1: no group"),
        ([with_(sentence="The minister\nsaid no.")], "r1: line break inside the sentence"),
        ([replace(DOCUMENTED, source="")], "r3: documented, but no source"),
        ([replace(DOCUMENTED, date="")], "r3: date ''; expected YYYY"),
        ([replace(DOCUMENTED, date="May 2024")], "r3: date 'May 2024'; expected YYYY"),
        ([BASE, replace(DOCUMENTED, id="r1")], "r1: the id stands twice"),
        ([BASE, with_(id="r9")], "r9: same sentence and actor as r1"),
        ([BASE, with_(id="r9", actor="", group="g9")], "r9: same sentence as r1, but group 'g9'"),
        ([BASE, with_(id="r9", sentence=NEAR, group="g9")], "r9: near-duplicate of r1 (100%"),
        ([BASE, replace(CONTRAST, note="")], "r2: a contrast needs 'of <id>'"),
        ([BASE, replace(CONTRAST, note="of r7")], "r2: a contrast needs 'of <id>'"),
        ([BASE, replace(CONTRAST, group="g2")], "r2: a contrast shares the group of its base r1"),
    ],
)
def test_each_breach_is_found_and_names_its_row(rows: list[Row], problem: str):
    (found,) = check(Dataset(tuple(rows)))
    assert found.startswith(problem)


def test_near_duplicates_in_one_group_are_fine():
    assert check(Dataset((BASE, with_(id="r9", sentence=NEAR)))) == ()


def test_one_sentence_may_stand_for_two_actors():
    sentence = "The minister backs it, the mayor does not."
    one = with_(sentence=sentence)
    assert check(Dataset((one, replace(one, id="r9", actor="the mayor", label="against")))) == ()


def test_rows_that_could_not_be_read_are_problems_too():
    assert check(Dataset(GOOD, ("row 9: broken",))) == ("row 9: broken",)


def test_all_problems_are_reported_at_once():
    rows = (with_(label="x", provenance="y", group=""), replace(DOCUMENTED, source="", date="x"))
    assert [problem[:3] for problem in check(Dataset(rows))] == ["r1:"] * 3 + ["r3:"] * 2


# --- which mention is meant ------------------------------------------------------------

TWICE = "Lind thanked Lind."


def test_offsets_say_which_mention_is_meant(tmp_path: Path):
    table = (
        "sentence,label,actor,actor_start,actor_end\n"
        f"{TWICE},a,Lind,13,17\n"
        f"{TWICE},a,,13,17.0\n"
        f'"  {TWICE}",a,Lind,15,19\n'
        f"{TWICE},a,Lind,,\n"
    )
    rows = read_dataset(write(tmp_path / "t.csv", table)).rows
    assert [row.mention for row in rows] == [*[Span(13, 17, "Lind")] * 3, "Lind"]
    assert all(row.sentence == TWICE for row in rows)
    assert Row("1", TWICE, "", "a").mention is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("Lind,12,16", "actor 'Lind', but the sentence has ' Lin' from 12 to 16"),
        ("Lind,13,99", r"the sentence has 'Lind\.' from 13 to 99"),
        ("Lind,4,4", "the sentence has '' from 4 to 4"),
        ("Lind,13,", "actor_start 13, actor_end None; expected both or none"),
        ("Lind,-5,17", "actor_start '-5'; expected a number of characters"),
        ("Lind,x,17", "actor_start 'x'; expected a number of characters"),
        (",90,99", "the sentence has '' from 90 to 99"),
    ],
)
def test_a_row_whose_offsets_do_not_give_the_actor_is_skipped_and_named(
    fields: str, message: str, tmp_path: Path
):
    table = f"sentence,label,actor,actor_start,actor_end\n{TWICE},a,{fields}\nYes.,b,,,\n"
    found = read_dataset(write(tmp_path / "t.csv", table))
    assert [row.sentence for row in found.rows] == ["Yes."]
    (line,) = found.skipped
    assert line.startswith("row 2 (row-2): ")
    assert re.search(message, line)


def test_an_actor_in_the_outer_spaces_is_no_actor(tmp_path: Path):
    table = 'sentence,label,actor,actor_start,actor_end\n"  Yes.",a,,0,1\nNo.,b,,,\n'
    assert "row 2 (row-2)" in read_dataset(write(tmp_path / "t.csv", table)).skipped[0]


def test_a_row_made_in_python_is_checked_as_well():
    with pytest.raises(InputError, match=r"expected sentence\[actor_start:actor_end\] == actor"):
        Row("1", TWICE, "Lind", "a", actor_start=0, actor_end=3)


@given(st.text(min_size=1), st.integers(0, 50), st.integers(0, 50))
def test_a_row_with_offsets_always_holds_its_actor(sentence: str, start: int, end: int):
    actor = sentence[start:end]
    try:
        row = Row("1", sentence, actor, "a", actor_start=start, actor_end=end)
    except InputError:
        assert not actor
        return
    assert isinstance(row.mention, Span)
    assert sentence[row.mention.start : row.mention.end] == row.mention.text == actor


def test_offsets_are_part_of_the_digest_and_their_absence_is_not():
    one, other = (Row("1", TWICE, "Lind", "a", actor_start=s, actor_end=s + 4) for s in (0, 13))
    digests = {Dataset((row,)).digest for row in (one, other, Row("1", TWICE, "Lind", "a"))}
    assert len(digests) == 3


def test_two_mentions_of_one_name_are_two_units():
    rows = [Row(str(s), TWICE, "Lind", "a", actor_start=s, actor_end=s + 4) for s in (0, 13)]
    assert not [line for line in check(Dataset(tuple(rows))) if "same sentence and actor" in line]


# --- one dataset for each value of a column --------------------------------------------


def test_a_table_is_read_by_the_values_of_a_column(tmp_path: Path):
    table = (
        "sentence,label,topic\nYes.,a,  Tram  line \nNo.,b,Tram line\nMaybe.,a,Pool\n"
        ",a,Pool\nLost.,a,\nToo,many,fields,here\n"
    )
    found, lost = read_by(write(tmp_path / "t.csv", table), "topic")
    assert {name: [row.sentence for row in data.rows] for name, data in found.items()} == {
        "Tram line": ["Yes.", "No."],
        "Pool": ["Maybe."],
    }
    assert found["Pool"].skipped == ("row 5 (row-5): no sentence",)
    assert found["Pool"].name == "t.csv[Pool]"
    assert lost == ("row 6 (row-6): no topic", "row 7: 1 fields more than the header")
    assert all(row.group for data in found.values() for row in data.rows)
