"""Makes rules.json: labels of made-up votes by rules written anew in plain Python.

The tests of fer/votes compare with them.

    python3 make_rules.py

Python 3.11, no package. The rules are those of Barsoum et al. 2016 and of the training code that came with it, seen by
the seven emotions of FER2013.
"""
import json
import random
from fractions import Fraction
from pathlib import Path

NAMES = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF"]
FER2013 = ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
SPLIT, NOTHING = "no choice with enough votes", "no votes left to count"


def seven(counts):
    """Shares of the seven emotions; the name of the first choice if it is none of them."""
    first = max(NAMES, key=lambda n: (counts.get(n, 0), -NAMES.index(n)))
    if first not in FER2013:
        return first
    total = sum(counts.get(n, 0) for n in FER2013)
    return [round(counts.get(n, 0) / total, 9) for n in FER2013]


def majority(counts):
    total = sum(counts.values())
    for name, n in counts.items():
        if Fraction(n, total) > Fraction(1, 2):
            return seven({name: n})
    return SPLIT


def probabilities(counts):
    return seven(counts)


def ferplus(counts):
    """Choices with the most votes, all of a tie at once, until 75 % of the votes are seen or three choices taken."""
    total = sum(counts.values())
    taken, seen, left, stop = {}, 0, dict(counts), False
    while seen < Fraction(3, 4) * total and len(taken) < 3 and not stop:
        top = max(left.values())
        for name in NAMES:
            if left.get(name) != top:
                continue
            del left[name]
            seen += top
            if name in ("unknown", "NF"):
                stop = True
                if not taken:
                    taken[name] = top
                break
            taken[name] = top
    if len(taken) > 3 or 2 * sum(taken.values()) <= total:
        return SPLIT
    return seven(taken)


def apply(rule, votes, ignore=(), singles=False):
    counts = {n: v for n, v in zip(NAMES, votes) if n not in ignore and v > (0 if singles else 1)}
    return rule(counts) if counts else NOTHING


def draw(rng):
    """Ten votes, of few or of many choices."""
    favour = [rng.random() ** rng.choice([1, 4, 12]) for _ in NAMES]
    votes = [0] * len(NAMES)
    for c in rng.choices(range(len(NAMES)), favour, k=rng.choice([10, 10, 10, 9, 4])):
        votes[c] += 1
    return votes


rng = random.Random(24)
tables = [draw(rng) for _ in range(150)] + [
    [5, 5, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 5, 0, 0, 0, 0, 5, 0], [0, 0, 0, 0, 0, 0, 0, 0, 5, 5],
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 0, 0, 0, 0, 0], [3, 3, 0, 0, 0, 0, 0, 0, 0, 4],
    [4, 0, 0, 3, 0, 0, 0, 3, 0, 0], [3, 0, 0, 3, 0, 0, 0, 4, 0, 0], [3, 2, 0, 2, 0, 0, 0, 3, 0, 0],
    [10, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 10, 0, 0], [4, 2, 2, 2, 0, 0, 0, 0, 0, 0],
]
cases = []
for rule in (majority, probabilities, ferplus):
    for ignore, singles in [((), False), ((), True), (("contempt", "unknown", "NF"), False), (("contempt",), True)]:
        cases.append(dict(rule=rule.__name__, ignore=ignore, singles=singles,
                          want=[apply(rule, v, ignore, singles) for v in tables]))
Path(__file__).with_name("rules.json").write_text(json.dumps(dict(votes=tables, cases=cases)) + "\n")
