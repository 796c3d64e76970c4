import CPostgres

extension ConnectionState {
    private enum Received {
        case reply(Machine.Reply)
        case broken(PostgresError)
    }

    /// Reads what has come and finishes the flights it completes. Returns why the connection must be closed, if so.
    mutating func receive(_ ended: inout Ended) -> PostgresError? {
        guard let connection = pointer else { return nil }
        // A short write may have absorbed input, so whatever the readiness was, both directions are served.
        guard flush(connection), PQconsumeInput(connection) == 1 else { return brokenConnection(connection) }
        let failure = script == nil ? receiveReplies(connection, &ended) : receiveScript(connection, &ended)
        if failure == nil && PQstatus(connection) == CONNECTION_BAD { return brokenConnection(connection) }
        return failure
    }

    private mutating func receiveReplies(_ connection: OpaquePointer, _ ended: inout Ended) -> PostgresError? {
        var isAfterNull = false
        // PQisBusy parses the input, even where only notices are expected.
        while PQisBusy(connection) == 0, machine.isExpectingReply {
            guard let result = PQgetResult(connection) else {
                // One null ends each statement's results, two in a row are the end of all.
                if isAfterNull { return nil }
                isAfterNull = true
                continue
            }
            isAfterNull = false
            switch Self.read(result) {
            case .broken(let error): return error
            case .reply(let reply):
                if let failure = perform(machine.receive(reply), &ended) { return failure }
            }
        }
        return nil
    }

    private mutating func perform(_ action: Machine.Action, _ ended: inout Ended) -> PostgresError? {
        switch action {
        case .none: return nil
        case .forget(let id): cache.remove(id)
        case .finish(let waiter, let answer): ended.append((waiter, answer))
        case .finishAll(let flights): ended += flights
        case .disconnect(let error): return error
        case .outOfStep: return PostgresError(.unavailable, message: "the server's answers are out of step")
        }
        return nil
    }

    private mutating func receiveScript(_ connection: OpaquePointer, _ ended: inout Ended) -> PostgresError? {
        while PQisBusy(connection) == 0 {
            guard let result = PQgetResult(connection) else { return finishScript(connection, &ended) }
            switch Self.read(result) {
            case .broken(let error): return error
            case .reply(.rows(let rows)): script?.rows = rows
            case .reply(.failure(let error)): if script?.error == nil { script?.error = error }
            case .reply: break
            }
        }
        return nil
    }

    private mutating func finishScript(_ connection: OpaquePointer, _ ended: inout Ended) -> PostgresError? {
        guard let finished = script else { return nil }
        guard PQstatus(connection) == CONNECTION_OK, PQenterPipelineMode(connection) == 1 else {
            return brokenConnection(connection)
        }
        script = nil
        if let error = finished.error {
            ended.append((finished.waiter, .failure(error, .never)))
        } else if let rows = finished.rows {
            ended.append((finished.waiter, .rows(rows, more: [])))
        } else {
            let error = PostgresError(.other, message: "the server answered a script with nothing")
            ended.append((finished.waiter, .failure(error, .never)))
        }
        return nil
    }

    /// Takes over the result.
    private static func read(_ result: OpaquePointer) -> Received {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return .reply(.rows(Rows(result)))
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            return .reply(.sync)
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            return .reply(.skipped)
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQclear(result)
            return .broken(PostgresError(.other, message: "COPY is not supported"))
        default:
            defer { PQclear(result) }
            let error = PostgresError(result: result)
            // Without SQLSTATE it is libpq speaking, of the connection.
            guard error.sqlState != nil else { return .broken(PostgresError(.unavailable, message: error.message)) }
            return .reply(.failure(error))
        }
    }
}
