#!/usr/bin/env bash
# Sourced by the test script: starts PostgreSQL, Redis and an S3-compatible server in a temporary folder on free ports, and stops them by PID.
# Sets TEST_DATABASE_URL, TEST_REDIS_URL and TEST_S3_URL.

free_port() {
  local port
  while :; do
    # Below the ports that the kernel gives to clients: a probe of its own port would connect to itself.
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

start_servers() {
  servers=$(mktemp -d "${TMPDIR:-/tmp}/gammacms-servers.XXXXXX")
  server_pids=()
  trap stop_servers EXIT

  local postgres_bin port as_postgres=()
  postgres_bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
  port=$(free_port)
  mkdir "$servers/postgres"
  # PostgreSQL refuses to run as root.
  if [ "$(id -u)" -eq 0 ]; then
    as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
    chmod 755 "$servers"
    chown postgres "$servers/postgres"
  fi
  (cd / && "${as_postgres[@]}" "$postgres_bin/initdb" -D "$servers/postgres/data" -A trust -U postgres >/dev/null)
  # Durability is not what these runs test on PostgreSQL: without it they take a third of the time.
  (cd / && exec "${as_postgres[@]}" "$postgres_bin/postgres" -D "$servers/postgres/data" -p "$port" -k "$servers/postgres" \
    -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=400 -c logging_collector=off) \
    >"$servers/postgres.log" 2>&1 &
  server_pids+=($!)
  wait_until "PostgreSQL" "$postgres_bin/pg_isready" -q -h 127.0.0.1 -p "$port"
  export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"

  port=$(free_port)
  redis-server --bind 127.0.0.1 --port "$port" --databases 1000 --save "" --appendonly no --dir "$servers" >"$servers/redis.log" 2>&1 &
  server_pids+=($!)
  wait_until "Redis" redis-cli -h 127.0.0.1 -p "$port" ping
  export TEST_REDIS_URL="redis://127.0.0.1:$port"

  local tools
  tools=$(scripts/python-tools.sh s3-server tests/tools/requirements.txt)
  port=$(free_port)
  "$tools/bin/moto_server" --host 127.0.0.1 --port "$port" >"$servers/s3.log" 2>&1 &
  server_pids+=($!)
  wait_until "the S3 server" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
  export TEST_S3_URL="http://127.0.0.1:$port"
}

wait_until() {
  local name=$1 deadline=$((SECONDS + 30))
  shift
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $deadline ]; then
      echo "$name did not start:" >&2
      tail -n 20 "$servers"/*.log >&2
      exit 1
    fi
    sleep 0.1
  done
}

stop_servers() {
  local status=$?
  for pid in "${server_pids[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
  for pid in "${server_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$servers"
  return $status
}
