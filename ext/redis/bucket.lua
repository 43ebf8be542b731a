-- A bucket is kept as what is missing in it, in nanoseconds of flow, and as of when, in
-- microseconds. Numbers are exact up to 2^53: nanoseconds for 104 days.
local now, each, whole, n = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not now then
	local t = redis.call('TIME')
	now = t[1] * 1000000 + t[2]
end
local kept = redis.call('HMGET', KEYS[1], 'missing', 'at')
local missing, at = tonumber(kept[1]) or 0, tonumber(kept[2]) or now
missing = math.max(0, missing - math.max(0, now - at) * 1000) -- a clock that was set back fills nothing

local allowed = missing + each <= whole
if n > 0 and allowed then
	missing = missing + each
elseif n < 0 then
	missing = math.max(0, missing - each)
	allowed = true
end
if missing <= 0 then
	redis.call('DEL', KEYS[1])
elseif n ~= 0 then
	redis.call('HSET', KEYS[1], 'missing', string.format('%.0f', missing), 'at', string.format('%.0f', now))
	redis.call('PEXPIRE', KEYS[1], math.ceil(missing / 1000000))
end
return { allowed and 1 or 0, missing }
