-- Creates and publishes a room per request; every slug is its own. Counts what was not a 201.
local threads = {}
function setup(thread)
  -- A global of the thread's own; a local of this file would hide it from request().
  thread:set("thread_number", #threads)
  table.insert(threads, thread)
end

function init(args)
  counter = 0
  refused = 0
  -- Unlike between runs on the same database.
  run = args[1]
end

function request()
  counter = counter + 1
  local slug = string.format("bench-%s-%d-%d", run, thread_number, counter)
  local body = string.format(
    '{"type":"room","slug":"%s","publish":true,"document":{"name":{"en":"Lake room %d","de":"Seezimmer %d"},'
      .. '"short_description":{"en":"Two windows on the lake","de":"Zwei Fenster zum See"},"max_guests":2}}',
    slug, counter, counter)
  return wrk.format("POST", nil, nil, body)
end

function response(status)
  if status ~= 201 then refused = refused + 1 end
end

function done(summary)
  local total = 0
  for _, thread in ipairs(threads) do total = total + thread:get("refused") end
  io.write(string.format("Refused: %d\n", total))
end
