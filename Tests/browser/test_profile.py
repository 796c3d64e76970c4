"""The profile: colours that a person chooses, sessions that are ended, a token of one's own."""
from browser import BrowserTestCase


class ProfileTests(BrowserTestCase):
    def background(self, browser):
        return browser.script("return getComputedStyle(document.body).backgroundColor")

    def choose(self, browser, theme):
        browser.get("/profile")
        browser.script(f"document.getElementById('f-theme').value = '{theme}'")
        browser.find("form[action='/profile'] .submit button").click()
        browser.wait(lambda: "Your profile has been saved." in browser.driver.page_source)

    def test_colours_are_the_persons(self):
        browser = self.browser(dark=False).sign_in()
        browser.get("/profile")
        light = self.background(browser)
        self.choose(browser, "dark")
        dark = self.background(browser)
        self.assertNotEqual(light, dark)
        self.assertEqual(browser.axe(), [])
        browser.scheme("dark")
        self.assertEqual(self.background(browser), dark)
        self.choose(browser, "light")
        self.assertEqual(self.background(browser), light)
        self.assertEqual(browser.axe(), [])
        self.choose(browser, "")
        self.assertEqual(self.background(browser), dark)
        browser.scheme("light")
        self.assertEqual(self.background(browser), light)

    def test_a_token_of_ones_own(self):
        for scripts in (True, False):
            with self.subTest(scripts=scripts):
                browser = self.browser(width=390, scripts=scripts).sign_in()
                browser.get("/profile")
                self.assertIn("Chrome on Linux", browser.find("#sessions-title").find_element("xpath", "../..").text)
                browser.find("#tokens details > summary").click()
                browser.find("#f-name").send_keys("script of mine")
                browser.find("#f-scopes input[value='read:projects']").click()
                if scripts:
                    self.assertEqual(browser.axe(), [])
                browser.find("#tokens form.form .submit button").click()
                browser.wait(lambda: browser.find("#token").text.startswith("tt_"))
                browser.get("/profile")
                self.assertIn("script of mine", browser.find("#tokens table").text)
                browser.find("summary[aria-label='Delete script of mine']").click()
                browser.find("button[aria-label='Delete script of mine for good']").click()
                browser.wait(lambda: "The token has been deleted." in browser.driver.page_source)
