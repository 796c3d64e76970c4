/// A text of a model that is read from rows: its own, or borrowed from the result's memory, so that a list needs no copy of
/// each of its texts.
///
/// As a `String`, which it is to everybody but the model itself, it is a copy and outlives the rows. The stored property, with
/// its underscore, is the model's own: borrowed bytes are there only as long as the rows, for which whoever reads a row like
/// this answers (``ModelRows/borrowed(at:)``).
@propertyWrapper
struct RowText: Sendable {
    private enum Contents: @unchecked Sendable {
        case owned(String)
        /// Nobody writes them: they belong to a result, which never changes.
        case borrowed(UnsafeRawBufferPointer)
    }

    private var contents: Contents

    init(wrappedValue: String) {
        contents = .owned(wrappedValue)
    }

    /// - Parameter bytes: UTF-8; have to be there as long as this is.
    @inline(__always)
    init(borrowing bytes: UnsafeRawBufferPointer) {
        contents = .borrowed(bytes)
    }

    var wrappedValue: String {
        get {
            switch contents {
            case .owned(let text): text
            case .borrowed(let bytes): String(decoding: bytes, as: UTF8.self)
            }
        }
        set { contents = .owned(newValue) }
    }

    /// Its UTF-8 bytes.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch contents {
        case .owned(var text): text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        case .borrowed(let bytes): body(bytes)
        }
    }
}

/// The same of a column that may be null.
@propertyWrapper
struct NullableRowText: Sendable {
    var text: RowText?

    init(wrappedValue: String?) {
        self.wrappedValue = wrappedValue
    }

    init() {}

    var wrappedValue: String? {
        get { text?.wrappedValue }
        set { text = newValue.map { RowText(wrappedValue: $0) } }
    }
}
