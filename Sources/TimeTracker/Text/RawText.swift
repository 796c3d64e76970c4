/// Text that came from outside: a header field, a body's string or member name, a form field, a cell of a file.
///
/// It is compared, ordered, hashed, searched and split by its UTF-8 bytes, so every operation costs time in proportion to
/// its length. `String` compares up to canonical equivalence (Unicode Standard Annex #15): for a letter with a long run of
/// combining marks it sorts that run, which takes time with the square of its length, and a `Set`, a `switch` or a
/// `Dictionary` of such strings does it too.
///
/// The way to a `String` that may be stored, compared and shown leads through ``text(atMost:)``, which checks what makes
/// these operations dear. Where only bytes are passed on, ``bytes`` gives them.
public struct RawText: Sendable, Hashable, Comparable {
    /// Never handed out as a whole but through ``unchecked``, which says what it is.
    private let storage: Substring.UTF8View

    public init(_ text: String) {
        var text = text
        // One contiguous run of bytes, which all operations below walk.
        text.makeContiguousUTF8()
        storage = text[...].utf8
    }

    /// - Parameters:
    ///   - text: contiguous UTF-8.
    ///   - start: offset of the first byte.
    ///   - end: offset behind the last one.
    init(_ text: String, from start: Int, to end: Int) {
        let bytes = text.utf8
        let low = bytes.index(bytes.startIndex, offsetBy: start)
        storage = bytes[low..<bytes.index(low, offsetBy: end - start)]
    }

    private init(slice: Substring.UTF8View) {
        storage = slice
    }

    /// What `bytes` say; invalid UTF-8 becomes replacement characters.
    init(decoding bytes: some Collection<UInt8>) {
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// Number of bytes.
    public var byteCount: Int { storage.count }
    public var isEmpty: Bool { storage.isEmpty }
    var bytes: Substring.UTF8View { storage }

    /// Number of Unicode code points, as PostgreSQL's `length` counts.
    var codePointCount: Int { withBytes { $0.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 } } }

    /// The text for those who only pass its bytes on: a bound parameter, a hash, JSON. Not to be compared.
    public var unchecked: String { String(Substring(storage)) }

    public static func == (a: RawText, b: RawText) -> Bool {
        // Most texts differ in length already; the names of a body's members are compared with each other all the time.
        guard a.byteCount == b.byteCount else { return false }
        return a.withBytes { a in b.withBytes { b in a.elementsEqual(b) } }
    }

    /// Whether these are its bytes.
    func isEqual(to bytes: UnsafeRawBufferPointer) -> Bool {
        guard byteCount == bytes.count else { return false }
        return withBytes { own in own.elementsEqual(bytes) }
    }

    public static func < (a: RawText, b: RawText) -> Bool { a.storage.lexicographicallyPrecedes(b.storage) }

    public func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = storage.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
        return Array(storage).withUnsafeBytes(body)
    }
}

extension RawText: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

// MARK: Taking apart

extension RawText {
    func hasPrefix(_ prefix: StaticString) -> Bool {
        storage.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    }

    func hasSuffix(_ suffix: StaticString) -> Bool {
        let bytes = UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount)
        return storage.count >= bytes.count && storage.suffix(bytes.count).elementsEqual(bytes)
    }

    func contains(_ byte: UInt8) -> Bool { withBytes { $0.contains(byte) } }

    /// Whether a short text of ours stands somewhere in it.
    func contains(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return withBytes { bytes in
            bytes.count >= wanted.count
                && (0...bytes.count - wanted.count).contains {
                    bytes[$0] == wanted[0] && bytes[$0...].starts(with: wanted)
                }
        }
    }

    func dropFirst(_ count: Int) -> RawText { RawText(slice: storage.dropFirst(count)) }
    func dropLast(_ count: Int) -> RawText { RawText(slice: storage.dropLast(count)) }

    /// The parts between occurrences of an ASCII byte, empty ones included; the last part holds what `most` leaves over.
    ///
    /// - Parameter most: parts at the most; no text makes more strings than that.
    func split(_ separator: UInt8, most: Int = .max) -> [RawText] {
        storage.split(separator: separator, maxSplits: most - 1, omittingEmptySubsequences: false).map {
            RawText(slice: $0)
        }
    }

    /// The text without white space around, if it is one word; words are what ASCII white space separates.
    var onlyWord: RawText? {
        let word = trimmed
        return word.isEmpty || word.storage.contains(where: WhiteSpace.isASCII) ? nil : word
    }

    /// The two words of a text that has two.
    var twoWords: (RawText, RawText)? {
        let text = trimmed
        let gap = text.withBytes { bytes -> Range<Int>? in
            guard let low = bytes.firstIndex(where: WhiteSpace.isASCII) else { return nil }
            guard let high = bytes[low...].firstIndex(where: { !WhiteSpace.isASCII($0) }) else { return nil }
            return bytes[high...].contains(where: WhiteSpace.isASCII) ? nil : low..<high
        }
        guard let gap else { return nil }
        return (text.dropLast(text.byteCount - gap.lowerBound), text.dropFirst(gap.upperBound))
    }

    /// Without white space at either end. White space with a combining mark behind it is still white space, because the
    /// text is read by code points.
    var trimmed: RawText {
        var low = storage.startIndex
        var high = storage.endIndex
        while low < high, let next = WhiteSpace.end(at: low, in: storage) { low = next }
        while low < high, let previous = WhiteSpace.start(before: high, in: storage, from: low) { high = previous }
        return RawText(slice: storage[low..<high])
    }

    /// Without blanks and tabs at either end, which is the white space of HTTP's lists (RFC 9110 §5.6.3).
    var withoutOptionalWhiteSpace: RawText {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var rest = storage.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return RawText(slice: rest)
    }

    /// With A to Z as a to z; everything else stays.
    var asciiLowercased: RawText {
        guard withBytes({ $0.contains { $0 >= 0x41 && $0 <= 0x5A } }) else { return self }
        return RawText(decoding: storage.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 })
    }

    /// With a to z as A to Z; everything else stays.
    var asciiUppercased: RawText {
        guard storage.contains(where: { $0 >= 0x61 && $0 <= 0x7A }) else { return self }
        return RawText(decoding: storage.map { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 })
    }

    /// With U+FFFD for each U+0000, which PostgreSQL's text can't hold.
    var withoutNUL: RawText {
        storage.contains(0) ? RawText(decoding: storage.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }) : self
    }

    /// The first code points.
    func prefix(codePoints limit: Int) -> RawText {
        // A code point has a byte at least.
        guard byteCount > limit else { return self }
        var left = limit
        let end = storage.indices.first { index in
            guard storage[index] & 0xC0 != 0x80 else { return false }
            left -= 1
            return left < 0
        }
        return end.map { RawText(slice: storage[..<$0]) } ?? self
    }

    /// Trimmed, for what has to be short to be right: a number, a date, a word of ours. Nil for what is longer than those.
    var short: String? {
        let text = trimmed
        return text.byteCount <= Self.shortLength ? text.unchecked : nil
    }

    /// Bytes. So few that comparing them costs nothing, whatever they are.
    private static let shortLength = 256
}

// MARK: Into the server

extension RawText {
    /// Why a text may not become a `String`.
    enum Refusal: Error, Equatable {
        case tooLong
        /// It holds U+0000, which PostgreSQL's text can't, or more combining marks in a row than any language uses.
        case notText
    }

    /// Combining marks in a row that are taken: the limit of the Stream-Safe Text Format (UAX #15 §13).
    static let maxCombiningRun = 30

    /// The text as a `String` whose comparison costs no more than its length, and which PostgreSQL can store.
    ///
    /// - Parameter limit: code points.
    func text(atMost limit: Int) throws(Refusal) -> String {
        // A code point has one to four bytes, so most texts need not be counted.
        if byteCount > limit, byteCount > 4 * limit || codePointCount > limit { throw .tooLong }
        guard isStorable else { throw .notText }
        return unchecked
    }

    /// Whether ``text(atMost:)`` takes it at any length.
    var isStorable: Bool { !contains(0) && isStreamSafe }

    /// Whether no run of combining marks exceeds ``maxCombiningRun``.
    var isStreamSafe: Bool {
        // Combining marks begin at U+0300, whose first byte is CC; most texts have no such byte.
        guard withBytes({ $0.contains { $0 >= 0xCC } }) else { return true }
        var run = 0
        for scalar in Substring(storage).unicodeScalars {
            let marks = Self.combiningMarks(in: scalar)
            run = marks == 0 ? 0 : run + marks
            if run > Self.maxCombiningRun { return false }
        }
        return true
    }

    /// How many combining marks a code point is, decomposed; 0 for one that ends a run of them.
    ///
    /// Three vowel signs of Tibetan are of combining class 0 and yet nothing but two marks each: their decompositions begin
    /// with a mark, as those of no other code point of that class do (Unicode 15.1, UnicodeData.txt).
    private static func combiningMarks(in scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case ..<0x300: 0
        case 0x0F73, 0x0F75, 0x0F81: 2
        default: scalar.properties.canonicalCombiningClass == .notReordered ? 0 : 1
        }
    }
}

/// White space of UTF-8 text: the code points with the property White_Space (UAX #44).
enum WhiteSpace {
    typealias Index = Substring.UTF8View.Index

    static func isASCII(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// The index behind the white space at `index`; nil when there is none.
    static func end(at index: Index, in bytes: Substring.UTF8View) -> Index? {
        if bytes[index] < 0x80 { return isASCII(bytes[index]) ? bytes.index(after: index) : nil }
        let text = Substring(bytes).unicodeScalars
        return text[index].properties.isWhitespace ? text.index(after: index) : nil
    }

    /// The index of the white space that ends at `index`; nil when there is none.
    static func start(before index: Index, in bytes: Substring.UTF8View, from low: Index) -> Index? {
        let last = bytes.index(before: index)
        if bytes[last] < 0x80 { return isASCII(bytes[last]) ? last : nil }
        let text = Substring(bytes).unicodeScalars
        let start = text.index(before: index)
        return start >= low && text[start].properties.isWhitespace ? start : nil
    }
}
