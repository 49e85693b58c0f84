#!/usr/bin/env python3
"""origins.py URL KEY SECRET: a store that was started with --allow-origin https://LMS.example.com:443 and another one, asked as a
browser asks for pages of these, and of others (Fetch, 3.2)."""
import http.client
import json
import urllib.parse

from store import ask, auth, mail, new, ok, plain, run, status, url

ALLOWED = ("https://lms.example.com", "http://localhost:3000")
OTHERS = ("https://evil.example", "null", "", "https://lms.example.com:444", "https://lms.example.com.evil.example", "http://lms.example.com", "https://LMS.example.com",
          "https://lms.example.com, https://evil.example", "http://localhost", "*")
PLACE = {"activityId": "http://example.com/origins/" + new(), "agent": json.dumps(mail("somebody"))}
RESOURCES = [("/statements", {}), ("/activities", {"activityId": PLACE["activityId"]}), ("/agents", {"agent": PLACE["agent"]}), ("/about", {}), ("/activities/state", PLACE),
             ("/activities/profile", {"activityId": PLACE["activityId"]}), ("/agents/profile", {"agent": PLACE["agent"]}), ("/more/1", {}), ("/nowhere", {})]


def named(reply, name):
    return {x.strip().lower() for x in (reply.headers[name] or "").split(",")}


def told(reply):
    return [k for k in reply.headers if k.lower().startswith("access-control")]


def before():
    """The question that a browser asks ahead has no key."""
    for path, _ in RESOURCES:
        for method in ("GET", "PUT", "POST", "DELETE"):
            for origin in ALLOWED:
                r = status(204, "%s %s: %s may" % (method, path, origin), ask("OPTIONS", path, None, {
                    "Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type,x-experience-api-version"}, key=None, version=None))
                ok(r.headers["Access-Control-Allow-Origin"] == origin and method.lower() in named(r, "Access-Control-Allow-Methods") and r.headers["Vary"] == "Origin" and r.body == b"", "is told so", r.headers.items())
                ok({"authorization", "content-type", "x-experience-api-version", "if-match", "if-none-match"} <= named(r, "Access-Control-Allow-Headers"), "with its headers", r.headers.items())
        for origin in OTHERS:
            r = ask("OPTIONS", path, None, {"Origin": origin, "Access-Control-Request-Method": "PUT"}, key=None, version=None)
            ok(r.status != 204 and not told(r) and r.headers["Vary"] == "Origin", "%s: not %s" % (path, origin), (r.status, r.headers.items()))
        r = ask("OPTIONS", path, None, {"Origin": ALLOWED[0]})
        ok(r.status != 204, "%s: it is a question only with a method" % path, r.status)


def answers():
    for path, where in RESOURCES:
        for key in (auth, None):
            for origin in ALLOWED:
                r = ask("GET", path, None, {"Origin": origin}, key=key, **where)
                ok(r.headers["Access-Control-Allow-Origin"] == origin and r.headers["Vary"] == "Origin" and r.headers["Access-Control-Allow-Credentials"] is None and
                   {"etag", "last-modified", "x-experience-api-version", "x-experience-api-consistent-through"} <= named(r, "Access-Control-Expose-Headers"), "%s, %d: %s reads" % (path, r.status, origin), r.headers.items())
            for origin in OTHERS:
                r = ask("GET", path, None, {"Origin": origin}, key=key, **where)
                ok(not told(r) and r.headers["Vary"] == "Origin", "%s, %d: %s does not" % (path, r.status, origin), r.headers.items())
            ok(not told(ask("GET", path, key=key, **where)), "who is no page is told nothing")
    tag = ask("GET", "/about").headers["ETag"]
    r = status(304, "what is known", ask("GET", "/about", None, {"Origin": ALLOWED[0], "If-None-Match": tag}))
    ok(r.headers["Access-Control-Allow-Origin"] == ALLOWED[0], "is read, too", r.headers.items())


def pages():
    """The team's pages are nobody else's."""
    for path in ("/", "/courses", "/manage", "/events", "/export.json", "/room", "/room/board", "/ropes.css"):
        for method in ("GET", "OPTIONS"):
            connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
            connection.request(method, path, None, {"Origin": ALLOWED[0], "Access-Control-Request-Method": "GET"})
            r = connection.getresponse()
            ok(not told(r), "%s %s" % (method, path), r.headers.items())
            connection.close()


def forms():
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ALLOWED[0], "Sec-Fetch-Site": "cross-site"}
    s = plain(id=new())
    fields = {"content": json.dumps(s), "Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
    r = status(200, "a form of a page that may", ask("POST", "/statements?method=POST", urllib.parse.urlencode(fields), form, version=None))
    ok(r.headers["Access-Control-Allow-Origin"] == ALLOWED[0], "whose answer it reads", r.headers.items())


run(before, answers, pages, forms)
