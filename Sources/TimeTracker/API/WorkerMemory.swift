import Synchronization

/// What resources keep in this worker's memory, one object for each type, so that the application need not know them.
final class WorkerMemory: Sendable {
    private let objects = Mutex<[ObjectIdentifier: any Sendable]>([:])

    /// The worker's object of a type, made when it is first asked for.
    func object<Object: Sendable>(_ type: Object.Type, _ make: () -> Object) -> Object {
        objects.withLock { objects in
            if let object = objects[ObjectIdentifier(type)] as? Object { return object }
            let object = make()
            objects[ObjectIdentifier(type)] = object
            return object
        }
    }
}
