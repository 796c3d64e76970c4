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
    "/admin/activity", "/admin/activity?action=completed&end_date=2020-12-31", "/password", "/logout", "/search", "/search?q=nothing+like+it", "/reports?group=day", "/projects/999999",
]
# What somebody sees who has done nothing yet.
EMPTY = ["/dashboard", "/entries", "/timesheet", "/timesheet/day", "/timesheet/month", "/timesheet/calendar", "/reports", "/profile"]
# Forms that refuse to be empty.
FORMS = ["/entries/new", "/projects/new", "/tasks/new", "/clients/new", "/quotes/new", "/inventory/items/new", "/inventory/warehouses/new",
         "/inventory/movements/new", "/inventory/transfers/new", "/admin/users/new", "/admin/webhooks/new", "/admin/settings", "/password"]
LOOKS = [(1280, False), (1280, True), (390, False), (390, True)]


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

    def check(self, browser, path, dark, suffix=""):
        """The page that is open."""
        self.settle(browser)
        with self.subTest(page=path, width=browser.width, dark=dark):
            self.assertEqual(browser.axe(), [])
            self.assertLessEqual(browser.script("return document.documentElement.scrollWidth"), browser.width)
            hints = browser.script("return [...document.querySelectorAll('form .hint[id]')].map((h) => h.textContent.trim())")
            self.assertEqual([hint for hint in hints if not hint.endswith(".")], [])
        name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\d+", "n", path.split("?")[0])).strip("-")
        browser.picture(f"{name}{suffix}-{browser.width}-{'dark' if dark else 'light'}")

    def look(self, width, dark):
        browser = self.browser(width=width, dark=dark).sign_in()
        browser.expected = ["404 (Not Found)"]
        for path in self.pages(browser):
            browser.get(path)
            self.check(browser, path, dark, "-filtered" if "?" in path else "")

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

    def test_nothing_yet_and_not_allowed(self):
        for width, dark in LOOKS:
            browser = self.browser(width=width, dark=dark).sign_in("newcomer")
            browser.expected = ["403 (Forbidden)"]
            for path in EMPTY:
                browser.get(path)
                self.check(browser, path, dark, "-empty")
            browser.get("/admin/users")
            self.assertIn("No access", browser.text())
            self.check(browser, "/admin/users", dark, "-forbidden")

    def test_forms_with_problems(self):
        for width, dark in LOOKS:
            browser = self.browser(width=width, dark=dark).sign_in()
            browser.expected = ["422"]
            for path in FORMS:
                browser.get(path)
                browser.script("""const form = [...document.querySelectorAll("main form[method=post]")].find((f) => f.querySelector("[required]"));
                    for (const field of form.querySelectorAll("[required]")) if (field.tagName != "SELECT") field.value = "";
                    form.noValidate = true; form.requestSubmit();""")
                browser.wait(lambda: browser.all(".problems, .error"))
                self.assertTrue(browser.driver.title.startswith("Error: "), path)
                # Each message belongs to a field that says it is wrong.
                said = browser.script("""return [...document.querySelectorAll("main .error[id]")].map((e) => e.id)""")
                named = browser.script("""return [...document.querySelectorAll("main [aria-invalid=true], main fieldset[aria-describedby]")]
                    .flatMap((f) => (f.getAttribute("aria-describedby") ?? "").split(" "))""")
                self.assertTrue(said and set(said) <= set(named), f"{path}: {said} {named}")
                self.check(browser, path, dark, "-problems")

    def test_phone_shows_the_month_and_the_open_tab(self):
        browser = self.browser(width=390).sign_in()
        browser.get("/timesheet/month")
        self.assertEqual(browser.script("const m = document.getElementById('month'); return m.scrollWidth - m.clientWidth"), 0)
        browser.get("/inventory/reports/low-stock")
        self.assertTrue(browser.script("""const tab = document.querySelector(".tabs [aria-current]").getBoundingClientRect();
            return tab.left >= 0 && tab.right <= innerWidth"""))

    def test_labels_of_neighbours_end_on_a_line(self):
        browser = self.browser().sign_in()
        for path in ["/projects/new", "/clients/new", "/profile", "/entries/new"]:
            browser.get(path)
            tops = browser.script("""const tops = {};
                for (const field of document.querySelectorAll("form .field.short")) {
                    const line = Math.round(field.getBoundingClientRect().top);
                    (tops[line] ??= []).push(Math.round(field.querySelector("input, select").getBoundingClientRect().top));
                }
                return Object.values(tops)""")
            self.assertTrue(any(len(line) > 1 for line in tops), path)
            self.assertEqual([line for line in tops if len(set(line)) > 1], [], path)

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
