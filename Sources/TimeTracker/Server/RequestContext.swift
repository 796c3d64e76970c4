import Hummingbird
import Logging

/// Hummingbird's context of a request: the router's parameters, and the exchange they belong to.
struct AppRequestContext: RequestContext {
    struct Source: RequestContextSource {
        let exchange: Exchange
        let logger: Logger
    }

    var coreContext: CoreRequestContextStorage
    let exchange: Exchange

    init(source: Source) {
        self.coreContext = .init(source: source)
        self.exchange = source.exchange
    }
}
