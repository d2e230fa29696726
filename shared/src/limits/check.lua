-- GCRA over several buckets: takes from all or from none. A key holds when its bucket is full again, in microseconds of
-- the server's clock; no key is a full bucket.
-- KEYS the buckets; ARGV: for each, microseconds to take and microseconds that it holds
-- Answers 1 or 0, then for each bucket the microseconds in use after the decision.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local before, after = {}, {}
local allowed = 1
for n, key in ipairs(KEYS) do
  local used = math.max((tonumber(redis.call('GET', key) or nil) or now) - now, 0)
  before[n] = used
  after[n] = used + tonumber(ARGV[2 * n - 1])
  -- A microsecond of grace for what rounding does to the sum.
  if after[n] > tonumber(ARGV[2 * n]) + 1 then
    allowed = 0
  end
end
if allowed == 0 then
  return {0, unpack(before)}
end
for n, key in ipairs(KEYS) do
  if after[n] >= 1 then
    redis.call('SET', key, string.format('%.0f', now + after[n]), 'PX', math.ceil(after[n] / 1000))
  end
end
return {1, unpack(after)}
