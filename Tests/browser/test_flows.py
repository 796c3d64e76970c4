"""What people do all day."""
import re

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import URL, BrowserTestCase


class TimerTests(BrowserTestCase):
    def start(self, browser, notes="Checkout flow", typed="online shop"):
        browser.find("#timer-notes").send_keys(notes)
        place = browser.find(".timer .combo input")
        place.send_keys(typed)
        browser.wait(lambda: any("Online shop" in item.text for item in browser.all(".timer .combo li")))
        place.send_keys(Keys.ENTER)
        self.assertIn("Online shop", place.get_attribute("value"))
        browser.find("#timer-notes").send_keys(Keys.ENTER)
        browser.wait(lambda: browser.all("form[action='/timer/stop']"))

    def test_start_pause_stop(self):
        browser = self.browser().sign_in()
        self.discard_timer(browser)
        self.start(browser)
        self.assertIn("Checkout flow", browser.text(".timer"))
        browser.wait(lambda: re.match(r"0:\d\d · Online shop", browser.driver.title))
        first = browser.text("[data-clock]")
        browser.wait(lambda: browser.text("[data-clock]") != first, 3)
        browser.click("form[action='/timer/pause'] button")
        browser.wait(lambda: "(paused)" in browser.driver.title)
        still = browser.text("[data-clock]")
        browser.click("form[action='/timer/resume'] button")
        browser.wait(lambda: browser.all("form[action='/timer/pause']"))
        self.assertTrue(still.startswith("0:00:"))
        browser.get("/entries")
        browser.click("form[action='/timer/stop'] button")
        browser.wait(lambda: browser.all(".timer .start"))
        self.assertEqual(browser.driver.current_url, URL + "/entries")
        self.assertIn("The timer has been stopped.", browser.text())
        self.assertIn("Checkout flow", browser.text(".entry"))
        self.assertTrue(browser.driver.title.startswith("Entries"))

    def test_two_browsers_agree(self):
        here = self.browser().sign_in()
        there = self.browser(width=390).sign_in(device="phone")
        self.discard_timer(here)
        self.start(here, notes="Seen from afar")
        there.wait(lambda: "Seen from afar" in there.text(".timer"), 2)
        there.click("form[action='/timer/stop'] button")
        here.wait(lambda: here.all(".timer .start"), 2.5)
        self.assertIn("No timer", here.script("return document.getElementById('timer-status').textContent"))

    def test_typing_is_not_wiped(self):
        here = self.browser().sign_in()
        there = self.browser().sign_in()
        self.discard_timer(here)
        there.find("#timer-notes").send_keys("half a sen")
        self.start(here)
        there.script("return new Promise((done) => setTimeout(done, 2500))")
        self.assertEqual(there.find("#timer-notes").get_attribute("value"), "half a sen")
        there.find("#timer-notes").send_keys(Keys.TAB)
        there.script("document.activeElement.blur()")
        there.wait(lambda: there.all("form[action='/timer/stop']"), 4)

    def test_one_tab_has_the_stream(self):
        browser = self.browser().sign_in()
        self.discard_timer(browser)
        first = browser.driver.current_window_handle
        browser.driver.switch_to.new_window("tab")
        browser.get("/entries")
        second = browser.driver.current_window_handle
        requests = "return performance.getEntriesByName(location.origin + arguments[0]).length"
        # The one that came second has no stream of its own, and doesn't ask either.
        browser.wait(lambda: browser.script("return navigator.locks.query().then((all) => all.held.length)") == 1)
        browser.wait(lambda: browser.script(requests, "/timer/state") == 0 or None)
        browser.get("/entries")
        browser.script("return new Promise((done) => setTimeout(done, 3500))")
        self.assertLessEqual(browser.script(requests, "/timer/state"), 1)
        self.assertEqual(browser.script(requests, "/timer/events"), 0)
        # What is done there shows here, timer and entries alike.
        other = self.browser().sign_in(device="other")
        self.start(other, notes="Told by the stream")
        browser.wait(lambda: "Told by the stream" in browser.text(".timer"), 2)
        # The stream passes on when its tab is closed.
        browser.driver.switch_to.window(first)
        browser.driver.close()
        browser.driver.switch_to.window(second)
        other.click("form[action='/timer/stop'] button")
        browser.wait(lambda: browser.all(".timer .start"), 2.5)

    def test_pages_follow(self):
        here = self.browser().sign_in()
        there = self.browser().sign_in(device="pages")
        self.discard_timer(here)
        self.start(here, notes="Shows in the list")
        here.click("form[action='/timer/stop'] button")
        there.wait(lambda: "Shows in the list" in there.text("#today"), 3)

    def test_who_is_idle_is_asked(self):
        browser = self.browser().sign_in()
        self.discard_timer(browser)
        browser.get("/timer")
        self.assertEqual(browser.axe(), [])
        browser.click("[name=asks_when_idle]")
        browser.click("form[action='/timer/idle-notice'] button")
        browser.wait(lambda: "You will be asked" in browser.text())
        browser.get("/dashboard")
        self.start(browser, notes="Long thought")
        heard = "return performance.getEntriesByName(location.origin + '/timer/heartbeat').length"
        self.assertEqual(browser.script(heard), 0)
        browser.find("h1").click()
        browser.wait(lambda: browser.script(heard) == 1)
        browser.find("h1").click()
        self.assertEqual(browser.script(heard), 1)
        browser.get("/timer")
        browser.click("[name=asks_when_idle]")
        browser.click("form[action='/timer/idle-notice'] button")
        browser.wait(lambda: "not be asked" in browser.text())

    def test_without_scripts(self):
        browser = self.browser(scripts=False).sign_in()
        self.discard_timer(browser)
        browser.get("/timer")
        option = next(item for item in browser.all("#f-place option") if item.text == "Online shop")
        option.click()
        browser.find("#f-notes").send_keys("By hand")
        browser.click("main form button[type=submit]")
        browser.wait(lambda: browser.all("form[action='/timer/stop']"))
        self.assertIn("By hand", browser.text(".timer"))
        browser.click("form[action='/timer/stop'] button")
        browser.wait(lambda: browser.all(".timer .start"))

    def test_continue(self):
        browser = self.browser().sign_in()
        self.discard_timer(browser)
        notes = browser.text(".entry .main a")
        browser.click(".entry button[formaction='/timer/continue']")
        browser.wait(lambda: browser.all("form[action='/timer/stop']"))
        self.assertIn(notes, browser.text(".timer"))


class DashboardTests(BrowserTestCase):
    def test_value_insights_and_week(self):
        browser = self.browser().sign_in()
        browser.wait(lambda: browser.find("[data-figures]").is_displayed())
        self.assertEqual(len(browser.all("#value-insights [data-strip] rect")), 7)
        self.assertRegex(browser.text("#value-insights [data-total]"), r"^\d+\.\d h$")
        self.assertRegex(browser.text("#value-insights [data-amount]"), r"^\d+\.\d\d$")
        heights = [int(bar.get_attribute("height")) for bar in browser.all("[data-strip] rect")]
        self.assertTrue(min(heights) >= 3 and max(heights) == 88)
        canvas = "#week-comparison canvas"
        browser.wait(lambda: browser.find(canvas).get_attribute("data-drawn"))
        self.assertRegex(browser.text("#week-comparison [data-summary]"), r"^\d+\.\d hrs this week – .* vs last week$")
        # Something has been painted.
        painted = browser.script(
            "const c = document.querySelector(arguments[0]); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            "return d.some((byte) => byte !== 0)", canvas)
        self.assertTrue(painted)

    def test_failing_figures(self):
        browser = self.browser().sign_in()
        browser.expected = ["value-dashboard", "week-comparison", "ERR_BLOCKED"]
        browser.command("Network.enable")
        browser.command("Network.setBlockedURLs", urls=["*/api/stats/*", "*/api/reports/*"])
        browser.get("/dashboard")
        browser.wait(lambda: "Could not load" in browser.text("#week-comparison"))
        self.assertEqual(browser.text("#value-insights [data-loading]"), "–")
        self.assertFalse(browser.find("#week-comparison [data-chart]").is_displayed())


class TimesheetTests(BrowserTestCase):
    def test_week_grid(self):
        browser = self.browser().sign_in()
        browser.get("/timesheet?week=2030-01-07")
        place = browser.find(".add-line .combo input")
        place.send_keys("website image")
        browser.wait(lambda: browser.all(".add-line .combo li[data-value]"))
        place.send_keys(Keys.ENTER)
        browser.click(".add-line button")
        browser.wait(lambda: len(browser.all("table.week tbody tr")) == 1)
        cells = browser.all("table.week tbody input")
        self.assertEqual(len(cells), 7)
        for cell, text in zip(cells, ["1:30", "1.5", "90m", "soon"]):
            cell.send_keys(text)
        self.assertEqual(browser.text("[data-week-sum]"), "4:30")
        self.assertEqual(cells[3].get_attribute("aria-invalid"), "true")
        cells[3].clear()
        browser.click("main form .submit button")
        browser.wait(lambda: "3 entries have been changed." in browser.text())
        self.assertEqual([cell.get_attribute("value") for cell in browser.all("table.week tbody input")][:4],
                         ["1:30", "1:30", "1:30", ""])
        browser.all("table.week thead th a")[1].click()
        browser.wait(lambda: browser.all(".entry"))
        self.assertIn("09:00 – 10:30", browser.text(".entry"))
        # Leaves the week as it was.
        browser.get("/timesheet?week=2030-01-07")
        for cell in browser.all("table.week tbody input"):
            cell.clear()
        browser.click("main form .submit button")
        browser.wait(lambda: "Nothing booked" in browser.text())

    def test_correcting_an_entry(self):
        browser = self.browser().sign_in()
        browser.get("/entries")
        browser.driver.get(browser.find(".entry .main a").get_attribute("href"))
        start = browser.find("#f-start")
        old = start.get_attribute("value")
        start.clear()
        start.send_keys("9:75")
        browser.click("main form.form .submit button")
        browser.wait(lambda: browser.all(".problems"))
        self.assertEqual(browser.script("return document.activeElement.className"), "problems")
        browser.expected = ["422"]
        browser.find(".problems a").click()
        self.assertEqual(browser.script("return document.activeElement.id"), "f-start")
        self.assertEqual(browser.find("#f-start").get_attribute("aria-invalid"), "true")
        browser.find("#f-start").clear()
        browser.find("#f-start").send_keys(old, Keys.CONTROL, Keys.ENTER)
        browser.wait(lambda: "The entry has been saved." in browser.text())


class KeyboardTests(BrowserTestCase):
    def press(self, browser, *keys):
        for key in keys:
            browser.driver.switch_to.active_element.send_keys(key)

    def test_shortcuts(self):
        browser = self.browser().sign_in()
        body = browser.driver.find_element(By.TAG_NAME, "body")
        body.send_keys("?")
        browser.wait(lambda: browser.all("dialog[open]"))
        self.assertIn("Go to Timesheet", browser.text("dialog"))
        body.send_keys(Keys.ESCAPE)
        browser.wait(lambda: not browser.all("dialog"))
        body.send_keys("g", "e")
        browser.wait(lambda: browser.driver.current_url == URL + "/entries")
        browser.driver.find_element(By.TAG_NAME, "body").send_keys("j")
        self.assertEqual(browser.script("return document.activeElement.closest('.entry') !== null"), True)
        browser.driver.find_element(By.TAG_NAME, "body").send_keys("/")
        self.assertEqual(browser.script("return document.activeElement.id"), "find")
        self.press(browser, "checkout", Keys.ENTER)
        browser.wait(lambda: "/search?q=checkout" in browser.driver.current_url)
        self.assertIn("found", browser.text())
        browser.find(".entry a").click()
        browser.wait(lambda: re.search(r"/(projects|tasks)/\d+$", browser.driver.current_url))

    def test_combobox(self):
        browser = self.browser().sign_in()
        box = browser.find(".timer .combo input")
        box.send_keys("nothing like this")
        browser.wait(lambda: browser.all(".timer .combo li.none"))
        box.send_keys(Keys.ESCAPE)
        self.assertEqual(box.get_attribute("aria-expanded"), "false")
        box.clear()
        box.send_keys("fjord time")
        browser.wait(lambda: [item.text for item in browser.all(".timer .combo li")][:1] == ["Route planner › Time windows\nFjord Logistics"])
        box.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
        self.assertEqual(box.get_attribute("value"), "Route planner › Time windows")
        self.assertRegex(browser.find("#timer-place").get_attribute("value"), r"^\d+:\d+$")

    def test_menu_on_phones(self):
        browser = self.browser(width=390).sign_in()
        self.assertFalse(browser.find("#menu").is_displayed())
        browser.click(".menu-link")
        self.assertTrue(browser.find("#menu").is_displayed())
        browser.driver.find_element(By.LINK_TEXT, "Reports").click()
        browser.wait(lambda: browser.driver.current_url == URL + "/reports")
        self.assertFalse(browser.find("#menu").is_displayed())
