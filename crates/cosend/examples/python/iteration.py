"""The iteration protocol, and the loops that are built on it."""

import sys


class MyIterator:
    def __init__(self, numbers):
        self.numbers = list(numbers)

    def __iter__(self):
        return self

    def __next__(self):
        if not self.numbers:
            raise StopIteration
        return self.numbers.pop(0)


def loops(path):
    for number in range(3):
        print(number)
    for line in open(path):
        print(line, end="")
    for number in MyIterator([0, 1, 2]):
        print(number)


def by_hand():
    numbers = iter(MyIterator([0, 1, 2]))
    while True:
        try:
            number = next(numbers)
        except StopIteration:
            break
        print(number)


def step_by_step():
    numbers = MyIterator([3, 4, 5, 6])
    for _ in range(6):
        print(next(numbers, "exhausted"))


if __name__ == "__main__":
    loops(sys.argv[1])
    by_hand()
    step_by_step()
