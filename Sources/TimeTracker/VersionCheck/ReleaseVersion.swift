/// A release's version: the part of PEP 440 that release tags use (behaviour.md §11.6).
///
/// Accepted: `4`, `4.1.0.2`, `4.1.0-rc1`, `4.1.0.dev3`, `4.1.0-1` (post release), `4.1.0+build.5`, all with or without
/// a leading `v`. Compared number by number; what is missing counts as zero.
struct ReleaseVersion: Sendable {
    private enum Stage: Int { case alpha, beta, candidate }

    private let release: [UInt64]
    private let pre: (stage: Stage, number: UInt64)?
    private let post: UInt64?
    private let dev: UInt64?
    private let local: [String]

    /// - Returns: nil for what is not a version.
    init?(_ text: String) {
        var text = Tags.trim(text).lowercased()[...]
        if text.hasPrefix("v") { text = text.dropFirst() }
        // Longest allowed by users.dismissed_release_version.
        guard !text.isEmpty, text.utf8.count <= 64, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var scanner = Scanner(rest: text)
        guard let first = scanner.number() else { return nil }
        var release = [first]
        while let next = scanner.dotNumber() { release.append(next) }
        self.release = release
        pre = scanner.suffix(["alpha", "beta", "preview", "pre", "rc", "a", "b", "c"]).flatMap { name, number in
            Self.stage(name).map { ($0, number) }
        }
        post = scanner.dashNumber() ?? scanner.suffix(["post", "rev", "r"])?.number
        dev = scanner.suffix(["dev"])?.number
        guard let local = scanner.local(), scanner.rest.isEmpty else { return nil }
        self.local = local
    }

    private static func stage(_ name: String) -> Stage? {
        switch name {
        case "a", "alpha": .alpha
        case "b", "beta": .beta
        default: .candidate
        }
    }

    /// Normalised text: no leading zeros, short names of stages (`4.1.0-rc1` is `4.1.0rc1`).
    var text: String {
        var text = release.map(String.init).joined(separator: ".")
        if let pre { text += ["a", "b", "rc"][pre.stage.rawValue] + String(pre.number) }
        if let post { text += ".post\(post)" }
        if let dev { text += ".dev\(dev)" }
        if !local.isEmpty { text += "+" + local.joined(separator: ".") }
        return text
    }
}

extension ReleaseVersion: Comparable {
    static func == (a: Self, b: Self) -> Bool { !(a < b) && !(b < a) }

    static func < (a: Self, b: Self) -> Bool {
        for index in 0..<max(a.release.count, b.release.count) {
            let (x, y) = (a.part(index), b.part(index))
            if x != y { return x < y }
        }
        for (x, y) in zip(a.rank, b.rank) where x != y { return x < y }
        return isLess(a.local, b.local)
    }

    private func part(_ index: Int) -> UInt64 { index < release.count ? release[index] : 0 }

    /// What follows the release numbers, in the order in which it decides. A development release comes before what it
    /// leads to; without any suffix that is the release itself.
    private var rank: [UInt64] {
        let stage: UInt64 = pre.map { UInt64($0.stage.rawValue) + 1 } ?? (post == nil && dev != nil ? 0 : 4)
        return [stage, pre?.number ?? 0, post.map { $0 + 1 } ?? 0, dev ?? .max]
    }

    /// Numbers come after words; a longer suffix after its own beginning.
    private static func isLess(_ a: [String], _ b: [String]) -> Bool {
        for (x, y) in zip(a, b) where x != y {
            switch (UInt64(x), UInt64(y)) {
            case (let x?, let y?): return x < y
            case (nil, _?): return true
            case (_?, nil): return false
            default: return x < y
            }
        }
        return a.count < b.count
    }
}

/// Takes a version apart from left to right; what doesn't match is left in ``rest``.
private struct Scanner {
    var rest: Substring

    mutating func number() -> UInt64? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        // 18 digits leave room for adding one.
        guard digits.count <= 18, let value = UInt64(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        return value
    }

    private mutating func attempt<Value>(_ body: (inout Scanner) -> Value?) -> Value? {
        var copy = self
        guard let value = body(&copy) else { return nil }
        self = copy
        return value
    }

    private mutating func take(_ prefix: String) -> Bool {
        guard rest.hasPrefix(prefix) else { return false }
        rest = rest.dropFirst(prefix.count)
        return true
    }

    private mutating func skipSeparator() {
        if let first = rest.first, ".-_".contains(first) { rest = rest.dropFirst() }
    }

    mutating func dotNumber() -> UInt64? {
        attempt { $0.take(".") ? $0.number() : nil }
    }

    /// `-1`: a post release in short form.
    mutating func dashNumber() -> UInt64? {
        attempt { $0.take("-") ? $0.number() : nil }
    }

    /// `[separator]name[separator][number]`.
    mutating func suffix(_ names: [String]) -> (name: String, number: UInt64)? {
        attempt { scanner in
            scanner.skipSeparator()
            guard let name = names.first(where: { scanner.take($0) }) else { return nil }
            let number = scanner.attempt { inner in
                inner.skipSeparator()
                return inner.number()
            }
            return (name, number ?? 0)
        }
    }

    /// `+build.5`; empty when there is none, nil when it is malformed.
    mutating func local() -> [String]? {
        guard take("+") else { return [] }
        let parts = rest.split(omittingEmptySubsequences: false) { ".-_".contains($0) }
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }) else {
            return nil
        }
        rest = ""
        return parts.map { UInt64($0).map(String.init) ?? String($0) }
    }
}
