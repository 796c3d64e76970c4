import HTTPTypes
import Postgres

/// How tabs and devices agree with each other about the timer, and how it is known that somebody is at work.
enum LiveTimerRoutes {
    static let routes = [
        Route(
            .get, path: "/timer/events", summary: "Changes of the timer and the entries as they happen, for scripts",
            access: .session, response: .string(), errors: [.serviceUnavailable]
        ) { call in
            guard let session = call.visit.session else { throw APIError.signInRequired }
            return try call.app.web.live.reply(userID: call.principal.userID, session: session.hash)
        },
        Route(
            .get, path: "/timer/state", summary: "State of the timer, for scripts", access: .session,
            response: .object(name: "TimerState"), handler: state),
        Route(
            .post, path: "/timer/heartbeat", summary: "Tell that somebody is at work, for scripts", access: .session,
            success: .noContent, response: .any(), errors: [.badRequest], handler: heartbeat),
        Route(
            .post, path: "/timer/idle-notice", summary: "Choose whether to be asked when idle",
            access: .page(.action(of: "/timer")), response: .string(), handler: choose),
    ]

    @Sendable private static func state(_ call: Call) async throws -> Reply {
        let user = call.principal.userID
        let state = try await TimerState.load([user], call.db)[user] ?? .none
        var reply = Reply.json { LiveStreams.write(state, hasChanged: false, to: &$0) }
        reply.headers = [("cache-control", "no-store")]
        return reply
    }

    /// Only of those who have chosen it: whoever works beside the browser would be found idle. A page can't know yet that
    /// another one has just switched it off or stopped the timer: its sign of work is then of no use, but no mistake.
    @Sendable private static func heartbeat(_ call: Call) async throws -> Reply {
        guard call.visit.user?.asksWhenIdle == true else { return Reply(status: .noContent) }
        do {
            return try await TimerResource.heartbeat(call)
        } catch let error as APIError where error.code == TimerLookup.noActiveTimer.code {
            return Reply(status: .noContent)
        }
    }

    @Sendable private static func choose(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let isOn = form.isChecked("asks_when_idle")
        try await IdleNotice.choose(isOn, userID: call.principal.userID, call.db)
        call.app.web.users.forget(call.principal.userID)
        return call.seeOther(TimerPages.back(form, or: "/timer"), isOn ? .idleNoticeOn : .idleNoticeOff)
    }
}
