// The headers with which every response protects the page it carries.
import HTTPTypes
package import Hummingbird

/// Adds the headers of protection (SE-65): nothing is loaded from elsewhere, nothing frames us, no script runs.
package struct ProtectionHeaders: RouterMiddleware {
    package typealias Context = WebContext

    /// Field and value, in the order in which they are sent.
    package static let fields: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ]

    package init() {}

    @concurrent
    package func handle(
        _ request: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do { response = try await next(request, context) } catch let error as any HTTPResponseError {
            // A refused request gets the headers too.
            response = try error.response(from: request, context: context)
        }
        for (name, value) in Self.fields { if let field = HTTPField.Name(name) { response.headers[field] = value } }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
