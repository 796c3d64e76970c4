import DequeModule

/// What one connection has sent and not heard of yet; pure.
///
/// Results arrive in the order of sending, so each is matched with the oldest step waiting. A flight is what one caller
/// waits for. As a rule it ends with a sync of its own: the server skips its rest after an error, and no other flight is
/// touched. Reads may share a sync; then those behind one that fails are skipped too, and may be sent again.
struct ConnectionMachine<Waiter: Sendable>: Sendable {
    typealias StatementID = StatementCache.ID

    enum Step: Sendable, Equatable {
        case prepare(StatementID)
        case statement(StatementID)
        /// Belongs to the client's own housekeeping: its rows go to nobody, its error counts.
        case control(StatementID)
        /// No step of the server's: what follows belongs to the next flight under the same sync.
        case next
        case sync
    }

    enum Reply: Sendable {
        case rows(Rows)
        case failure(PostgresError)
        /// Skipped by the server after an error.
        case skipped
        case sync
    }

    enum Action: Sendable {
        case none
        /// The server does not have this statement as the cache believes.
        case forget(StatementID)
        case finish(Waiter, Answer)
        /// Flights that shared a sync.
        case finishAll([(Waiter, Answer)])
        /// The flight has failed with an error after which the connection must be dropped.
        case disconnect(PostgresError)
        /// The server sent what was not asked for.
        case outOfStep
    }

    /// What a loss of the connection means for a flight.
    struct Terms: Sendable {
        /// Told to the caller when the connection is lost after sending.
        var lossCode: PostgresError.Code
        var isRead = false
        /// Whether it may share a sync with other reads.
        var isShared = false
        /// On the scale of `Reactor.now`.
        var deadline: UInt64
    }

    private struct Flight {
        let waiter: Waiter
        let terms: Terms
        var rows: Rows?
        var more: [Rows] = []
        var error: PostgresError?
        var isStale = false
        /// Told its rows before the sync.
        var isAnswered = false
    }

    /// The flight whose results come now.
    private var current = 0
    private var steps = Deque<Step>()
    private var flights = Deque<Flight>()
    private(set) var isOpen = true

    /// Flights not finished.
    var load: Int { flights.count }

    var isExpectingReply: Bool { !steps.isEmpty }

    /// Opens a flight; its steps follow with `expect`, the last one being `.sync`.
    mutating func begin(_ waiter: Waiter, _ terms: Terms) {
        flights.append(Flight(waiter: waiter, terms: terms))
    }

    mutating func expect(_ step: Step) {
        steps.append(step)
    }

    /// Matches the next result of the connection.
    mutating func receive(_ reply: Reply) -> Action {
        guard var step = steps.popFirst() else { return .outOfStep }
        while step == .next {
            guard let following = steps.popFirst() else { return .outOfStep }
            current += 1
            step = following
        }
        guard current < flights.count else { return .outOfStep }
        if case .failure(let error) = reply, flights[current].error == nil { return fail(step, error) }
        switch (step, reply) {
        case (.statement, .rows(let rows)): return take(rows)
        case (.control, .rows), (.prepare, .rows):
            return .none
        case (.prepare(let id), .skipped), (.prepare(let id), .failure):
            return .forget(id)
        case (.statement, .skipped), (.control, .skipped), (.statement, .failure), (.control, .failure):
            return .none
        case (.sync, .sync):
            return finish()
        default:
            return .outOfStep
        }
    }

    private mutating func fail(_ step: Step, _ error: PostgresError) -> Action {
        flights[current].error = error
        let state = error.sqlState ?? ""
        if PostgresError.Code.endsConnection(sqlState: state) { return .disconnect(error) }
        switch step {
        case .prepare(let id):
            return .forget(id)
        case .statement(let id), .control(let id):
            flights[current].isStale = PostgresError.Code.isStalePreparation(sqlState: state, message: error.message)
            return flights[current].isStale ? .forget(id) : .none
        case .sync, .next:
            // An error in the place of a sync is the server's last word before it hangs up.
            return .disconnect(error)
        }
    }

    private mutating func take(_ rows: Rows) -> Action {
        guard flights[current].terms.isShared else {
            if flights[current].rows == nil { flights[current].rows = rows } else { flights[current].more.append(rows) }
            return .none
        }
        // A read has what it wants; what happens behind it under the same sync is not its business.
        flights[current].isAnswered = true
        return .finish(flights[current].waiter, .rows(rows, more: []))
    }

    private mutating func finish() -> Action {
        guard current > 0 || flights.first?.terms.isShared == true else {
            guard let flight = flights.popFirst(), let answer = answer(to: flight) else { return .outOfStep }
            return .finish(flight.waiter, answer)
        }
        var ended: [(Waiter, Answer)] = []
        for _ in 0...current {
            guard let flight = flights.popFirst() else { return .outOfStep }
            if !flight.isAnswered { ended.append((flight.waiter, answer(to: flight) ?? Self.skipped)) }
        }
        current = 0
        return ended.isEmpty ? .none : .finishAll(ended)
    }

    /// Nil when the server has said nothing of it.
    private func answer(to flight: Flight) -> Answer? {
        if let error = flight.error { return .failure(error, flight.isStale ? .reads : .never) }
        return flight.rows.map { .rows($0, more: flight.more) }
    }

    private static var skipped: Answer {
        .failure(PostgresError(.unavailable, message: "skipped by the server after another statement's error"), .reads)
    }

    /// Whether the oldest flight should have been answered by now.
    func isOverdue(now: UInt64) -> Bool {
        guard let first = flights.first else { return false }
        return first.terms.deadline <= now
    }

    /// The connection is gone: takes out everybody who waits, with what to tell them.
    ///
    /// - Parameter isDeadline: the client itself hung up because the server did not answer in time.
    mutating func close(_ reason: PostgresError, isDeadline: Bool = false) -> [(Waiter, Answer)] {
        isOpen = false
        let ended = flights.filter { !$0.isAnswered }
            .map { flight in (flight.waiter, loss(of: flight, reason, isDeadline: isDeadline)) }
        flights.removeAll()
        current = 0
        steps.removeAll()
        return ended
    }

    private func loss(of flight: Flight, _ reason: PostgresError, isDeadline: Bool) -> Answer {
        // The statement's own error is the better news, and settles that nothing took effect.
        if let error = flight.error, error.code != .unavailable || error.sqlState == PostgresError.readOnlyState {
            return .failure(error, .never)
        }
        let code = isDeadline && flight.terms.isRead ? PostgresError.Code.timeout : flight.terms.lossCode
        let error = PostgresError(code, sqlState: reason.sqlState, message: reason.message)
        let mayRepeat = flight.terms.isRead && flight.rows == nil && !isDeadline
        return .failure(error, mayRepeat ? .reads : .never)
    }
}
