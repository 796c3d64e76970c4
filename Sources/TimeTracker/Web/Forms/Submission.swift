import HTTPTypes

/// What became of a form.
enum Submission: Sendable {
    /// The operation's answer.
    case done(JSONValue)
    /// Nothing has been carried out.
    case refused(FormProblems)
}

extension Call {
    /// The zone in which this visitor types times.
    var zone: String { visit.user?.timezone ?? settings.timezone }

    var format: PersonFormat { PersonFormat(settings, visit.user) }

    /// Carries out an operation of the API for a form, once for the form's hidden key: a form that is posted again gets the
    /// first one's answer.
    ///
    /// - Parameters:
    ///   - part: tells the operations of one form apart.
    ///   - ids: of the object that the operation is about; nil = those of the page's path.
    func carryOut(
        _ schema: BodySchema, _ members: [(String, JSONValue)], form: FormBody, part: String = "", ids: [Int64]? = nil,
        _ operation: (Call) async throws -> Reply
    ) async throws -> Submission {
        var object = JSONObject()
        for (name, value) in members { object.set(RawText(name), value) }
        let ids = ids ?? pathIDs
        let key = IdempotencyKey(
            form: form.text("request_key"), operation: "form:\(exchange.routePath ?? "")\(part)", pathIDs: ids,
            userID: principal.userID)
        let call = asking(schema, object, ids: ids, zone: zone, idempotency: key)
        do {
            let reply =
                if let key { try await app.idempotency.run(key) { try await operation(call) } } else {
                    try await operation(call)
                }
            return .done((try? JSONValue.parse(reply.keptBody ?? reply.body)) ?? .null)
        } catch {
            guard let problems = FormProblems(error) else { throw error }
            return .refused(problems)
        }
    }

    /// The same with the fields of a form as members.
    func carryOut(
        _ schema: BodySchema, _ fields: [FormField], form: FormBody, ids: [Int64]? = nil,
        _ operation: (Call) async throws -> Reply
    ) async throws -> Submission {
        let members = fields.filter { !$0.isPlace }.compactMap { field in
            field.value(in: form).map { (field.member ?? field.name, $0) }
        }
        return try await carryOut(schema, members, form: form, ids: ids, operation)
    }

    /// Answers a form that was carried out: the next page shows `flash`.
    func seeOther(_ path: String, _ flash: Flash? = nil) -> Reply {
        if let flash { exchange.setFlash(flash, app.web) }
        return .seeOther(path)
    }
}

extension JSONValue {
    /// The id of the object that a create or update has answered with.
    func id(of key: String) -> Int64? {
        guard case .number(let digits)? = self[RawText(key)]?["id"] else { return nil }
        return Int64(digits)
    }
}
