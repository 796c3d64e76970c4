"""What a new person does in the first quarter of an hour, with every click and key counted."""
import os

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import PASSWORD, BrowserTestCase


class FilmStrip(BrowserTestCase):
    """`FILMSTRIP` is a directory for the pictures; without it only the clicks are counted."""

    def setUp(self):
        self.clicks = 0
        self.frames = []

    def press(self, selector):
        self.clicks += 1
        self.film.click(selector)

    def frame(self, what):
        self.frames.append(f"{len(self.frames) + 1:2}  {self.clicks:2} clicks  {what}")
        directory = os.environ.get("FILMSTRIP")
        if not directory:
            return
        os.environ["SCREENSHOTS"] = directory
        name = "".join(letter if letter.isalnum() else "-" for letter in what.lower())
        try:
            self.film.picture(f"{len(self.frames):02}-{name}")
        finally:
            del os.environ["SCREENSHOTS"]

    def test_first_quarter_of_an_hour(self):
        self.film = film = self.browser(width=int(os.environ.get("FILMSTRIP_WIDTH", "1280")), dark=bool(os.environ.get("FILMSTRIP_DARK")))
        film.get("/")
        self.frame("sign in")
        film.find("[name=username]").send_keys("newcomer")
        film.find("[name=password]").send_keys(PASSWORD, Keys.ENTER)
        film.wait(lambda: film.all("#timer-notes"))
        film.wait(lambda: film.find("#value-insights [data-nothing]").is_displayed())
        self.frame("first dashboard")
        film.find("#timer-notes").send_keys("Reading in")
        place = film.find(".timer .combo input")
        place.send_keys("online shop")
        film.wait(lambda: film.all(".timer .combo li[data-value]"))
        self.frame("choose the project by typing")
        place.send_keys(Keys.ENTER)
        self.press(".timer .start button[type=submit]")
        film.wait(lambda: film.all("form[action='/timer/stop']"))
        self.frame("the timer runs")
        self.press("form[action='/timer/stop'] button")
        film.wait(lambda: film.all(".timer .start"))
        self.frame("stopped")
        # It began earlier in truth: the row becomes a form.
        film.get("/entries")
        self.clicks += 1
        self.press(".entry [data-edit]")
        film.wait(lambda: film.all(".editing"))
        start = film.find(".editing [name=start]")
        end = film.find(".editing [name=end]")
        start.clear()
        start.send_keys("0:00")
        end.clear()
        end.send_keys("1:30")
        self.frame("correct the entry")
        self.press(".editing button[type=submit]")
        film.wait(lambda: "The entry has been saved." in film.text())
        self.frame("corrected")
        self.assertIn("1:30", film.text(".entry .length"))
        if film.find("#menu").is_displayed():
            self.press(".menu a[href='/dashboard']")
        else:
            self.press(".menu-link")
            self.press(".menu a[href='/dashboard']")
        film.wait(lambda: film.find("#week-comparison canvas").get_attribute("data-drawn"))
        self.assertIn("1.5 hrs this week", film.text("#week-comparison [data-summary]"))
        self.frame("the week chart")
        if not film.find("#menu").is_displayed():
            self.press(".menu-link")
        self.press(".menu a[href='/reports']")
        film.wait(lambda: film.all("main table"))
        self.assertIn("1.50", film.text())
        self.frame("the report")
        print("\n" + "\n".join(self.frames))
        self.assertLessEqual(self.clicks, 9)
