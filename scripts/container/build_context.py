"""Reads a Dockerfile and a .dockerignore as a build would: which files it sees, and what each stage is given."""

import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Stage:
    """One FROM with its instructions, as (name, text) with lines joined and the ARGs of the file's head filled in."""

    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def every(self, name):
        return [text for found, text in self.instructions if found == name]

    def last(self, name):
        return (self.every(name) or [None])[-1]

    def environment(self):
        return dict(word.split("=", 1) for text in self.every("ENV") for word in shlex.split(text))

    def copies(self):
        """Every COPY from the context or another stage: (stage or None, sources, destination)."""
        for text in self.every("COPY"):
            words = shlex.split(text)
            flags = [word for word in words if word.startswith("--")]
            paths = [word for word in words if not word.startswith("--")]
            origin = next((flag.removeprefix("--from=") for flag in flags if flag.startswith("--from=")), None)
            yield origin, paths[:-1], paths[-1]


def stages(path):
    """The stages of a Dockerfile, in order."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    arguments, found = {}, []
    for line in filter(None, map(str.strip, joined.splitlines())):
        name, _, text = line.partition(" ")
        name, text = name.upper(), text.strip()
        if name == "ARG" and not found:
            key, _, value = text.partition("=")
            arguments[key] = value
        elif name == "FROM":
            words = [word for word in text.split() if not word.startswith("--")]
            base = re.sub(r"\$\{(\w+)\}", lambda match: arguments.get(match[1], match[0]), words[0])
            found.append(Stage(base, words[2] if len(words) > 2 else ""))
        else:
            found[-1].instructions.append((name, text))
    return found


def _pattern(text):
    """A pattern of .dockerignore as a regular expression; it matches a path and everything below it."""
    expression = re.escape(text.strip("/")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*")
    expression = expression.replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile(f"{expression}(?:/.*)?")


def seen(root):
    """Every file that a build in this repository gets: known to git or new, and let in by .dockerignore."""
    rules = []
    for line in (root / ".dockerignore").read_text().splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            rules.append((_pattern(line.lstrip("!")), not line.startswith("!")))
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout
    for name in sorted(filter(None, listed.split("\0"))):
        # The last rule that matches decides.
        verdicts = [is_out for expression, is_out in rules if expression.fullmatch(name)]
        if not (verdicts and verdicts[-1]) and (root / name).is_file():
            yield name


def lies_in(name, sources):
    """Whether a file is one of the sources of a COPY or below one."""
    return any(name == source or name.startswith(source.rstrip("/") + "/") for source in map(_plain, sources))


def _plain(source):
    return Path(source).as_posix().removeprefix("./")
