/// Finds the API token of a request; the first source that holds one wins (behaviour.md §2.1).
enum TokenCredentials {
    /// `Authorization: Bearer <token>` or `Token <token>` (scheme case-insensitive, exactly two parts), else `X-API-Key`.
    static func token(in headers: RequestHeaders) -> RawText? {
        if let value = headers.first(name: "authorization"), let parts = value.words(most: 2), parts.count == 2,
            isTokenScheme(parts[0])
        {
            return parts[1]
        }
        guard let key = headers.first(name: "x-api-key"), let parts = key.words(most: 1) else { return nil }
        return parts.first
    }

    private static func isTokenScheme(_ scheme: RawText) -> Bool {
        if scheme == "Bearer" { return true }
        let name = scheme.asciiLowercased
        return name == "bearer" || name == "token"
    }
}

extension Authenticator {
    /// - Throws: ``APIError`` 401; the concrete reason is only logged.
    func authenticate(_ exchange: Exchange) async throws -> Principal {
        guard let token = TokenCredentials.token(in: exchange.headers) else { throw APIError.authenticationRequired }
        return try await owner(of: token, address: exchange.clientAddress, requestID: exchange.requestID)
    }
}
