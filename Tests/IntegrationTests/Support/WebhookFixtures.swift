import Foundation

/// What tests of webhooks do again and again.
extension TestServer {
    static let privateNetworks = ["WEBHOOK_ALLOW_PRIVATE_NETWORKS": "true"]

    /// Makes a webhook for all events; returns its id and secret.
    func makeWebhook(_ url: String, _ more: String = "") async throws -> (id: Int, secret: String) {
        let reply = try await post("/api/v1/webhooks", #"{"name":"w","url":"\#(url)","events":["*"]\#(more)}"#)
        guard let id = reply.json["webhook"]["id"].int else { throw Failure(description: reply.text) }
        return (id, reply.json["webhook"]["secret"].string ?? "")
    }

    /// Puts `count` deliveries with the event ids `<prefix>-1`, … into the queue.
    func enqueue(_ webhook: Int, _ prefix: String, count: Int = 1) throws {
        try sql(
            """
            insert into webhook_deliveries (webhook_id, event_type, event_id, payload, payload_hash)
            select \(webhook), 'project.created', '\(prefix)-' || n, json_build_object('n', n, 'text', 'ä')::text, ''
            from generate_series(1, \(count)) n
            """)
    }

    /// Columns of the delivery with an event id, with blanks between.
    func delivery(_ eventID: String, _ columns: String = "status") throws -> String {
        try sql("select concat_ws(' ', \(columns)) from webhook_deliveries where event_id = '\(eventID)'")
    }

    /// HMAC-SHA256 by another implementation than the server's.
    static func hmac(_ secret: String, _ body: String) throws -> String {
        let path = NSTemporaryDirectory() + "tt-body-\(UInt32.random(in: 1 ... .max))"
        try body.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let output = try Tool.run("openssl", ["dgst", "-sha256", "-hmac", secret, path])
        return output.split(separator: " ").last.map(String.init) ?? ""
    }
}
