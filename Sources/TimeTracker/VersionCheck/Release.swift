/// The newest release as GitHub tells of it (behaviour.md §11.6).
struct Release: Sendable, Equatable {
    /// Normalised.
    let version: String
    /// Empty when the release has none.
    let notes: String
    let publishedAt: String?
    let url: String?

    /// Code points; they are kept in Redis and shown on a page.
    private static let longestNotes = 50_000

    /// A release object of GitHub's API.
    /// - Returns: nil without a tag that is a version.
    init?(github json: JSONValue) {
        guard let tag = json["tag_name"]?.stringValue?.short, let version = ReleaseVersion(tag) else { return nil }
        self.version = version.text
        notes = json["body"]?.stringValue?.prefix(codePoints: Self.longestNotes).unchecked ?? ""
        publishedAt = json["published_at"]?.stringValue?.short.flatMap { $0.isEmpty ? nil : $0 }
        url = (try? json["html_url"]?.stringValue?.text(atMost: 2000)).flatMap {
            $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil
        }
    }

    /// GitHub's answer: one release, or a list of which the first usable one counts.
    init?(githubAnswer json: JSONValue) {
        guard let list = json.arrayValue else {
            self.init(github: json)
            return
        }
        let usable = list.lazy.filter { $0["draft"] != .bool(true) }.compactMap(Release.init(github:)).first
        guard let usable else { return nil }
        self = usable
    }

    /// As cached.
    init?(cached json: JSONValue) {
        guard let version = json["latest_version"]?.stringValue?.short else { return nil }
        self.version = version
        notes = json["release_notes"]?.stringValue?.unchecked ?? ""
        publishedAt = json["published_at"]?.stringValue?.unchecked
        url = json["release_url"]?.stringValue?.unchecked
    }

    func write(to json: inout JSONWriter) {
        json.key("latest_version")
        json.value(version)
        json.key("release_notes")
        json.value(notes)
        json.key("published_at")
        json.value(publishedAt)
        json.key("release_url")
        json.value(url)
    }

    var cached: String {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        write(to: &json)
        json.endObject()
        return json.text
    }
}
