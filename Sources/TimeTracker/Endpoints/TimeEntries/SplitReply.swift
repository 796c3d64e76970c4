import HTTPTypes
import NIOCore

/// The reply to a booking without the id, which the database draws: the text before it and the text behind it.
struct SplitReply {
    let head: String
    let tail: String
    private let tagFrom: Int

    /// - Parameter entry: its id is 0.
    init(_ entry: TimeEntry) {
        let body = Array(TimeEntryCreation.reply(entry).body.readableBytesView)
        let mark = Array("\"time_entry\":{\"id\":".utf8)
        // The first that looks like it is it: before it there are only words of ours.
        let start = body.indices.first { body[$0...].starts(with: mark) } ?? body.startIndex
        tagFrom = start
        head = String(decoding: body[..<(start + mark.count)], as: UTF8.self)
        tail = String(decoding: body[(start + mark.count + 1)...], as: UTF8.self)
    }

    func reply(id: Int64) -> Reply {
        let body = ByteBuffer(string: "\(head)\(id)\(tail)")
        return Reply(status: .created, body: body).tagged(ETag.ofObject(in: body, from: tagFrom))
    }
}
