import HTTPTypes
import NIOCore

/// The reply to a booking without the id, which the database draws: the text before it and the text behind it.
struct SplitReply {
    static let head = #"{"message":"\#(TimeEntryCreation.message)","time_entry":{"id":"#
    /// Where the object with its key begins.
    private static let objectStart = head.utf8.count - #""time_entry":{"id":"#.utf8.count

    let tail: String

    /// - Parameter entry: its id is 0.
    init(_ entry: TimeEntry) {
        var json = JSONWriter(capacity: 1024)
        entry.write(to: &json)
        // The id is the first member.
        tail = json.text(from: #"{"id":0"#.utf8.count) + "}"
    }

    func reply(id: Int64) -> Reply {
        var body = ByteBufferAllocator().buffer(capacity: Self.head.utf8.count + 20 + tail.utf8.count)
        body.writeString(Self.head)
        body.writeString(String(id))
        body.writeString(tail)
        return Reply(status: .created, body: body).tagged(ETag.ofObject(in: body, from: Self.objectStart))
    }
}
