/// What a browser is, roughly, by its `User-Agent` (RFC 9110 §10.1.5): for people who look for a session that isn't theirs.
enum DeviceName {
    /// Names of other products stand in it too, so the more special ones come first.
    private static let browsers: [(mark: StaticString, name: String)] = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ]
    private static let systems: [(mark: StaticString, name: String)] = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ]

    /// `Firefox on Windows`; the first word of an unknown one, up to 40 characters.
    static func text(_ userAgent: String?) -> String {
        let agent = RawText(userAgent ?? "")
        let browser = browsers.first { agent.contains($0.mark) }?.name
        let system = systems.first { agent.contains($0.mark) }?.name
        if let browser { return system.map { "\(browser) on \($0)" } ?? browser }
        let first = agent.split(0x20, most: 2)[0].prefix(codePoints: 40).unchecked
        return first.isEmpty ? "Unknown browser" : system.map { "\(first) on \($0)" } ?? first
    }
}
