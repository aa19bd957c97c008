"""How people who ask and people who publish word the same things, in English: a thesaurus of the field, by hand.

Each line holds words that may stand for one another in a question and in an abstract: for the tasks that models of
text, pictures, sound, video and shapes have, for how they learn, and for what people praise or miss. A word may stand
in several lines. It adds words to a search and never removes one.
"""

from __future__ import annotations

from functools import cache

from seamline.catalog.evidence.key_concepts import stem_of

_GROUPS = """
person people man woman human stranger someone somebody individual subject identity grandmother grandfather child player
face facial expression smile portrait head identity
hair fur strand fine thin wisp detail
animal dog cat pet bird subject
car vehicle traffic street road driving autonomous
plant flower tree orchid species category
photo photograph picture image snapshot scan shot portrait print
video clip film movie footage frame temporal
audio sound recording record speech waveform acoustic
voice speech speaker speaking spoken timbre utterance talk said
music song melody tune melodic instrument orchestra hum
text word sentence prompt caption description language written write type
book document page article report text paper
letter handwriting handwritten character text line scribble
describe caption captioning description say
translate translation translator language multilingual sentence
dialect accent language low-resource multilingual village robust generalize
summarize summary summarise summarization short shorten gist condense brief abstractive recap minutes notes
transcribe transcription transcript dictate subtitle speech recognition
recognize recognise detect identify classify spot find locate recognition detector
find search retrieve retrieval look similar match query nearest
count number amount many counting density
cut segment mask matte outline crop cropped silhouette segmentation
background foreground alpha matte backdrop behind
hidden hide occluded occlusion covered behind front disappear
follow track tracking stay association memory lost
far near distance distant depth metre metric close order disparity
unit metre metric inch scale shift absolute laser
3d three-dimensional shape mesh geometry object surface solid
view angle viewpoint side camera pose around back perspective
sharp blur blurry blurred smear smooth resolution crisp
enlarge enlarged upscale super-resolution resolution larger bigger detail zoom
repair restore restoration damage damaged scratch old degraded degradation broken
noise grain grainy denoise denoising dark night low-light
colour color colorize colorization grey gray black-and-white chrominance hue tint
remove erase wipe delete inpaint inpainting fill vanish without
gap hole missing large area masked region pattern
change edit alter modify replace swap turn manipulate editing
keep preserve stay stayed unchanged remain retain same consistent consistency maintain inherit
style painting paint painter artist artistic brush stylize stylization
draw drawing sketch line scribble doodle stroke guide
light lighting illumination shadow relight relighting shade bright sun
move motion moving movement animate animation walk dynamics flow
slow-motion smooth between interpolate interpolation intermediate flicker temporal consistent
read reading aloud synthesis speech text-to-speech synthesize announcer
answer question reply respond answering
chat conversation dialogue talk assistant meeting
learn teach taught teacher train training trained supervision supervised fine-tune fine-tuned tuned pretrain pretrained
example data dataset corpus pair sample collection
label labelled annotate annotation annotated hand ground-truth supervision teacher
unseen new never unfamiliar novel zero-shot unknown rare unlabelled open-vocabulary unsupervised nobody
arbitrary any free-form whatever every
few little small single one-shot few-shot three several limited
many large huge million billion scale lot massive
fast quick quickly second speed real-time efficient slow time latency forward hour minute
cheap cost memory phone laptop small compute computing parameter lightweight gpu mobile device
right correct correctly accurate accuracy mistake wrong error true
invent invented hallucinate hallucination fabricate faithful faithfulness factual fidelity unfaithful
sure certain confident confidence uncertainty probability trust doubt
real realistic natural photo-realistic convincing fake lifelike perceptual
control choose adjust steer guide balance strength controllable amount scale closely
instruction command tell ask prompt instruct order
join combine merge fuse fusion mix blend composite seamless
whole global entire everything context long-range large once
part piece patch region local area crop
edge border boundary outline contour seam
word token term phrase expression name
remember memory forget recall long stored
understand comprehension meaning semantic know knowledge mean sense
different various diverse variety diversity ambiguous multimodal
who name identity speaker assign
place where location position located box layout
feeling emotion happy sad mood sentiment tone
doctor medical x-ray tumour organ patient clinical
map satellite aerial
hand gesture pose body skeleton joint keypoint limb
clothes dress garment try-on wear shirt clothing
age old young aging older
weather rain fog snow haze
texture pattern surface material
long short length hour minute sequence window
opinion judge preferred human rating score people user study mean
filter clean nonsense noisy noise web internet curation
copy clone mimic imitate reproduce personalize personalized reference
decide decided decision conclude conclusion
pick select relevant choose span query important
see look vision visual encoder eye
teach instruct instruction tuning demonstration feedback
common everyday ordinary wild real-world
crowd crowded overlap overlapping dense busy
small tiny little scale fine
loud noise noisy background robust robustness
guess predict prediction estimate infer plausible
hardly little rare few low-resource resource mined scarce sparse
bright vivid vibrant colourful saturated dull brownish desaturated
forget remember long attention recurrent context start beginning
notice distinguish fool people test judge truth indistinguishable opinion
render rendering view synthesize synthesis ray
jump jerky flicker smooth temporal stable
stop mix confuse confusion ambiguity distinguish
heavy big huge large parameter memory
cheat shortcut bias spurious
new old earlier previous version
question ask query
error mistake hallucination fail failure
reason think step logic arithmetic
safe private privacy secret harmful
overlap cover occlusion crowd duplicate
tile patch window resolution size
shake shaky stabilize stabilization blur
echo reverberation room acoustic
pitch rhythm prosody intonation emotion
spell spelling character letter glyph
step iteration iterative gradually refine refinement progressive
"""


def near_stems(word: str) -> frozenset[str]:
    """Stems of the words that may stand for `word`, its own left out; `word` as the question has it, in English."""
    own = stem_of(word, "en")
    return frozenset(stem for group in _groups() if own in group for stem in group) - {own}


@cache
def _groups() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(stem_of(word, "en") for word in line.split()) for line in _GROUPS.strip().splitlines())
