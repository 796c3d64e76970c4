extension Exchange: ChangeSource {
    /// The client's `User-Agent`, cut to a size worth keeping.
    var userAgent: String? {
        headers.first(name: "user-agent").map { $0.prefix(codePoints: 500) }.flatMap { try? $0.text(atMost: 500) }
    }
}
