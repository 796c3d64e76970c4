enum SessionCookie {
    static let name = "session"
}
