"""Every page: axe-core finds nothing, nothing scrolls sideways, no complaint in the console. Pictures on request."""
import re

from browser import URL, BrowserTestCase

PAGES = [
    "/dashboard", "/timer", "/entries", "/entries?billable=true&tag=design&person=all", "/entries?tag=nothing", "/entries/new",
    "/timesheet", "/timesheet?week=2031-01-06", "/timesheet/day",
    "/timesheet/month", "/timesheet/calendar", "/timesheet/month?month=2031-01-06", "/timesheet/calendar?week=2031-01-06", "/projects", "/projects/new", "/tasks", "/tasks/new", "/tasks/board", "/tasks/board?assigned_to=nobody",
    "/clients", "/clients/new", "/search?q=co", "/reports", "/reports?start_date=2020-01-01&end_date=2020-12-31",
    "/reports/saved",
    "/quotes", "/quotes?status=rejected&client_id=1", "/quotes/new", "/inventory/items", "/inventory/items?search=nothing+like+it",
    "/inventory/items/new", "/inventory/levels", "/inventory/movements", "/inventory/movements/new", "/inventory/transfers",
    "/inventory/transfers/new", "/inventory/warehouses", "/inventory/warehouses/new", "/inventory/reports/valuation",
    "/inventory/reports/turnover", "/inventory/reports/low-stock",
    "/import-export", "/shortcuts", "/admin/api-tokens", "/admin/webhooks", "/admin/webhooks/new", "/profile", "/admin/settings", "/admin/modules",
    "/admin/system", "/admin/users", "/admin/users?search=nobody+at+all", "/admin/users/new", "/admin/users/1", "/admin/users/1/edit",
    "/admin/activity", "/admin/activity?action=completed&end_date=2020-12-31", "/password", "/projects/999999",
]


class PageTests(BrowserTestCase):
    def pages(self, browser):
        """Also the pages of the first of each kind of object."""
        found = []
        for address, pattern in [("/projects", r"/projects/\d+"), ("/tasks", r"/tasks/\d+"), ("/clients", r"/clients/\d+"),
                                 ("/quotes", r"/quotes/\d+"), ("/inventory/items", r"/inventory/items/\d+"),
                                 ("/inventory/warehouses", r"/inventory/warehouses/\d+"),
                                 ("/inventory/transfers", r"/inventory/transfers/\d+"), ("/entries", r"/timer/edit/\d+")]:
            browser.get(address)
            path = re.search(f'href="({pattern})', browser.driver.page_source).group(1)
            found += [path] if "timer" in path or "transfers" in path else [path, path + "/edit"]
            if "quotes" in path:
                found.append(path + "/print")
        return PAGES + found

    def settle(self, browser):
        """Charts that are near have been drawn."""
        browser.wait(lambda: browser.script(
            "return [...document.querySelectorAll('canvas')].every((c) => c.dataset.drawn"
            " || c.getBoundingClientRect().top > innerHeight + 100)"))

    def look(self, width, dark):
        browser = self.browser(width=width, dark=dark).sign_in()
        browser.expected = ["404 (Not Found)"]
        for path in self.pages(browser):
            browser.get(path)
            self.settle(browser)
            with self.subTest(page=path, width=width, dark=dark):
                self.assertEqual(browser.axe(), [])
                self.assertLessEqual(browser.script("return document.documentElement.scrollWidth"), width)
            name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\d+", "n", path.split("?")[0])).strip("-")
            suffix = "-filtered" if "?" in path else ""
            browser.picture(f"{name}{suffix}-{width}-{'dark' if dark else 'light'}")

    def test_wide_light(self):
        self.look(1280, False)

    def test_wide_dark(self):
        self.look(1280, True)

    def test_phone_light(self):
        self.look(390, False)

    def test_phone_dark(self):
        self.look(390, True)

    def test_narrowest_and_widest(self):
        for width in (360, 2560):
            browser = self.browser(width=width).sign_in()
            for path in ["/dashboard", "/entries", "/tasks/board", "/timesheet", "/timesheet/month", "/timesheet/calendar", "/reports", "/entries/new"]:
                browser.get(path)
                self.settle(browser)
                self.assertLessEqual(browser.script("return document.documentElement.scrollWidth"), width, path)

    def test_signed_out(self):
        browser = self.browser()
        browser.get("/login")
        self.assertEqual(browser.axe(), [])
        browser.picture("login-1280-light")
        browser.find("[name=username]").send_keys("admin")
        browser.find("[name=password]").send_keys("wrong password")
        browser.click("main button[type=submit]")
        browser.expected = ["401"]
        browser.wait(lambda: "wrong" in browser.text())
        self.assertEqual(browser.driver.current_url, URL + "/login")
