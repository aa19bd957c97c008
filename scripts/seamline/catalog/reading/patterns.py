"""What each pattern of a field asks for, in words."""

from __future__ import annotations

from seamline.blocks.names import NAME_PATTERN
from seamline.catalog.entries.sample import PORT_NAME, STEP_NAME

PATTERNS = {
    r"^([A-Za-z]?\d+[A-Za-z]?(:\d+)?(-[A-Za-z]?\d+[A-Za-z]?(:\d+)?)?)?$": "pages like `18392-18402`, or one number",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "lower-case words joined by hyphens",
    r"^[\w.-]+/[\w.-]+$": "`owner/name`",
    r"^[0-9a-f]{40}$|^main$": "a commit of 40 hexadecimal digits, or `main`",
    r"^https://": "an `https://` address",
    r"^[a-z]{2,3}$": "a language code like `en`",
    r"^([a-z]{2,3})?$": "a language code like `de`",
    r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})$": "an arXiv identifier like `2211.09800`",
    r"^(10\.\d{4,9}/[A-Za-z0-9._;()/:-]+)?$": "a DOI like `10.1109/CVPR52729.2023.01764`",
    r"^[A-Z][A-Za-z0-9]*Scheduler$": "the name of a diffusers scheduler, like `DDIMScheduler`",
    r"^[A-Z][A-Za-z0-9]*$": "the name of a class, like `StableDiffusionInstructPix2PixPipeline`",
    r"^[a-z0-9-]+-[0-9a-f]{8}\.webp$": "the file name of a picture, like `edited-1d29deb9.webp`",
    r"^[^{}<>\[\]`|\n]*$": "words on one line, without brackets, braces and bars",
    STEP_NAME: "a name in lower case, like `edit` or `second_edit`",
    PORT_NAME: "the name of a port, like `image` or `image_2`",
    NAME_PATTERN: "`<inputs>2<outputs>-<hub>-<owner>-<name>`",
}
