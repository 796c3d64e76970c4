"""Reports under a name; a week that is copied, saved and taken back."""
from selenium.webdriver.common.keys import Keys

from browser import BrowserTestCase


class SavedReportTests(BrowserTestCase):
    def save(self, browser, name):
        browser.get("/reports")
        browser.click("details.keep summary")
        browser.find("#report-name").send_keys(name)
        browser.click("details.keep button[type=submit]")
        browser.wait(lambda: "The report has been saved." in browser.text())
        self.assertIn(name, browser.text("h1"))

    def flow(self, browser, name):
        self.save(browser, name)
        browser.get("/reports/saved")
        row = next(row for row in browser.all("tbody tr") if name in row.text)
        self.assertIn("this month", row.text)
        summaries = row.find_elements("css selector", "summary")
        summaries[0].click()
        field = row.find_element("css selector", "input[name=name]")
        field.clear()
        field.send_keys(name + " again", Keys.ENTER)
        browser.wait(lambda: "The report has been saved." in browser.text())
        row = next(row for row in browser.all("tbody tr") if name + " again" in row.text)
        row.find_elements("css selector", "summary")[1].click()
        row.find_element("css selector", "button.danger").click()
        browser.wait(lambda: "The report has been deleted." in browser.text())
        self.assertNotIn(name, browser.text())

    def test_save_open_rename_delete(self):
        browser = self.browser().sign_in()
        self.flow(browser, "Mine with scripts")

    def test_without_scripts(self):
        self.flow(self.browser(scripts=False).sign_in(), "Mine without")

    def test_looks(self):
        for width, dark in ((1280, True), (390, False), (360, False)):
            browser = self.browser(width=width, dark=dark).sign_in()
            name = f"Hours of {width}"
            self.save(browser, name)
            for path in ("/reports", "/reports/saved"):
                browser.get(path)
                for details in browser.all("main details"):
                    browser.script("arguments[0].open = true", details)
                self.assertEqual(browser.axe(), [], path)
                self.assertLessEqual(browser.script("return document.documentElement.scrollWidth"), width, path)
                browser.picture(f"{path.strip('/').replace('/', '-')}-open-{width}-{'dark' if dark else 'light'}")
            browser.get("/reports/saved")
            row = next(row for row in browser.all("tbody tr") if name in row.text)
            row.find_elements("css selector", "summary")[1].click()
            row.find_element("css selector", "button.danger").click()
            browser.wait(lambda: "has been deleted" in browser.text())


class WeekTests(BrowserTestCase):
    WEEK = "/timesheet?week=2033-03-07"

    def flow(self, browser):
        browser.get(self.WEEK)
        option = next(item for item in browser.all("#new-place option") if "Online shop" in item.get_attribute("textContent"))
        browser.get(f"{self.WEEK}&place={option.get_attribute('value')}")
        browser.find("td[data-day='0'] input").send_keys("1:30", Keys.ENTER)
        browser.wait(lambda: "One entry has been changed." in browser.text())
        self.assertEqual(browser.find("td[data-day='0'] input").get_attribute("value"), "1:30")
        # The week after takes it over, and gives it back.
        browser.get("/timesheet?week=2033-03-14")
        browser.click("form[action='/timesheet/copy'] button")
        browser.wait(lambda: "One entry has been changed." in browser.text())
        self.assertEqual(browser.find("td[data-day='0'] input").get_attribute("value"), "1:30")
        self.assertEqual(browser.axe() if browser.scripts else [], [])
        browser.click(".acted button")
        browser.wait(lambda: "The change has been taken back." in browser.text())
        self.assertIn("Nothing booked in this week yet.", browser.text())
        browser.get(self.WEEK)
        cell = browser.find("td[data-day='0'] input")
        cell.clear()
        cell.send_keys(Keys.ENTER)
        browser.wait(lambda: "One entry has been changed." in browser.text())
        self.assertIn("Nothing booked in this week yet.", browser.text())
        browser.click(".acted button")
        browser.wait(lambda: browser.all("td[data-day='0'] input"))
        self.assertEqual(browser.find("td[data-day='0'] input").get_attribute("value"), "1:30")
        cell = browser.find("td[data-day='0'] input")
        cell.clear()
        cell.send_keys("0", Keys.ENTER)
        browser.wait(lambda: "Nothing booked in this week yet." in browser.text())

    def test_copied_saved_and_taken_back(self):
        self.flow(self.browser().sign_in())

    def test_without_scripts(self):
        self.flow(self.browser(scripts=False).sign_in())
