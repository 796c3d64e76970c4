import NIOHTTP1

/// Finds the API token of a request; the first source that holds one wins (contract 00 §2).
enum TokenCredentials {
    /// `Authorization: Bearer <token>` or `Token <token>` (scheme case-insensitive, exactly two parts), else `X-API-Key`.
    static func token(in headers: HTTPHeaders) -> String? {
        if let value = headers.first(name: "authorization") {
            let parts = value.split(whereSeparator: \.isWhitespace)
            if parts.count == 2, isTokenScheme(parts[0]) { return String(parts[1]) }
        }
        guard let key = headers.first(name: "x-api-key") else { return nil }
        let parts = key.split(whereSeparator: \.isWhitespace)
        return parts.count == 1 ? String(parts[0]) : nil
    }

    private static func isTokenScheme(_ scheme: Substring) -> Bool {
        if scheme == "Bearer" { return true }
        let name = scheme.lowercased()
        return name == "bearer" || name == "token"
    }
}
