import Foundation
import Testing

/// `timetracker demo`.
@Suite struct DemonstrationTests {
    @Test func demonstration() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("demo")
            #expect(try server.sql("select count(*) > 2000 and count(distinct user_id) = 4 from time_entries") == "t")
            #expect(
                try server.sql(
                    """
                    select count(*) from time_entries a join time_entries b on a.user_id = b.user_id and a.id < b.id
                        and a.start_time < b.end_time and a.end_time > b.start_time
                    """) == "0")
            // Levels are what movements add up to, and quotes what their lines do.
            #expect(
                try server.sql(
                    """
                    select count(*) > 20 and bool_and(s.quantity_on_hand = m.sum) from warehouse_stock s join (
                        select warehouse_id, stock_item_id, sum(quantity) from stock_movements group by 1, 2) m
                        using (warehouse_id, stock_item_id)
                    """) == "t")
            #expect(
                try server.sql(
                    """
                    select count(*) > 15 and bool_and(q.subtotal = i.sum) from quotes q join (
                        select quote_id, sum(total_amount) from quote_items group by 1) i on i.quote_id = q.id
                    """) == "t")
            #expect(throws: (any Error).self) { try server.cli("demo") }
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/dashboard").text.contains("Recent entries"))
        }
    }
}
