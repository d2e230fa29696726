-- ARGV: 'replay' or 'discard', then ids. Queues dead letters again as if new, or throws them away; answers how many were
-- there.

local count = 0
for i = 2, #ARGV do
  local id = ARGV[i]
  if call('ZREM', DEAD, id) == 1 then
    count = count + 1
    if ARGV[1] == 'replay' then
      call('HDEL', job(id), 'code', 'reason', 'died', 'deliveries', 'attempts', 'lapses', 'errors')
      again(id, 0)
    else
      call('DEL', job(id))
    end
  end
end
if changed then
  ring()
end
return count
