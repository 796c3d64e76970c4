import Cryptography
import Redis

/// Counts an attempt to sign in, or says how long the account still has to wait; run in Redis in one step.
enum AccountScript {
    /// KEYS: the count for strangers, the count for the client's address, the mark that the address is known.
    /// ARGV: free attempts, then in ms the first wait, the longest wait, and how long a count is remembered.
    /// Reply: milliseconds to wait (0 = the attempt has been counted), and which of the counts it was (0 or 1).
    static let script: RedisScript = {
        let source = """
            local free, first, longest, memory = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
            local known = redis.call('EXISTS', KEYS[3])
            local key = KEYS[1 + known]
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local state = redis.call('HMGET', key, 'attempts', 'until')
            local attempts, till = tonumber(state[1] or 0), tonumber(state[2] or 0)
            if till > now then return {math.min(till - now, longest), known} end
            attempts = attempts + 1
            if attempts >= free then till = now + math.min(longest, first * 2 ^ math.min(attempts - free, 30)) end
            redis.call('HSET', key, 'attempts', attempts, 'until', string.format('%.0f', till))
            redis.call('PEXPIRE', key, memory)
            return {0, known}
            """
        return RedisScript(source: source, sha1: SHA1.hex(source))
    }()
}
