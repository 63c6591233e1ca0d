"""Closed word classes of English, and a unit of text as tokens.

Nothing here knows an actor or a topic: function words, auxiliaries, and the commonest
finite verbs, which serve as borders of noun phrases.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from stance.memo import Memo
from stance.quotations import Quotation
from stance.text import word_set

PRONOUNS = word_set("i he she it we you they who one")
PERSONAL = word_set("he she they it")
OBJECTS = word_set("him her them us me you it himself herself itself themselves myself ourselves")
DETERMINERS = word_set(
    "the a an this that these those his her its their our my your some any no every each "
    "both several many few most all another such either neither one two three four five six "
    "seven eight nine ten dozens hundreds thousands more other"
)
POSSESSIVES = word_set("his her its their our my your")
PREPOSITIONS = word_set(
    "of in on at for from with without by to about against into onto over under after "
    "before during since until till between among amid around across through throughout "
    "within inside outside near behind beyond despite toward towards upon via per as like "
    "unlike than versus regarding concerning following including besides except alongside"
)
NOUN_PREPOSITIONS = word_set(
    "of for at in from with on to against within inside outside near behind between among "
    "under by about like close familiar"
)
SUBORDINATORS = word_set(
    "that if because while when whether although though unless since whereas after before "
    "until once as what where why how than so lest whenever wherever"
)
RELATIVES = word_set("who which that whom whose")
COORDINATORS = word_set("and or but nor yet then")
BE = word_set("am is are was were be been being 's 're 'm isn't aren't wasn't weren't")
AUXILIARIES = BE | word_set(
    "has have had having do does did will would shall should can could may might must ought "
    "cannot won't wouldn't can't couldn't shouldn't mustn't don't doesn't didn't hasn't "
    "haven't hadn't mightn't needn't 'd 'll 've"
)
MODALS = word_set(
    "do does did will would shall should can could may might must cannot won't wouldn't "
    "can't couldn't shouldn't mustn't don't doesn't didn't mightn't needn't to 'd 'll let "
    "help"
)
ADVERBS = word_set(
    "not never also already always still just even ever now then soon once twice later "
    "earlier again often sometimes long instead too further first recently yesterday today "
    "tonight only simply thus therefore however meanwhile moreover rather quite very all "
    "both almost perhaps maybe yet so far either neither nonetheless nevertheless since "
    "elsewhere indeed likewise alike afterwards afterward ago back famously previously "
    "consistently openly n't as well"
)
NOT_ADVERBS = word_set(
    "ally family reply supply italy assembly july rally bully tally poly monopoly anomaly fly "
    "imply apply comply rely multiply"
)
TIMES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tonight "
    "tomorrow january february march april may june july august september october november "
    "december jan feb mar apr jun jul aug sep sept oct nov dec morning afternoon evening "
    "night week month year weekend noon midday earlier later recently last next this"
)
PARTICIPLE_NOUNS = word_set("meeting building hearing briefing filing ruling beijing")
VERBS = word_set(
    "used went came made took gave found got met left ran won lost began became brought held "
    "kept led sent stood spent paid faced put cut hit grew rose fell broke drew drove sat "
    "sought fought caught built bought taught goes comes makes takes gives gets runs wins "
    "loses begins becomes brings keeps leads sends stands faces remains remain appears "
    "appear seems seem needs leaves turns works lives looks includes include means "
    "continues follows allows lies flew shook struck swore threw wore woke wrote withdrew "
    "understood tore swept swung sped slid shot shone sank sang rode rang hid hung knelt "
    "laid lay lent bent bore blew bit bound crept dealt dug drank ate fed felt fled forgot "
    "froze heard knew lit meant overcame said saw sold spoke spun spread stole stuck stung "
    "swam told thought undertook undid upheld wept wound"
)
_CONTRACTED = word_set("i he she it we you they who that there what here")
_ACRONYMS = frozenset({"US", "IT", "WHO"})  # no pronouns
_TOKEN = re.compile(  # plain words (by far the most) | U.S. | O'Doe | ,
    r"[a-z]++(?=[ ,])|\w(?:\.(?:\w\.)+|\w*+(?:[.'&/-]\w++)*+'?)|[^\w\s]"
)
_PARTS = re.compile(f"({_TOKEN.pattern})")
_CONTRACTION = re.compile(rf"\b(?:{'|'.join(sorted(_CONTRACTED))})'[^\W_]", re.IGNORECASE)


MOST_FORMS = 65_536  # forms of which is remembered what they are
_IS_ADVERB = Memo[str, bool](
    lambda low: low in ADVERBS or (low.endswith("ly") and low not in NOT_ADVERBS and len(low) > 4),
    MOST_FORMS,
)


def _join_stops(
    words: list[str], starts: list[int], ends: list[int], kinds: list[str], last: int
) -> None:
    """Join the stop of an abbreviation to its word (*Gov.*), but not the stop at the end."""
    gone: list[int] = []
    before = -1
    for k in [k for k, word in enumerate(words) if word == "."]:
        if not gone or gone[-1] != k - 1:
            before = k - 1
        if before >= 0 and kinds[before] == "w" and ends[k] < last:
            ends[before] = ends[k]
            gone.append(k)
    for k in reversed(gone):
        del words[k], starts[k], ends[k], kinds[k]


def _cut_contractions(
    words: list[str], starts: list[int], ends: list[int], kinds: list[str]
) -> None:
    """Cut a word such as *he's* in two."""
    for k in [k for k, word in enumerate(words) if "'" in word][::-1]:
        word = words[k]
        cut = word.find("'")
        if word[:cut].lower() in _CONTRACTED and len(word) > cut + 1:
            words[k : k + 1] = word[:cut], word[cut:]
            starts.insert(k + 1, starts[k] + cut)
            ends.insert(k, starts[k] + cut)
            kinds.insert(k, "w")


class Tokens:
    """A unit of text as tokens; a quotation is one token of kind ``q``.

    `kinds` holds one letter a token: ``w`` word, ``p`` punctuation, ``q`` quotation;
    `words` the words as printed, `lows` in lower case; `size` is the number of tokens.
    """

    __slots__ = ("clean", "ends", "kinds", "lows", "quotes", "size", "starts", "words")

    def __init__(self, clean: str, start: int, end: int, quotes: Sequence[Quotation]) -> None:
        self.clean = clean
        self.words: list[str] = []
        self.quotes: dict[int, Quotation] = {}
        self.starts: list[int] = []
        self.ends: list[int] = []
        kinds: list[str] = []
        at = start
        for quote in quotes:
            self._read(kinds, at, quote.start)
            self.quotes[len(self.words)] = quote
            self.words.append("“”")
            self.starts.append(quote.start)
            self.ends.append(quote.end)
            kinds.append("q")
            at = quote.end
        self._read(kinds, at, end)
        self.kinds = "".join(kinds)
        self.lows = [*map(str.lower, self.words)]
        if not _ACRONYMS.isdisjoint(self.words):
            self.lows = [word if word in _ACRONYMS else word.lower() for word in self.words]
        self.size = len(self.words)

    def __len__(self) -> int:
        return self.size

    def _read(self, kinds: list[str], start: int, end: int) -> None:
        """Append the tokens of a stretch without quotations."""
        clean = self.clean
        parts = _PARTS.split(clean[start:end])
        offsets = [*accumulate(map(len, parts), initial=start)]
        words, starts, ends = parts[1::2], offsets[1:-1:2], offsets[2::2]
        own = ["w" if word[0].isalnum() else "p" for word in words]
        if clean.find(".", start, end - 1) >= 0 and "." in words:
            _join_stops(words, starts, ends, own, end - 1)
        if clean.find("'", start, end) >= 0 and _CONTRACTION.search(clean, start, end):
            _cut_contractions(words, starts, ends, own)
        self.words += words
        self.starts += starts
        self.ends += ends
        kinds += own

    def is_adverb(self, i: int) -> bool:
        """Tell whether token `i` may stand between a subject and its verb."""
        if _IS_ADVERB[self.lows[i]]:
            return True
        if self.kinds[i] == "q":  # Sybiha “urgently” called on …
            quote = self.quotes[i]
            return (
                self.clean[quote.inner_end - 2 : quote.inner_end] == "ly"
                and " " not in (self.clean[quote.inner_start : quote.inner_end])
            )
        return False

    def is_name(self, i: int) -> bool:
        """Tell whether token `i` is a word that starts with a capital."""
        return self.words[i][0].isupper() and self.kinds[i] == "w"
