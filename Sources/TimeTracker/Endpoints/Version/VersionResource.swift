import HTTPTypes
import NIOCore
import Postgres

/// Whether a newer release exists, for administrators (behaviour.md §11.6).
enum VersionResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/version/check", summary: "Newest release against the installed one",
            details: "For administrators, with a browser session or an API token.", access: .sessionOrAdminToken,
            response: .object(name: "VersionCheck"), errors: [.forbidden], handler: check),
        Route(
            .post, path: "/api/version/dismiss", summary: "Hide the prompt for one release",
            details: "For administrators, with a browser session (and its CSRF token) or an API token.",
            access: .sessionOrAdminToken, body: BodySchema("VersionDismissal", [latestVersion]),
            response: .object(name: "Dismissed", properties: [("ok", .boolean())], required: ["ok"]),
            errors: [.forbidden], handler: dismiss),
    ]

    private static let latestVersion = InputField<String>.string("latest_version", max: 64)

    @Sendable private static func check(_ call: Call) async throws -> Reply {
        let installed = call.app.web.versionCheck.installed
        let release = await call.app.web.versionCheck.latest()
        let dismissed = try await call.db.query(
            Statement("select dismissed_release_version from users where id = $1", [.int(call.principal.userID)])
        ).first?.stringOrNull(0)
        let isNewer = release.map { isUpdate($0.version, installed: installed, dismissed: dismissed) } ?? false
        return .json(capacity: 8192) { json in
            json.beginObject()
            json.key("update_available")
            json.value(isNewer)
            json.key("current_version")
            json.value(installed)
            if let release {
                release.write(to: &json)
            } else {
                for key in ["latest_version", "release_notes", "published_at", "release_url"] {
                    json.key(JSONKey(escaping: key))
                    json.null()
                }
            }
            json.endObject()
        }
    }

    /// Whether the prompt is to be shown.
    static func isUpdate(_ latest: String, installed: String, dismissed: String?) -> Bool {
        guard let latest = ReleaseVersion(latest), let installed = ReleaseVersion(installed), latest > installed else {
            return false
        }
        return dismissed.flatMap(ReleaseVersion.init)?.text != latest.text
    }

    @Sendable private static func dismiss(_ call: Call) async throws -> Reply {
        guard let text = try call.jsonBody()?["latest_version"]?.stringValue?.trimmed, !text.isEmpty else {
            throw refusal("latest_version is required")
        }
        guard let version = text.short.flatMap({ ReleaseVersion($0) })?.text, version.utf8.count <= 64 else {
            throw refusal("invalid latest_version")
        }
        _ = try await call.db.execute(
            Statement(
                "update users set dismissed_release_version = $2 where id = $1",
                [.int(call.principal.userID), .text(version)]))
        return .json(capacity: 16) { json in
            json.beginObject()
            json.key("ok")
            json.value(true)
            json.endObject()
        }
    }

    private static func refusal(_ text: String) -> APIError {
        var error = APIError.validation("latest_version", text)
        error.error = text
        error.message = text
        return error
    }
}
