-- ARGV: key. Drops the waiting job of that key; answers how many that were.

local id = call('HGET', KEY, ARGV[1])
if not id then
  return 0
end
call('HDEL', KEY, ARGV[1])
forget(id)
if changed then
  ring()
end
return 1
