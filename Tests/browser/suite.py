"""Runs the tests that are named. Up to three that fail run again, alone and once: what passes then needed more of the machine
than it had, and is named as unsteady; what fails again is broken."""
import sys
import time
import unittest


class TimedResult(unittest.TextTestResult):
    durations = {}

    def startTest(self, test):
        self.begun = time.monotonic()
        super().startTest(test)

    def stopTest(self, test):
        self.durations[test.id()] = time.monotonic() - self.begun
        super().stopTest(test)


def run(names):
    """The names of those that failed."""
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    result = unittest.TextTestRunner(verbosity=2, resultclass=TimedResult).run(suite)
    return sorted({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})


failed = run(sys.argv[1:])
print("The slowest:")
for name, seconds in sorted(TimedResult.durations.items(), key=lambda item: -item[1])[:10]:
    print(f"{seconds:6.1f} s  {name}")
if failed:
    if len(failed) > 3 or run(failed):
        sys.exit(1)
    print("UNSTEADY, passed when run again:", *failed)
