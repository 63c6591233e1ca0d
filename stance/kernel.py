"""Numbers of tokens → logits in one compiled pass; needs numba (`actor-stance[fast]`).

The same terms as `stance.lookup.Lookup.rows_of_many` finds and the same sums as
`stance.tallies.weighted_sums` makes, sentence by sentence, with nothing stored between the steps.
Only plain arrays come in and go out; `stance.compiled` fills them. All that is compiled stands in
this module: numba's cache on disk is renewed when this file changes, and no other.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from stance.kernelarrays import Own, Run, Work

_SEED = np.uint64(0x9E3779B97F4A7C15)
_MARK, _END, _BETWEEN, _ACTOR, _OTHER = 1, 2, 4, 8, 16  # as in `stance.formtables`
_NEAR, _WINDOW, _ANCHORS, _PAIRED, _MOST = 2, 12, 3, 14, 3  # as in `stance.blocks`


@njit(cache=True, nogil=True)
def _work(size, sizes):  # type: ignore[no-untyped-def]
    one = np.empty((17, size), np.int64)
    return Work(
        one[0], one[1], one[2], one[3], one[4], one[5], one[6], one[7],
        np.empty(size * 2 * (sizes[1] + sizes[3]) + 300, np.int64),
        np.zeros((size, 2), np.int64), Run(one[8], one[9], one[10]),
        Run(one[11], one[12], one[13]), Own(one[14], one[15], one[16]),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _count(row, used, scratch):  # type: ignore[no-untyped-def]
    """Count a row; return how many different ones there are. Nothing is to be guessed here."""
    scratch.rows[used] = row
    used += scratch.counts[row] == 0
    scratch.counts[row] += 1
    return used


@njit(cache=True, nogil=True)
def _look_up(keys, used, tables, plan, scratch):  # type: ignore[no-untyped-def]
    """Count the rows of keys, in two loops so that memory answers for many at once."""
    mask = np.uint64(len(tables.slots) - 1)
    found = np.empty(len(keys), np.int64)
    for index in range(len(keys)):
        mixed = np.uint64(keys[index]) * plan.multiplier
        mixed ^= mixed >> np.uint64(32)
        mixed *= _SEED
        mixed ^= mixed >> np.uint64(29)
        step = (mixed >> np.uint64(18)) | np.uint64(1)
        slot = (mixed + step * np.uint64(tables.displacements[mixed >> plan.shift])) & mask
        found[index] = tables.slots[slot]
    hits = 0
    for index in range(len(keys)):
        at = found[index]
        found[hits] = tables.keys[at, 1]
        hits += tables.keys[at, 0] == keys[index]
    for index in range(hits):
        used = _count(found[index], used, scratch)
    return used


@njit(cache=True, nogil=True)
def _ngrams(numbers, low, high, tag, used, keys, plan):  # type: ignore[no-untyped-def]
    for first in range(len(numbers)):
        code = 0
        for size in range(1, min(high, len(numbers) - first) + 1):
            number = numbers[first + size - 1]
            if number == 0:
                break
            code = code * plan.base + number
            if size >= low:
                keys[used] = code * plan.all_tags + tag
                used += 1
    return used


@njit(cache=True, nogil=True)
def _pairs(ranks, tag, used, keys, tables, plan):  # type: ignore[no-untyped-def]
    chosen = np.empty(_PAIRED + 1, np.int64)  # the lowest, in order
    count = 0
    for rank in ranks:
        if rank < 0:
            continue
        at = count
        while at > 0 and chosen[at - 1] > rank:
            at -= 1
        if (at > 0 and chosen[at - 1] == rank) or at == _PAIRED:
            continue
        for behind in range(count, at, -1):
            chosen[behind] = chosen[behind - 1]
        chosen[at] = rank
        count = min(count + 1, _PAIRED)
    for first in range(count):
        for second in range(first + 1, count):
            one, other = tables.ranked[chosen[first]], tables.ranked[chosen[second]]
            key = (one * plan.base + other) * plan.all_tags + tag
            keys[used] = key
            used += 1
    return used


@njit(cache=True, nogil=True)
def _beside(flags, numbers, near, tag, used, keys, plan):  # type: ignore[no-untyped-def]
    seen = 0
    for place in range(len(flags)):
        if not flags[place] & _ACTOR:
            continue
        seen += 1
        if seen > _ANCHORS:
            break
        for side in range(2):
            step, other = 2 * side - 1, 0
            for distance in range(1, near + 1):
                at = place + step * distance
                if at < 0 or at >= len(flags) or flags[at] & _END:
                    break
                how = distance - 1 if near == _NEAR else 2 + other
                key = numbers[at] * plan.all_tags + tag + 4 * side + how
                keys[used] = key
                used += 1
                if flags[at] & _OTHER:
                    other = 1
    return used


@njit(cache=True, nogil=True)
def _next_step(step, form, tables):  # type: ignore[no-untyped-def]
    """Return the step that a form leads to, -1 if that was never asked."""
    key = step << 32 | form
    mask = np.uint64(len(tables.step_keys) - 1)
    slot = (np.uint64(key) * _SEED) >> np.uint64(20) & mask
    while tables.step_keys[slot] != key:
        if tables.step_keys[slot] < 0:
            return -1
        slot = (slot + np.uint64(1)) & mask
    return tables.step_to[slot]


@njit(cache=True, nogil=True)
def _match(count, work, missing, tables):  # type: ignore[no-untyped-def]
    """Fill end and step of the match that begins at each place; return how much is not known."""
    done, lacking = 0, 0
    lowered, found = work.lowered, work.found
    for place in range(count):
        found[place, 0] = 0
        if place < done or not work.begins[place]:
            continue
        step, at = 1, place
        while at < count:
            known = _next_step(step, lowered[at], tables)
            if known < 0:
                if lacking < len(missing):
                    missing[lacking, 0], missing[lacking, 1] = step, lowered[at]
                    lacking += 1
                break
            if known == 0:
                break
            step, at = known, at + 1
            if tables.steps[step, 0] > 0:
                done = place + tables.steps[step, 0]
                found[place, 0], found[place, 1] = done, step
            if not tables.steps[step, 3]:
                break
    return lacking


@njit(cache=True, nogil=True)
def _cut(token, start, size, count, work, tables):  # type: ignore[no-untyped-def]
    """Put the pieces of a token into the work; return how many pieces there are."""
    rows, second = tables.tokens, tables.tokens[token, 4]
    work.forms[count], work.inside[count] = rows[token, 0], rows[token, 1]
    work.lowered[count], work.begins[count] = rows[token, 2], rows[token, 3]
    work.starts[count] = start
    work.ends[count] = start + (rows[token, 5] if second >= 0 else size)
    count += 1
    if second >= 0:
        work.forms[count], work.inside[count] = rows[second, 0], rows[second, 1]
        work.lowered[count], work.begins[count] = rows[second, 2], rows[second, 3]
        work.starts[count], work.ends[count] = work.ends[count - 1], start + size
        count += 1
    return count


@njit(cache=True, nogil=True)
def _mask(count, work, words, concepts, tables):  # type: ignore[no-untyped-def]
    """Fill the sequences of words and of concepts; return how long they are, and the naming."""
    at_word = at_concept = until = 0
    role = times = ways = 0
    first = second = -1  # concepts that name the target
    before = False
    for place in range(count):
        end, step = work.found[place, 0], work.found[place, 1]
        if end > 0:
            until = end
            concepts.forms[at_concept] = tables.steps[step, 1]
            concepts.starts[at_concept] = work.starts[place]
            concepts.ends[at_concept] = work.ends[end - 1]
            at_concept += 1
            named = tables.steps[step, 2]
            if named > 0:
                role = named if role == 0 else min(role, named)
                times = min(times + 1, _MOST)
                concept = tables.steps[step, 1]
                if concept not in (first, second):
                    ways = min(ways + 1, _MOST)
                    first, second = (concept, second) if ways == 1 else (first, concept)
        form = work.inside[place] if place < until else work.forms[place]
        flags = tables.forms[form, 0]
        if flags & _OTHER and before:
            words.ends[at_word - 1] = work.ends[place]
            concepts.ends[at_concept - 1] = work.ends[place]
            continue
        before = flags & _OTHER > 0
        if not flags & _MARK:
            words.forms[at_word] = form
            words.starts[at_word], words.ends[at_word] = work.starts[place], work.ends[place]
            at_word += 1
        if place >= until and flags & _BETWEEN:
            concepts.forms[at_concept] = form
            concepts.starts[at_concept] = work.starts[place]
            concepts.ends[at_concept] = work.ends[place]
            at_concept += 1
    return at_word, at_concept, (role * (_MOST + 1) + times) * (_MOST + 1) + ways


@njit(cache=True, nogil=True)
def _own(count, run, stretches, everything, without_marks, own, tables):  # type: ignore[no-untyped-def]
    """Fill numbers and ranks of what the actor says; return how many forms that are."""
    kept = 0
    for place in range(count):
        form = run.forms[place]
        if without_marks and tables.forms[form, 0] & _MARK:
            continue
        inside = everything
        for one in range(0 if everything else len(stretches)):
            if stretches[one, 0] <= run.starts[place] and run.ends[place] <= stretches[one, 1]:
                inside = True
                break
        if inside:
            own.numbers[kept], own.cued[kept] = tables.forms[form, 1], tables.forms[form, 2]
            own.ranks[kept] = tables.forms[form, 3]
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _keys(sentence, at_word, at_concept, given, work, tables, plan):  # type: ignore[no-untyped-def]
    """Fill the keys of a sentence; return how many there are."""
    words, concepts, own, keys = work.words, work.concepts, work.own, work.keys
    tags, sizes, place = plan.tags, plan.sizes, given.places[sentence]
    spoken = given.spoken[given.spoken_firsts[sentence] : given.spoken_firsts[sentence + 1]]
    everything, asked = place > 0, 0
    some = work.numbers[:at_word]
    if tags[0] >= 0:
        asked = _ngrams(some, sizes[0], sizes[1], tags[0], asked, keys, plan)
    if tags[5] >= 0:
        flags = work.flags[:at_word]
        asked = _beside(flags, some, _NEAR, tags[5], asked, keys, plan)
        for index in range(at_concept):
            form = concepts.forms[index]
            work.numbers[index], work.flags[index] = tables.forms[form, 1], tables.forms[form, 0]
        flags, some = work.flags[:at_concept], work.numbers[:at_concept]
        asked = _beside(flags, some, _WINDOW, tags[5], asked, keys, plan)
    if tags[1] >= 0:
        kept = _own(at_word, words, spoken, everything, False, own, tables)
        some, tag = own.numbers[:kept], tags[1] + place
        asked = _ngrams(some, sizes[0], sizes[1], tag, asked, keys, plan)
    if tags[2] >= 0:
        kept = _own(at_concept, concepts, spoken, True, True, own, tables)
        some = own.numbers[:kept]
        asked = _ngrams(some, sizes[2], sizes[3], tags[2], asked, keys, plan)
    if tags[3] >= 0 or tags[4] >= 0:
        kept = _own(at_concept, concepts, spoken, everything, True, own, tables)
        if tags[3] >= 0:
            some, tag = own.numbers[:kept], tags[3] + place
            asked = _ngrams(some, sizes[2], sizes[3], tag, asked, keys, plan)
        if tags[4] >= 0:
            asked = _pairs(own.ranks[:kept], tags[4] + place, asked, keys, tables, plan)
    return asked


@njit(cache=True, nogil=True)
def _terms(sentence, lengths, given, work, tables, plan, scratch):  # type: ignore[no-untyped-def]
    """Count the rows of a sentence; return how many different ones there are."""
    words, own = work.words, work.own
    at_word, at_concept, naming = lengths
    used, acts = 0, False
    for index in range(at_word):
        form = words.forms[index]
        work.numbers[index], work.flags[index] = tables.forms[form, 1], tables.forms[form, 0]
        acts = acts or work.flags[index] & _ACTOR > 0
        if plan.chars:
            first = tables.forms[form, 4]
            for at in range(first, first + tables.forms[form, 5]):
                used = _count(tables.pool[at], used, scratch)
    if at_word:
        for index in range(given.said_firsts[sentence], given.said_firsts[sentence + 1]):
            if given.said[index, 0] in (-1, naming):
                used = _count(given.said[index, 1], used, scratch)
        if plan.no_actor >= 0 and not acts:
            used = _count(plan.no_actor, used, scratch)
    cues = given.cues[given.cue_firsts[sentence] : given.cue_firsts[sentence + 1]]
    if len(cues):
        kept = _own(at_word, words, cues, False, False, own, tables)
        for index in range(kept):
            if own.cued[index] >= 0:
                used = _count(own.cued[index], used, scratch)
    asked = _keys(sentence, at_word, at_concept, given, work, tables, plan)
    return _look_up(work.keys[:asked], used, tables, plan, scratch)


@njit(cache=True, nogil=True)
def _add(used, layer, scratch, logits):  # type: ignore[no-untyped-def]
    """Add the weighted values of the counted rows, and set their counts to 0."""
    norms = np.zeros(len(layer.lengths))
    for index in range(used):
        row = scratch.rows[index]
        times = scratch.counts[row]
        value = layer.terms[row, 0]
        if times > 1:
            value *= 1.0 + math.log(times)
        scratch.values[index] = value
        norms[int(layer.terms[row, 1])] += value * value
        scratch.counts[row] = 0
    for block in range(len(norms)):
        if norms[block] > 0.0:
            norms[block] = layer.lengths[block] / math.sqrt(norms[block])
    for index in range(used):
        row = scratch.rows[index]
        value = scratch.values[index] * norms[int(layer.terms[row, 1])]
        for label in range(len(logits)):
            logits[label] += value * layer.terms[row, 2 + label]


@njit(cache=True, nogil=True)
def _longest(tokens):  # type: ignore[no-untyped-def]
    """Return how many tokens the longest sentence has, with its border."""
    most, begun = 0, 0
    for index in range(1, len(tokens)):
        if tokens[index] == tokens[0]:
            most = max(most, index - begun)
            begun = index
    return most


@njit(cache=True, nogil=True)
def score(given, tables, plan, layer, scratch, missing, logits):  # type: ignore[no-untyped-def]
    """Add to the logits of each sentence, shape (n_sentences, n_labels).

    Returns how many steps of the lexicon are not known; `missing` says which, as (step, form), and
    the logits are void then.
    """
    tokens, sizes = given.tokens, given.sizes
    border, token, offset, lacking = tokens[0], 0, sizes[0], 0
    work = _work(2 * _longest(tokens), plan.sizes)
    for sentence in range(len(logits)):
        offset += sizes[2 * token + 1]
        base = offset
        offset += sizes[2 * token + 2]
        token += 1
        count = 0
        while tokens[token] != border:
            size = sizes[2 * token + 1]
            count = _cut(tokens[token], offset - base, size, count, work, tables)
            offset += size + sizes[2 * token + 2]
            token += 1
        lacking += _match(count, work, missing[lacking:], tables)
        if lacking == 0:
            lengths = _mask(count, work, work.words, work.concepts, tables)
            used = _terms(sentence, lengths, given, work, tables, plan, scratch)
            _add(used, layer, scratch, logits[sentence])
    return lacking
