-- One wrk script for every figure. BENCH_BODY is the request's body; %d in it becomes a number that never repeats.
-- The last line printed is JSON for bench.py.
local body = os.getenv("BENCH_BODY")
local varies = body:find("%%d") ~= nil
local count = 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = body

function init(args)
    math.randomseed(os.time())
    count = math.random(0, 1000) * 1000000
end

if varies then
    function request()
        count = count + 1
        return wrk.format(nil, nil, nil, (body:gsub("%%d", tostring(count))))
    end
end

function done(summary, latency, requests)
    io.write(string.format(
        '\n{"requests":%d,"rps":%.1f,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,"non_2xx":%d,"errors":%d}\n',
        summary.requests, summary.requests / summary.duration * 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
        summary.errors.status,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
