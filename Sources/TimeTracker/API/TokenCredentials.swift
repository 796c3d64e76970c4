/// Finds the API token of a request; the first source that holds one wins (behaviour.md §2.1).
enum TokenCredentials {
    /// `Authorization: Bearer <token>` or `Token <token>` (scheme case-insensitive, exactly two parts), else `X-API-Key`.
    static func token(in headers: RequestHeaders) -> RawText? {
        if let (scheme, token) = headers.first(name: "authorization")?.twoWords, isTokenScheme(scheme) { return token }
        return headers.first(name: "x-api-key")?.onlyWord
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
