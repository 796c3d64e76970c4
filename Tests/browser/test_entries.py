"""The list of entries and the calendar: many at once, rows as forms, moved and cut with pointer and keys, without scripts."""
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import URL, BrowserTestCase


class ListTests(BrowserTestCase):
    def choose(self, browser, label):
        next(item for item in browser.all("#bulk-action option") if item.text == label).click()

    def test_many_at_once_and_back(self):
        browser = self.browser().sign_in()
        browser.get("/entries?project_id=1")
        self.assertFalse(browser.find("#bulk-value").is_displayed())
        boxes = browser.all("input[name=entry_id]")
        boxes[0].click()
        # With Shift everything in between.
        ActionChains(browser.driver).key_down(Keys.SHIFT).click(boxes[3]).key_up(Keys.SHIFT).perform()
        self.assertIn("4 of 50 chosen", browser.text("[data-count]"))
        self.choose(browser, "Add tag")
        browser.find("#bulk-value").send_keys("urgent")
        self.assertEqual(browser.axe(), [])
        browser.picture("entries-chosen-1280-light")
        browser.click("#bulk button[type=submit]")
        browser.wait(lambda: "4 entries have been changed." in browser.text())
        tagged = lambda: sum("urgent" in entry.text for entry in browser.all(".entry"))
        self.assertEqual(tagged(), 4)
        self.assertEqual(browser.axe(), [])
        browser.click("form[action^='/entries/undo'] button")
        browser.wait(lambda: "taken back" in browser.text())
        self.assertEqual(tagged(), 0)
        self.assertIn("project_id=1", browser.driver.current_url)

    def test_a_row_becomes_a_form(self):
        browser = self.browser().sign_in()
        browser.get("/entries")
        row = browser.find(".entry").get_attribute("id")
        old = browser.text(f"#{row} .main a")
        browser.click(f"#{row} [data-edit]")
        browser.wait(lambda: browser.all(f"#{row}.editing"))
        self.assertEqual(browser.script("return document.activeElement.name"), "start")
        self.assertEqual(browser.driver.current_url, URL + "/entries")
        self.assertEqual(browser.axe(), [])
        browser.picture("entries-row-1280-light")
        # Escape leaves it as it was, and the focus comes back.
        browser.find(f"#{row} [name=notes]").send_keys("thrown away", Keys.ESCAPE)
        browser.wait(lambda: not browser.all(f"#{row}.editing"))
        self.assertEqual(browser.text(f"#{row} .main a"), old)
        self.assertTrue(browser.script("return 'edit' in document.activeElement.dataset"))
        # What is refused stays in the row.
        browser.click(f"#{row} [data-edit]")
        browser.wait(lambda: browser.all(f"#{row}.editing"))
        start = browser.find(f"#{row} [name=start]")
        right = start.get_attribute("value")
        start.clear()
        start.send_keys("9:75", Keys.ENTER)
        browser.expected = ["422"]
        browser.wait(lambda: browser.all(f"#{row} .problems"))
        self.assertIn("Write a time", browser.text(f"#{row} .problems"))
        start.clear()
        start.send_keys(right)
        notes = browser.find(f"#{row} [name=notes]")
        notes.clear()
        notes.send_keys("Corrected in place", Keys.CONTROL, Keys.ENTER)
        browser.wait(lambda: "The entry has been saved." in browser.text())
        self.assertEqual(browser.text(f"#{row} .main a"), "Corrected in place")
        self.assertEqual(browser.driver.current_url, URL + "/entries")

    def test_without_scripts(self):
        browser = self.browser(scripts=False).sign_in()
        browser.get("/entries?project_id=2")
        row = browser.find(".entry").get_attribute("id")
        browser.click(f"#{row} [data-edit]")
        browser.wait(lambda: browser.all(f"#{row}.editing"))
        notes = browser.find(f"#{row} [name=notes]")
        notes.clear()
        notes.send_keys("Corrected by hand")
        browser.click(f"#{row} button[type=submit]")
        browser.wait(lambda: "The entry has been saved." in browser.text())
        self.assertEqual(browser.text(f"#{row} .main a"), "Corrected by hand")
        browser.click(f"#{row} input[name=entry_id]")
        self.choose(browser, "Make not billable")
        browser.click("#bulk button[type=submit]")
        browser.wait(lambda: "One entry has been changed." in browser.text())
        self.assertIn("Not billable", browser.text(f"#{row}"))
        browser.click("form[action^='/entries/undo'] button")
        browser.wait(lambda: "taken back" in browser.text())
        browser.click(f"#{row} .main a")
        browser.wait(lambda: browser.all("#f-at"))
        browser.click("form[action$='/split'] button")
        browser.wait(lambda: "split in two" in browser.text())
        self.assertEqual(len([entry for entry in browser.all(".entry") if "Corrected by hand" in entry.text]), 2)


class CalendarTests(BrowserTestCase):
    """In weeks of the far future, where nothing else is."""

    def week(self, browser, week, times):
        """Entries of the first project on the week's first day."""
        for start, end in times:
            browser.get(f"/entries/new?date={week}&start={start}&end={end}&place=1&back=/timesheet/calendar?week={week}")
            browser.find("#f-notes").send_keys(f"From {start}")
            browser.click("main form button[type=submit]")
            browser.wait(lambda: browser.all("#calendar"))

    def event(self, browser, text):
        return browser.driver.find_element(By.XPATH, f"//li[contains(@class, 'event')][contains(., '{text}')]")

    def when(self, browser, text):
        return self.event(browser, text).find_element(By.CSS_SELECTOR, ".when").text

    def column(self, browser, text):
        return browser.script("return [...document.querySelectorAll('.quarters')].indexOf(arguments[0].parentElement)",
                              self.event(browser, text))

    def drag(self, browser, element, grip, x, y):
        """From a point of an element (pixels below its top; negative = above its bottom)."""
        box = element.rect
        offset = grip - box["height"] / 2 if grip >= 0 else box["height"] / 2 + grip
        chain = ActionChains(browser.driver, duration=50)
        chain.move_to_element_with_offset(element, 0, offset).click_and_hold()
        # In three steps, as a hand does.
        done_x = done_y = 0
        for part in (1, 2, 3):
            to_x, to_y = round(x * part / 3), round(y * part / 3)
            chain.move_by_offset(to_x - done_x, to_y - done_y)
            done_x, done_y = to_x, to_y
        chain.release().perform()

    def test_pointer(self):
        browser = self.browser().sign_in()
        self.week(browser, "2032-03-01", [("9:00", "11:00"), ("13:00", "14:00")])
        quarter = browser.script("return document.querySelector('.quarters').getBoundingClientRect().height / 96")
        width = browser.script("return document.querySelector('.column').getBoundingClientRect().width")
        # A day later and an hour down.
        self.drag(browser, self.event(browser, "From 9:00"), 40, round(width), round(quarter * 4))
        browser.wait(lambda: "Now 10:00 – 12:00" in browser.script("return document.getElementById('calendar-status').textContent"))
        self.assertEqual((self.when(browser, "From 9:00"), self.column(browser, "From 9:00")), ("10:00 – 12:00", 1))
        self.assertEqual(browser.driver.current_url, URL + "/timesheet/calendar?week=2032-03-01")
        browser.click("#calendar-undo button")
        browser.wait(lambda: self.when(browser, "From 9:00") == "09:00 – 11:00")
        self.assertEqual(self.column(browser, "From 9:00"), 0)
        # Its lower edge, half an hour.
        self.drag(browser, self.event(browser, "From 9:00"), -3, 0, round(quarter * 2))
        browser.wait(lambda: self.when(browser, "From 9:00") == "09:00 – 11:30")
        # The preview says so before the server does, whose calendar takes its place.
        browser.wait(lambda: not browser.all("#calendar[aria-busy]"))
        # Shift cuts where the pointer is: after an hour.
        chain = ActionChains(browser.driver)
        item = self.event(browser, "From 9:00")
        chain.key_down(Keys.SHIFT).move_to_element_with_offset(
            item, 0, quarter * 4 - item.rect["height"] / 2).click().key_up(Keys.SHIFT).perform()
        browser.wait(lambda: len([entry for entry in browser.all(".event") if "From 9:00" in entry.text]) == 2)
        self.assertEqual(sorted(entry.text.split("\n")[0] for entry in browser.all(".event") if "From 9:00" in entry.text),
                         ["09:00 – 10:00", "10:00 – 11:30"])
        self.assertEqual(browser.axe(), [])
        browser.picture("calendar-cut-1280-light")

    def test_an_empty_place_is_dragged_over(self):
        browser = self.browser().sign_in()
        browser.get("/timesheet/calendar?week=2032-04-05")
        quarter = browser.script("return document.querySelector('.quarters').getBoundingClientRect().height / 96")
        browser.script("document.getElementById('calendar').scrollTop = 0")
        column = browser.all(".quarters")[2]
        top = browser.script("return arguments[0].getBoundingClientRect().top", column)
        x = column.rect["x"] + 30
        chain = ActionChains(browser.driver, duration=50)
        chain.w3c_actions.pointer_action.move_to_location(round(x), round(top + quarter * 8 + 2))
        chain.click_and_hold().move_by_offset(0, round(quarter * 3)).move_by_offset(0, round(quarter * 3) - 4).release().perform()
        browser.wait(lambda: browser.all("#f-start"))
        self.assertEqual([browser.find(f"#f-{name}").get_attribute("value") for name in ("date", "start", "end")],
                         ["2032-04-07", "02:00", "03:30"])

    def test_keyboard(self):
        browser = self.browser().sign_in()
        self.week(browser, "2032-05-03", [("9:00", "10:00")])
        link = lambda: self.event(browser, "From 9:00").find_element(By.TAG_NAME, "a")
        link().send_keys(Keys.ALT, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
        browser.wait(lambda: self.when(browser, "From 9:00") == "09:30 – 10:30")
        browser.wait(lambda: browser.all("#calendar-undo"))
        self.assertEqual(self.column(browser, "From 9:00"), 1)
        # The focus has stayed on it.
        active = browser.driver.switch_to.active_element
        self.assertIn("From 9:00", active.text)
        active.send_keys(Keys.ALT, Keys.SHIFT, Keys.ARROW_DOWN)
        browser.wait(lambda: self.when(browser, "From 9:00") == "09:30 – 10:45")
        browser.wait(lambda: browser.find("#calendar-undo") and "Now 09:30 – 10:45" in browser.script(
            "return document.getElementById('calendar-status').textContent"))
        # Escape takes back what has not been sent.
        link().send_keys(Keys.ALT, Keys.ARROW_UP)
        browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        self.assertEqual(self.when(browser, "From 9:00"), "09:30 – 10:45")
        link().send_keys(Keys.ENTER)
        browser.wait(lambda: browser.all("dialog[open]"))
        self.assertEqual(browser.axe(), [])
        browser.picture("calendar-dialog-1280-light")
        box = browser.find("#event-at")
        box.clear()
        box.send_keys("10:00", Keys.ENTER)
        browser.wait(lambda: len([entry for entry in browser.all(".event") if "From 9:00" in entry.text]) == 2)
        self.assertFalse(browser.all("dialog[open]"))

    def test_what_is_refused(self):
        browser = self.browser().sign_in()
        self.week(browser, "2032-06-07", [("9:00", "10:00")])
        browser.expected = ["422"]
        self.event(browser, "From 9:00").find_element(By.TAG_NAME, "a").send_keys(Keys.ENTER)
        box = browser.wait(lambda: browser.find("#event-at"))
        box.clear()
        box.send_keys("11:00", Keys.ENTER)
        browser.wait(lambda: browser.all("main > .problems"))
        self.assertIn("between", browser.text("main > .problems"))
        self.assertEqual(self.when(browser, "From 9:00"), "09:00 – 10:00")

    def test_views_by_keys(self):
        browser = self.browser().sign_in()
        browser.get("/timesheet?week=2032-03-01")
        for key, path in [("m", "/timesheet/month?month=2032-03-01"), ("d", "/timesheet/day?date=2032-03-01"),
                          ("w", "/timesheet?week=2032-03-01")]:
            browser.driver.find_element(By.TAG_NAME, "body").send_keys(key)
            browser.wait(lambda: browser.driver.current_url == URL + path)
        browser.driver.find_element(By.LINK_TEXT, "Calendar").click()
        browser.wait(lambda: browser.driver.current_url == URL + "/timesheet/calendar?week=2032-03-01")

    def test_without_scripts(self):
        browser = self.browser(scripts=False).sign_in()
        self.week(browser, "2032-07-05", [("9:00", "10:00")])
        self.event(browser, "From 9:00").find_element(By.TAG_NAME, "a").click()
        browser.wait(lambda: browser.all("#f-start"))
        start = browser.find("#f-start")
        start.clear()
        start.send_keys("8:30")
        browser.click("main form button[type=submit]")
        browser.wait(lambda: browser.all("#calendar"))
        self.assertEqual(self.when(browser, "From 9:00"), "08:30 – 10:00")
