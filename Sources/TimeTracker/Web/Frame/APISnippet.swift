/// How a program asks for the list that a page shows: the same address and filters of the API, in curl, Python and JavaScript.
enum APISnippet {
    /// What the partial `api_snippet` asks for.
    ///
    /// - Parameters:
    ///   - path: below `/api/v1`.
    ///   - key: of the list in the answer.
    ///   - query: as the page's own, if it means something else by it.
    ///   - isList: whether a list stands there, or one object.
    static func values(
        _ call: Call, _ path: String, key: String, query: String? = nil, isList: Bool = true
    ) -> [String: Any] {
        let address = "/api/v1" + path + filters(query ?? call.exchange.rawQuery)
        let base = base(call.exchange)
        let samples = [
            (
                "curl", "curl",
                "curl -H \"Authorization: Bearer $TIMETRACKER_TOKEN\" \\\n  '\(base)\(address)'"
            ),
            (
                "python", "Python",
                """
                import os
                import requests

                reply = requests.get(
                    "\(base)\(address)",
                    headers={"Authorization": "Bearer " + os.environ["TIMETRACKER_TOKEN"]}, timeout=30)
                reply.raise_for_status()
                \(isList ? "for item in reply.json()[\"\(key)\"]:\n    print(item)" : "print(reply.json()[\"\(key)\"])")
                """
            ),
            (
                "js", "JavaScript",
                """
                const reply = await fetch("\(base)\(address)", {
                    headers: { Authorization: `Bearer ${process.env.TIMETRACKER_TOKEN}` },
                });
                if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
                const { \(key) } = await reply.json();
                console.log(\(key));
                """
            ),
        ]
        return [
            "api": [
                "api_path": "GET " + address, "is_object": !isList,
                "api_samples": samples.map { ["lang": $0.0, "label": $0.1, "code": $0.2] },
            ] as [String: Any]
        ]
    }

    /// Filters that say something, encoded so that no shell and no string ends at them.
    private static func filters(_ query: String) -> String {
        let pairs: [String] = query.split(separator: "&").compactMap { pair in
            let parts = RawText(String(pair)).split(UInt8(ascii: "="), most: 2)
            guard parts.count == 2, let name = decoded(parts[0]), let value = decoded(parts[1]), !value.isEmpty else {
                return nil
            }
            return PercentEncoding.encode(name) + "=" + PercentEncoding.encode(value)
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    private static func decoded(_ text: RawText) -> String? {
        PercentEncoding.decode(text).flatMap { try? $0.text(atMost: 2000) }
    }

    /// By the name that the browser knows the server by, if it is one.
    static func base(_ exchange: Exchange) -> String {
        let host = exchange.headers.first(name: "host")?.short ?? ""
        let isName =
            !host.isEmpty
            && host.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x3A) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A)
                    || [0x2D, 0x2E, 0x5B, 0x5D].contains($0)
            }
        return "\(exchange.isSecure ? "https" : "http")://\(isName ? host : "localhost")"
    }
}
