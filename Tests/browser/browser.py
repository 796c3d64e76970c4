"""A chromium that is driven as a person would, and keeps an eye on itself: console, requests, layout."""
import atexit
import concurrent.futures
import importlib.util
import itertools
import json
import os
import pathlib
import time
import unittest
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

URL = os.environ["TT_URL"]
PASSWORD = os.environ["TT_PASSWORD"]
# Not imported: that would need Playwright.
AXE = (pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text()
# Sessions of those who have signed in, which takes a while.
sessions = {}
# The server lets no address try to sign in more than five times a minute: each browser has one of its own (RFC 2544).
addresses = (f"198.18.{number // 250}.{number % 250 + 1}" for number in itertools.count())


class Drivers:
    """Starts the next chromium while this one is used, and ends the last one meanwhile: either takes a second."""

    def __init__(self):
        self.threads = concurrent.futures.ThreadPoolExecutor(2)
        self.next = None
        atexit.register(lambda: self.next and self.next.result().quit())

    def start(self):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,900"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))

    def take(self):
        driver = self.next.result() if self.next else self.start()
        self.next = self.threads.submit(self.start)
        return driver

    def end(self, driver):
        self.threads.submit(driver.quit)


drivers = Drivers()


class Browser:
    def __init__(self, width=1280, dark=False, scripts=True):
        self.driver = drivers.take()
        self.command("Network.enable")
        self.command("Network.setExtraHTTPHeaders", headers={"X-Forwarded-For": next(addresses)})
        self.width = width
        self.resize(900)
        self.scheme("dark" if dark else "light")
        if not scripts:
            self.command("Emulation.setScriptExecutionDisabled", value=True)
        self.scripts = scripts
        self.expected = []

    def command(self, method, **parameters):
        return self.driver.execute_cdp_cmd(method, parameters)

    def resize(self, height):
        self.command("Emulation.setDeviceMetricsOverride", width=self.width, height=height, deviceScaleFactor=1,
                     mobile=self.width < 600)

    def scheme(self, name):
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def get(self, path):
        self.driver.get(URL + path)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, what, seconds=10):
        # A page that is about to give way to the next one is no answer.
        passing = [NoSuchElementException, StaleElementReferenceException]

        def answer(_):
            try:
                return what()
            except WebDriverException as error:
                # The same, as chromedriver says it when the page goes in the middle of a command.
                if "does not belong to the document" not in str(error):
                    raise
                return False

        return WebDriverWait(self.driver, seconds, poll_frequency=0.05, ignored_exceptions=passing).until(answer)

    def click(self, selector):
        self.find(selector).click()

    def text(self, selector="main"):
        return self.find(selector).text

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def sign_in(self, name="admin", device=""):
        """By the form once for each name and device; later browsers get the session's cookie."""
        cookie = sessions.get((name, device))
        if cookie:
            self.command("Network.setCookie", name="session", value=cookie, url=URL, httpOnly=True)
            self.get("/dashboard")
            return self
        self.get("/login")
        self.find("[name=username]").send_keys(name)
        self.find("[name=password]").send_keys(PASSWORD)
        self.click("main button[type=submit]")
        self.wait(lambda: urlsplit(self.driver.current_url).path == "/dashboard")
        sessions[name, device] = self.driver.get_cookie("session")["value"]
        return self

    def axe(self):
        """What axe-core finds wrong with the page, a line for each."""
        self.script(AXE)
        found = self.driver.execute_async_script("const done = arguments[0]; axe.run(document).then(done)")
        return [f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
                for violation in found["violations"] for node in violation["nodes"][:3]]

    def picture(self, name):
        directory = os.environ.get("SCREENSHOTS")
        if not directory:
            return
        os.makedirs(directory, exist_ok=True)
        height = self.script("return document.documentElement.scrollHeight")
        self.resize(min(max(height, 700), 2600))
        time.sleep(0.3)
        self.driver.save_screenshot(os.path.join(directory, name + ".png"))
        self.resize(900)

    def complaints(self):
        """What the console says, and requests that went to another host."""
        found = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] != "Network.requestWillBeSent":
                continue
            address = message["params"]["request"]["url"]
            if address.startswith("http") and not address.startswith(URL):
                found.append(f"request to {address}")
        return [text for text in found if not any(known in text for known in self.expected)]

    def quit(self):
        drivers.end(self.driver)


class BrowserTestCase(unittest.TestCase):
    """Each browser of a test must end without complaints."""

    def browser(self, **options):
        browser = Browser(**options)
        self.addCleanup(browser.quit)
        self.addCleanup(lambda: self.assertEqual(browser.complaints(), []))
        return browser

    def discard_timer(self, browser):
        """Leaves no timer behind."""
        def discard():
            browser.get("/dashboard")
            if browser.all("form[action='/timer/discard']"):
                browser.script("document.querySelector('details.discard').open = true")
                browser.click("form[action='/timer/discard'] button")
                browser.wait(lambda: browser.all(".timer .start"))
        self.addCleanup(discard)
