-- For wrk: requests the paths of a file in turn, each line "path authorization", and prints the figures as JSON.
local lines, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, authorization = line:match("^(%S+) ?(.*)$")
    local headers = { Accept = "application/json" }
    if authorization ~= "" then headers.Authorization = authorization end
    lines[#lines + 1] = wrk.format("GET", path, headers)
  end
end

function request()
  at = at % #lines + 1
  return lines[at]
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.3f, "errors": %d, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
