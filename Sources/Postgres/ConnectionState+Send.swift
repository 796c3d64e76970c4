import CPostgres

extension ConnectionState {
    /// Returns why the connection must be closed, nil when all is well. The connection must be open.
    mutating func send(
        _ request: Request, _ waiter: Connection.Waiter, _ terms: Machine.Terms
    ) -> PostgresError? {
        guard let connection = pointer else { return nil }
        switch request {
        case .statement(let statement) where terms.isShared:
            if needsSync { machine.expect(.next) }
            needsSync = true
            machine.begin(waiter, terms)
            guard send(statement, isControl: false, over: connection) else { return brokenConnection(connection) }
            return nil
        case .statement(let statement):
            if let failure = syncShared() { return failure }
            machine.begin(waiter, terms)
            guard send(statement, isControl: false, over: connection) else { return brokenConnection(connection) }
            return sync(connection)
        case .batch(let opening, let statements, let closing):
            if let failure = syncShared() { return failure }
            machine.begin(waiter, terms)
            guard send(opening, statements, closing, over: connection) else { return brokenConnection(connection) }
            return sync(connection)
        case .script(let sql):
            if let failure = syncShared() { return failure }
            script = Script(waiter: waiter, terms: terms)
            return send(script: sql, over: connection)
        }
    }

    private mutating func send(
        _ opening: Statement?, _ statements: [Statement], _ closing: Statement?, over connection: OpaquePointer
    ) -> Bool {
        if let opening, !send(opening, isControl: true, over: connection) { return false }
        for statement in statements where !send(statement, isControl: false, over: connection) { return false }
        if let closing { return send(closing, isControl: true, over: connection) }
        return true
    }

    /// Leaves pipeline mode for one message of the simple protocol.
    private mutating func send(script sql: String, over connection: OpaquePointer) -> PostgresError? {
        guard PQexitPipelineMode(connection) == 1, PQsendQuery(connection, sql) == 1, flush(connection) else {
            return brokenConnection(connection)
        }
        return nil
    }

    /// Sends the reads that wait for their common sync, and the sync.
    ///
    /// Returns why the connection must be closed, nil when all is well.
    mutating func syncShared() -> PostgresError? {
        guard needsSync, let connection = pointer else { return nil }
        needsSync = false
        return sync(connection)
    }

    private mutating func sync(_ connection: OpaquePointer) -> PostgresError? {
        machine.expect(.sync)
        guard PQpipelineSync(connection) == 1, flush(connection) else { return brokenConnection(connection) }
        return nil
    }

    private mutating func send(_ statement: Statement, isControl: Bool, over connection: OpaquePointer) -> Bool {
        let prepared: StatementCache.Prepared
        switch cache.lookUp(statement) {
        case .known(let known):
            prepared = known
        case .new(let new, let evicted):
            prepared = new
            guard deallocate(evicted, over: connection), prepare(new, statement.sql, over: connection) else {
                return false
            }
        }
        let count = Int32(truncatingIfNeeded: statement.parameters.count)
        let isSent = buffer.encode(statement.parameters) { values, lengths, formats in
            prepared.nameBytes.withUnsafeBufferPointer { name in
                PQsendQueryPrepared(connection, name.baseAddress, count, values, lengths, formats, 1)
            }
        }
        machine.expect(isControl ? .control(prepared.id) : .statement(prepared.id))
        return isSent == 1
    }

    private mutating func prepare(
        _ prepared: StatementCache.Prepared, _ sql: String, over connection: OpaquePointer
    ) -> Bool {
        machine.expect(.prepare(prepared.id))
        let count = Int32(truncatingIfNeeded: prepared.types.count)
        return PQsendPrepare(connection, prepared.name, sql, count, prepared.types) == 1
    }

    private mutating func deallocate(_ evicted: StatementCache.Prepared?, over connection: OpaquePointer) -> Bool {
        guard let evicted else { return true }
        machine.expect(.control(evicted.id))
        return PQsendQueryParams(connection, "deallocate \(evicted.name)", 0, nil, nil, nil, nil, 1) == 1
    }
}
