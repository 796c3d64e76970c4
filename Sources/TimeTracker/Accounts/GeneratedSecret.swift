/// Secrets made for people.
public enum GeneratedSecret {
    /// 16 letters and digits, 95 bits.
    public static func password() -> String { RandomText.alphanumeric(16) }
}
