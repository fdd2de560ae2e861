#!/usr/bin/env bash
# Ten photographs of 24 megapixels at once, sent to a process that may have 256 MB, while its health is asked for every 20 ms. Prints a
# section for docs/benchmarks.md. Needs a memory cgroup that may be made: run it as root.
#   scripts/benchmark/uploads.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target="${CARGO_TARGET_DIR:-target}"
limit=$((256 * 1000 * 1000))
count=10
cargo build --release --locked --quiet --bin gammacms --example photographs
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/gammacms-uploads.XXXXXX")
pids=()
group=
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ -z "$group" ] || rmdir "$group" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
source scripts/servers.sh >/dev/null
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  group=/sys/fs/cgroup/gammacms-uploads-$$ maximum=memory.max swap=memory.swap.max peak=memory.peak
else
  group=/sys/fs/cgroup/memory/gammacms-uploads-$$ maximum=memory.limit_in_bytes swap=memory.memsw.limit_in_bytes peak=memory.max_usage_in_bytes
fi
mkdir "$group"
echo "$limit" >"$group/$maximum"
# No way out: what does not fit ends the process.
if [ -e "$group/$swap" ]; then echo "$limit" >"$group/$swap" 2>/dev/null || true; fi

echo "photographs" >&2
mkdir "$folder/photographs"
"$target/release/examples/photographs" "$folder/photographs" "$count"
size=$(du -cb "$folder"/photographs/*.jpg | awk -v count="$count" '/total/ { printf "%.1f", $1 / count / 1000000 }')

port=$(free_port)
base="http://127.0.0.1:$port"
(echo "$BASHPID" >"$group/cgroup.procs" && exec "$target/release/gammacms" serve --data-dir "$folder/data" --listen "127.0.0.1:$port" >"$folder/log" 2>&1) &
server=$!
pids+=("$server")
until curl -fsS -o /dev/null "$base/readyz" 2>/dev/null; do kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }; sleep 0.1; done
json() { python3 -c 'import json,sys; value = json.load(sys.stdin)
for name in sys.argv[1:]: value = value[int(name) if name.isdigit() else name]
print(value)' "$@"; }
curl -fsS -o /dev/null -X POST "$base/api/v1/setup/" -H 'Content-Type: application/json' -d "{\"code\":\"$(cat "$folder/data/setup-code")\",
  \"owner\":{\"email\":\"owner@bench.example\",\"name\":\"Bench\",\"password\":\"seven herons over the reeds\"},
  \"organization\":{\"name\":\"Bench Hotels\",\"time_zone\":\"Europe/Zurich\",\"currency\":\"CHF\",\"locales\":[\"en\",\"de\"],\"default_locale\":\"en\"},
  \"start\":\"sample\"}"
access=$(curl -fsS -X POST "$base/api/v1/auth/login/" -H 'Content-Type: application/json' \
  -d '{"email":"owner@bench.example","password":"seven herons over the reeds"}' | json access)
admin=(-H "Authorization: Bearer $access")

python3 - "$port" "$folder/health" <<'PYTHON' &
import http.client, sys, time
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
with open(sys.argv[2], "w", buffering=1) as out:
    while True:
        before = time.perf_counter()
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            print(1e9, file=out)
        print((time.perf_counter() - before) * 1000, file=out)
        time.sleep(0.02)
PYTHON
pids+=($!)

echo "uploads" >&2
begun=${EPOCHREALTIME/./}
since() { awk -v us="$((${EPOCHREALTIME/./} - begun))" 'BEGIN { printf "%.1f s", us / 1000000 }'; }
uploads=()
for file in "$folder"/photographs/*.jpg; do
  curl -fsS -o /dev/null -X POST "${admin[@]}" -H 'Content-Type: image/jpeg' --data-binary "@$file" "$base/api/v1/media/?name=$(basename "$file")" &
  uploads+=($!)
done
for pid in "${uploads[@]}"; do wait "$pid"; done
uploaded=$(since)
seen() { curl -fsS "${admin[@]}" "$base/api/v1/media/?page_size=50" | python3 -c 'import json,sys
items = json.load(sys.stdin)["results"]
if any(item["state"] == "failed" for item in items): sys.exit("a picture failed")
print(sum(1 for item in items if any(one["format"] == sys.argv[1] for one in item["renditions"])))' "$1"; }
until [ "$(seen jpeg)" = "$count" ]; do kill -0 "$server" || { echo "the process ended: it needs more than 256 MB" >&2; exit 1; }; sleep 0.2; done
shown=$(since)
until [ "$(seen avif)" = "$count" ]; do kill -0 "$server" || exit 1; sleep 1; done
finished=$(since)
kill -0 "$server"
most=$(awk '{ printf "%.0f MB", $1 / 1000000 }' "$group/$peak")
own=$(awk '/^VmHWM/ { printf "%.0f MB", $2 * 1.024 / 1000 }' "/proc/$server/status")
read -r median slow slowest < <(sort -g "$folder/health" | awk '{ value[NR] = $1 } END { printf "%.1f %.1f %.1f\n", value[int((NR + 1) / 2)], value[int(NR * 0.99)], value[NR] }')
cat <<MARKDOWN

## Ten photographs at once in 256 MB

Made by \`scripts/benchmark/uploads.sh\` on $(date -u +%F): ten JPEG files of 24 megapixels and $size MB each, sent at once by ten clients to a process in a
cgroup of 256 MB (page cache of its files included, no swap), on the machine above, which also runs the clients. Meanwhile \`/healthz\` is asked every 20 ms.

| ten photographs | figure |
|---|---:|
| all are stored, and in the library | $uploaded |
| all have the sizes that every browser shows (JPEG, WebP, crops) | $shown |
| all have AVIF as well | $finished |
| most memory of the cgroup; of the process alone | $most; $own |
| \`/healthz\` meanwhile: median, 99 % within, slowest | $median ms, $slow ms, $slowest ms |
MARKDOWN
