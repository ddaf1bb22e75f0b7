"""Coroutines: functions that wait for what they are sent."""

import functools


def complain_about(word):
    print("Please talk to me!")
    try:
        while True:
            text = yield
            if word in text:
                print(f"Oh no: I found a {word} again!")
    except GeneratorExit:
        print("Ok, ok: I am quitting.")


def coroutine(function):
    """Runs each new coroutine up to its first pause."""

    @functools.wraps(function)
    def start(*arguments):
        made = function(*arguments)
        next(made)
        return made

    return start


@coroutine
def complain_about2(word):
    print("Please talk to me!")
    while True:
        text = yield
        if word in text:
            print(f"Oh no: I found a {word} again!")


def session():
    c = complain_about("Ruby")
    next(c)
    c.send("A first text")
    c.send("A second one, about Ruby")
    c.send("A third one, about nothing")
    c.send("And Ruby once more")
    c.close()


def session2():
    c = complain_about2("JavaScript")
    c.send("A text about JavaScript")
    c.close()
    try:
        c.send("JavaScript again")
    except StopIteration:
        print("(it is over)")


if __name__ == "__main__":
    session()
    session2()
