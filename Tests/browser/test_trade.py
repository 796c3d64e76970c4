"""Quotes, the inventory, imports and projects, with and without scripts."""
import json
import os
import re
import tempfile

from selenium.webdriver.common.keys import Keys

from browser import URL, BrowserTestCase


def choose(browser, selector, text):
    next(option for option in browser.all(selector + " option") if text in option.text).click()


class QuoteTests(BrowserTestCase):
    def fill(self, browser, index, **fields):
        for name, text in fields.items():
            field = browser.all(f"[name=item_{name}]")[index]
            field.clear()
            field.send_keys(text)

    def test_sums_are_live(self):
        browser = self.browser().sign_in()
        browser.get("/quotes")
        browser.click("a[href='/quotes/new']")
        choose(browser, "#f-client_id", "City Library")
        browser.find("#f-title").send_keys("Reading room lights")
        self.fill(browser, 0, description="Lamps", quantity="3", price="49.90")
        browser.wait(lambda: browser.text("[data-sum=sub_sum]") == "149.70")
        browser.find("#f-tax_rate").send_keys("10")
        browser.wait(lambda: browser.text("[data-sum=total_sum]") == "164.67 EUR")
        self.assertEqual(browser.text(".amount [data-amount]"), "149.70")
        # What a sum can't be made of is told at once.
        self.fill(browser, 1, description="Cable", price="much")
        browser.wait(lambda: "Not a valid number" in browser.text("[data-sum-problem]"))
        self.fill(browser, 1, price="2")
        browser.wait(lambda: browser.text("[data-sum=sub_sum]") == "151.70")
        browser.all("[data-remove]")[1].click()
        browser.wait(lambda: browser.text("[data-sum=sub_sum]") == "149.70")
        # A stock item fills in what it is called and what it costs.
        lines = len(browser.all("[data-line]"))
        browser.click("[data-add]")
        self.assertEqual(len(browser.all("[data-line]")), lines + 1)
        last = browser.all("[data-line]")[-1]
        browser.script("arguments[0].querySelector('details').open = true", last)
        self.fill(browser, lines, stock="nfc-usb")
        browser.all("[name=item_stock]")[lines].send_keys(Keys.TAB)
        self.assertEqual(browser.all("[name=item_description]")[lines].get_attribute("value"), "NFC reader, USB")
        browser.wait(lambda: browser.text("[data-sum=sub_sum]") == "198.70")
        browser.all("form#quote-form > .submit button")[-1].click()
        browser.wait(lambda: "The quote has been saved." in browser.text())
        self.assertIn("218.57 EUR", browser.text())
        self.assertIn("NFC reader, USB", browser.text())

    def test_moves_and_print(self):
        browser = self.browser().sign_in()
        browser.get("/quotes?status=draft")
        browser.click("tbody th a")
        browser.wait(lambda: browser.all("form[action$='/status']"))
        next(button for button in browser.all(".submit button") if button.text == "Mark as sent").click()
        browser.wait(lambda: "The quote is in its new state." in browser.text())
        self.assertIn("Sent", browser.text(".status.sent"))
        browser.click("a[href$='/print']")
        browser.wait(lambda: browser.find("[data-print]").is_displayed())
        self.assertIn("Lantern Studio", browser.text(".letterhead"))
        self.assertFalse(browser.all(".timer-bar"))
        # On paper nothing but the letter, on white.
        browser.command("Emulation.setEmulatedMedia", media="print")
        self.assertFalse(browser.find(".sheet-bar").is_displayed())
        browser.command("Emulation.setEmulatedMedia", media="")

    def test_without_scripts(self):
        browser = self.browser(scripts=False).sign_in()
        browser.get("/quotes/new")
        choose(browser, "#f-client_id", "Atelier Moreau")
        browser.find("#f-title").send_keys("By hand")
        self.fill(browser, 0, description="Plans", quantity="2", price="100")
        browser.click("button[value=lines]")
        browser.wait(lambda: len(browser.all("[data-line]")) == 9)
        self.fill(browser, 1, description="Model", price="50")
        browser.click("button[value=totals]")
        browser.wait(lambda: browser.text("[data-sum=total_sum]") == "250.00 EUR")
        browser.all("form#quote-form > .submit button")[-1].click()
        browser.wait(lambda: "The quote has been saved." in browser.text())
        browser.click("details.card summary")
        browser.click("form[action$='/delete'] button")
        browser.wait(lambda: "The quote has been deleted." in browser.text())

    def test_mistakes(self):
        browser = self.browser().sign_in()
        browser.expected = ["422"]
        browser.get("/quotes/new")
        choose(browser, "#f-client_id", "City Library")
        browser.find("#f-title").send_keys("With a ghost")
        browser.script("document.querySelector('[data-line] details').open = true")
        self.fill(browser, 0, description="Boo", stock="GHOST")
        browser.find("#f-title").send_keys(Keys.CONTROL, Keys.ENTER)
        browser.wait(lambda: "No stock item has the SKU GHOST." in browser.text(".problems"))
        self.assertTrue(browser.driver.title.startswith("Error: "))
        self.assertEqual(browser.axe(), [])
        self.assertEqual(browser.find("[name=item_description]").get_attribute("value"), "Boo")


class InventoryTests(BrowserTestCase):
    def stock(self, browser):
        return [row.text for row in browser.all("table tbody tr")]

    def flow(self, browser, sku):
        browser.get("/inventory/items/new")
        browser.find("#f-name").send_keys(f"Lamp {sku}")
        browser.find("#f-sku").send_keys(sku)
        browser.find("#f-reorder_point").send_keys("5")
        browser.find("#f-default_cost").send_keys("12.50")
        browser.click("main form .submit button")
        browser.wait(lambda: "Your changes have been saved." in browser.text())
        page = browser.driver.current_url
        next(link for link in browser.all("main .acts a") if link.text == "Record a movement").click()
        choose(browser, "#f-warehouse_id", "STORE")
        choose(browser, "#f-movement_type", "Purchase")
        browser.find("#f-quantity").send_keys("8")
        browser.click("main form .submit button")
        browser.wait(lambda: "The movement has been recorded." in browser.text())
        self.assertIn("+8", browser.text("tbody tr"))
        browser.driver.get(page)
        next(link for link in browser.all("main .acts a") if link.text == "Transfer").click()
        choose(browser, "#f-from_warehouse_id", "STORE")
        choose(browser, "#f-to_warehouse_id", "VAN")
        browser.find("#f-quantity").send_keys("20")
        browser.click("main form .submit button")
        browser.wait(lambda: browser.all(".problems"))
        quantity = browser.find("#f-quantity")
        quantity.clear()
        quantity.send_keys("4")
        browser.click("main form .submit button")
        browser.wait(lambda: "The stock has been transferred." in browser.text())
        browser.driver.get(page)
        self.assertIn("8 pcs", browser.text(".tiles"))
        self.assertTrue(browser.find("h1 .chip.down").is_displayed())
        browser.get("/inventory/reports/low-stock")
        self.assertIn(sku, browser.text("table"))
        browser.get("/inventory/reports/valuation")
        self.assertIn(f"Lamp {sku}", browser.text())

    def test_buy_move_run_low(self):
        browser = self.browser().sign_in()
        browser.expected = ["422"]
        self.flow(browser, "LAMP-S")

    def test_without_scripts(self):
        browser = self.browser(scripts=False, width=390).sign_in()
        browser.expected = ["422"]
        self.flow(browser, "LAMP-N")

    def test_snippets(self):
        browser = self.browser().sign_in()
        browser.get("/inventory/movements?movement_type=sale&date_from=&page=2")
        browser.click(".snippet summary")
        code = browser.text("#api-curl")
        self.assertIn(f"{URL}/api/v1/inventory/reports/movement-history?movement_type=sale&page=2", code)
        self.assertIn("os.environ", browser.text("#api-python"))
        self.assertIn("await fetch(", browser.text("#api-js"))
        self.assertTrue(re.search(r"Copy", browser.text(".snippet")))


class ExchangeTests(BrowserTestCase):
    def file(self, *rows):
        file = tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False)
        self.addCleanup(os.unlink, file.name)
        file.write("\n".join(["project_name,client_name,start_time,end_time,notes,mood", *rows]) + "\n")
        file.close()
        return file.name

    def flow(self, browser, notes, start):
        browser.get("/import-export")
        browser.find("#file").send_keys(self.file(f"Website,Atelier Moreau,2031-05-05 {start}:00,2031-05-05 {start}:30,{notes},fine",
                                                  "Website,Atelier Moreau,whenever,2031-05-05 10:00,=Bad,"))
        browser.click("form[data-upload] button")
        browser.wait(lambda: "What would be done" in browser.text())
        self.assertIn("Column 'mood' is ignored", browser.text())
        self.assertIn(notes, browser.text(".preview"))
        self.assertEqual(browser.axe() if browser.scripts else [], [])
        browser.click("form[action$='/import'] button")
        browser.wait(lambda: "What was done" in browser.text())
        self.assertTrue(browser.all("a[href$='/bad-rows']"))
        browser.get("/entries?start_date=2031-05-05&end_date=2031-05-05")
        self.assertIn(notes, browser.text())

    def test_looked_at_first(self):
        self.flow(self.browser().sign_in(), "Read off a card", "07")

    def test_without_scripts(self):
        browser = self.browser(scripts=False, width=390).sign_in()
        self.flow(browser, "Read off a phone", "08")

    def test_no_file_of_entries(self):
        browser = self.browser().sign_in()
        browser.expected = ["422"]
        browser.get("/import-export")
        file = self.file()
        with open(file, "w") as text:
            text.write("colour,size\nred,1\n")
        browser.find("#file").send_keys(file)
        browser.click("form[data-upload] button")
        browser.wait(lambda: "neither a project column nor start_time" in browser.text(".problems"))
        self.assertTrue(browser.find("form[data-upload] button").is_displayed())


class ProjectTests(BrowserTestCase):
    def test_budget(self):
        browser = self.browser().sign_in()
        browser.get("/projects")
        next(link for link in browser.all("tbody th a") if link.text == "Customer portal").click()
        browser.wait(lambda: browser.all("canvas[data-table=burn]"))
        browser.script("document.querySelector('canvas[data-table=burn]').scrollIntoView()")
        browser.wait(lambda: browser.find("canvas[data-table=burn]").get_attribute("data-drawn"))
        drawn = json.loads(browser.find("canvas[data-table=burn]").get_attribute("data-drawn"))
        used = browser.script("return [...document.querySelectorAll('#burn tbody tr')].map((row) => Number(row.dataset.value))")
        self.assertEqual(drawn[0], used)
        self.assertEqual(used, sorted(used))
        self.assertEqual(set(drawn[1]), {98000})

    def test_client_and_task_on_the_way(self):
        browser = self.browser(scripts=False).sign_in()
        browser.get("/projects/new")
        browser.find("#f-name").send_keys("Lighthouse")
        browser.find("#f-new_client").send_keys("Coast guard")
        browser.click("main form .submit button")
        browser.wait(lambda: "The project has been saved." in browser.text())
        self.assertIn("Coast guard", browser.text())
        browser.find("#quick-task").send_keys("Lamp")
        browser.click("form[action='/tasks/new'] button")
        browser.wait(lambda: "The task has been saved." in browser.text())
        self.assertTrue(browser.driver.current_url.startswith(URL + "/projects/"))
        self.assertIn("Lamp", browser.text("table"))
        browser.click("form[action$='/archive'] button")
        browser.wait(lambda: "The project has been archived." in browser.text())
        browser.click("form[action$='/restore'] button")
        browser.wait(lambda: "The project is active again." in browser.text())
