"""Coroutines that wait for the clock, under asyncio's event loop."""

import asyncio


async def task(name, pauses):
    for pause in pauses:
        await asyncio.sleep(pause / 1000)
        print(f"{name} waited {pause} ms")


async def main():
    await asyncio.gather(task("A", [20, 120]), task("B", [60, 20]))


asyncio.run(main())
