-- Gives back what was handed out under a token whose answer never came. Rare, so it may look at every running job.
-- ARGV: token

for _, id in ipairs(call('ZRANGE', LEASES, 0, -1)) do
  if call('HGET', job(id), 'lease') == ARGV[1] then
    give_back(id)
  end
end
if changed then
  ring()
end
return 0
