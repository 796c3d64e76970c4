/// The prepared statements of one connection, found by SQL text and parameter types; pure.
///
/// The types are part of a prepared statement's identity. A null fits any type, and a new variant takes over the types
/// that earlier variants of the same text knew, so a text with n optional parameters needs at most n + 1 variants.
struct StatementCache {
    typealias ID = UInt64

    struct Prepared: Equatable {
        let id: ID
        /// The name on the server.
        let name: String
        /// The same for libpq, made once.
        let nameBytes: ContiguousArray<CChar>
        let types: [UInt32]

        init(id: ID, types: [UInt32]) {
            self.id = id
            name = "s\(id)"
            nameBytes = name.utf8CString
            self.types = types
        }
    }

    enum Lookup: Equatable {
        case known(Prepared)
        /// To be prepared now; `evicted` must leave the server.
        case new(Prepared, evicted: Prepared?)
    }

    private struct Variant {
        let prepared: Prepared
        var lastUse: UInt64
    }

    private struct Entry {
        /// Kept alive, so its address stays its own.
        var sql: String
        var address: UInt?
        var variants: [Variant]
    }

    private let capacity: Int
    private var entries: [Int: Entry] = [:]
    private var keysByAddress: [UInt: Int] = [:]
    private var keysByText: [String: Int] = [:]
    private var lastKey = 0
    private var lastID: ID = 0
    private var uses: UInt64 = 0
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    /// Finds or makes the variant for a statement; a new one counts as prepared from now on.
    mutating func lookUp(_ statement: Statement) -> Lookup {
        uses += 1
        let key = key(for: statement)
        if let known = use(statement.parameters, of: key) { return .known(known) }
        let evicted = count >= capacity ? evict() : nil
        return .new(add(statement, key), evicted: evicted)
    }

    /// Drops what the server does not have, or no longer wants.
    mutating func remove(_ id: ID) {
        for (key, entry) in entries {
            guard let index = entry.variants.firstIndex(where: { $0.prepared.id == id }) else { continue }
            remove(variant: index, of: key)
            return
        }
    }

    mutating func removeAll() {
        self = StatementCache(capacity: capacity, lastKey: lastKey, lastID: lastID)
    }

    private init(capacity: Int, lastKey: Int, lastID: ID) {
        self.capacity = capacity
        self.lastKey = lastKey
        self.lastID = lastID
    }

    private mutating func key(for statement: Statement) -> Int {
        let address = statement.address
        if let address, let key = keysByAddress[address], entries[key]?.sql.utf8.count == statement.sql.utf8.count {
            return key
        }
        if let key = keysByText[statement.sql] {
            adopt(statement.sql, at: address, as: key)
            return key
        }
        lastKey += 1
        entries[lastKey] = Entry(sql: statement.sql, address: address, variants: [])
        keysByText[statement.sql] = lastKey
        if let address { keysByAddress[address] = lastKey }
        return lastKey
    }

    /// The same text at another address: the newest is the likeliest to come again.
    private mutating func adopt(_ sql: String, at address: UInt?, as key: Int) {
        guard let address else { return }
        if let old = entries[key]?.address { keysByAddress[old] = nil }
        entries[key]?.sql = sql
        entries[key]?.address = address
        keysByAddress[address] = key
    }

    private mutating func use(_ parameters: [PostgresValue], of key: Int) -> Prepared? {
        // Nothing of the entry may be held while it is changed, or it would be copied.
        guard let index = entries[key]?.variants.firstIndex(where: { $0.prepared.fits(parameters) }) else { return nil }
        entries[key]?.variants[index].lastUse = uses
        return entries[key]?.variants[index].prepared
    }

    private mutating func add(_ statement: Statement, _ key: Int) -> Prepared {
        let known = entries[key]?.variants.map(\.prepared.types) ?? []
        var types = statement.parameters.map(\.type)
        for index in types.indices where types[index] == PostgresType.unknown {
            types[index] = known.first { $0.count > index && $0[index] != PostgresType.unknown }?[index] ?? 0
        }
        lastID += 1
        let prepared = Prepared(id: lastID, types: types)
        // Evicting may have taken the entry with its last variant.
        if entries[key] == nil {
            entries[key] = Entry(sql: statement.sql, address: statement.address, variants: [])
            keysByText[statement.sql] = key
            if let address = statement.address { keysByAddress[address] = key }
        }
        entries[key]?.variants.append(Variant(prepared: prepared, lastUse: uses))
        count += 1
        return prepared
    }

    private mutating func evict() -> Prepared? {
        var oldest: (key: Int, index: Int, use: UInt64)?
        for (key, entry) in entries {
            for (index, variant) in entry.variants.enumerated() where variant.lastUse < oldest?.use ?? .max {
                oldest = (key, index, variant.lastUse)
            }
        }
        guard let oldest, let prepared = entries[oldest.key]?.variants[oldest.index].prepared else { return nil }
        remove(variant: oldest.index, of: oldest.key)
        return prepared
    }

    private mutating func remove(variant index: Int, of key: Int) {
        guard var entry = entries[key] else { return }
        entry.variants.remove(at: index)
        count -= 1
        guard entry.variants.isEmpty else {
            entries[key] = entry
            return
        }
        entries[key] = nil
        keysByText[entry.sql] = nil
        if let address = entry.address { keysByAddress[address] = nil }
    }
}

extension StatementCache.Prepared {
    /// Whether these values can be bound to the types the statement was prepared with.
    fileprivate func fits(_ parameters: [PostgresValue]) -> Bool {
        guard parameters.count == types.count else { return false }
        for index in parameters.indices {
            let type = parameters[index].type
            guard type == types[index] || type == PostgresType.unknown else { return false }
        }
        return true
    }
}
