import CPostgres

extension ConnectionState {
    /// One statement and a sync. Returns why the connection must be closed, nil when all is well.
    mutating func send(
        _ statement: Statement, _ waiter: Connection.Waiter, _ terms: Machine.Terms
    ) -> PostgresError? {
        guard let connection = pointer else { return nil }
        machine.begin(waiter, terms)
        guard send(statement, isControl: false, over: connection) else { return brokenConnection(connection) }
        return sync(connection)
    }

    /// All statements and one sync.
    mutating func send(
        opening: Statement?, _ statements: [Statement], closing: Statement?,
        _ waiter: Connection.Waiter, _ terms: Machine.Terms
    ) -> PostgresError? {
        guard let connection = pointer else { return nil }
        machine.begin(waiter, terms)
        var isSent = opening.map { send($0, isControl: true, over: connection) } ?? true
        for statement in statements where isSent {
            isSent = send(statement, isControl: false, over: connection)
        }
        if let closing, isSent { isSent = send(closing, isControl: true, over: connection) }
        return isSent ? sync(connection) : brokenConnection(connection)
    }

    /// Leaves pipeline mode for one message of the simple protocol.
    mutating func send(
        script sql: String, _ waiter: Connection.Waiter, _ terms: Machine.Terms
    ) -> PostgresError? {
        guard let connection = pointer else { return nil }
        script = Script(waiter: waiter, terms: terms)
        guard PQexitPipelineMode(connection) == 1, PQsendQuery(connection, sql) == 1, flush(connection) else {
            return brokenConnection(connection)
        }
        return nil
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
            PQsendQueryPrepared(connection, prepared.name, count, values, lengths, formats, 1)
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
