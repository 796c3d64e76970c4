// Refusals of browser routes.
extension APIError {
    static let signInRequired = APIError(
        .unauthorized, "unauthorized", "Authentication required", message: "Sign in first")
    static let passwordChangeRequired = APIError(
        .forbidden, "forbidden", "password_change_required", message: "Change your password first")
    static let csrfTokenInvalid = APIError(
        .badRequest, "csrf_token_missing_or_invalid", "csrf_token_missing_or_invalid",
        message: "Send the token of GET /auth/csrf-token as X-CSRFToken")
    /// The two refusals of behaviour.md §11.6, whose `error` is pinned.
    static let adminSignInRequired = unauthorized("unauthorized", message: "Authentication required")
    static let adminOnly = APIError(.forbidden, "forbidden", "forbidden", message: "Admin only")
}
