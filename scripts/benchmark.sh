#!/usr/bin/env bash
# Measures the release binary against a bare Rocket route in the same run, with wrk, and writes docs/benchmarks.md.
#   scripts/benchmark.sh [SECONDS_PER_ROUND]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds="${1:-8}"
rounds=3
target="${CARGO_TARGET_DIR:-target}"
scripts/install-test-tools.sh benchmark
scripts/npm.sh frontend
(cd frontend && npm run --silent build)
cargo build --release --locked --quiet --bin gammacms --example bare
program="$target/release/gammacms"
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/gammacms-benchmark.XXXXXX")
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
source scripts/servers.sh >/dev/null
port=$(free_port)
bare_port=$(free_port)
bare_site_port=$(free_port)
export GAMMACMS_RATE_LIMIT_PER_MINUTE=1000000 GAMMACMS_RATE_LIMIT_PER_DAY=1000000000
base="http://127.0.0.1:$port"

# Starts the program on a data directory; the seconds until its first 200 go to $started_in.
start() {
  local data=$1 before after
  before=${EPOCHREALTIME/./}
  "$program" serve --data-dir "$data" --listen "127.0.0.1:$port" >"$folder/log" 2>&1 &
  server=$!
  pids+=("$server")
  until { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; do kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }; done
  printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
  read -r status <&3
  after=${EPOCHREALTIME/./}
  exec 3<&-
  [[ $status == *" 200 "* ]] || { echo "not ready: $status" >&2; exit 1; }
  started_in=$(((after - before) / 100))
  started_in="$((started_in / 10)).$((started_in % 10))"
}
stop() { kill -TERM "$server"; wait "$server" || true; }
median() { sort -g | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
# Resident memory of a process in MB (10^6 bytes), and the part of it that is its own and not the file's.
memory() { awk '/^VmRSS|^RssAnon/ { print $1, $2 }' "/proc/$1/status" | awk '{ printf "%s%.1f MB", (NR > 1 ? ", " : ""), $2 * 1.024 / 1000; printf (NR == 1 ? " resident" : " own") }'; }
rate() { awk '/^Requests\/sec/ { printf "%.0f", $2 }'; }
latency() { awk '$1 == "99%" { print $2 }'; }
json() { python3 -c 'import json,sys; value = json.load(sys.stdin)
for name in sys.argv[1:]: value = value[int(name) if name.isdigit() else name]
print(value)' "$@"; }
starts() {
  local data=$1 figures=()
  for _ in 1 2 3 4 5; do
    [ "$2" = fresh ] && rm -rf "$data"
    start "$data"
    figures+=("$started_in")
    stop
  done
  printf '%s\n' "${figures[@]}" | median
}

echo "cold start on an empty directory" >&2
start_empty=$(starts "$folder/empty" fresh)

start "$folder/data"
code=$(cat "$folder/data/setup-code")
curl -fsS -o /dev/null -X POST "$base/api/v1/setup/" -H 'Content-Type: application/json' -d "{\"code\":\"$code\",
  \"owner\":{\"email\":\"owner@bench.example\",\"name\":\"Bench\",\"password\":\"seven herons over the reeds\"},
  \"organization\":{\"name\":\"Bench Hotels\",\"time_zone\":\"Europe/Zurich\",\"currency\":\"CHF\",\"locales\":[\"en\",\"de\"],\"default_locale\":\"en\"},
  \"start\":\"sample\"}"
access=$(curl -fsS -X POST "$base/api/v1/auth/login/" -H 'Content-Type: application/json' \
  -d '{"email":"owner@bench.example","password":"seven herons over the reeds"}' | json access)
admin=(-H "Authorization: Bearer $access")
site=$(curl -fsS "${admin[@]}" "$base/api/v1/sites/" | json results 0 id)
domain=$(curl -fsS "${admin[@]}" "$base/api/v1/sites/" | json results 0 domain)
organization=$(curl -fsS "${admin[@]}" "$base/api/v1/auth/me/" | json memberships 0 organization id)
key=$(curl -fsS -X POST "${admin[@]}" "$base/api/v1/api-keys/" -H 'Content-Type: application/json' -d '{"name":"bench"}' | json key)
reader=(-H "X-API-Key: $key" -H "X-Organization-ID: $organization")
public="$base/api/public/v1/sites/$domain"
page=$(curl -fsS "${reader[@]}" "$public/pages/" | json results 0 slug)
sleep 5
idle_setup=$(memory "$server")
stop
start "$folder/data"
sleep 5
idle=$(memory "$server")

curl -fsS "${reader[@]}" "$public/pages/$page/" -o "$folder/page.json"
tag=$(curl -fsS "${reader[@]}" -D - -o /dev/null "$public/pages/$page/" | awk 'tolower($1) == "etag:" { print $2 }' | tr -d '\r')
# A page that was never asked for: each setting of the site makes all of its pages anew.
colds=()
for number in $(seq 20); do
  curl -fsS -o /dev/null -X PATCH "${admin[@]}" "$base/api/v1/sites/$site/" -H 'Content-Type: application/json' -d "{\"settings\":{\"note\":\"$number\"}}"
  colds+=("$(curl -fsS -o /dev/null -w '%{time_total}' -H "Host: $domain" "$base/" | awk '{ print $1 * 1000 }')")
done
cold=$(printf '%s\n' "${colds[@]}" | median)
# From the answer to a publish until the page shows it, asked in a loop without rest.
visibles=()
for number in $(seq 20); do
  curl -fsS -o /dev/null -X POST "${admin[@]}" "$base/api/v1/sites/$site/entries/" -H 'Content-Type: application/json' \
    -d "{\"type\":\"page\",\"publish\":true,\"document\":{\"title\":{\"en\":\"Visible$number\"},\"show_in_menu\":true}}"
  before=${EPOCHREALTIME/./}
  until curl -fsS -H "Host: $domain" "$base/" | grep -q "Visible$number"; do :; done
  visibles+=("$(((${EPOCHREALTIME/./} - before) / 1000))")
done
visible=$(printf '%s\n' "${visibles[@]}" | median)
curl -fsS -H "Host: $domain" "$base/" -o "$folder/site.html"
"$target/release/examples/bare" "$bare_port" "$folder/page.json" &
pids+=($!)
"$target/release/examples/bare" "$bare_site_port" "$folder/site.html" &
pids+=($!)
for one in "$bare_port" "$bare_site_port"; do
  until curl -fsS -o /dev/null "http://127.0.0.1:$one/" 2>/dev/null; do sleep 0.1; done
done

# Rounds alternate between all candidates, so that a slow moment of the machine hits each alike.
declare -A figures latencies
measure() {
  local name=$1 text
  shift
  text=$(wrk -t2 -c32 "-d${seconds}s" --latency "$@")
  grep -q 'Non-2xx' <<<"$text" && { echo "$name: refused answers: $text" >&2; exit 1; }
  figures[$name]+="$(rate <<<"$text") "
  latencies[$name]+="$(latency <<<"$text") "
}
for round in $(seq "$rounds"); do
  echo "reads, round $round of $rounds" >&2
  measure bare "${reader[@]}" "http://127.0.0.1:$bare_port/"
  measure page "${reader[@]}" "$public/pages/$page/"
  measure same "${reader[@]}" -H "If-None-Match: $tag" "$public/pages/$page/"
  measure list "${reader[@]}" "$public/rooms/"
  measure bare_site "http://127.0.0.1:$bare_site_port/"
  measure site -H "Host: $domain" "$base/"
done
of() { tr ' ' '\n' <<<"${figures[$1]}" | grep . | median; }
slow() { tr ' ' '\n' <<<"${latencies[$1]}" | grep . | head -n 2 | tail -n 1; }
ratio() { awk -v a="$(of "$1")" -v b="$(of "${2:-bare}")" 'BEGIN { printf "%.2f", a / b }'; }

publishes() {
  local clients=$1 name="publish$1" round text
  for round in $(seq "$rounds"); do
    echo "create and publish with $clients clients, round $round of $rounds" >&2
    text=$(wrk "-t$((clients > 1 ? 2 : 1))" "-c$clients" "-d${seconds}s" --latency -s scripts/benchmark/publish.lua "${admin[@]}" \
      -H 'Content-Type: application/json' "$base/api/v1/sites/$site/entries/" -- "$clients-$round")
    grep -q '^Refused: 0$' <<<"$text" || { echo "publish: $text" >&2; exit 1; }
    figures[$name]+="$(rate <<<"$text") "
    latencies[$name]+="$(latency <<<"$text") "
  done
}
publishes 1
publishes 8
sleep 5
busy=$(memory "$server")
stop
# What the disk itself allows: a 4 KiB write, flushed, again and again.
disk=$(dd if=/dev/zero of="$folder/flush" bs=4k count=500 oflag=dsync 2>&1 | awk '/copied/ { for (i = 1; i <= NF; i++) if ($i == "s,") print int(500 / $(i - 1)) }')

echo "an installation with 50,000 entries" >&2
awk 'BEGIN { print "["; for (h = 1; h <= 50; h++) { printf "%s{\"id\":%d,\"name\":\"Hotel %d\",\"rooms\":[", (h > 1 ? ",\n" : ""), h, h
  for (r = 1; r < 1000; r++) printf "%s{\"n\":%d,\"name\":\"Room %d of hotel %d\"}", (r > 1 ? "," : ""), r, r, h
  printf "]}" } print "]" }' >"$folder/many.json"
cat >"$folder/many.toml" <<'MAPPING'
[site]
name = "{name}"
slug = "{name}"
domain = "{$slug}.many.example"
default_locale = "en"
locales = ["en"]
time_zone = "Europe/Zurich"
currency = "CHF"
publish = true
[[entries]]
type = "property"
key = "hotel-{id}"
slug = "{name}"
publish = true
[entries.fields]
name = { localized = { en = "name" } }
[[entries]]
type = "room"
each = "rooms"
key = "hotel-{$parent.id}-room-{n}"
slug = "{name}"
publish = true
[entries.fields]
name = { localized = { en = "name" } }
MAPPING
"$program" --data-dir "$folder/full" organization create --name "Many Hotels" >/dev/null
import_started=$SECONDS
"$program" --data-dir "$folder/full" import json "$folder/many.json" --mapping "$folder/many.toml" --organization many-hotels >/dev/null
import_took=$((SECONDS - import_started))
start_full=$(starts "$folder/full" kept)
start "$folder/full"
sleep 5
idle_full=$(memory "$server")
stop
# The same from a replica, as on a new machine.
scripts/npm.sh tests/tools
export LITESTREAM_BINARY="$PWD/tests/tools/node_modules/@flydotio/litestream-linux-x64/litestream" LITESTREAM_REPLICA_URL="file://$folder/replica"
start "$folder/full"
until compgen -G "$folder/replica/db/generations/*/snapshots/*.lz4" >/dev/null; do sleep 0.2; done
stop
restored_size=$(stat -c %s "$folder/full/gammacms.db" | awk '{ printf "%.0f MB", $1 / 1000000 }')
rm -rf "$folder/full"
start "$folder/full"
restored_in=$started_in
stop
unset LITESTREAM_BINARY LITESTREAM_REPLICA_URL

binary=$(stat -c %s "$program" | awk '{ printf "%.1f MB", $1 / 1000000 }')
processor=$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)
cat >docs/benchmarks.md <<RESULT
# Benchmarks

Made by \`scripts/benchmark.sh\` on $(date -u +%Y-%m-%d): medians of $rounds rounds of $seconds s with wrk (2 threads, 32 connections), client and
server on the same machine ($(nproc) cores, $processor, $(awk '/MemTotal/ { printf "%.0f GB", $2 * 1.024 / 1000000 }' /proc/meminfo)). The bare route is \`examples/bare.rs\`: Rocket
answering the same $(stat -c %s "$folder/page.json") bytes from memory to requests with the same headers, with no key, no limit, no metering, no log and no headers of ours.
The product runs as it is shipped, with its log of one line per request going to a file.

| read | requests/s | of the bare route | aim | 99 % within |
|---|---:|---:|---:|---:|
| bare Rocket route | $(of bare) | 1.00 | | $(slow bare) |
| public page, with key check, limit and metering | $(of page) | $(ratio page) | 0.70 | $(slow page) |
| the same, not modified (304) | $(of same) | $(ratio same) | 0.85 | $(slow same) |
| list of rooms | $(of list) | $(ratio list) | | $(slow list) |

| website | requests/s | of the bare route | 99 % within |
|---|---:|---:|---:|
| bare Rocket route, the same $(stat -c %s "$folder/site.html") bytes | $(of bare_site) | 1.00 | $(slow bare_site) |
| first page of a sample hotel, warm | $(of site) | $(ratio site bare_site) | $(slow site) |

The same page when nothing of it is kept (median of 20, with curl's own start): $cold ms. From the answer to a publish until the page shows it: $visible ms (median of
20, a new page in the menu, asked for with curl in a loop).

| write (durable when answered) | calls/s | aim | 99 % within |
|---|---:|---:|---:|
| create and publish a room in two languages, 1 client | $(of publish1) | | $(slow publish1) |
| create and publish a room in two languages, 8 clients | $(of publish8) | 1500 | $(slow publish8) |

The disk of this machine takes $disk flushed writes/s one after the other (\`dd bs=4k oflag=dsync\`); more than that per second is group commit.

| the process | figure | aim |
|---|---:|---:|
| start to the first 200, empty directory | $start_empty ms | 50 ms |
| start to the first 200, 50,000 entries | $start_full ms | 150 ms |
| memory when idle, with the sample hotel group | $idle | 32 MB |
| memory when idle, in the process that did the setup | $idle_setup | |
| memory when idle, 50,000 entries | $idle_full | 32 MB |
| memory after the load above | $busy | |
| start to the first 200, 50,000 entries restored from a replica on the same disk ($restored_size) | $restored_in ms | |
| import of 50,000 entries, published | $import_took s | |
| the binary | $binary | |
RESULT
node scripts/benchmark/dashboard.mjs "$program" >>docs/benchmarks.md
node scripts/benchmark/replication.mjs "$program" >>docs/benchmarks.md
node scripts/benchmark/search.mjs "$program" >>docs/benchmarks.md
# Its limit on memory is a cgroup, which only root may make.
if [ "$(id -u)" = 0 ]; then scripts/benchmark/uploads.sh >>docs/benchmarks.md; else echo "not root: uploads in 256 MB are not measured" >&2; fi
cat docs/benchmarks.md
