/// Bytes of a body.
enum BodyLimit {
    /// 64 KiB.
    static let standard = 64 * 1024
    /// For objects with a description of up to 100,000 characters: 512 KiB.
    static let longText = 512 * 1024
    /// For files: 16 MiB.
    static let file = 16 * 1024 * 1024
}
