#!/usr/bin/env python3
"""exchange.py URL KEY SECRET: what requests and answers are by Part Three (1.0.3) and the Standard (2.0.0), beside what
lrs.py holds: headers, methods, parameters, parts, preconditions, references, signatures."""
import base64
import calendar
import email
import hashlib
import http.client
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.parse

import store
from store import ask, auth, mail, new, ok, plain, run, status, url

VERSIONS = ("1.0.3", "2.0.0")
JSON = {"Content-Type": "application/json"}
AGENT = json.dumps(mail("somebody"))
ACTIVITY = "http://example.com/exchange/" + new()
# every resource: what it needs to be read, what may be asked beside it, what may be done with it
RESOURCES = [
    ("/statements", {}, "GET HEAD PUT POST"), ("/activities", {"activityId": ACTIVITY}, "GET HEAD"), ("/agents", {"agent": AGENT}, "GET HEAD"), ("/about", {}, "GET HEAD"),
    ("/activities/state", {"activityId": ACTIVITY, "agent": AGENT}, "GET HEAD PUT POST DELETE"),
    ("/activities/profile", {"activityId": ACTIVITY}, "GET HEAD PUT POST DELETE"), ("/agents/profile", {"agent": AGENT}, "GET HEAD PUT POST DELETE")]


def raw(method, target, body=None, headers=None, version="1.0.3"):
    """A request whose target is sent as it is."""
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    connection.request(method, url.path + target, body, dict({"Authorization": "Basic " + auth, "X-Experience-API-Version": version}, **(headers or {})))
    reply = store.Reply(connection.getresponse())
    connection.close()
    return reply


def headers_of_answers():
    for version in VERSIONS:
        sent = plain(id=new())
        r = status(200, "POST", ask("POST", "/statements", sent, version=version))
        answers = [r] + [ask(*a, version=version, **q) for a, q in [
            (("GET", "/statements"), {}), (("GET", "/statements"), {"statementId": sent["id"]}), (("GET", "/statements"), {"statementId": new()}),
            (("GET", "/statements"), {"limit": "x"}), (("POST", "/statements", "{", JSON), {}), (("DELETE", "/statements"), {}),
            (("PUT", "/statements", plain(actor=mail())), {"statementId": sent["id"]}), (("HEAD", "/statements"), {})]]
        answers.append(ask("GET", "/statements", version=version, key=None))
        for r in answers:
            ok(r.headers["X-Experience-API-Version"] == version, "%s: the answer %d is of this version" % (version, r.status), r.headers.items())
            through = r.headers["X-Experience-API-Consistent-Through"] or ""
            ok(abs(time.time() - calendar.timegm(time.strptime(through[:19], "%Y-%m-%dT%H:%M:%S"))) < 60 and through.endswith("Z"),
               "%s: the answer %d tells up to when it is consistent" % (version, r.status), through)
        for path, where, _ in RESOURCES:
            r = ask("GET", path, version=version, **where)
            ok(r.headers["X-Experience-API-Version"] == version and r.headers["ETag"] == '"%s"' % hashlib.sha1(r.body).hexdigest(), "%s %s" % (version, path), r.headers.items())
            head = ask("HEAD", path, version=version, **where)
            told = {k: head.headers[k] for k in ("Content-Type", "Content-Length", "Last-Modified") if path != "/activities/state"}
            ok(head.status == 200 and head.body == b"" and all(r.headers[k] == v for k, v in told.items()), "%s HEAD %s" % (version, path), head.headers.items())
            bad = ask("HEAD", path, version=version, surplus=1)
            ok(bad.status == 400 and bad.body == b"", "%s HEAD %s that is bad" % (version, path), bad.status)
    for version in ("1.0", "1.0.0", "1.0.32", "2.0", "2.0.0", "2.0.1"):
        status(200, "version " + version, ask("GET", "/statements", version=version, limit=1))
    for version in (None, "", "0.9", "0.95", "1", "1.0.", "1.0.x", "1.1", "1.1.0", "2", "2.1.0", "2.1", "3.0.0", "a"):
        for path, where, _ in RESOURCES:
            due = "1.0.3" if (version or "")[:1] in ("0", "1") else "2.0.0"  # the nearest, or the newest
            for method in ("GET", "PUT", "POST"):
                open_ = path == "/about" and (200 if method == "GET" else 405)
                r = status(open_ or 400, "version %s of %s %s" % (version, method, path), ask(method, path, b"{}" if method != "GET" else None, JSON, version=version, **where))
                ok(r.headers["X-Experience-API-Version"] == due, "version %s is answered in %s" % (version, due), r.headers["X-Experience-API-Version"])
    for header in (None, "", "Basic", "Basic ", "Basic x", "Basic " + base64.b64encode(b"nocolon").decode(), "Bearer abc", "Basic Og==", "basic !!!!"):
        for path, where, _ in RESOURCES:
            r = ask("GET", path, headers={"Authorization": header} if header is not None else None, key=None, **where)
            status(200 if path == "/about" else 401, "Authorization: %s for %s" % (header, path), r)


def methods():
    for path, where, allowed in RESOURCES:
        for method in ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "FOO"):
            r = ask(method, path, b"{}" if method in ("PUT", "POST", "PATCH") else None, JSON, **where)
            if method in allowed.split():
                ok(r.status != 405, "%s %s is there" % (method, path), r.status)
            else:
                status(405, "%s %s" % (method, path), r)
                ok(r.headers["Allow"] == ", ".join(allowed.split()), "the others are told", r.headers["Allow"])


def parameters():
    known = {"/statements": "agent verb activity registration related_activities related_agents since until limit format attachments ascending statementId voidedStatementId",
             "/activities": "activityId", "/agents": "agent", "/activities/state": "activityId agent registration stateId since",
             "/activities/profile": "activityId profileId since", "/agents/profile": "agent profileId since", "/about": ""}
    for path, where, allowed in RESOURCES:
        query = urllib.parse.urlencode(where)
        glue = "?" + query + ("&" if query else "")
        for more in ("surplus=1", "surplus", "method=GET"):
            status(400, "%s?%s" % (path, more), raw("GET", path + glue + more))
        for name in known[path].split():
            for other in {name.upper(), name.capitalize(), name.lower(), name + "%20"} - {name}:
                status(400, "%s: %s for %s" % (path, other, name), raw("GET", path + glue + other + "=true"))
        for name in where:
            status(400, "%s: %s is there twice" % (path, name), raw("GET", path + glue + query))
            status(400, "%s: %s is empty" % (path, name), raw("GET", path + "?" + urllib.parse.urlencode(dict(where, **{name: ""}))))
            status(400, "%s: %s is no UTF-8" % (path, name), raw("GET", path + "?" + query.replace(name + "=", name + "=%ff", 1)))
            less = {k: v for k, v in where.items() if k != name}
            for method in set(allowed.split()) - {"HEAD"}:
                status(400, "%s %s without %s" % (method, path, name), ask(method, path, b"{}" if method[0] == "P" else None, JSON, **dict(less, **(
                    {"stateId": "x"} if path.endswith("state") else {"profileId": "x"} if path.endswith("profile") else {}))))
        for method in set(allowed.split()) & {"PUT", "POST", "DELETE"}:
            status(400, "%s %s with a surplus parameter" % (method, path), ask(method, path, plain() if path == "/statements" else b"{}", JSON if path != "/statements" else None,
                                                                           surplus="x", **dict(where, **({"statementId": new()} if method == "PUT" and path == "/statements" else {}))))
    bad = {"agent": ["", "x", "1", "true", "[]", "{}", "null", '{"mbox":"x"}', '{"mbox":"mailto:a@b.c","openid":"http://a.b"}', '{"mbox":"mailto:a@b.c"} x', '{"mbox":"mailto:a@b.c","x":1}',
                     '{"mbox":null}', '{"objectType":"Group","member":[]}', '{"account":{"name":"x"}}'],
           "verb": ["", "x", "1", "{}", "ab=c://x"], "activity": ["", "x", "1", "{}", "http://a b"], "registration": ["", "x", "1", new() + "0", "{%s}" % new()],
           "statementId": ["", "x", "1", new()[:-1]], "voidedStatementId": ["", "x", "1"], "limit": ["", "-1", "x", "1.5", "1x", "0x1", " 1"], "format": ["", "EXACT", "id", "1"]}
    bad.update({name: ["", "x", "1", "yesterday", "2020-01-01", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00-00:00"] for name in ("since", "until")})
    bad.update({name: ["", "1", "0", "TRUE", "True", "yes", "null"] for name in ("related_activities", "related_agents", "attachments", "ascending")})
    for version in VERSIONS:
        for name, values in bad.items():
            for value in values:
                status(400, "%s: %s=%s" % (version, name, value), ask("GET", "/statements", version=version, **{name: value}))
    good = {"limit": ["0", "1", "2147483647"], "since": ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123456+05:30"], "format": ["ids", "exact", "canonical"], "attachments": ["true", "false"],
            "agent": ['{"mbox":"mailto:a@b.c"}', '{"objectType":"Group","openid":"http://a.b"}', '{"objectType":"Agent","name":"x","account":{"homePage":"http://a.b","name":"x y"}}']}
    for version in VERSIONS:
        for name, values in good.items():
            for value in values:
                status(200, "%s: %s=%s" % (version, name, value), ask("GET", "/statements", version=version, **{name: value}))
    status(200, "1.0.3: since without an offset", ask("GET", "/statements", since="2020-01-01T00:00:00"))
    status(400, "2.0.0: since without an offset", ask("GET", "/statements", since="2020-01-01T00:00:00", version="2.0.0"))
    sent = plain(id=new(), object={"objectType": "StatementRef", "id": new()}, verb={"id": "http://adlnet.gov/expapi/verbs/voided"})
    ask("POST", "/statements", [sent, plain(id=sent["object"]["id"])])
    for one, value in (("statementId", sent["id"]), ("voidedStatementId", sent["object"]["id"])):
        for name, values in dict(good, verb=["http://a.b"], activity=["http://a.b"], registration=[new()], until=["2100-01-01T00:00:00Z"], ascending=["true"],
                                 related_agents=["true"], related_activities=["false"]).items():
            due = 200 if name in ("format", "attachments") else 400
            status(due, "%s with %s" % (one, name), ask("GET", "/statements", **{one: value, name: values[0]}))
    odd = "http://example.com/a+b?c=\u00fc&d=%20#e"
    status(200, "an IRI with everything in it", ask("POST", "/statements", plain(object={"id": odd})))
    for text in (urllib.parse.quote(odd, safe=""), urllib.parse.quote(odd, safe="/:?=")):
        found = raw("GET", "/statements?activity=" + text).json()["statements"]
        ok(len(found) >= 1 and found[0]["object"]["id"] == odd, "an IRI with everything in it is found", (text, found))
    for target in ("/statements?verb=http://a.b%00c", "/statements?verb%00x=http://a.b", "/activities?activityId=http://a.b%00"):
        status(400, "a zero in %s" % target, raw("GET", target))


def same_again():
    """Statement comparison, over PUT: what is the same, what is another."""
    base = {"id": None, "actor": {"objectType": "Group", "name": "g", "member": [mail("a"), mail("b")]}, "verb": {"id": "http://e.com/v", "display": {"en": "x"}},
            "object": {"id": "http://e.com/o", "definition": {"name": {"en": "x"}}}, "timestamp": "2020-01-01T10:00:00.000Z", "result": {"duration": "PT1.236S"},
            "context": {"registration": new(), "contextActivities": {"parent": {"id": "http://e.com/p"}}}}
    for what, path, value, due in [
            ("itself", ["verb", "id"], "http://e.com/v", 204), ("another verb", ["verb", "id"], "http://e.com/w", 409), ("another display", ["verb", "display"], {"de": "y"}, 204),
            ("no display", ["verb", "display"], None, 204), ("another definition", ["object", "definition"], {"type": "http://e.com/t"}, 204),
            ("members in another order", ["actor", "member"], [mail("b"), mail("a")], 204), ("another member", ["actor", "member"], [mail("a"), mail("c")], 409),
            ("one member less", ["actor", "member"], [mail("a")], 409), ("another offset", ["timestamp"], "2020-01-01T12:00:00+02:00", 204),
            ("another time", ["timestamp"], "2020-01-01T10:00:01Z", 409), ("no time", ["timestamp"], None, 204), ("a finer duration", ["result", "duration"], "PT1.239S", 204),
            ("another duration", ["result", "duration"], "PT1.24S", 409), ("a result more", ["result", "success"], True, 409),
            ("a list of one", ["context", "contextActivities", "parent"], [{"id": "http://e.com/p"}], 204), ("another name", ["actor", "name"], "h", 409),
            ("registration in capitals", ["context", "registration"], base["context"]["registration"].upper(), 204), ("stored", ["stored"], "2001-01-01T00:00:00Z", 204),
            ("another authority", ["authority"], mail("x"), 204), ("a version", ["version"], "1.0.0", 204)]:
        first = json.loads(json.dumps(dict(base, id=new())))
        second = json.loads(json.dumps(first))
        at = second
        for name in path[:-1]:
            at = at[name]
        if value is None:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        status(204, "PUT", ask("PUT", "/statements", first, statementId=first["id"]))
        kept = ask("GET", "/statements", statementId=first["id"]).json()
        status(due, "PUT again with %s" % what, ask("PUT", "/statements", second, statementId=first["id"]))
        status(due if due == 409 else 200, "POST again with %s" % what, ask("POST", "/statements", second))
        ok(ask("GET", "/statements", statementId=first["id"]).json() == kept, "and nothing has changed")


def kept_as_sent():
    texts = ["\u00fc\u4f8b\U0001f600", "\"\\/\b\f\n\r\t", "\u2028\ufeff", "a" * 100000, "\x7f", "<b>&amp;"]
    numbers = [0, -0.5, 3.141592653589793, 1e300, 1e-300, 123456789012345, 0.1, 100]
    sent = plain(id=new(), result={"response": "".join(texts), "extensions": {"http://e.com/x": texts, "http://e.com/n": numbers, "http://e.com/o": {"b": None, "a": [], "": {}}}},
                 timestamp="2013-05-18T05:32:34.804123+05:30", actor={"name": texts[0], "account": {"homePage": "http://e.com", "name": texts[1]}})
    status(200, "texts and numbers", ask("POST", "/statements", json.dumps(sent, ensure_ascii=False), JSON))
    got = ask("GET", "/statements", statementId=sent["id"]).json()
    for name in ("result", "actor", "verb", "object", "timestamp"):
        ok(got[name] == sent[name], "%s comes back as it came" % name, got[name])
    for version, text in (("1.0.3", sent["timestamp"]), ("2.0.0", "2013-05-18T00:02:34.804Z")):
        ok(ask("GET", "/statements", statementId=sent["id"], version=version).json()["timestamp"] == text, "%s gives its time as %s" % (version, text))
    for given, due in (("2013-05-18T05:32:34.804123+00:00", "2013-05-18T05:32:34.804123Z"), ("2013-05-18t05:32:34z", "2013-05-18t05:32:34Z"), ("2013-05-18T05:32:34-01:30", "2013-05-18T07:02:34.000Z"),
                       ("2013-05-18T05:32:34.1Z", "2013-05-18T05:32:34.1Z")):
        one = plain(id=new(), timestamp=given, object=dict(plain(timestamp=given), objectType="SubStatement"))
        status(200, "a time as %s" % given, ask("POST", "/statements", one))
        for version, text in (("1.0.3", given), ("2.0.0", due)):
            back = ask("GET", "/statements", statementId=one["id"], version=version).json()
            ok((back["timestamp"], back["object"]["timestamp"]) == (text, text), "%s gives %s as %s" % (version, given, text), back)
    stored = got["stored"]
    ok(len(stored) == 24 and stored.endswith("Z") and abs(time.time() - calendar.timegm(time.strptime(stored[:19], "%Y-%m-%dT%H:%M:%S"))) < 60, "stored is now, in UTC", stored)
    for text in ('{"actor":1', "[1,]", "[01]", "[1.]", "[+1]", "{'a':1}", "[NaN]", '["\t"]', '["\\x"]', '["\\ud800"]', '["\\u0000"]', "[1] 2", "\x00", "[1e999]", ""):
        status(400, "%r is no JSON" % text, ask("POST", "/statements", text, JSON))
    zero = json.dumps(plain(actor={"name": "a\x00b", "mbox": "mailto:a@b.c"}))
    status(400, "what cannot be kept is refused", ask("POST", "/statements", zero, JSON))
    status(200, "a mark of the byte order is none of it", ask("POST", "/statements", "\ufeff" + json.dumps(plain()), JSON))
    for name, due in (("application/json;charset=UTF-8", 200), ("APPLICATION/JSON", 200), ("application/jsonx", 400), ("text/json", 400), ("text/plain", 400), ("multipart/form-data", 400),
                      ("application/x-www-form-urlencoded", 400), ("application/octet-stream", 400), ("", 400)):
        status(due, "Content-Type: %s" % name, ask("POST", "/statements", json.dumps(plain()), {"Content-Type": name}))
    status(400, "form-data is not mixed", ask("POST", "/statements", b"--x\r\n\r\n{}\r\n--x--", {"Content-Type": "multipart/form-data; boundary=x"}))
    for version, given, due in (("1.0.3", None, "1.0.0"), ("2.0.0", None, "2.0.0"), ("1.0.3", "1.0.7", "1.0.7"), ("2.0.0", "1.0.1", "1.0.1")):
        one = dict(plain(id=new()), **({"version": given} if given else {}))
        ask("POST", "/statements", one, version=version)
        ok(ask("GET", "/statements", statementId=one["id"]).json()["version"] == due, "sent by %s with version %s it has %s" % (version, given, due))
    many = {"a%d" % i: i for i in range(60000)}
    began = time.time()
    status(400, "an object of sixty thousand", ask("POST", "/statements", dict(plain(), **many)))
    big = status(200, "a batch of a thousand", ask("POST", "/statements", [plain(id=new()) for _ in range(1000)])).json()
    status(400, "with an id twice, in capitals", ask("POST", "/statements", [plain(id=i) for i in [new() for _ in range(500)] + [big[0], big[0].upper()]]))
    ok(time.time() - began < 10, "does not hold the store up", time.time() - began)


NUMBERS = ["0", "-0", "1", "1.0", "-1.50", "0.10", "100", "1e2", "1E+02", "1.0e-3", "1e300", "1e-400", "5e-324", "1.7976931348623157e308", "1.7976931348623157E+308", "0.30000000000000004",
           "0.8048780487804879", "9007199254740991", "9007199254740993", "1234567890123456789", "12345678901234567890", "-123456789012345678901234567890", "3.14159265358979323846264338327950288"]


def numbers_in(text):
    """The texts of all numbers of a JSON text, in order."""
    found = []
    json.loads(text, parse_int=found.append, parse_float=found.append)
    return found


def numbers_as_sent():
    """A number comes back with the digits that it was sent with, in every form of a statement and of a document."""
    list_ = "[%s]" % ", ".join(NUMBERS)
    for number in NUMBERS:
        s = '{"id":"%s","actor":%s,"verb":{"id":"http://e.com/v"},"object":{"id":"http://e.com/numbers"},"result":{"score":{"raw":%s}}}' % (new(), AGENT, number)
        status(200, "a score of %s" % number, ask("POST", "/statements", s, JSON))
        for version in VERSIONS:
            got = numbers_in(ask("GET", "/statements", statementId=json.loads(s)["id"], version=version).body)
            ok(got == [number], "%s: a score of %s comes back as it was sent" % (version, number), got)
    activity, i, verb = "http://e.com/" + new(), new(), "http://e.com/" + new()
    s = ('{"id":"%s","actor":%s,"verb":{"id":"%s"},"object":{"id":"%s","definition":{"extensions":{"http://e.com/1":%s}}},"result":{"extensions":{"http://e.com/2":{"3":%s}},"score":{"scaled":0.50}},'
         '"context":{"extensions":{"http://e.com/-4e5":[[%s],"6\\"7"]}},"attachments":[{"usageType":"http://e.com/u","display":{},"contentType":"text/plain","length":3.0,"sha2":"%s","fileUrl":"http://e.com/f"}]}'
         % (i, AGENT, verb, activity, list_, list_, list_, "a" * 64))
    due = NUMBERS * 2 + ["0.50"] + NUMBERS + ["3.0"]
    status(200, "numbers everywhere", ask("POST", "/statements", "[%s]" % s, JSON))
    for version in VERSIONS:
        for more in ({}, {"format": "exact"}, {"format": "canonical"}, {"format": "ids"}, {"attachments": "true"}):
            for where in ({"statementId": i}, {"verb": verb}):
                body = ask("GET", "/statements", version=version, **dict(where, **more)).body
                start = body.index(b"{")
                got = numbers_in(body[start:body.rindex(b"}") + 1])
                ok(sorted(got) == sorted(due if more.get("format") != "ids" else due[len(NUMBERS):]), "%s %s %s: numbers as they were sent" % (version, where, more), got)
        ok(numbers_in(ask("GET", "/activities", activityId=activity, version=version).body) == NUMBERS, "an activity has them, too")
    for what, text, code in (("the same", s, 200), ("other spellings of the same", s.replace("0.50", "5e-1").replace("3.0", "3"), 200), ("another number", s.replace("0.50", "0.51"), 409)):
        status(code, what, ask("POST", "/statements", text, JSON))
    ok(b"0.50" in ask("GET", "/statements", statementId=i).body, "the first spelling is kept")
    for path, where, _ in RESOURCES[4:]:
        place = dict(where, **{"stateId" if path.endswith("state") else "profileId": new()})
        status(204, "a document with numbers", ask("PUT", path, '{"a": %s}' % list_, dict(JSON, **{"If-None-Match": "*"}), **place))
        ok(ask("GET", path, **place).body == b'{"a": %s}' % list_.encode(), "comes back byte by byte")
        status(204, "more numbers", ask("POST", path, '{"b":{"c":1.0}}', JSON, **place))
        got = ask("GET", path, **place).body
        ok(numbers_in(got) == NUMBERS + ["1.0"], "are merged as they are", got)


def reasons():
    """What is refused is named by its place, and the reason is true."""
    good = [plain(), plain()]

    def due(what, body, *words, headers=JSON, version="1.0.3"):
        r = status(400, what, ask("POST", "/statements", body if isinstance(body, (str, bytes)) else json.dumps(body), headers, version=version))
        ok(all(w.encode() in r.body for w in words), "%s: %s" % (what, words), r.body)

    for version in VERSIONS:
        due("the third of a batch", good + [plain(timestamp="x")], "statements[2].timestamp: ", version=version)
        due("the first of two", [plain(result={"score": {"min": 1, "max": 0}})] + good, "statements[0].result.score: min must be less than max", version=version)
        due("a batch of one", [plain(verb={})], "statements[0].verb.id: ", version=version)
        due("one statement", plain(actor={"objectType": "Group", "member": [{"mbox": "x"}]}), "statement.actor.member[0].mbox: ", version=version)
        due("no statement", good + [5], "statements[2]: ", version=version)
        due("an attachment that is not there", good + [with_attachments(b"x"), plain()], "statements[2].attachments[0]: ", version=version)
        below = plain(object=dict(with_attachments(b"x", b"y"), objectType="SubStatement"))
        del below["object"]["id"]
        due("one below", below, "statement.object.attachments[0]: ", version=version)
    due("a time without an offset", plain(timestamp="2023-05-04T12:00:00"), "statement.timestamp: expected RFC 3339", "offset", version="2.0.0")
    due("a time of the basic form", plain(timestamp="20230504T120000Z"), "statement.timestamp: expected RFC 3339", "extended", version="2.0.0")
    due("an unknown offset", plain(timestamp="2023-05-04T12:00:00-00:00"), "statement.timestamp: -00:00 is not an offset", version="2.0.0")
    for text, why in (('["\\u0000"]', "\\u0000, which cannot be stored"), ('["\\ud800"]', "half of a surrogate pair"), ("[1e400]", "a number is larger than"), ("[1" + "0" * 63 + "]", "more than 63 characters"),
                      ("[" * 2000 + "]" * 2000, "levels deep"), ("[", "it is not JSON"), ('{"a":1,"a":2}', "'a' is given twice"), (b'["\xff"]', "it is not UTF-8")):
        due("%r" % text[:20], text, why)
        r = ask("POST", "/activities/state", text, JSON, activityId=ACTIVITY, agent=AGENT, stateId="reasons")
        ok(r.status == 400 and why.encode() in r.body, "a document: %s" % why, r.body)
    r = ask("POST", "/activities/state", "[]", JSON, activityId=ACTIVITY, agent=AGENT, stateId="reasons")
    ok(r.status == 400 and b"expected a JSON object" in r.body, "a document that cannot be merged", r.body)


def foreign_states():
    """States of authoring tools have formats of their own, whatever their type says."""
    place = {"activityId": ACTIVITY, "agent": AGENT}
    states = [("application/json", b"2H3A1001000"), ("application/json", b"0~2@1_7#x"), ("application/json; charset=utf-8", b'{"a":1,"a":2}'), ("application/json", b""), ("application/json", b"\x00\xff"),
              ("application/octet-stream", b"2p1w0k1001512i0301111101101211"), ("application/octet-stream", b"\x00\r\n\xfe"), ("text/plain", b"v=1&cmi.suspend_data=%7B%7D"), ("text/plain;charset=UTF-8", "\u00fc".encode()),
              ("text", b"x"), ("json", b"{}"), ("", b"x"), ("application/json;", b"x"), ("text/pl\u00e4in", b"x"), ("x" * 3000, b"x"), ("*/*", b"x"), ("application/x-www-form-urlencoded", b"a=b"), ("application/x-www-form-urlencoded; charset=UTF-8", b"{}"), ("multipart/mixed", b"--x"), (None, b"1.0")]
    for version in VERSIONS:
        for type_, content in states:
            name = new()
            for registration in ({}, {"registration": new()}):
                where = dict(place, stateId=name, **registration)
                status(204, "%s: a state of %s" % (version, type_), ask("PUT", "/activities/state", content, {"Content-Type": type_}, version=version, **where))
                r = status(200, "is there", ask("GET", "/activities/state", version=version, **where))
                ok(r.body == content and r.headers["Content-Type"] == (type_ or "application/octet-stream"), "%s: %r of %s comes back" % (version, content, type_), (r.body, r.headers["Content-Type"]))
                status(204, "is replaced", ask("PUT", "/activities/state", content + b"0", {"Content-Type": type_, "If-Match": r.headers["ETag"]}, version=version, **where))
                ok(ask("GET", "/activities/state", version=version, **where).body == content + b"0", "by the next one")
                status(400, "nothing is merged into %r" % content, ask("POST", "/activities/state", {"a": 1}, version=version, **where))
    for path, where, _ in RESOURCES[5:]:
        status(400, "%s: a profile of JSON is JSON" % path, ask("PUT", path, b"2H3A1001000", dict(JSON, **{"If-None-Match": "*"}), profileId=new(), **where))


def times_read():
    """1.0.3 reads every form of ISO 8601, 2.0.0 only RFC 3339; what 1.0.3 has read, 2.0.0 gives as RFC 3339."""
    for text, utc in (("20230504T120000Z", "2023-05-04T12:00:00.000Z"), ("20230504T120000.5+0200", "2023-05-04T10:00:00.500Z"), ("2023-05-04T12:00-05:00", "2023-05-04T17:00:00.000Z"),
                      ("2023-W18-4T12:00:00Z", "2023-05-04T12:00:00.000Z"), ("2023-124T12:00:00Z", "2023-05-04T12:00:00.000Z"), ("2023-05-03T24:00:00Z", "2023-05-04T00:00:00.000Z"),
                      ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59-05:00")):
        s = plain(id=new(), timestamp=text)
        status(400 if text[0] != "9" else 200, "2.0.0: %s" % text, ask("POST", "/statements", dict(s, id=new()), version="2.0.0"))
        status(200, "1.0.3: %s" % text, ask("POST", "/statements", s))
        status(200, "1.0.3: since %s" % text, ask("GET", "/statements", since=text))
        for version, due in (("1.0.3", text), ("2.0.0", utc)):
            got = ask("GET", "/statements", statementId=s["id"], version=version).json()["timestamp"]
            ok(got == due, "%s gives %s as %s" % (version, text, due), got)
        status(200, "the same at the same time", ask("POST", "/statements", dict(s, timestamp=utc)))


def short_ids():
    """format=ids has what identifies, and no word that is the default."""
    whole = {"objectType": "Activity", "id": ACTIVITY, "definition": {"name": {"en": "x"}}}
    group = {"objectType": "Group", "name": "g", "mbox": "mailto:g@e.com", "member": [dict(mail("m"), name="m")]}
    context = {"contextActivities": {k: [whole, {"id": ACTIVITY}] for k in ("parent", "grouping", "category", "other")}, "instructor": dict(mail("i"), name="i"), "team": group}
    few = {"contextActivities": {k: [{"id": ACTIVITY}] * 2 for k in ("parent", "grouping", "category", "other")}, "instructor": mail("i"), "team": {"objectType": "Group", "mbox": "mailto:g@e.com"}}
    verb = {"id": "http://e.com/v", "display": {"en": "v"}}
    sub = {"objectType": "SubStatement", "actor": dict(mail("a"), name="a"), "verb": verb, "context": context}
    short = {"objectType": "SubStatement", "actor": mail("a"), "verb": {"id": "http://e.com/v"}, "context": few}
    nobody = {"objectType": "Group", "name": "g", "member": [dict(mail("m"), name="m")]}
    ref = {"objectType": "StatementRef", "id": new()}
    for what, sent, due in [("an activity", whole, {"id": ACTIVITY}), ("an agent", dict(mail("o"), name="o"), mail("o")), ("a group", group, few["team"]), ("members", nobody, {"objectType": "Group", "member": [mail("m")]}),
                            ("a reference", ref, ref), ("a sub-statement", dict(sub, object=whole), dict(short, object={"id": ACTIVITY})), ("one of an agent", dict(sub, object=mail("o")), dict(short, object=mail("o")))]:
        s = plain(id=new(), object=sent, verb=verb, context=context)
        status(200, what, ask("POST", "/statements", s))
        for version in VERSIONS:
            got = ask("GET", "/statements", statementId=s["id"], format="ids", version=version).json()
            ok(got["object"] == due and got["context"] == few and got["verb"] == {"id": "http://e.com/v"}, "%s: ids of %s" % (version, what), got)


def large():
    """A request may be large, but none holds the others up for long."""
    count = 50000
    many = {"http://e.com/%d" % i: i for i in range(count)}
    tongues = {"x-%x" % i: "x" for i in range(count)}
    began = time.time()
    for what, s in [("extensions", plain(id=new(), result={"extensions": many})),
                    ("a definition's", plain(id=new(), object={"id": ACTIVITY, "definition": {"extensions": many, "name": tongues}})),
                    ("languages", plain(id=new(), verb={"id": "http://e.com/" + new(), "display": tongues})),
                    ("members", plain(id=new(), actor={"objectType": "Group", "member": [mail("m%d" % i) for i in range(5000)]})),
                    ("choices", plain(id=new(), object={"id": ACTIVITY, "definition": {"interactionType": "choice", "choices": [{"id": str(i)} for i in range(count)]}}))]:
        for _ in range(2):
            status(200, "%s, fifty thousand" % what, ask("POST", "/statements", s))
        again = json.loads(json.dumps(s))
        (again["result"]["extensions"] if "result" in s else again["actor"])["name" if "result" not in s else "http://e.com/x"] = "y"
        status(409, "%s, and another" % what, ask("POST", "/statements", again))
    place = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "large"}
    for _ in range(3):
        status(204, "a state of fifty thousand", ask("POST", "/activities/state", many, **place))
    ok(ask("GET", "/activities/state", **place).json() == many, "is what it was")
    parts = [part(b"%d" % i) for i in range(5000)]
    s = with_attachments(*[data for _, data in parts])
    status(200, "five thousand attachments", ask("POST", "/statements", body([(["Content-Type: application/json"], json.dumps(s).encode())] + parts),
                                               {"Content-Type": "multipart/mixed; boundary=xyz"}))
    ok(len(parts_of(ask("GET", "/statements", statementId=s["id"], attachments="true"))) == 5001, "come back")
    took = time.time() - began
    ok(took < 60, "all of it takes %.1f s" % took)


def references():
    """Since, until and limit are of the statement that refers; the rest may be of what it refers to."""
    verb, ids = "http://example.com/r/" + new(), [new() for _ in range(4)]
    sent = [plain(id=ids[0], verb={"id": verb})] + [
        plain(id=ids[i], verb={"id": "http://e.com/refers"}, object={"objectType": "StatementRef", "id": ids[i - 1]}) for i in (1, 2, 3)]
    stored = []
    for s in sent:
        ask("POST", "/statements", s)
        stored.append(ask("GET", "/statements", statementId=s["id"]).json()["stored"])
        time.sleep(0.004)

    def found(**q):
        return [s["id"] for s in ask("GET", "/statements", verb=verb, **q).json()["statements"]]

    ok(found() == ids[::-1], "a chain is found from its end")
    ok(found(ascending="true") == ids, "in the other order")
    ok(found(since=stored[1]) == ids[:1:-1], "since is of what refers", found(since=stored[1]))
    ok(found(until=stored[1]) == ids[1::-1], "until, too", found(until=stored[1]))
    ok(found(limit=2) == ids[:1:-1], "and limit", found(limit=2))
    ok(found(since=stored[0], until=stored[2]) == [ids[2], ids[1]], "between two times")
    for i in ids:
        ok(ask("GET", "/statements", statementId=i).json()["id"] == i, "by its id only itself")
    context = plain(id=new(), context={"statement": {"objectType": "StatementRef", "id": ids[0]}})
    ask("POST", "/statements", context)
    ok(context["id"] not in found(), "a reference in a context finds nothing")
    ask("POST", "/statements", plain(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": ids[0]}))
    ok(ids[0] not in found() and set(ids[1:]) <= set(found()), "what refers to a voided one is still found", found())
    r = ask("GET", "/statements", verb=verb, version="2.0.0")
    latest = max(s["stored"] for s in r.json()["statements"])
    ok(email.utils.parsedate_to_datetime(r.headers["Last-Modified"]).strftime("%Y-%m-%dT%H:%M:%S") == latest[:19], "Last-Modified is of the latest", (r.headers["Last-Modified"], latest))
    who, team = mail(), {"objectType": "Group", "mbox": "mailto:%s@e.com" % new(), "member": [mail()]}
    s = plain(id=new(), context={"contextAgents": [{"objectType": "contextAgent", "agent": who}], "contextGroups": [{"objectType": "contextGroup", "group": team}]})
    status(200, "agents and groups of a context", ask("POST", "/statements", s, version="2.0.0"))
    for one in (who, {"objectType": "Group", "mbox": team["mbox"]}, team["member"][0]):
        for related in ("true", "false"):
            due = [s["id"]] if related == "true" else []
            got = [x["id"] for x in ask("GET", "/statements", agent=one, related_agents=related, version="2.0.0").json()["statements"]]
            ok(got == due, "are related", (one, related, got))
    short = ask("GET", "/statements", statementId=s["id"], format="ids", version="2.0.0").json()["context"]
    ok(short["contextGroups"][0]["group"] == {"objectType": "Group", "mbox": team["mbox"]}, "and have ids", short)


def parts_of(reply):
    """By the library's own reader; headers and bytes of each."""
    message = email.message_from_bytes(b"Content-Type: " + reply.headers["Content-Type"].encode() + b"\r\n\r\n" + reply.body)
    return [(p, p.get_payload(decode=True)) for p in message.get_payload()]


def body(parts, boundary="xyz", newline=b"\r\n", preamble=b"", end=b"--"):
    between = b"--" + boundary.encode()
    return preamble + b"".join(between + newline + b"".join(h.encode() + newline for h in headers) + newline + data + newline
                               for headers, data in parts) + between + end


def part(data, *more, digest="sha256", encoding="binary"):
    hash_ = hashlib.new(digest, data).hexdigest()
    return ["Content-Type:text/plain"] + (["Content-Transfer-Encoding:" + encoding] if encoding else []) + ["X-Experience-API-Hash:" + hash_] + list(more), data


def with_attachments(*datas, digest="sha256", **more):
    return plain(id=new(), attachments=[dict({
        "usageType": "http://example.com/attachment-usage/test", "display": {"en-US": "A test attachment"}, "contentType": "text/plain; charset=ascii", "length": len(d),
        "sha2": hashlib.new(digest, d).hexdigest()}, **more) for d in datas])


def multipart():
    data, binary = b"here is a simple attachment", bytes(range(256)) + b"\r\n--xy\r\n\r\n"

    def first(s, *more):
        return ["Content-Type:application/json"] + list(more), json.dumps(s).encode()

    def post(due, what, content, type_="multipart/mixed; boundary=xyz"):
        return status(due, what, ask("POST", "/statements", content, {"Content-Type": type_}))

    odd = "abcABC0123'()+_,-./:=?"
    s = with_attachments(data)
    for what, content, type_ in [
            ("as in the specification", body([first(s), part(data)], odd), 'multipart/mixed; boundary="%s"' % odd), ("unquoted", body([first(s), part(data)], "-------314159265358979323846"), "multipart/mixed; boundary=-------314159265358979323846"),
            ("with a preamble", body([first(s), part(data)], preamble=b"to be ignored\r\n"), "multipart/mixed; boundary=xyz"), ("with an epilogue", body([first(s), part(data)]) + b"\r\nignored", "multipart/mixed; boundary=xyz"),
            ("with an empty line before", body([first(s), part(data)], preamble=b"\r\n"), "multipart/mixed; boundary=xyz"), ("lines of text", body([first(s), part(data)], newline=b"\n"), "multipart/mixed; boundary=xyz"),
            ("another parameter first", body([first(s), part(data)]), "multipart/mixed; charset=utf-8; boundary=xyz"), ("a type in capitals", body([first(s), part(data)]), "Multipart/Mixed; Boundary=xyz"),
            ("blanks behind the boundary", body([first(s), part(data)]).replace(b"--xyz\r\n", b"--xyz \t\r\n"), "multipart/mixed; boundary=xyz"), ("a charset of the first", body([(["Content-Type: application/json; charset=utf-8"], first(s)[1]), part(data)]), "multipart/mixed; boundary=xyz"),
            ("a header in two lines", body([first(s), part(data, "X-Other: a;", "\tb")]), "multipart/mixed; boundary=xyz"), ("headers in small letters", body([first(s), ([h.lower() for h in part(data)[0]], data)]), "multipart/mixed; boundary=xyz"),
            ("the same part twice", body([first(s), part(data), part(data)]), "multipart/mixed; boundary=xyz"), ("a hash in capitals", body([first(s), ([h if "Hash" not in h else h[:22] + h[22:].upper() for h in part(data)[0]], data)]), "multipart/mixed; boundary=xyz")]:
        post(200, what, content, type_)
    for digest in ("sha224", "sha256", "sha384", "sha512"):
        one = with_attachments(binary, digest=digest)
        post(200, digest, body([first(one), part(binary, digest=digest)]))
        got = parts_of(ask("GET", "/statements", statementId=one["id"], attachments="true"))
        ok(json.loads(got[0][1])["id"] == one["id"] and got[0][0].get_content_type() == "application/json", "the first is the statement")
        ok(len(got) == 2 and got[1][1] == binary and got[1][0]["X-Experience-API-Hash"] == one["attachments"][0]["sha2"] and
           got[1][0]["Content-Transfer-Encoding"] == "binary" and got[1][0].get_content_type() == "text/plain", "the second the attachment", got[-1][0].items())
    below = plain(id=new(), object=dict(with_attachments(binary), objectType="SubStatement"))
    del below["object"]["id"]
    post(200, "of a sub-statement", body([first(below), part(binary)]))
    ok(parts_of(ask("GET", "/statements", statementId=below["id"], attachments="true"))[1][1] == binary, "comes back, too")
    pair = [with_attachments(b"one", b"two"), with_attachments(b"two")]
    post(200, "two statements with one attachment", body([first(pair), part(b"one"), part(b"two")]))
    got = parts_of(ask("GET", "/statements", limit=2, attachments="true"))
    ok(sorted(p[1] for p in got[1:]) == [b"one", b"two"], "which is sent once")
    status(200, "by fileUrl only", ask("POST", "/statements", with_attachments(b"elsewhere", fileUrl="http://e.com/x")))
    ok(len(parts_of(ask("GET", "/statements", limit=1, attachments="true"))) == 1, "has no part")
    for what, content, type_ in [
            ("no end", body([first(s), part(data)], end=b""), None), ("no boundary", body([first(s), part(data)]), "multipart/mixed"), ("an empty one", body([first(s)]), 'multipart/mixed; boundary=""'),
            ("a boundary that does not occur", body([first(s), part(data)]), "multipart/mixed; boundary=other"), ("one that is part of another's name", body([first(s), part(data)]), "multipart/mixed; xboundary=xyz"),
            ("nothing", b"", None), ("only an end", b"--xyz--", None), ("no headers", body([([], first(s)[1]), part(data)]), None), ("JSON that is none", body([(first(s)[0], b"{"), part(data)]), None),
            ("the first of another type", body([(["Content-Type: text/plain"], first(s)[1]), part(data)]), None), ("no hash", body([first(s), (part(data)[0][:2], data)]), None),
            ("no encoding", body([first(s), part(data, encoding=None)]), None), ("another encoding", body([first(s), part(data, encoding="base64")]), None),
            ("one too few", body([first(s)]), None), ("one too many", body([first(s), part(data), part(b"more")]), None), ("the attachment first", body([part(data), first(s)]), None),
            ("other bytes", body([first(s), (part(data)[0], data + b"x")]), None), ("a hash of another kind", body([first(s), part(data, digest="sha512")]), None), ("a header that is none", body([first(s, "x"), part(data)]), None),
            ("as JSON", body([first(s), part(data)]), "application/json"), ("as form-data", body([first(s), part(data)]), "multipart/form-data; boundary=xyz")]:
        post(400, what, content, type_ or "multipart/mixed; boundary=xyz")
    a, b = (ask("GET", "/statements", limit=1, attachments="true").headers["Content-Type"] for _ in range(2))
    ok(a != b, "nobody knows the boundary before", a)
    for what, said, given, due in [("as the statement says", "text/x-said; a=b", "text/plain", "text/x-said; a=b"), ("where the part says nothing", "text/x-said", None, "text/x-said"),
                                   ("but in one line", "text/x;\r\nX-Evil: 1", "text/plain", "text/plain")]:
        s = with_attachments(what.encode(), contentType=said)
        headers = [h for h in part(what.encode())[0][1:]] + (["Content-Type: " + given] if given else [])
        post(200, "a type " + what, body([first(s), (headers, what.encode())]))
        got = parts_of(ask("GET", "/statements", statementId=s["id"], attachments="true"))[1][0]
        ok(got["Content-Type"] == due and "X-Evil" not in got, "a part has its type %s" % what, got.items())


def signatures():
    with tempfile.TemporaryDirectory() as folder:
        signatures_with_keys_in(folder)


def signatures_with_keys_in(folder):
    key, other = (os.path.join(folder, n) for n in ("key", "other"))
    certificates = {}
    for name in (key, other):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x", "-keyout", name, "-out", name + ".pem"], check=True, capture_output=True)
        pem = open(name + ".pem").read()
        certificates[name] = "".join(line for line in pem.splitlines() if "-----" not in line)

    def b64(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    def jws(payload, alg="RS256", x5c=None, by=key):
        head = dict({"alg": alg}, **({"x5c": x5c} if x5c else {}))
        text = b64(json.dumps(head).encode()) + b"." + b64(payload if isinstance(payload, bytes) else json.dumps(payload).encode())
        bits = alg[2:] if alg.startswith("RS") else "256"
        return text + b"." + b64(subprocess.run(["openssl", "dgst", "-sha" + bits, "-sign", by], input=text, check=True, capture_output=True).stdout)

    def send(due, what, statement, token, text=None, **more):
        signed = dict(statement, attachments=statement.get("attachments", []) + [dict(
            {"usageType": "http://adlnet.gov/expapi/attachments/signature", "display": {"en-US": "Signed"}, "contentType": "application/octet-stream", "length": len(token),
             "sha2": hashlib.sha256(token).hexdigest()}, **more)])
        content = body([(["Content-Type:application/json"], (json.dumps(signed) if text is None else text[:-1] + "," + json.dumps({"attachments": signed["attachments"]})[1:]).encode()), (["Content-Type:" + signed["attachments"][-1]["contentType"]] + part(token)[0][1:], token)])
        status(due, "signed: " + what, ask("POST", "/statements", content, {"Content-Type": "multipart/mixed; boundary=xyz"}))

    s = plain(id=new(), timestamp="2020-01-01T10:00:00+01:00", result={"duration": "PT1.23S"})
    for alg in ("RS256", "RS384", "RS512"):
        for chain in (None, [certificates[key]], [certificates[key], certificates[other]]):
            one = dict(s, id=new())
            send(200, "%s, %s" % (alg, "no certificate" if not chain else len(chain)), one, jws(one, alg, chain))
    number = '{"id":"%s","result":{"score":{"raw":0.8048780487804879,"max":1e2}},%s' % (new(), json.dumps(plain())[1:])
    one = json.loads(number)
    send(200, "a number that few digits do not tell", one, jws(number.encode()), text=number)
    r = ask("GET", "/statements", statementId=one["id"], attachments="true")
    body_ = r.body[r.body.index(b"{"):]
    ok(b"0.8048780487804879," in body_ and b"1e2" in body_, "comes back with its digits", body_)
    ok(parts_of(r)[1][1] == jws(number.encode()), "and its signature")
    without = plain()
    send(200, "before it had an id", without, jws(without))
    one = dict(s, id=new())
    send(200, "in another order, with another offset", one, jws(dict(reversed(list(dict(one, timestamp="2020-01-01T09:00:00Z").items())))))
    send(400, "another key than the certificate's", dict(s, id=new()), jws(s, x5c=[certificates[other]]))
    for what, token in [
            ("HS256", jws(s, "HS256")), ("none", jws(s, "none")), ("ES256", jws(s, "ES256")), ("another statement", jws(dict(s, actor=mail()))), ("another result", jws(dict(s, result={"duration": "PT1.24S"}))),
            ("one property less", jws({k: v for k, v in s.items() if k != "result"})), ("no JSON", jws(b"x")), ("a list", jws([s])), ("two parts", b".".join(jws(s).split(b".")[:2])), ("four parts", jws(s) + b".x"),
            ("no base64", b"!." + jws(s).split(b".", 1)[1]), ("no signature", b".".join(jws(s).split(b".")[:2]) + b"."), ("nothing", b""), ("a certificate that is none", jws(s, x5c=["eA=="])),
            ("a list of none", jws(s, x5c=[1]))]:
        send(400, what, s, token)
    send(400, "of another type", s, jws(s), contentType="application/json")
    status(400, "signed: of another type, elsewhere", ask("POST", "/statements", with_attachments(
        b"x", fileUrl="http://e.com/x", usageType="http://adlnet.gov/expapi/attachments/signature")))


def documents():
    for path, where, allowed in RESOURCES:
        if "DELETE" not in allowed:
            continue
        name = "stateId" if path.endswith("state") else "profileId"
        for version in VERSIONS:
            def go(due, what, method, content=None, headers=None, one=None, **more):
                r = ask(method, path, content, headers, version=version, **dict(where, **dict({name: one or doc}, **more)))
                return status(due, "%s %s: %s %s" % (version, path, method, what), r)
            doc = new()
            if not path.endswith("state"):
                first = go(400 if version == "1.0.3" else 204, "a new one without either", "PUT", b"x", one=doc + "new")
                ok(version != "1.0.3" or b"If-None-Match: *" in first.body, "tells what to do", first.body)
                go(404 if version == "1.0.3" else 200, "it", "GET", one=doc + "new")
            go(412, "If-Match of nothing", "PUT", b"x", {"If-Match": "*"})
            go(412, "If-Match with a tag of nothing", "PUT", b"x", {"If-Match": '"abc"'})
            go(412, "If-Match of nothing", "POST", {"a": 1}, {"If-Match": '"abc"'})
            go(412, "If-Match of nothing", "DELETE", headers={"If-Match": '"abc"'})
            go(404, "nothing is there", "GET")
            go(204, "If-None-Match *", "PUT", {"a": 1}, {"If-None-Match": "*"})
            tag = go(200, "it", "GET").headers["ETag"]
            free = path.endswith("state") and version == "1.0.3"
            r = go(204 if free else 409, "without either", "PUT", {"a": 1})
            ok(free or (b"ETag" in r.body and b"If-Match" in r.body and r.headers["Content-Type"].startswith("text/plain")), "tells what to do", r.body)
            for good, header in [(True, tag), (True, "*"), (True, '"x", %s' % tag), (True, '%s,"x"' % tag), (True, " %s " % tag), (True, tag.strip('"')), (True, "W/" + tag), (False, '"x"'), (False, '"*"'),
                                 (False, '"%s0"' % tag.strip('"')), (False, '"a*"'), (False, tag.upper().replace('"', '"x')), (False, tag[:-2] + '"')]:
                go(204 if good else 412, "If-Match: " + header, "PUT", {"a": 1}, {"If-Match": header})
                go(412 if good else 204, "If-None-Match: " + header, "POST", {"a": 1}, {"If-None-Match": header})
                ok(go(200, "it", "GET").json() == {"a": 1}, "it is what it was")
            go(412, "both, one holds", "PUT", b"x", {"If-Match": tag, "If-None-Match": "*"})
            tag = go(200, "it", "GET").headers["ETag"]
            go(204, "merges", "POST", {"b": {"c": 1}}, {"If-Match": tag})
            go(204, "merges null, too", "POST", {"a": None, "b": {"d": 2}})
            ok(go(200, "it", "GET").json() == {"a": None, "b": {"d": 2}}, "at the top")
            for what, content, type_ in [("text", b"x", "text/plain"), ("a list", b"[1]", "application/json"), ("a number", b"1", "application/json"), ("no JSON", b"{", "application/json"), ("nothing", b"", "application/json"),
                                         ("JSON of another type", b"{}", "text/plain"), ("two", b"{}{}", "application/json"), ("one thing twice", b'{"a":1,"a":2}', "application/json"), ("no type", b"{}", None)]:
                go(400, what, "POST", content, {"Content-Type": type_} if type_ else None)
            ok(go(200, "it", "GET").json() == {"a": None, "b": {"d": 2}}, "what cannot be merged changes nothing")
            go(204, "JSON with a charset", "POST", b'{"e":1}', {"Content-Type": "Application/JSON;charset=utf-8"})
            ok(go(200, "it", "GET").json()["e"] == 1, "is JSON")
            go(204 if path.endswith("state") else 400, "JSON that is none", "PUT", b"{", {"Content-Type": "application/json", "If-Match": "*"})
            for value in ("[1,2]", '"x"', "null", "5"):
                go(204, "any JSON", "PUT", value, {"Content-Type": "application/json", "If-Match": "*"})
            for type_, content in (("application/octet-stream", b"\x00\xff\r\n"), ("text/plain; charset=utf-8", "\u00fc".encode()), ("image/svg+xml", b"<svg/>"), ("application/json-seq", b"{")):
                go(204, type_, "PUT", content, {"Content-Type": type_, "If-Match": "*"})
                r = go(200, type_, "GET")
                ok(r.body == content and r.headers["Content-Type"] == type_ and r.headers["ETag"] == '"%s"' % hashlib.sha1(content).hexdigest(), "as it was", r.headers.items())
                go(400, "JSON into %s" % type_, "POST", {"a": 1})
            go(204, "nothing", "PUT", b"", {"Content-Type": "text/plain", "If-Match": "*"})
            ok(go(200, "nothing", "GET").body == b"", "is a document, too")
            listed = ask("GET", path, version=version, **where)
            ok(doc in listed.json() and listed.headers["Last-Modified"], "%s is listed" % path, listed.body)
            went = go(200, "it", "HEAD")
            modified = email.utils.parsedate_to_datetime(went.headers["Last-Modified"]).timestamp()
            ok(abs(modified - time.time()) < 60 and went.body == b"", "HEAD tells when it was changed")
            for since, due in (("2000-01-01T00:00:00Z", True), ("2100-01-01T00:00:00Z", False)):
                ok((doc in ask("GET", path, since=since, version=version, **where).json()) == due, "since %s" % since)
            status(400, "a bad since", ask("GET", path, since="2020-01-01", version=version, **where))
            go(200, "one, if it was changed since", "GET", since="2000-01-01T00:00:00Z")
            go(404, "one that was not", "GET", since="2100-01-01T00:00:00Z")
            go(400, "one since no time", "GET", since="2020-01-01")
            for method in ("PUT", "POST", "DELETE"):
                go(400, "since with one", method, b"{}" if method[0] == "P" else None, JSON, since="2000-01-01T00:00:00Z")
            odd = "a b/c?d=\u00fc&+%"
            go(204, "an odd name", "PUT", b"x", {"If-None-Match": "*"}, one=odd + version)
            ok(odd + version in ask("GET", path, version=version, **where).json(), "is a name")
            go(204, "of one", "DELETE", one=odd + version)
            go(204, "its tag", "DELETE", headers={"If-Match": '"%s"' % hashlib.sha1(b"").hexdigest()})
            go(204, "of what is gone", "DELETE")
            go(404, "it is gone", "GET")
    state, reg = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "s"}, new()
    status(204, "with a registration", ask("PUT", "/activities/state", b"r", registration=reg.upper(), **state))
    status(404, "is not without", ask("GET", "/activities/state", **state))
    status(200, "but with it, in any case", ask("GET", "/activities/state", registration=reg, **state))
    for bad in ("", "x", reg + "0"):
        for method in ("GET", "PUT", "POST", "DELETE"):
            status(400, "%s with registration %s" % (method, bad), ask(method, "/activities/state", b"{}" if method[0] == "P" else None, JSON, registration=bad, **state))
    group = json.dumps({"objectType": "Group", "mbox": "mailto:a@b.c"})
    for path, where, allowed in RESOURCES:
        if "agent" in where:
            status(400, "%s of a group" % path, ask("GET", path, **dict(where, agent=group)))
    ask("DELETE", "/activities/state", activityId=ACTIVITY, agent=AGENT)
    other = {"mbox": "mailto:x@y.z", "name": "different"}
    ask("PUT", "/agents/profile", b"x", {"If-None-Match": "*"}, agent=dict(other, mbox="mailto:n@y.z"), profileId="p")
    status(200, "a name does not make another agent", ask("GET", "/agents/profile", agent={"mbox": "mailto:n@y.z"}, profileId="p"))


def forms():
    """1.0.3: a form may stand for any request. 2.0.0: none may."""
    head = {"Authorization": "Basic " + auth, "X-Experience-API-Version": "1.0.3"}

    def form(path, method, query="", version=None, type_="application/x-www-form-urlencoded", **fields):
        return ask("POST", path + "?method=" + method + query, urllib.parse.urlencode(fields), {"Content-Type": type_}, key=None, version=version)
    s = plain(id=new())
    text = json.dumps(s)
    json_ = dict(head, **{"Content-Type": "application/json"})
    status(204, "PUT", form("/statements", "PUT", content=text, statementId=s["id"], **json_))
    status(200, "GET", form("/statements", "GET", statementId=s["id"], **head))
    status(200, "POST", form("/statements", "POST", content=json.dumps([plain(), plain()]), **json_))
    status(200, "headers stay headers", ask("POST", "/statements?method=GET", "limit=1", {"Content-Type": "application/x-www-form-urlencoded"}))
    status(400, "PUT without content", form("/statements", "PUT", statementId=s["id"], **json_))
    status(400, "POST without content", form("/statements", "POST", **json_))
    status(400, "GET with content", form("/statements", "GET", content="x", **head))
    status(400, "DELETE with content", form("/activities/state", "DELETE", content="x", activityId=ACTIVITY, agent=AGENT, **head))
    status(400, "another parameter in the query", form("/statements", "PUT", "&statementId=" + s["id"], content=text, **json_))
    status(400, "a surplus field", form("/statements", "GET", surplus="x", **head))
    status(400, "content that is no JSON", form("/statements", "POST", content="{", **json_))
    status(400, "content of another type", form("/statements", "POST", content=text, **dict(head, **{"Content-Type": "text/plain"})))
    for method in ("get", "HEAD", "PATCH", "", "x"):
        status(400, "method=" + method, form("/statements", method, **head))
    for sign in ("\r\n", "\n", "\r", "\x00", "\x01", "\x7f"):
        status(400, "a header with %r" % sign, form("/activities/state", "PUT", content="x", activityId=ACTIVITY, agent=AGENT, stateId="x", **dict(head, **{"Content-Type": "text/plain%sX-Evil: 1" % sign})))
    status(401, "without a key", form("/statements", "GET", **{"X-Experience-API-Version": "1.0.3"}))
    status(400, "without a version", form("/statements", "GET", Authorization=head["Authorization"]))
    place = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "form"}
    status(204, "PUT of a state", form("/activities/state", "PUT", content="\u00fc & =", **dict(place, **dict(head, **{"Content-Type": "text/plain"}))))
    r = status(200, "GET of it", form("/activities/state", "GET", **dict(place, **head)))
    ok(r.body == "\u00fc & =".encode() and r.headers["Content-Type"] == "text/plain", "as it was", r.body)
    status(412, "with a condition", form("/activities/state", "PUT", content="{}", **dict(place, **dict(head, **{"If-None-Match": "*"}))))
    status(204, "DELETE of it", form("/activities/state", "DELETE", **dict(place, **head)))
    status(400, "a form without a method", ask("POST", "/activities/state", b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, **place))
    status(204, "such a document of 2.0.0", ask("POST", "/activities/state", b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, version="2.0.0", **place))
    for version in ("2.0.0", None):
        for path, where, _ in RESOURCES[:3] + RESOURCES[4:]:
            r = form(path, "GET", version=version, **dict(where, **dict(head, **{"X-Experience-API-Version": "2.0.0"})))
            ok(r.status in (400, 401), "2.0.0 has no forms for " + path, r.status)
    status(400, "nor with a key", ask("POST", "/statements?method=GET", "limit=1", {"Content-Type": "application/x-www-form-urlencoded"}, version="2.0.0"))


def conditional():
    """What the client has already is not sent again; what came of others is no page of this server."""
    ask("PUT", "/activities/state", b"x", activityId=ACTIVITY, agent=AGENT, stateId="conditional")
    for version in VERSIONS:
        for path, where, _ in RESOURCES:
            r = ask("GET", path, version=version, **where)
            ok(r.headers["Content-Security-Policy"] == "default-src 'none'; sandbox" and r.headers["X-Content-Type-Options"] == "nosniff" and r.headers["Cache-Control"] == "no-cache",
               "%s %s: runs nothing, and is asked for again" % (version, path), r.headers.items())
            tag = r.headers["ETag"]
            for method in ("GET", "HEAD"):
                for header in (tag, "W/" + tag, '"x", ' + tag, "*"):
                    known = status(304, "%s %s %s: If-None-Match: %s" % (version, method, path, header), ask(method, path, headers={"If-None-Match": header}, version=version, **where))
                    ok(known.body == b"" and known.headers["ETag"] == tag and known.headers["X-Experience-API-Version"] == version, "says which", known.headers.items())
                for header in ('"x"', '""', tag[:-2] + '"', ""):
                    status(200, "%s %s %s: If-None-Match: %s" % (version, method, path, header), ask(method, path, headers={"If-None-Match": header}, version=version, **where))
            if path != "/about":
                status(401, "%s %s: not without a key" % (version, path), ask("GET", path, headers={"If-None-Match": tag}, version=version, key=None, **where))
            status(400, "%s %s: what is wrong stays wrong" % (version, path), ask("GET", path, headers={"If-None-Match": "*"}, version=version, surplus=1, **where))
    place = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "conditional"}
    tag = ask("GET", "/activities/state", **place).headers["ETag"]
    ask("PUT", "/activities/state", b"y", {"If-Match": tag}, **place)
    ok(status(200, "what was changed", ask("GET", "/activities/state", headers={"If-None-Match": tag}, **place)).body == b"y", "is sent")
    status(404, "nothing is not known", ask("GET", "/activities/state", headers={"If-None-Match": "*"}, **dict(place, stateId=new())))
    for path, content, where in (("/statements", json.dumps(plain()), {}), ("/activities/state", "{}", place)):
        for coding, due in (("gzip", 415), ("br", 415), ("identity, gzip", 415), ("Identity", 200 if path == "/statements" else 204)):
            r = status(due, "%s: Content-Encoding: %s" % (path, coding), ask("POST" if path == "/statements" else "PUT", path, content, dict(JSON, **{"Content-Encoding": coding}), **where))
            ok(due != 415 or r.headers["Accept-Encoding"] == "identity", "tells what is understood", r.headers.items())


def other_pages():
    """A browser adds the key that a person typed to whatever form another page sends."""
    own = "%s://%s" % (url.scheme, url.netloc)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for origin, site, due in (("https://evil.example", None, 403), ("https://evil.example", "cross-site", 403), ("null", "cross-site", 403), ("http://127.0.0.1", "same-site", 403), ("", None, 403),
                              (own, None, 200), (own, "same-origin", 200), ("https://proxy.example", "same-origin", 200), (None, None, 200)):
        s = plain(id=new())
        headers = {k: v for k, v in dict(form, Origin=origin, **{"Sec-Fetch-Site": site}).items() if v is not None}
        fields = {"content": json.dumps(s), "Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
        status(due, "a form of a page of %s" % origin, ask("POST", "/statements?method=POST", urllib.parse.urlencode(fields), headers, version=None))
        status(200 if due == 200 else 404, "changes nothing", ask("GET", "/statements", statementId=s["id"]))
        fields["Authorization"] = "Basic " + auth
        status(200, "a form with a key of its own, of %s" % origin, ask("POST", "/statements?method=POST", urllib.parse.urlencode(fields), headers, version=None, key=None))
    for method in ("GET", "PUT", "OPTIONS"):
        r = ask(method, "/statements", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"})
        ok(not [k for k in r.headers if k.lower().startswith("access-control")], "no page of another origin reads", r.headers.items())


def wire():
    """Requests as no library sends them."""
    def send(head, content=b"", later=None):
        with socket.create_connection((url.hostname, url.port), 20) as s:
            s.sendall(head.encode() + b"\r\n" + content)
            got = b""
            if later is not None:
                got = s.recv(65536)
                s.sendall(later)
            while True:
                more = s.recv(65536)
                if not more:
                    return got
                got += more
    whole = "Host: x\r\nConnection: close\r\nAuthorization: Basic %s\r\nX-Experience-API-Version: 1.0.3\r\n" % auth
    sending = "POST %s/statements HTTP/1.1\r\n%sContent-Type: application/json\r\n" % (url.path, whole)
    text = json.dumps([plain(), plain()]).encode()

    def due(code, what, got):
        ok(got.startswith(b"HTTP/1.1 %d " % code), "%s: %d is due" % (what, code), got)

    def pieces(text, line=b"\r\n"):
        return b"%x\r\n%s\r\n%x%s%s\r\n0\r\nX-Trailer: x\r\n\r\n" % (10, text[:10], len(text) - 10, line, text[10:])
    due(200, "in pieces", send(sending + "Transfer-Encoding: chunked\r\n", pieces(text)))
    due(200, "in Pieces", send(sending + "Transfer-Encoding: Chunked\r\n", pieces(text)))
    # Versions of the server's library ignore a chunk's extension (RFC 9112, 7.1.1) or refuse it, and differ in bare CR and LF. Whichever
    # they do, the body is the one that was sent, or none; and nothing behind it is a request.
    for line in (b"\r\n", b";a=b\r\n", b";a\r\n", b';a="b c"\r\n', b";" + b"a" * 3000 + b"\r\n", b";a\rb\r\n", b"\n", b";a\n", b" \r\n", b" ;a=b\r\n",
                 b";\nGET /xapi/about HTTP/1.1\r\n"):
        verb = {"id": "http://example.com/" + new()}
        sent = [plain(verb=verb), plain(verb=verb)]
        behind = "GET %s/about HTTP/1.1\r\n%s\r\n" % (url.path, whole)
        got = send(sending.replace("Connection: close\r\n", "") + "Transfer-Encoding: chunked\r\n", pieces(json.dumps(sent).encode(), line) + behind.encode())
        what = "a line before a chunk, %r" % line[:30]
        ok(got.count(b"HTTP/1.1 ") == 1 and got[9:12] in (b"200", b"400"), what + ": one answer, 200 or 400, and an end", got)
        kept = ask("GET", "/statements", verb=verb["id"]).json()["statements"]
        ok([{k: one[k] for k in sent[0]} for one in kept] == (sent if got[9:12] == b"200" else []), what + ": all of it is kept, or nothing", kept)
    for more in ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(text), "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: identity\r\n",
                 "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: xchunked\r\n"):
        got = send(sending + more, pieces(text)) # an unknown coding is 501 for some versions of the library (RFC 9112, 6.1)
        ok(got[9:12] in (b"400", b"501"), more.replace("\r\n", " ") + ": 400 or 501 is due", got)
    for blanks in (("", " "), ("", "\t "), ("  ", "  ")):
        due(200, "blanks around a value", send("GET %s/statements?limit=1 HTTP/1.1\r\n%s" % (url.path, whole.replace("1.0.3", "1.0.3".join(blanks)))))
        due(200, "and around a type", send(sending.replace("application/json", "application/json".join(blanks)) + "Content-Length: %d\r\n" % len(text), text))
    got = send(sending + "Expect: 100-continue\r\nContent-Length: %d\r\n" % len(text), later=text)
    ok(got.startswith(b"HTTP/1.1 100 ") and b"HTTP/1.1 200 " in got, "who asks first is told to go on", got)
    for target in ("http://x", "https://other.example:444", "http://[::1]"):
        due(200, "a target with scheme and host", send("GET %s%s/statements?limit=1 HTTP/1.1\r\n%s" % (target, url.path, whole)))
    due(404, "one with another path", send("GET http://x%s HTTP/1.1\r\n%s" % (url.path, whole)))
    got = send("GET %s/statements?limit=1 HTTP/1.0\r\n%s" % (url.path, whole.replace("Host: x\r\n", "")))
    ok(b" 200 " in got[:13] and json.loads(got.split(b"\r\n\r\n", 1)[1])["more"].startswith("/xapi/more/"), "HTTP/1.0, without a host", got)
    got = send("GET %s/about HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\nGET %s/about HTTP/1.1\r\n%s" % (url.path, url.path, whole))
    ok(got.startswith(b"HTTP/1.1 304 ") and b"\r\n\r\nHTTP/1.1 200 " in got, "the next answer follows one without a body", got)
    due(405, "a method in small letters", send("get %s/statements HTTP/1.1\r\n%s" % (url.path, whole)))


run(headers_of_answers, methods, parameters, same_again, kept_as_sent, numbers_as_sent, reasons, foreign_states, times_read, short_ids, large, references, multipart, signatures, documents, forms, conditional, other_pages, wire)
