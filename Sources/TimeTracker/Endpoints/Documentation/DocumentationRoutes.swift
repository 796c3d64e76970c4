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

/// The page around Swagger UI. Scripts and styles are files of their own, as the page's policy demands.
enum SwaggerPage {
    /// Swagger UI sets styles and shows images from within its script.
    static let policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"

    static let html = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>TimeTracker REST API</title>
        <link rel="stylesheet" href="/api/docs/swagger-ui.css">
        </head>
        <body>
        <div id="swagger-ui"></div>
        <script src="/api/docs/swagger-ui-bundle.js"></script>
        <script src="/api/docs/init.js"></script>
        </body>
        </html>
        """

    /// For builds without the assets, which `deploy/fetch-assets` brings.
    static let withoutAssets = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>TimeTracker REST API</title></head>
        <body>
        <h1>TimeTracker REST API</h1>
        <p>The API is described in <a href="/api/openapi.json">/api/openapi.json</a>. The interactive documentation is not
        installed; run <code>deploy/fetch-assets</code> and set <code>ASSETS_DIR</code>.</p>
        </body>
        </html>
        """

    static let script = """
        window.addEventListener("load", () => {
          window.ui = SwaggerUIBundle({
            url: "/api/openapi.json",
            dom_id: "#swagger-ui",
            deepLinking: true,
            persistAuthorization: true,
            tryItOutEnabled: true,
            presets: [SwaggerUIBundle.presets.apis],
          });
        });
        """
}
