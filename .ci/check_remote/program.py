"""Runs of the program, and what they must give."""

import json
import re
import subprocess

PATTERNS = ("love", "hate", "to be")
# What no message may show.
SECRETS = ("SECRET", "c2VjcmV0")


class Answer:
    """What a run gave."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    def counts(self):
        """The totals, by pattern."""
        lines = [line.rpartition(" ") for line in self.out.splitlines()]
        return {name: int(count) for name, _, count in lines if name in PATTERNS}

    def by_file(self):
        """The counts of each source, by its name; the run was for JSON lines."""
        found = {}
        for line in map(json.loads, self.out.splitlines()):
            if line["type"] == "count":
                found.setdefault(line["source"], {})[line["pattern"]] = line["count"]
        return found

    def network(self):
        """The requests, the retries and the bytes that came, as --stats has them."""
        line = re.search(
            r"^network +([\d,]+) requests, ([\d,]+) of them retries, ([\d,]+) bytes", self.err, re.M
        )
        return tuple(int(number.replace(",", "")) for number in line.groups())

    def partial_bytes(self):
        """How many bytes of a source that is partial were read, as the message says."""
        return int(re.search(r"; (\d+) bytes were read$", self.err, re.M)[1])


class Program:
    """The program, in an environment that says nothing but what a check says."""

    def __init__(self, path, folder):
        self.path, self.folder = path, folder
        self.environment = {}
        self.runs = self.checks = 0

    def run(self, *arguments, patterns=PATTERNS, **environment):
        environment = {"HOME": str(self.folder), **self.environment, **environment}
        patterns = [word for pattern in patterns for word in ("-e", pattern)]
        done = subprocess.run(
            [self.path, *patterns, *map(str, arguments)], cwd=self.folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
        )  # fmt: skip
        self.runs += 1
        answer = Answer(done)
        shown = [secret for secret in SECRETS if secret in answer.out + answer.err]
        assert not shown, f"{arguments} shows secrets: {answer.err}"
        return answer

    def check(self, what, found, expected):
        self.checks += 1
        assert found == expected, f"{what}\nfound    {found}\nexpected {expected}"

    def complete(self, what, expected, *arguments, **environment):
        """A run that reads all there is, and counts this."""
        answer = self.run(*arguments, **environment)
        self.check(f"{what}: {answer.err}", (answer.counts(), answer.status), (expected, 0))
        return answer


def count(text):
    """How often each pattern is in a text, by Python's own count."""
    return {pattern: text.count(pattern.encode()) for pattern in PATTERNS}


def total(texts):
    texts = list(texts)
    return {pattern: sum(count(text)[pattern] for text in texts) for pattern in PATTERNS}
