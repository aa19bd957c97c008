"""What a sentence of an abstract does, by its cue phrases, and which of that a question asks for, in English.

After the moves of abstracts: background, problem, method, result, resource (Teufel and Moens, *Summarizing Scientific
Articles*, 2002).
"""

from __future__ import annotations

import re
from typing import Literal

Move = Literal["method", "training", "ability", "result", "problem", "resource"]


def _cues(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.split())})", re.IGNORECASE)


_MOVES: dict[Move, re.Pattern[str]] = {
    "method": _cues(
        r"by\s through\s via\s using\b inject insert fus(?:e|ed|es)\b align link\w*\b map(?:s|ped)\b replac condition "
        r"lets?\b so\sthat\b bridg bind\w*\b assign propos introduc select\w* filters?\b removes?\b pushes\b detect "
        r"is\scut\b split predict\w* attend attention combin encod decod sampl "
        r"add(?:s|ed)?\b minimi[sz] match\w* turns?\s "
        r"compar(?:es|ing)\b represent treat\w* loss\b token module memory\b "
        r"iterat refin learns?\b reads?\b based\son\b "
        r"cast(?:s|ing)?\b from\swhich\b which\b where\b instead\b first\b then\b is\sbuilt\b uses?\b"
    ),
    "training": _cues(
        r"train(?:ed|ing|s)?\b pretrain\w* learn(?:s|ed|t|ing)?\b data\b supervis\w* labels?\b labelled\b annotat\w* "
        r"pairs?\b synthetic\b fine-tun\w* taught\b teacher\b million\b hours\sof\b"
    ),
    "ability": _cues(
        r"can\b cannot\b without\b any\b zero-shot\b generali[sz]e\w* allow(?:s|ing)?\b enabl\w* lets?\b needs?\sno\b "
        r"works?\b supports?\b handles?\b suffic\w* arbitrary\b transfers?\b controls?\b adapts?\b directly\b not\b"
    ),
    "result": _cues(
        r"outperform state[-\s]of[-\s]the[-\s]art percent\b benchmark baselines?\b evaluat "
        r"ablation competitive superior "
        r"beats?\b surpass points?\b times\s(?:faster|fewer|smaller) experiments?\b score\b accuracy\b "
        r"gains?\b results\b "
        r"\d+(?:\.\d+)?\s?(?:%|dB|AP|BLEU|ROUGE)"
    ),
    "problem": _cues(
        r"challeng struggl hard\sto\b ill-posed long-standing limited\b expensive cannot\b unclear inaccurate "
        r"most\s[\w-]+(?:\s[\w-]+)?\s(?:either|methods|work|systems) existing earlier\b previous however\b the\stask\b "
        r"is\sa\snew\stask key\scomponent aims?\sat\b is\sa\s(?:common|central|fundamental)\b often\b suffer fails?\b "
        r"difficult costly ignor\w* depends?\son\b"
    ),
    "resource": _cues(
        r"released?\b publicly\savailable code\sand\b data\sset\sand\b new\sbenchmark project\spage open\ssource"
    ),
}

_ASKS: tuple[tuple[Move, re.Pattern[str]], ...] = (
    ("result", re.compile(
        r"\bhow (?:well|good|near|close|accurate|much better|fast|much faster|often)\b|\b(?:better|faster|worse) than\b"
        r"|\bas (?:good|well|fast) as\b|\b(?:notice|tell the difference|fool(?:ed)?|tell \w+ apart)\b", re.IGNORECASE)),
    ("problem", re.compile(
        r"\b(?:what|where|why|when) (?:\w+ ){0,4}(?:fails?|wrong|go(?:es)? wrong|difficult|hard|limits?)\b"
        r"|\b(?:limits?|weakness|weaknesses)\b|\bwhy (?:\w+ ){0,3}(?:cannot|can't|not)\b", re.IGNORECASE)),
    ("training", re.compile(
        r"\b(?:learn\w*|taught|teach|train\w*|example|examples|where did|from what|who told|never seen|nobody)\b",
        re.IGNORECASE)),
    ("ability", re.compile(
        r"(?:^|[,.;?!] |\b(?:and|or|but) )(?:can|could|must|does|do|is|are|will|would|may)\b|\bmust\b|\bneeds? no\b"
        r"|\bwithout\b|\bany\b", re.IGNORECASE)),
)  # fmt: skip


def asked_moves(question: str) -> frozenset[Move]:
    """What the last sentence of a question asks for; `method` where nothing else is."""
    found = {move for move, asks in _ASKS if asks.search(question)}
    return frozenset(found - {"training", "ability"} or found | {"method"})


def sets_the_scene(sentence: str) -> bool:
    """Whether a sentence tells of a problem, a field or what others did, or goes on from the sentence before it."""
    return bool(_MOVES["problem"].search(sentence) or _SCENE.search(sentence) or _GOES_ON.match(sentence))


_GOES_ON = re.compile(
    r"(?:It|They|This|These|Such|Both|However|Yet|Training|Additionally|Besides|Moreover|Furthermore|Therefore|Thus"
    r"|Hence|In addition|As a result|Following (?:this|that)|Based on (?:this|these)|To (?:this|that) end"
    r"|To \w+ (?:this|that|these|those)|The (?:second|third|latter|former))\b|.*, yet\b"
)
_SCENE = re.compile(
    r"\b(?:is|are|has|have|became|remains?)\b[^.]{0,60}"
    r"\b(?:key|fundamental|essential|important|crucial|central|popular|active)(?: [\w-]+){0,2}"
    r" (?:problem|task|topic|focus|component|area|challenge|question)\b",
    re.IGNORECASE,
)
"""How an abstract says that its field matters."""


def kind_of_sentence(sentence: str, question: str) -> float:
    """From -1 to 1: whether a sentence does what a question asks for, or something else."""
    wanted = asked_moves(question)
    does = {move for move, cues in _MOVES.items() if cues.search(sentence)}
    wins = len(does & wanted) / len(wanted)
    unwanted = does & {"result", "problem", "resource"} - wanted
    return wins - 0.75 * min(1, len(unwanted)) if "result" not in wanted else wins
