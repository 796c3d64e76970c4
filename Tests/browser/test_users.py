"""Users, as an administrator makes them: first sign-in, a forgotten password, and what keeps an administrator in."""
from urllib.parse import urlsplit

from selenium.webdriver.support.ui import Select

from browser import PASSWORD, BrowserTestCase


class UserTests(BrowserTestCase):
    def submit(self, browser, selector, path):
        """Sends a form and waits for the page that it leads to."""
        browser.click(selector)
        browser.wait(lambda: urlsplit(browser.driver.current_url).path == path)

    def sign_in(self, browser, name, password):
        browser.get("/login")
        browser.find("[name=username]").send_keys(name)
        browser.find("[name=password]").send_keys(password)
        browser.click("main button[type=submit]")

    def make(self, browser, name):
        browser.get("/admin/users")
        browser.click("a[href='/admin/users/new']")
        browser.wait(lambda: browser.all("#f-username"))
        browser.find("#f-username").send_keys(name)
        browser.find("#f-full_name").send_keys("Sam Contractor")
        browser.find("#f-password").send_keys(PASSWORD)
        browser.find("#f-confirm").send_keys(PASSWORD)
        Select(browser.find("#f-role")).select_by_value("subcontractor")
        browser.click("#f-client_ids input")
        browser.click("main form .submit button")
        browser.wait(lambda: browser.text("h1").startswith(name))
        return urlsplit(browser.driver.current_url).path

    def test_from_the_first_day_to_the_last(self):
        admin = self.browser().sign_in()
        page = self.make(admin, "sam.first")
        self.assertIn("Assigned clients", admin.text())
        self.assertEqual(admin.axe(), [])

        # Who was given a password chooses one before anything else.
        sam = self.browser(width=390)
        self.sign_in(sam, "sam.first", PASSWORD)
        sam.wait(lambda: urlsplit(sam.driver.current_url).path == "/password")
        sam.get("/dashboard")
        self.assertEqual(urlsplit(sam.driver.current_url).path, "/password")
        sam.find("#current").send_keys(PASSWORD)
        sam.find("#password").send_keys("one of my own")
        sam.find("#confirm").send_keys("one of my own")
        sam.click("main form .submit button")
        sam.wait(lambda: "Your password has been changed." in sam.driver.page_source)
        sam.get("/clients")
        self.assertEqual(len(sam.all("main tbody tr")), 1)
        sam.get("/admin/users")
        self.assertNotIn("New user", sam.text())

        # The password is forgotten: a new one is shown once, and the browser is signed out.
        admin.get(page)
        admin.script("for (const each of document.querySelectorAll('details')) each.open = true")
        admin.click(f"form[action='{page}/reset-password'] button")
        shown = admin.wait(lambda: admin.find("#password").text)
        self.assertGreaterEqual(len(shown), 8)
        sam.get("/dashboard")
        self.assertEqual(urlsplit(sam.driver.current_url).path, "/login")

        admin.get(page)
        admin.click(f"form[action='{page}/deactivate'] button")
        admin.wait(lambda: "Inactive" in admin.text("h1"))
        self.sign_in(sam, "sam.first", shown)
        sam.wait(lambda: sam.all("main .error, main .flash, .problems"))
        self.assertEqual(urlsplit(sam.driver.current_url).path, "/login")
        sam.expected.append("403")
        sam.expected.append("401")

    def test_the_last_administrator_stays(self):
        for scripts in (True, False):
            with self.subTest(scripts=scripts):
                admin = self.browser(scripts=scripts).sign_in()
                admin.get("/admin/users?search=admin&role=admin")
                admin.click("main tbody th a")
                admin.wait(lambda: admin.text("h1").startswith("admin"))
                page = urlsplit(admin.driver.current_url).path
                admin.get(page + "/edit")
                Select(admin.find("#f-role")).select_by_value("user")
                admin.expected.append("422")
                admin.click("main form .submit button")
                admin.wait(lambda: "This is the last active administrator." in admin.text())
                admin.get(page)
                self.assertIn("Administrator", admin.text())
