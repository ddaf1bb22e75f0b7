"""A generator: a function that yields a series, and sleeps in between."""


def mygenerator(n):
    while n:
        n -= 1
        yield n


if __name__ == "__main__":
    for number in mygenerator(3):
        print(number)
