-- Adds jobs: all, or none if that would be more than may wait.
-- ARGV: bound (0: none), then for each job: id, class, owner, key, stride, delay, caps, body
-- Answers {1, new} or {0, depth, ends per second}.

local bound = tonumber(ARGV[1])
local new = {}
for i = 2, #ARGV, 8 do
  local id, key = ARGV[i], ARGV[i + 3]
  if call('EXISTS', job(id)) == 0 and (key == '' or call('HEXISTS', KEY, key) == 0) then
    new[#new + 1] = i
  end
end

local depth = call('ZCARD', SINCE) + call('ZCARD', DUE)
if bound > 0 and #new > 0 and depth + #new > bound then
  return { 0, depth, ends_per_s() }
end

local added = 0
for _, i in ipairs(new) do
  local id, class, owner, key = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3]
  local stride, delay = tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5])
  if key == '' or call('HSETNX', KEY, key, id) == 1 then
    call('HSET', job(id), 'body', ARGV[i + 7], 'class', class, 'owner', owner, 'key', key, 'stride', stride)
    if ARGV[i + 6] ~= '' then
      call('HSET', job(id), 'caps', ARGV[i + 6])
    end
    if delay > 0 then
      call('ZADD', DUE, now + delay, id)
    else
      ready(id, class, owner, stride, now)
    end
    added = added + 1
  end
end
-- Also for what is not ready yet: workers then know when to look again.
if added > 0 then
  ring()
end
return { 1, added }
