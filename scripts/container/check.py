"""Holds Dockerfile, compose files and fly.toml to the repository and to the program. Called by scripts/check-container.sh."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from build_context import lies_in, seen, stages  # noqa: E402
from ruamel.yaml import YAML  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ["docker-compose.yml", "docker-compose.full.yml"]
EXAMPLE = "deploy/.env.example"
# The drain: 1.5 seconds of notice, 20 for requests, some for jobs and the database.
LEAST_SECONDS_TO_STOP = 30

problems = []


def expect(is_right, problem):
    if not is_right:
        problems.append(problem)
    return is_right


class Program:
    """What the program says about itself; without a binary, what its checked-in reference pages say."""

    def __init__(self, path):
        self.path = path
        if path:
            self.settings = {line["setting"] for line in json.loads(self.run("config", "--json", GAMMACMS_ENV="dev").stdout)}
            # Only names at the indentation of the list: the second lines of its descriptions stand further in.
            self.commands = set(re.findall(r"^  ([a-z][\w-]*)(?: |$)", self.run("--help").stdout, re.M))
        else:
            pages = ROOT / "docs/reference"
            self.settings = set(re.findall(r"^### `(\w+)`", (pages / "settings.md").read_text(), re.M))
            self.commands = set(re.findall(r"`gammacms ([a-z][\w-]*)", (pages / "commands.md").read_text()))

    def run(self, *arguments, **environment):
        return subprocess.run([self.path, *arguments], env=environment, cwd="/", capture_output=True, text=True, check=False)

    def check_setting(self, name, where):
        expect(name in self.settings, f"{where}: {name} is no setting of the program")

    def check_start(self, environment, where):
        """Whether the program would take these settings."""
        if self.path:
            answer = self.run("config", **environment)
            expect(answer.returncode == 0, f"{where}: the program refuses these settings:\n{answer.stderr.rstrip()}")


def check_copies(build, files):
    names = {stage.name for stage in build}
    for stage in build:
        for origin, sources, _ in stage.copies():
            if origin:
                expect(origin in names, f"Dockerfile: COPY --from={origin}, which is no stage")
                continue
            for source in sources:
                expect(any(lies_in(name, [source]) for name in files), f"Dockerfile: COPY {source} finds nothing in the build context")


def given_to(build, name):
    """Every path that a stage copies from the context, with the stages it is based on."""
    stage = next(stage for stage in build if stage.name == name)
    own = [source for origin, sources, _ in stage.copies() if not origin for source in sources]
    is_based = any(other.name == stage.base for other in build)
    return own + (given_to(build, stage.base) if is_based else [])


def check_program_stage(build, files):
    """What the sources embed or include from outside src/ must be given to the stage that compiles them."""
    given = given_to(build, "program")
    from_stages = [path for stage in build if stage.name == "program" for origin, _, path in stage.copies() if origin]
    for name in (name for name in files if name.startswith("src/") and name.endswith(".rs")):
        source = (ROOT / name).read_text()
        # `folder` counts from the crate's manifest, `include_…` from the file itself.
        crate = next((parent for parent in Path(name).parents if (ROOT / parent / "Cargo.toml").is_file()), Path())
        wanted = [(crate, path) for path in re.findall(r'#\[folder = "([^"]+)"\]', source)]
        wanted += [(Path(name).parent, path) for path in re.findall(r'include_(?:str|bytes)!\("([^"]+)"\)', source)]
        for base, path in wanted:
            path = (ROOT / base / path).resolve().relative_to(ROOT).as_posix()
            is_given = lies_in(path, given) or path in from_stages
            expect(is_given, f"Dockerfile: {name} needs {path}, which the stage that compiles is not given")


def check_documentation_stage(build, files):
    given = given_to(build, "documentation")
    for name in (name for name in files if name.startswith("docs/") and name.endswith(".md")):
        for path in re.findall(r"^<<< (\S+)", (ROOT / name).read_text(), re.M):
            path = (ROOT / name).parent.joinpath(path.split("#")[0].split("{")[0]).resolve().relative_to(ROOT).as_posix()
            expect(lies_in(path, given), f"Dockerfile: {name} quotes {path}, which the stage of the documentation is not given")


def check_dependency_layer(build, workspace):
    """The layer of dependencies needs every manifest and an empty crate for each; one too few fails the build late."""
    stage = next(stage for stage in build if stage.name == "dependencies")
    given = given_to(build, "dependencies")
    commands = " ".join(stage.every("RUN"))
    for member in workspace["workspace"]["members"]:
        expect(f"{member}/Cargo.toml" in given, f"Dockerfile: the layer of dependencies lacks {member}/Cargo.toml")
        expect(f" {member}/lib.rs" in commands, f"Dockerfile: the layer of dependencies makes no {member}/lib.rs")
    manifests = [path for path in given if path.endswith("Cargo.toml") and path != "Cargo.toml"]
    members = {f"{member}/Cargo.toml" for member in workspace["workspace"]["members"]}
    for path in manifests:
        expect(path in members, f"Dockerfile: {path} belongs to no member of the workspace")
    expect({"Cargo.toml", "Cargo.lock"} <= set(given), "Dockerfile: the layer of dependencies lacks Cargo.toml or Cargo.lock")
    builds = [re.search(r"cargo build[^&]*", " ".join(other.every("RUN"))) for other in build if other.name in ("dependencies", "program")]
    expect(
        all(builds) and len({found[0].strip() for found in builds}) == 1,
        "Dockerfile: the layer of dependencies is built by another command than the program: it would be built twice",
    )


def version(text):
    return tuple(int(part) for part in re.findall(r"\d+", text))


def check_versions(build, workspace):
    images = {image: tag for image, _, tag in (stage.base.partition(":") for stage in build)}
    rust = workspace["workspace"]["package"]["rust-version"]
    expect(version(images["rust"])[:2] == version(rust)[:2], f"Dockerfile: rust:{images['rust']}, but Cargo.toml's rust-version is {rust}")
    for folder in ("frontend", "docs"):
        engine = json.loads((ROOT / folder / "package.json").read_text())["engines"]["node"]
        is_enough = engine.startswith(">=") and version(images["node"]) >= version(engine)
        expect(is_enough, f"Dockerfile: node:{images['node']}, but {folder}/package.json wants {engine}")
    releases = {tag.split("-")[-2 if tag.endswith("slim") else -1] for tag in (images["rust"], images["node"])}
    releases.add(images["debian"].split("-")[0])
    expect(len(releases) == 1, f"Dockerfile: stages of different Debian releases: {', '.join(sorted(releases))}")
    for stage in build:
        tag = stage.base.partition(":")[2]
        is_own = any(other.name == stage.base for other in build) or "$" in stage.base
        expect(is_own or re.search(r"\d", tag), f"Dockerfile: {stage.base} names no version")
    own = workspace["workspace"]["package"]["version"]
    expect(f"VERSION={own}" in build[-1].every("ARG"), f"Dockerfile: ARG VERSION is not {own}, as in Cargo.toml")


def check_image(image, program):
    environment = image.environment()
    for name in environment:
        program.check_setting(name, "Dockerfile")
    port = environment["GAMMACMS_LISTEN"].rpartition(":")[2]
    expect(image.last("EXPOSE") == port, f"Dockerfile: EXPOSE {image.last('EXPOSE')}, but the program listens on {port}")
    user = (image.last("USER") or "").split(":")[0]
    expect(user.isdigit() and user != "0", "Dockerfile: USER is no number, or root's")
    expect(f"-o {user} " in " ".join(image.every("RUN")), f"Dockerfile: the data directory is not given to user {user}")
    expect(image.last("STOPSIGNAL") == "SIGTERM", "Dockerfile: STOPSIGNAL is not SIGTERM")
    expect(not image.every("VOLUME"), "Dockerfile: VOLUME would give every container a volume of its own without a name")
    probe = json.loads(image.last("HEALTHCHECK").partition("CMD ")[2])
    start = json.loads(image.last("ENTRYPOINT")) + json.loads(image.last("CMD"))
    for words in (probe, start):
        expect(words[0] == "gammacms", f"Dockerfile: {' '.join(words)} does not call the program")
        expect(words[1] in program.commands, f"Dockerfile: there is no command `gammacms {words[1]}`")
    return environment, port


def example_values():
    """The names of the example; what is left empty and needed is filled in as its comments say."""
    values = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (ROOT / EXAMPLE).read_text(), re.M))
    made = {"GAMMACMS_SECRET_KEY": "A1b+" * 16, "AWS_ACCESS_KEY_ID": "GK" + "0f" * 12}
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "AWS_SECRET_ACCESS_KEY", "GARAGE_RPC_SECRET"):
        made[name] = "0f" * 32
    return values, {name: value or made.get(name, "") for name, value in values.items()}


def interpolate(text, values, where):
    """`${NAME}`, `${NAME:-fallback}` and `${NAME:?message}`, as compose reads them."""

    def fill(match):
        name, kind, rest = match[1], match[2], match[3] or ""
        expect(name in values, f"{where}: ${{{name}}} is not in {EXAMPLE}")
        value = values.get(name, "")
        expect(value or kind != ":?", f"{where}: ${{{name}}} is needed and empty")
        return value or (rest if kind == ":-" else "")

    return re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", fill, str(text))


def seconds(text):
    return {"s": 1, "m": 60}[str(text)[-1]] * int(str(text)[:-1])


def check_compose(program, image, port):
    named, values = example_values()
    documents = {name: YAML(typ="safe").load((ROOT / name).read_text()) for name in COMPOSE}
    used = set(re.findall(r"\$\{(\w+)", "".join((ROOT / name).read_text() for name in COMPOSE)))
    for name in named.keys() - used:
        expect(False, f"{EXAMPLE}: {name} is read by no compose file")
    for file, document in documents.items():
        service = dict(document["services"]["gammacms"])
        if parent := service.get("extends"):
            inherited = documents[parent["file"]]["services"][parent["service"]]
            service = inherited | service | {"environment": inherited["environment"] | service.get("environment", {})}
        environment = {name: interpolate(text, values, file) for name, text in service["environment"].items()}
        for name in environment:
            program.check_setting(name, file)
        program.check_start(image | environment, file)
        expect(service["ports"] == [f"127.0.0.1:8000:{port}"], f"{file}: the published port does not lead to {port} of the image, or is open to all")
        mounts = dict(volume.split(":")[:2] for volume in service["volumes"])
        expect(image["GAMMACMS_DATA_DIR"] in mounts.values(), f"{file}: no volume at {image['GAMMACMS_DATA_DIR']}")
        expect(seconds(service["stop_grace_period"]) >= LEAST_SECONDS_TO_STOP, f"{file}: stop_grace_period is too short for the program")
        for name, other in document["services"].items():
            for volume in other.get("volumes", []):
                source = volume.split(":")[0]
                is_there = (ROOT / source).exists() if source.startswith(".") else source in document.get("volumes", {})
                expect(is_there, f"{file}: {name} mounts {source}, which is neither in the repository nor a volume of the file")
            for wanted, how in (other.get("depends_on") or {}).items():
                target = document["services"].get(wanted, {})
                expect(how["condition"] != "service_healthy" or "healthcheck" in target, f"{file}: {name} waits for the health of {wanted}, which has no check")
            if name != "gammacms":
                expect(re.search(r":v?\d+\.\d+", other["image"]), f"{file}: {other['image']} names no version")
    check_storage(documents["docker-compose.full.yml"])


def check_storage(document):
    """The program and the S3 server must agree; neither says more than `forbidden` when they do not."""
    environment, server = document["services"]["gammacms"]["environment"], document["services"]["s3"]["environment"]
    garage = tomllib.loads((ROOT / "deploy/garage.toml").read_text())["s3_api"]
    expect(environment["AWS_S3_REGION_NAME"] == garage["s3_region"], "docker-compose.full.yml: another region than in deploy/garage.toml")
    asked, bound = (address.rpartition(":")[2] for address in (environment["AWS_S3_ENDPOINT_URL"], garage["api_bind_addr"]))
    expect(asked == bound, "docker-compose.full.yml: another port than in deploy/garage.toml")
    for ours, theirs in (("AWS_ACCESS_KEY_ID", "ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY", "SECRET_KEY"), ("AWS_STORAGE_BUCKET_NAME", "BUCKET")):
        expect(environment[ours] == server[f"GARAGE_DEFAULT_{theirs}"], f"docker-compose.full.yml: {ours} is not what the S3 server makes")


def check_fly(program, image, port):
    fly = tomllib.loads((ROOT / "fly.toml").read_text())
    for name in fly.get("env", {}):
        program.check_setting(name, "fly.toml")
    secrets = {"GAMMACMS_PUBLIC_URL": f"https://{fly['app']}.fly.dev", "GAMMACMS_SECRET_KEY": "A1b+" * 16}
    program.check_start(image | fly.get("env", {}) | secrets, "fly.toml")
    service = fly["http_service"]
    expect(str(service["internal_port"]) == port, f"fly.toml: internal_port is not {port}")
    expect([mount["destination"] for mount in fly["mounts"]] == [image["GAMMACMS_DATA_DIR"]], "fly.toml: the volume is not where the data is")
    expect(fly["kill_signal"] == "SIGTERM" and fly["kill_timeout"] >= LEAST_SECONDS_TO_STOP, "fly.toml: too little time to stop")
    expect(service["auto_stop_machines"] == "off", "fly.toml: jobs and schedules need the machine running")
    expect(fly["deploy"]["strategy"] in ("rolling", "immediate"), "fly.toml: this strategy needs a second machine")
    routes = json.loads((ROOT / "frontend/openapi.json").read_text())["paths"]
    for check in service["checks"]:
        expect(check["path"] in routes, f"fly.toml: the program has no {check['path']}")


def check_pages():
    """Files and folders that the pages about containers name must be there."""
    for page in ("container", "fly"):
        text = (ROOT / f"docs/run/{page}.md").read_text()
        for name in set(re.findall(r"(?<![\w./-])((?:docker-compose|deploy/|fly\.toml|Dockerfile|scripts/)[\w./-]*\w)", text)):
            is_there = (ROOT / name).exists() or (name == "deploy/.env" and (ROOT / EXAMPLE).exists())
            expect(is_there, f"docs/run/{page}.md names {name}, which is not in the repository")


def main():
    path = shutil.which(sys.argv[1]) if len(sys.argv) > 1 else None
    if len(sys.argv) > 1 and not path:
        sys.exit(f"{sys.argv[1]} is no program")
    program = Program(path and str(Path(path).resolve()))
    build = stages(ROOT / "Dockerfile")
    files = list(seen(ROOT))
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())
    check_copies(build, files)
    check_program_stage(build, files)
    check_documentation_stage(build, files)
    check_dependency_layer(build, workspace)
    check_versions(build, workspace)
    image, port = check_image(build[-1], program)
    check_compose(program, image, port)
    check_fly(program, image, port)
    check_pages()
    for problem in dict.fromkeys(problems):
        print(f"error: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"container files: {len(build)} stages over {len(files)} files agree with the repository and {'the program' if path else 'its reference pages'}")


try:
    main()
except tomllib.TOMLDecodeError as error:
    sys.exit(f"error: no TOML, in fly.toml, deploy/garage.toml or Cargo.toml: {error}")
