import HTTPTypes
import NIOCore
import Postgres
import Reactor

/// The event streams of a worker: one for each browser that looks at its pages, so that tabs and devices agree about the
/// timer and the entries (behaviour.md §12.11).
///
/// Confined to the reactor's thread, which is why `@unchecked Sendable` holds; ``notices(_:)``, ``begin()`` and ``pause()``
/// may be called from any.
final class LiveStreams: @unchecked Sendable {
    /// Streams of one person in a worker.
    static let mostPerPerson = 8
    /// Streams of a worker.
    static let mostPerWorker = 500
    /// Proxies close what is silent for a minute.
    static let beat = Duration.seconds(20)

    private struct Open {
        let number: Int
        /// Of its session.
        let session: String
        let stream: EventStream
    }

    private struct Person {
        var streams: [Open] = []
        /// What the browsers know.
        var state: TimerState?
        /// Something has changed since they were told.
        var hasChanged = false
        /// Somebody looks at the database for this person.
        var isLooking = false
        /// What came meanwhile needs another look.
        var needsLook = false
    }

    private let reactor: Reactor
    private let news: EntryNews
    private let db: PostgresClient
    private let sessions: SessionStore
    private var people: [Int64: Person] = [:]
    private var count = 0
    private var lastNumber = 0
    private var isBeating = false
    /// Whether notices come in.
    private var isListening = false

    init(reactor: Reactor, news: EntryNews, db: PostgresClient, sessions: SessionStore) {
        self.reactor = reactor
        self.news = news
        self.db = db
        self.sessions = sessions
    }

    // MARK: Streams

    /// - Parameter session: hash of the session's id; the stream ends with it.
    /// - Throws: ``APIError`` 503 for more than a person or the worker may have, and while nothing would be heard.
    func reply(userID: Int64, session: String) throws -> Reply {
        guard isListening, count < Self.mostPerWorker, people[userID]?.streams.count ?? 0 < Self.mostPerPerson else {
            throw APIError.unavailable("no_event_stream", retryAfter: 30)
        }
        var reply = Reply(status: .ok)
        reply.contentType = "text/event-stream"
        // The last field is nginx's name for not collecting a response.
        reply.headers = [("cache-control", "no-store"), ("x-accel-buffering", "no")]
        reply.opening = { [self] stream in opened(stream, userID, session) }
        return reply
    }

    private func opened(_ stream: EventStream, _ userID: Int64, _ session: String) {
        lastNumber += 1
        count += 1
        let number = lastNumber
        people[userID, default: Person()].streams.append(Open(number: number, session: session, stream: stream))
        stream.onEnd = { [self] in closed(number, userID) }
        // Not all at once when a worker has gone.
        stream.send("retry: \(1000 + Int.random(in: 0...2000))\n\n")
        people[userID]?.state = nil
        Task(executorPreference: reactor) { [self] in
            await news.announce([userID])
            look(userID)
        }
        // What was changed before every worker had heard the announcement was told to nobody.
        reactor.schedule(after: .seconds(1)) { [self] in look(userID) }
        if !isBeating {
            isBeating = true
            scheduleBeat()
        }
    }

    private func closed(_ number: Int, _ userID: Int64) {
        count -= 1
        people[userID]?.streams.removeAll { $0.number == number }
        if people[userID]?.streams.isEmpty == true { people[userID] = nil }
    }

    // MARK: Changes

    /// What the channel of ``EntryNews`` has brought.
    func notices(_ payloads: [String]) {
        for notice in payloads.compactMap(EntryNews.Notice.init) {
            switch notice {
            case .watched(let users): news.note(users)
            case .changed(let userID): reactor.execute { [self] in changed(userID) }
            case .question: reactor.execute { [self] in announce() }
            }
        }
    }

    /// Notices come in from now on; those before were lost.
    func begin() {
        reactor.execute { [self] in
            isListening = true
            for userID in people.keys { changed(userID) }
            Task(executorPreference: reactor) { [self] in await news.ask() }
        }
    }

    /// Nothing is heard any more: browsers ask by themselves until it is.
    func pause() {
        reactor.execute { [self] in
            isListening = false
            for person in people.values { for open in person.streams { open.stream.end() } }
        }
    }

    private func announce() {
        let users = Array(people.keys)
        guard !users.isEmpty else { return }
        Task(executorPreference: reactor) { [self] in await news.announce(users) }
    }

    private func changed(_ userID: Int64) {
        people[userID]?.hasChanged = true
        look(userID)
    }

    /// Asks the database how a person's timer and entries are, and tells the browsers; one question at a time.
    private func look(_ userID: Int64) {
        guard let person = people[userID] else { return }
        guard !person.isLooking else {
            people[userID]?.needsLook = true
            return
        }
        people[userID]?.isLooking = true
        Task(executorPreference: reactor) { [self] in
            let state = try? await TimerState.load([userID], db)[userID]
            found(state, userID)
        }
    }

    private func found(_ state: TimerState?, _ userID: Int64) {
        guard let person = people[userID] else { return }
        people[userID]?.isLooking = false
        if let state { tell(state, userID) }
        guard person.needsLook else { return }
        people[userID]?.needsLook = false
        look(userID)
    }

    private func tell(_ state: TimerState, _ userID: Int64) {
        guard let person = people[userID], person.hasChanged || person.state != state else { return }
        people[userID]?.state = state
        people[userID]?.hasChanged = false
        let lines = "data: \(Self.message(state, hasChanged: person.hasChanged))\n\n"
        for open in person.streams { open.stream.send(lines) }
    }

    private static func message(_ state: TimerState, hasChanged: Bool) -> String {
        var json = JSONWriter(capacity: 128)
        write(state, hasChanged: hasChanged, to: &json)
        return json.text
    }

    /// The whole state as JSON, with the server's time in seconds since 1970.
    ///
    /// - Parameter hasChanged: whether entries have changed, even if the state is what it was: others may change them too.
    static func write(_ state: TimerState, hasChanged: Bool, to json: inout JSONWriter) {
        json.beginObject()
        json.key("version")
        json.value(state.timer)
        json.key("revision")
        json.value(state.revision)
        json.key("now")
        json.value(Int64(WallClock.unixSeconds()))
        json.key("changed")
        json.value(hasChanged)
        json.endObject()
    }

    // MARK: Beats

    private func scheduleBeat() {
        reactor.schedule(after: Self.beat) { [self] in
            news.tidy()
            guard count > 0 else {
                isBeating = false
                return
            }
            for person in people.values { for open in person.streams { open.stream.send(": here\n\n") } }
            announce()
            Task(executorPreference: reactor) { [self] in
                await endOrphans()
                await lookAtAll()
            }
            scheduleBeat()
        }
    }

    /// Ends the streams whose sessions are over.
    private func endOrphans() async {
        let known = Set(people.values.flatMap { $0.streams.map(\.session) })
        guard let alive = try? await sessions.alive(among: Array(known)) else { return }
        for person in people.values {
            for open in person.streams where known.contains(open.session) && !alive.contains(open.session) {
                open.stream.end()
            }
        }
    }

    /// Finds what a notice that was lost has failed to tell.
    private func lookAtAll() async {
        guard let states = try? await TimerState.load(Array(people.keys), db) else { return }
        for (userID, state) in states { tell(state, userID) }
    }
}
