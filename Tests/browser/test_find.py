"""The search of every page, as one types."""
from urllib.parse import urlsplit

from selenium.webdriver.common.keys import Keys

from browser import BrowserTestCase


class FindTests(BrowserTestCase):
    def focused(self, browser):
        return browser.script("return document.activeElement.id")

    def test_results_as_one_types(self):
        browser = self.browser().sign_in()
        browser.find("h1").click()
        browser.find("body").send_keys("/")
        self.assertEqual(self.focused(browser), "find")
        field = browser.find("#find")
        field.send_keys("online")
        browser.wait(lambda: any("Online shop" in item.text for item in browser.all("#find-results [role=option]")))
        self.assertEqual(field.get_attribute("aria-expanded"), "true")
        self.assertEqual(browser.axe(), [])
        browser.picture("find-1280-light")
        browser.wait(lambda: "result" in browser.script(
            "return document.querySelector('.find [role=status]').textContent"))
        # Down to the first, up past it to the field, Escape closes and then empties.
        field.send_keys(Keys.ARROW_DOWN)
        marked = browser.find("#find-results [aria-selected=true]")
        self.assertEqual(field.get_attribute("aria-activedescendant"), marked.get_attribute("id"))
        field.send_keys(Keys.ARROW_UP)
        self.assertEqual(browser.all("#find-results [aria-selected=true]"), [])
        field.send_keys(Keys.ESCAPE)
        self.assertFalse(browser.find("#find-results").is_displayed())
        self.assertEqual(field.get_attribute("value"), "online")
        field.send_keys(Keys.ARROW_DOWN)
        path = browser.find("#find-results [aria-selected=true]").get_attribute("data-path")
        field.send_keys(Keys.ENTER)
        browser.wait(lambda: urlsplit(browser.driver.current_url).path == path)

    def test_enter_opens_the_page_of_results(self):
        browser = self.browser().sign_in()
        browser.find("#find").send_keys("online")
        browser.wait(lambda: browser.all("#find-results [role=option]"))
        browser.find("#find").send_keys(Keys.ENTER)
        browser.wait(lambda: "/search?q=online" in browser.driver.current_url)
        self.assertIn("Online shop", browser.text())

    def test_a_result_is_clicked(self):
        browser = self.browser().sign_in()
        browser.find("#find").send_keys("online")
        browser.wait(lambda: browser.all("#find-results [role=option]"))
        first = browser.find("#find-results [role=option]")
        path = first.get_attribute("data-path")
        first.click()
        browser.wait(lambda: urlsplit(browser.driver.current_url).path == path)

    def test_nothing_and_too_little(self):
        browser = self.browser().sign_in()
        field = browser.find("#find")
        field.send_keys("q")
        field.send_keys("zxqzxq")
        browser.wait(lambda: "Nothing was found" in browser.text("#find-results"))
        for _ in range(6):
            field.send_keys(Keys.BACK_SPACE)
        self.assertFalse(browser.find("#find-results").is_displayed())

    def test_phone(self):
        browser = self.browser(width=390).sign_in()
        browser.find("h1").click()
        browser.find("body").send_keys("/")
        browser.wait(lambda: urlsplit(browser.driver.current_url).path == "/search")
        browser.find("#q").send_keys("online")
        browser.wait(lambda: browser.all("#q-results [role=option]"))
        self.assertEqual(browser.axe(), [])
        self.assertLessEqual(browser.script("return document.documentElement.scrollWidth"), 390)
        browser.picture("find-390-light")

    def test_without_scripts(self):
        browser = self.browser(scripts=False).sign_in()
        browser.find("#find").send_keys("online", Keys.ENTER)
        browser.wait(lambda: "/search?q=online" in browser.driver.current_url)
        self.assertIn("Online shop", browser.text())
