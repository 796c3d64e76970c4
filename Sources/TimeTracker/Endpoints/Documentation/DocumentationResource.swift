import HTTPTypes
import NIOCore

/// `GET /api/openapi.json` and the Swagger UI at `/api/docs` (behaviour.md §11.7).
enum DocumentationResource: Resource {
    static let routes =
        [
            Route(
                .get, path: "/api/openapi.json", summary: "This document", access: .open,
                response: .object(description: "OpenAPI 3.1"), handler: document),
            Route(
                .get, path: "/api/docs", summary: "Swagger UI", access: .open, response: .object(description: "HTML")
            ) { call in
                var reply = Reply.page(call.app.assets.hasSwaggerUI ? SwaggerPage.html : SwaggerPage.withoutAssets)
                reply.headers.append(("content-security-policy", SwaggerPage.policy))
                return reply
            },
            Route(
                .get, path: "/api/docs/init.js", summary: "Starts Swagger UI", access: .open,
                response: .object(description: "JavaScript")
            ) { _ in
                .file(ByteBuffer(string: SwaggerPage.script), type: "text/javascript; charset=utf-8")
            },
        ]
        + Assets.swaggerFiles.map { name, type in
            Route(
                .get, path: "/api/docs/\(name)", summary: "Part of Swagger UI", access: .open,
                response: .object(description: "\(type)")
            ) { call in
                guard let reply = call.app.assets.swaggerFile(name, type: type) else {
                    throw APIError.pathNotFound(call.exchange.path)
                }
                return reply
            }
        }

    @Sendable private static func document(_ call: Call) async -> Reply { call.app.document }
}
