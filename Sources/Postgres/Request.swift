/// What a caller wants sent.
enum Request: Sendable {
    /// A flight of one statement.
    case statement(Statement)
    /// A flight of several; the rows of `opening` and `closing` go to nobody.
    case batch(opening: Statement?, [Statement], closing: Statement?)
    /// SQL text of several statements by the simple protocol; nothing else may be in flight.
    case script(String)
}
