-- One wrk script for every figure. BENCH_BODY is the request's body: %d in it becomes a number that never repeats, %k a
-- number below BENCH_KEYS, by chance. BENCH_HEADERS are further headers, "name: value" a line. The last line printed is
-- JSON for measure.py.
local body = os.getenv("BENCH_BODY")
local keys = tonumber(os.getenv("BENCH_KEYS") or "10000")
local varies = body:find("%%[dk]") ~= nil
local count = 0
local pieces, kinds = {}, {}

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
for name, value in (os.getenv("BENCH_HEADERS") or ""):gmatch("([^:\n]+): ([^\n]+)") do
    wrk.headers[name] = value
end
wrk.body = body

function init(args)
    math.randomseed(os.time())
    count = math.random(0, 1000) * 1000000
    local from = 1
    while true do
        local at = body:find("%%[dk]", from)
        pieces[#pieces + 1] = body:sub(from, (at or 0) - 1)
        if at == nil then break end
        kinds[#kinds + 1] = body:sub(at + 1, at + 1)
        from = at + 2
    end
end

-- A body with a key alone is one of BENCH_KEYS: each is made once, for the client shares the cores with the server.
if body:find("%%k") and not body:find("%%d") and select(2, body:gsub("%%k", "")) == 1 and keys <= 100000 then
    local made = {}
    function request()
        local key = math.random(0, keys - 1)
        made[key] = made[key] or wrk.format(nil, nil, nil, pieces[1] .. key .. pieces[2])
        return made[key]
    end
elseif varies then
    function request()
        local text = { pieces[1] }
        count = count + 1
        for i, kind in ipairs(kinds) do
            text[#text + 1] = kind == "d" and count or math.random(0, keys - 1)
            text[#text + 1] = pieces[i + 1]
        end
        return wrk.format(nil, nil, nil, table.concat(text))
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
