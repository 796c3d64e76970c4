/// Every resource of the API, in the order of the documentation.
enum Resources {
    static var all: [any Resource.Type] {
        [
            SystemResource.self, DocumentationResource.self, LoginResource.self, ProjectResource.self,
            ClientResource.self, TaskResource.self, KanbanResource.self,
            TimeEntryResource.self, TimerResource.self, UserResource.self, SearchResource.self, ReportResource.self,
            QuoteResource.self, WebhookResource.self,
            StockItemResource.self, WarehouseResource.self, StockLevelResource.self, MovementResource.self,
            TransferResource.self, InventoryReportResource.self, DashboardResource.self, VersionResource.self,
        ]
    }

    static let routes = all.flatMap { $0.routes }
}
