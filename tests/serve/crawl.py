"""Follows every link of a server's pages: crawl.py ROOT KEY:SECRET PATH…. None may lead out of the path of ROOT, or nowhere."""
import base64, html.parser, re, sys, urllib.error, urllib.parse, urllib.request

root, who, starts = sys.argv[1], sys.argv[2], sys.argv[3:]
prefix = urllib.parse.urlsplit(root).path
passed, wrong = 0, []


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src", "action", "formaction", "data-events", "poster", "srcset"):
                self.found.append((name, value))


def get(address):
    request = urllib.request.Request(address, headers={
        "Authorization": "Basic " + base64.b64encode(who.encode()).decode(), "Accept": "text/html"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            kind = answer.headers.get_content_type()
            return answer.status, kind, "" if kind == "text/event-stream" else answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as e:
        return e.code, "", ""


seen, waiting = set(), [(root + path, "the start") for path in starts]
while waiting:
    address, source = waiting.pop()
    plain = address.split("#")[0]
    page = re.sub(r"[?&;][a-z-]*sort=[^&]*", "", plain)  # one order of a table is as good as another
    if page in seen:
        continue
    seen.add(page)
    status, kind, text = get(plain)
    if status != 200:
        wrong.append(f"{source} leads to {plain}, which is {status}")
        continue
    passed += 1
    if kind == "text/javascript":
        wrong += [f"{plain} has the path {one}" for one in re.findall(r"""["'`]/\w[^"'`]*""", text)]
    if kind != "text/html":
        continue
    links = Links()
    links.feed(text)
    for name, value in links.found:
        there = urllib.parse.urljoin(plain, value)
        inside = there == root or there.startswith((root + "/", root + "?"))
        if value.startswith(("data:", "#")):
            continue
        if not inside:
            wrong.append(f"{plain} has {name}={value}")
        elif name not in ("action", "formaction"):  # a form needs what is typed
            waiting.append((there, plain))
for one in sorted(set(wrong)):
    print(f"FAILED: {one}")
print(f"{passed} passed, {len(set(wrong))} failed")
