#!/usr/bin/env python3
"""Writes stamps.tsv: lines of logs in the forms in which programs write them, and the time
that Python's strptime reads from each.

usage: stamps.py > stamps.tsv

A row is the form, the line and the time, with Z if it is in UTC. Stamps without a year are
of the last year in which they are not after the day that follows NOW.
"""

from datetime import datetime, timedelta, timezone

NOW = datetime(2026, 11, 29, 10, 36, 54, tzinfo=timezone.utc)

TIMES = [
    datetime(2026, 11, 29, 10, 36, 54, 123456),
    datetime(2024, 2, 29, 23, 59, 59, 999999),
    datetime(2026, 1, 1, 0, 0, 0, 0),
    datetime(2025, 12, 31, 12, 0, 1, 7000),
    datetime(2026, 7, 9, 1, 2, 3, 500000),
    datetime(2026, 3, 8, 13, 5, 0, 40),
]
ZONES = [timezone(timedelta(minutes=minutes)) for minutes in (0, 60, -420, 330, -210, 840)]

# What writes it, the line around the stamp, and the form of the stamp. `%3N` are
# milliseconds, `%-d` is a day of one digit or two, `%_d` one that is padded with a space, `%:z`
# an offset with a colon.
FORMS = [
    ("Apache access", '10.0.0.7 - bob [{}] "GET /a.html HTTP/1.1" 200 2326', "%d/%b/%Y:%H:%M:%S %z"),
    ("Apache error", "[{}] [core:error] [pid 7] File does not exist", "%a %b %d %H:%M:%S.%f %Y"),
    ("Apache error 2.2", "[{}] [error] [client 10.0.0.7] a", "%a %b %d %H:%M:%S %Y"),
    ("nginx error", "{} [error] 7#7: *1 open() failed", "%Y/%m/%d %H:%M:%S"),
    ("HAProxy", "haproxy[7]: 10.0.0.7:33317 [{}] http-in static/srv1", "%d/%b/%Y:%H:%M:%S.%3N"),
    ("Squid", "{}    197 10.0.0.7 TCP_MISS/200 4122 GET", "%s.%3N"),
    ("Amazon S3 access", "79a59df9 bucket [{}] 10.0.0.7 3E57427F REST.GET", "%d/%b/%Y:%H:%M:%S %z"),
    ("Amazon ELB", "{} my-lb 10.0.0.7:2817 200 200", "%Y-%m-%dT%H:%M:%S.%fZ"),
    ("CloudTrail", '{{"eventTime": "{}", "eventName": "Get"}}', "%Y-%m-%dT%H:%M:%SZ"),
    ("IIS", "{} 10.0.0.7 GET /index.htm - 80", "%Y-%m-%d %H:%M:%S"),
    ("syslog", "{} host sshd[1291]: Accepted password for bob", "%b %_d %H:%M:%S"),
    ("syslog with priority", "<34>{} host su: 'su root' failed", "%b %_d %H:%M:%S"),
    ("RFC 5424", "<165>1 {} host app 7 ID47 - a", "%Y-%m-%dT%H:%M:%S.%f%:z"),
    ("Cisco", "*{}: %SYS-5-CONFIG_I: Configured", "%b %-d %Y %H:%M:%S.%3N"),
    ("journalctl short-iso", "{} host systemd[1]: Started a.", "%Y-%m-%dT%H:%M:%S%z"),
    ("dmesg -T", "[{}] usb 1-1: new device", "%a %b %_d %H:%M:%S %Y"),
    ("Log4j", "{} INFO  [main] org.a.B - started", "%Y-%m-%d %H:%M:%S,%3N"),
    ("Logback", "{} [main] DEBUG a.B - a", "%Y-%m-%d %H:%M:%S.%3N"),
    ("java.util.logging", "{} org.a.B main", "%b %d, %Y %-I:%M:%S %p"),
    ("Java GC", "{}: 0.123: [GC (Allocation Failure)]", "%Y-%m-%dT%H:%M:%S.%3N%z"),
    ("Tomcat", "{} INFO [main] org.apache.catalina.startup", "%d-%b-%Y %H:%M:%S.%3N"),
    ("Elasticsearch", "[{}][INFO ][o.e.n.Node] started", "%Y-%m-%dT%H:%M:%S,%3N"),
    ("Kafka", "[{}] ERROR Controller 0 epoch 36", "%Y-%m-%d %H:%M:%S,%3N"),
    ("Python logging", "{} - root - WARNING - a", "%Y-%m-%d %H:%M:%S,%3N"),
    ("Go log", "{} listening on :8080", "%Y/%m/%d %H:%M:%S"),
    ("Go zap", '{{"level":"info","ts":"{}","msg":"a"}}', "%Y-%m-%dT%H:%M:%S.%3N%z"),
    ("Kubernetes klog", "I{} 7 server.go:7] a", "%m%d %H:%M:%S.%f"),
    ("Docker", '{{"log":"a\\n","stream":"stdout","time":"{}"}}', "%Y-%m-%dT%H:%M:%S.%fZ"),
    ("PostgreSQL", "{} UTC [12] LOG:  checkpoint starting", "%Y-%m-%d %H:%M:%S.%3N"),
    ("MySQL", "{} 0 [Note] [MY-010116] starting", "%Y-%m-%dT%H:%M:%S.%fZ"),
    ("MongoDB", '{{"t":{{"$date":"{}"}},"s":"I"}}', "%Y-%m-%dT%H:%M:%S.%3N%:z"),
    ("Redis", "7:M {} * Ready to accept connections", "%d %b %Y %H:%M:%S.%3N"),
    ("Rails", "I, [{} #7]  INFO -- : Started GET", "%Y-%m-%dT%H:%M:%S.%f"),
    ("Mail", "Date: {}", "%a, %d %b %Y %H:%M:%S %z"),
    ("HTTP header", "Last-Modified: {} GMT", "%a, %d %b %Y %H:%M:%S"),
    ("git log", "Date:   {}", "%a %b %-d %H:%M:%S %Y %z"),
    ("Oracle alert", "{} Thread 1 advanced", "%Y-%m-%dT%H:%M:%S.%f%:z"),
    ("milliseconds", '{{"ts":{},"level":30}}', "%s%3N"),
    ("ISO 8601 basic", "{} a", "%Y%m%dT%H%M%SZ"),
    ("CSV of days", "{},12.50,a", "%Y-%m-%d"),
]


def written(time, form):
    """A time in a form, and the same for Python to read."""
    milliseconds = f"{time.microsecond // 1000:03}"
    epoch = int(time.replace(tzinfo=timezone.utc).timestamp())
    stamp = form.replace("%3N", milliseconds).replace("%s", str(epoch))
    stamp = stamp.replace("%-d", str(time.day)).replace("%_d", f"{time.day:2}")
    stamp = stamp.replace("%-I", str(time.hour % 12 or 12))
    offset = time.strftime("%z")
    return time.strftime(stamp.replace("%:z", f"{offset[:3]}:{offset[3:]}"))


def read(stamp, form, is_utc):
    """What Python reads from a stamp."""
    if form.startswith("%s"):
        seconds = int(stamp[:10])
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    for padded, plain in (("%-d", "%d"), ("%_d", "%d"), ("%-I", "%I"), ("%:z", "%z"), ("%3N", "%f")):
        form = form.replace(padded, plain)
    has_year = "%Y" in form
    if not has_year:
        # A leap day is one only in a leap year.
        stamp, form = f"2024 {stamp}", f"%Y {form}"
    time = datetime.strptime(stamp, form)
    if not has_year:
        latest = (NOW + timedelta(days=1)).date()
        for year in range(latest.year, latest.year - 5, -1):
            try:
                time = time.replace(year=year)
            except ValueError:
                continue
            if time.date() <= latest:
                break
    if time.tzinfo:
        time, is_utc = time.astimezone(timezone.utc), True
    return time.strftime("%Y-%m-%dT%H:%M:%S") + ("Z" if is_utc else "")


def main():
    for name, line, form in FORMS:
        for time, zone in zip(TIMES, ZONES):
            if "z" in form:
                time = time.replace(tzinfo=zone)
            stamp = written(time, form)
            after = line[line.index("{}") + 2 :]
            is_utc = form.endswith("Z") or after.startswith((" GMT", " UTC"))
            print(name, line.format(stamp), read(stamp, form, is_utc), sep="\t")


if __name__ == "__main__":
    main()
