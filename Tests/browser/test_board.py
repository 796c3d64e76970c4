"""The task board: by pointer, keyboard, touch, and without scripts."""
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from browser import BrowserTestCase


class BoardTests(BrowserTestCase):
    def lane_of(self, browser, card):
        return browser.script(
            "return document.getElementById(arguments[0])?.closest('.lane').dataset.status", card)

    def first(self, browser, status):
        return browser.find(f".lane[data-status={status}] .task-card").get_attribute("id")

    def undo(self, browser, card, status):
        browser.script("scrollTo(0, 0)")
        browser.click("#board-said .acted button")
        browser.wait(lambda: self.lane_of(browser, card) == status)
        self.assertIn("back where it was", browser.text("#board-said"))

    def test_drag(self):
        browser = self.browser().sign_in()
        browser.get("/tasks/board")
        card = self.first(browser, "todo")
        ActionChains(browser.driver).click_and_hold(browser.find(f"#{card} .place")) \
            .move_to_element(browser.find(".lane[data-status=review] h2")).perform()
        self.assertTrue(browser.all(".lane.aimed[data-status=review]"))
        browser.picture("board-dragged-1280-light")
        ActionChains(browser.driver).release().perform()
        browser.wait(lambda: self.lane_of(browser, card) == "review")
        self.assertIn("is now Review", browser.text("#board-said"))
        self.assertEqual(browser.axe(), [])
        self.undo(browser, card, "todo")

    def test_escape_ends_a_drag(self):
        browser = self.browser().sign_in()
        browser.get("/tasks/board")
        card = self.first(browser, "todo")
        ActionChains(browser.driver).click_and_hold(browser.find(f"#{card} .place")) \
            .move_to_element(browser.find(".lane[data-status=review] h2")).send_keys(Keys.ESCAPE).release().perform()
        self.assertEqual(self.lane_of(browser, card), "todo")
        self.assertEqual(browser.all(".ghost"), [])

    def test_touch(self):
        browser = self.browser(width=390).sign_in()
        browser.get("/tasks/board")
        card = self.first(browser, "todo")
        box = browser.script("const b = document.querySelector(`#${arguments[0]} .place`).getBoundingClientRect();"
                             "return [b.left + 20, b.top + 5]", card)
        aim = browser.script("const b = document.querySelector('.lane[data-status=in_progress]').getBoundingClientRect();"
                             "return Math.min(b.left + 20, innerWidth - 5)")
        touch = lambda kind, *at: browser.command(
            "Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": at[0], "y": at[1]}] if at else [])
        touch("touchStart", *box)
        browser.wait(lambda: browser.all(".task-card.dragged"))
        touch("touchMove", aim, box[1])
        browser.wait(lambda: browser.all(".lane.aimed[data-status=in_progress]"))
        touch("touchEnd")
        browser.wait(lambda: self.lane_of(browser, card) == "in_progress")
        self.undo(browser, card, "todo")

    def test_keyboard(self):
        browser = self.browser().sign_in()
        browser.get("/tasks/board")
        card = self.first(browser, "todo")
        browser.script("document.querySelector(`#${arguments[0]} .title`).focus()", card)
        ActionChains(browser.driver).key_down(Keys.ALT).send_keys(Keys.ARROW_RIGHT).key_up(Keys.ALT).perform()
        browser.wait(lambda: self.lane_of(browser, card) == "in_progress")
        # The card keeps the focus, so that it can go on at once.
        browser.wait(lambda: browser.script("return document.activeElement.closest('.task-card')?.id") == card)
        ActionChains(browser.driver).key_down(Keys.ALT).send_keys(Keys.ARROW_LEFT).key_up(Keys.ALT).perform()
        browser.wait(lambda: self.lane_of(browser, card) == "todo")
        browser.find(f"#{card} button[name=to]").send_keys(Keys.ENTER)
        browser.wait(lambda: self.lane_of(browser, card) == "in_progress")
        self.undo(browser, card, "todo")

    def test_somebody_else_was_first(self):
        here = self.browser().sign_in()
        there = self.browser().sign_in(device="board")
        here.get("/tasks/board")
        there.get("/tasks/board")
        card = self.first(here, "todo")
        here.find(f"#{card} button[name=to]").click()
        here.wait(lambda: self.lane_of(here, card) == "in_progress")
        there.expected = ["422"]
        Select(there.find(f"#{card} select")).select_by_value("done")
        there.click(f"#{card} button.save")
        there.wait(lambda: "has been changed meanwhile" in there.text("#board-said"))
        self.assertEqual(self.lane_of(there, card), "in_progress")
        self.assertEqual(there.axe(), [])
        self.undo(here, card, "todo")

    def test_without_scripts(self):
        browser = self.browser(scripts=False).sign_in()
        browser.get("/tasks/board")
        card = self.first(browser, "todo")
        Select(browser.find(f"#{card} select")).select_by_value("on_hold")
        browser.click(f"#{card} button.save")
        browser.wait(lambda: "is now On Hold" in browser.text())
        self.assertTrue(browser.all(f".lane[data-status=on_hold] #{card}"))
        browser.click("#board-said button")
        browser.wait(lambda: "back where it was" in browser.text())
        self.assertTrue(browser.all(f".lane[data-status=todo] #{card}"))
