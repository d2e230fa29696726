-- Answers {ready by class (4), scheduled, running, dead, microseconds that the oldest has waited, starts per second, ends
-- per second}.

local oldest = call('ZRANGE', SINCE, 0, 0, 'WITHSCORES')
local function count(class)
  return call('ZCARD', WAIT[class]) + held_count(class)
end
return {
  count(0), count(1), count(2), count(3),
  call('ZCARD', DUE), call('ZCARD', LEASES), call('ZCARD', DEAD),
  math.max(0, now - tonumber(oldest[2] or now)), (starts_per_s()), ends_per_s(),
}
