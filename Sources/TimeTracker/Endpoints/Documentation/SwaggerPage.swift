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
