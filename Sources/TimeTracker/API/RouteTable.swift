import HTTPTypes

/// Finds the route of a path and method: a tree of path segments, in which a literal goes before a parameter.
struct RouteTable: Sendable {
    /// A route that was found, with the segments that stand where its path has parameters, in order.
    struct Match {
        var route: Route
        /// Among the routes of the table.
        var index: Int
        var parameters: [Substring]
    }

    private struct Node: Sendable {
        var literals: [(bytes: [UInt8], node: Int)] = []
        var parameter: Int?
        var routes: [(method: HTTPRequest.Method, route: Int)] = []
    }

    private var nodes = [Node()]
    private let routes: [Route]

    init(_ routes: [Route]) {
        self.routes = routes
        for (index, route) in routes.enumerated() {
            var node = 0
            for segment in route.path.split(separator: "/") { node = child(of: node, segment) }
            for method in route.methods where !nodes[node].routes.contains(where: { $0.method == method }) {
                nodes[node].routes.append((method, index))
            }
        }
    }

    private mutating func child(of parent: Int, _ segment: Substring) -> Int {
        let isParameter = segment.utf8.first == UInt8(ascii: "{")
        let known =
            isParameter
            ? nodes[parent].parameter
            : nodes[parent].literals.first { $0.bytes.elementsEqual(segment.utf8) }?.node
        if let known { return known }
        nodes.append(Node())
        let node = nodes.count - 1
        if isParameter {
            nodes[parent].parameter = node
        } else {
            nodes[parent].literals.append((Array(segment.utf8), node))
        }
        return node
    }

    /// - Parameter path: starts with a slash; a slash at its end means nothing.
    func find(_ method: HTTPRequest.Method, _ path: String) -> Match? {
        // Of most paths nothing is cut out, and nothing is allocated for them.
        var ranges: [Range<Int>] = []
        let node = RequestTarget.withBytes(path) { walk($0, from: 0, at: 0, &ranges) }
        guard let node else { return nil }
        guard let found = nodes[node].routes.first(where: { $0.method == method }) else { return nil }
        let parameters = ranges.map { range in
            let low = path.utf8.index(path.startIndex, offsetBy: range.lowerBound)
            return path[low..<path.utf8.index(low, offsetBy: range.count)]
        }
        return Match(route: routes[found.route], index: found.route, parameters: parameters)
    }

    /// The methods of every route whose path this is, in the order of the routes: for 404 against 405 and the `Allow`
    /// field (RFC 9110 §10.2.1).
    func methods(for path: String) -> [HTTPRequest.Method] {
        var ends: [Int] = []
        collect(path.utf8.split(separator: UInt8(ascii: "/"))[...], from: 0, &ends)
        let found = Set(ends.flatMap { nodes[$0].routes.map(\.route) }).sorted()
        var methods: [HTTPRequest.Method] = []
        for method in found.flatMap({ routes[$0].methods }) where !methods.contains(method) { methods.append(method) }
        if methods.contains(.get) { methods.append(.head) }
        if !methods.isEmpty { methods.append(.options) }
        return methods
    }

    /// The node of a path that has routes; nil when none has.
    ///
    /// - Parameters:
    ///   - start: where the rest of the path begins.
    ///   - parameters: where the parameters of the way are.
    private func walk(
        _ path: UnsafeBufferPointer<UInt8>, from node: Int, at start: Int, _ parameters: inout [Range<Int>]
    ) -> Int? {
        var low = start
        while low < path.count, path[low] == UInt8(ascii: "/") { low += 1 }
        guard low < path.count else { return nodes[node].routes.isEmpty ? nil : node }
        var high = low
        while high < path.count, path[high] != UInt8(ascii: "/") { high += 1 }
        let segment = UnsafeBufferPointer(rebasing: path[low..<high])
        for (bytes, next) in nodes[node].literals where bytes.count == segment.count && bytes.elementsEqual(segment) {
            if let found = walk(path, from: next, at: high, &parameters) { return found }
        }
        guard let next = nodes[node].parameter else { return nil }
        parameters.append(low..<high)
        if let found = walk(path, from: next, at: high, &parameters) { return found }
        parameters.removeLast()
        return nil
    }

    private func collect(_ path: ArraySlice<Substring.UTF8View>, from node: Int, _ ends: inout [Int]) {
        guard let segment = path.first else {
            if !nodes[node].routes.isEmpty { ends.append(node) }
            return
        }
        for (bytes, next) in nodes[node].literals where bytes.elementsEqual(segment) {
            collect(path.dropFirst(), from: next, &ends)
        }
        if let next = nodes[node].parameter { collect(path.dropFirst(), from: next, &ends) }
    }
}
