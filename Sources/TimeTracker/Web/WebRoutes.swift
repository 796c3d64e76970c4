/// Every browser route that is no part of the API's document.
enum WebRoutes {
    static var all: [Route] {
        StaticAssets.routes + LoginPages.routes + SetupPages.routes + PasswordPages.routes + TokenPages.routes
            + DashboardPages.routes + TimerPages.routes + EntryPages.routes + EntryListPages.routes
            + BulkEntryPages.routes
            + HelpPages.routes
            + TimesheetPages.routes + DayPages.routes + MonthPages.routes + CalendarPages.routes
            + ProjectPages.routes + TaskPages.routes + BoardPages.routes + ClientPages.routes
            + QuotePages.routes + inventory + SearchPages.routes + ReportPages.routes + SavedReportPages.routes
            + ExchangePages.routes
            + ImportFilePages.routes + administration
    }

    private static let administration =
        UserPages.routes + SystemPages.routes + WebhookPages.routes + WebhookDeliveryPages.routes + ActivityPages.routes
        + SettingsPages.routes + ProfilePages.routes

    private static let inventory =
        StockItemPages.routes + WarehousePages.routes + MovementPages.routes + TransferPages.routes
        + InventoryReportPages.routes
}
