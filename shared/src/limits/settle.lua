-- Corrects buckets once.
-- KEYS the mark of the reservation, then the buckets; ARGV: life of the mark in ms, then for each bucket the
-- microseconds to take, less than zero to give back
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for n = 2, #KEYS do
  local used = math.max((tonumber(redis.call('GET', KEYS[n]) or nil) or now) - now, 0) + tonumber(ARGV[n])
  if used >= 1 then
    redis.call('SET', KEYS[n], string.format('%.0f', now + used), 'PX', math.ceil(used / 1000))
  else
    redis.call('DEL', KEYS[n])
  end
end
return 1
