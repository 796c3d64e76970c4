import HTTPTypes
import Testing

@testable import TimeTracker

/// What the routes of a resource need outside of its folders.
@Suite struct RegistrationTests {
    private static let scopes = Resources.routes.flatMap { route -> [(path: String, scope: String)] in
        switch route.access {
        case .token(let required), .adminToken(let required): required.anyOf.map { (route.path, $0) }
        case .open, .session, .sessionOrAdminToken, .page: []
        }
    }

    /// One that isn't known can't be given to a token, and no token satisfies it.
    @Test func everyScopeOfARouteIsKnown() {
        for (path, scope) in Self.scopes {
            #expect(Scopes.known.contains(scope), "\(path) needs \(scope), which is missing in Scopes.known")
        }
    }

    @Test func everyKnownScopeIsOfUse() {
        let unused = Set(Scopes.known).subtracting(Self.scopes.map(\.scope))
        #expect(unused.isEmpty, "no route needs them")
    }

    /// The activity log links to it.
    @Test func everyKindHasItsPage() {
        let withoutPage: Set<EntityType> = [.stockMovement, .apiToken]
        for kind in EntityType.allCases {
            let routes = WebRoutes.all.filter { $0.shows == kind }
            #expect(routes.count == (withoutPage.contains(kind) ? 0 : 1), "\(kind): \(routes.map(\.path))")
            #expect(
                routes.allSatisfy { $0.methods == [.get] && $0.pathParameters == (kind == .settings ? [] : ["id"]) })
        }
    }

    /// `g` and a key leads to one of them; the menu marks one as the current.
    @Test func everyPlaceHasItsOwnKeyAndPath() {
        let places = Navigation.all
        #expect(Set(places.map(\.key)).count == places.count && Set(places.map(\.path)).count == places.count)
        let pages = Set(WebRoutes.all.filter { $0.methods.contains(.get) }.map(\.path))
        for place in places { #expect(pages.contains(place.path), "\(place.label)") }
    }

    /// What isn't there has no columns compared with the schema, and its constraints no meaning.
    @Test func everyPlainResourceIsListed() {
        let others: Set<EntityType> = [
            .project, .task, .timeEntry, .quote, .user, .stockMovement, .settings, .apiToken,
        ]
        let listed = PlainResources.models.map { $0.entityType }
        #expect(Set(listed).union(others) == Set(EntityType.allCases), "PlainResources.models")
        #expect(others.isDisjoint(with: listed) && Set(listed).count == listed.count)
    }

    /// The later one would never be called.
    @Test func noTwoRoutesAreTheSame() {
        var taken = Set<String>()
        for route in Resources.routes {
            for method in route.methods {
                let (isNew, _) = taken.insert("\(method) \(route.path)")
                #expect(isNew, "\(method) \(route.path) is in Resources.routes twice")
            }
        }
    }
}
