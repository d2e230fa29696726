-- ARGV: key. Answers {how many jobs stand before the ready job of that key, or -1 if none is ready; whether it waits for a
-- slot of a cap}. Such a one has only those before it that wait for the same.

local id = call('HGET', KEY, ARGV[1])
local fields = id and call('HMGET', job(id), 'class', 'held')
if not fields or not fields[1] then
  return { -1, 0 }
end
local function line(class)
  return fields[2] and held(class, fields[2]) or WAIT[class]
end
local rank = call('ZRANK', line(tonumber(fields[1])), id)
if not rank then
  return { -1, 0 }
end
for higher = 0, tonumber(fields[1]) - 1 do
  rank = rank + call('ZCARD', line(higher))
end
return { rank, fields[2] and 1 or 0 }
