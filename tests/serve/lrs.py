#!/usr/bin/env python3
"""lrs.py URL KEY SECRET [LEARNER_KEY LEARNER_SECRET]: the Experience API's requirements, each held against a running store.

Ends with "N passed, M failed". What each property may be is held by mutations.py, in every place where there is one.
"""
import base64
import hashlib
import json
import sys
import threading
import time
import urllib.parse

from store import ask, auth, mail, new, ok, plain, run, status


def changed(path, value):
    """A statement with everything in it, and one thing changed; None takes it away."""
    s = full()
    at = s
    for name in path[:-1]:
        at = at[name]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return s


def full():
    return {
        "id": new(), "actor": {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.com"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/attended", "display": {"en-GB": "attended", "de": "nahm teil"}},
        "object": {"objectType": "Activity", "id": "http://example.com/meeting",
                   "definition": {"name": {"en": "meeting"}, "description": {"en-GB": "a meeting"},
                                  "type": "http://adlnet.gov/expapi/activities/meeting", "moreInfo": "http://example.com/more",
                                  "interactionType": "choice", "correctResponsesPattern": ["a"],
                                  "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b"}],
                                  "extensions": {"http://example.com/ext": {"x": None}}}},
        "result": {"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "success": True, "completion": False,
                   "response": "yes", "duration": "PT1H0.5S", "extensions": {"http://example.com/e": 1}},
        "context": {"registration": new(), "instructor": mail("inge"), "team": {"objectType": "Group", "mbox": "mailto:t@example.com"},
                    "contextActivities": {"parent": {"id": "http://example.com/parent"}, "other": [{"id": "http://example.com/o"}]},
                    "revision": "r1", "platform": "p", "language": "en-US",
                    "statement": {"objectType": "StatementRef", "id": new()}, "extensions": {"http://example.com/x": "y"}},
        "timestamp": "2025-05-18T05:32:34.804+02:00", "version": "1.0.0",
        "authority": mail("auth"),
        "attachments": [{"usageType": "http://example.com/u", "display": {"en": "d"}, "contentType": "text/plain",
                         "length": 3, "sha2": hashlib.sha256(b"abc").hexdigest(), "fileUrl": "http://example.com/f"}]}


# ---- what is valid and what is not: (where, what) is put into a whole statement ----
BAD = [
    (["actor"], None), (["verb"], None), (["object"], None), (["surplus"], 1), (["id"], "no-uuid"), (["id"], 7), (["id"], {}),
    (["timestamp"], "yesterday"), (["timestamp"], "2025-05-18T05:32:34-00:00"), (["timestamp"], "2025-05-18T05:32:34-0000"),
    (["timestamp"], "2025-05-18"), (["timestamp"], "2025-02-30T00:00:00Z"), (["stored"], "x"),
    (["version"], "0.9"), (["version"], "1.1.0"), (["version"], "1"), (["authority"], {"objectType": "Group", "member": [mail()]}),
    (["actor", "objectType"], "agent"), (["actor", "mbox"], "ada@example.com"), (["actor", "mbox"], "mailto:ada"),
    (["actor", "mbox_sha1sum"], "a" * 40), (["actor", "account"], {"homePage": "http://a.b", "name": "x"}), (["actor", "mbox"], None),
    (["actor", "name"], 5), (["actor", "surplus"], "x"), (["actor"], {"objectType": "Group", "name": "g"}),
    (["actor"], {"objectType": "Group", "member": [{"objectType": "Group", "mbox": "mailto:a@b.c"}]}),
    (["actor"], {"objectType": "Group", "member": "x"}), (["actor"], {"openid": "no iri"}), (["actor"], {"mbox_sha1sum": "xyz"}),
    (["actor"], {"account": {"name": "x"}}), (["actor"], {"account": {"homePage": "x", "name": "x"}}),
    (["actor"], {"account": {"homePage": "http://a.b", "name": 3}}), (["actor"], "ada"), (["actor"], []),
    (["verb", "id"], None), (["verb", "id"], "did"), (["verb", "id"], 1), (["verb", "display"], "did"),
    (["verb", "display"], {"a12345678": "x"}), (["verb", "display"], {"en": 5}), (["verb", "surplus"], 1),
    (["object", "id"], None), (["object", "id"], "act"), (["object", "objectType"], "activity"), (["object", "surplus"], 1),
    (["object", "definition"], "x"), (["object", "definition", "name"], "x"), (["object", "definition", "type"], "x"),
    (["object", "definition", "moreInfo"], "x"), (["object", "definition", "extensions"], {"x": 1}),
    (["object", "definition", "interactionType"], "guess"), (["object", "definition", "interactionType"], None),
    (["object", "definition", "correctResponsesPattern"], "a"), (["object", "definition", "choices"], [{"description": {"en": "x"}}]),
    (["object", "definition", "choices"], [{"id": "a"}, {"id": "a"}]), (["object", "definition", "choices"], {"id": "a"}),
    (["object", "definition", "scale"], [{"id": 1}]), (["object"], {"objectType": "StatementRef"}),
    (["object"], {"objectType": "StatementRef", "id": "x"}), (["object"], {"objectType": "StatementRef", "id": new(), "x": 1}),
    (["result", "score", "scaled"], 1.1), (["result", "score", "scaled"], "1"), (["result", "score", "raw"], 11),
    (["result", "score", "min"], 20), (["result", "score", "surplus"], 1), (["result", "success"], "true"),
    (["result", "completion"], 1), (["result", "response"], 1), (["result", "duration"], "1 hour"), (["result", "duration"], "P"),
    (["result", "duration"], "PT"), (["result", "extensions"], []), (["result", "surplus"], 1),
    (["context", "registration"], "x"), (["context", "instructor"], "x"), (["context", "team"], mail()),
    (["context", "contextActivities"], {"sibling": {"id": "http://a.b"}}), (["context", "contextActivities", "parent"], [{}]),
    (["context", "contextActivities", "parent"], "http://a.b"), (["context", "language"], "english language"),
    (["context", "statement"], {"id": new()}), (["context", "extensions"], {"x y": 1}), (["context", "revision"], 1),
    (["context", "platform"], {}), (["context", "surplus"], 1),
    (["attachments"], {}), (["attachments", 0, "usageType"], None), (["attachments", 0, "display"], None),
    (["attachments", 0, "contentType"], None), (["attachments", 0, "length"], None), (["attachments", 0, "length"], "3"),
    (["attachments", 0, "length"], 1.5), (["attachments", 0, "sha2"], None), (["attachments", 0, "sha2"], "zz"),
    (["attachments", 0, "fileUrl"], "x"), (["attachments", 0, "surplus"], 1), (["attachments", 0, "fileUrl"], None),
    (["verb", "id"], "http://adlnet.gov/expapi/verbs/voided"),
]
GOOD = [
    (["timestamp"], "2025-05-18T05:32:34Z"), (["timestamp"], "2025-05-18T05:32:34.123456789+0530"), (["id"], None),
    (["timestamp"], "2024-02-29T23:59:59+14:00"), (["version"], "1.0"), (["version"], "1.0.9"), (["stored"], "2013-05-18T05:32:34Z"),
    (["actor"], {"openid": "http://ada.example.com/"}), (["actor"], {"mbox_sha1sum": "A" * 40}),
    (["actor"], {"objectType": "Group", "member": [mail()]}), (["actor"], {"objectType": "Group", "mbox": "mailto:g@b.c", "member": []}),
    (["result", "duration"], "P1Y2M3DT4H5M6.7S"), (["result", "duration"], "P3W"), (["result", "score"], {}),
    (["context", "language"], "zh-Hant-HK"), (["context", "language"], "x-private"), (["verb", "display"], {}),
    (["context", "team"], {"objectType": "Group", "member": [mail()]}), (["object", "definition", "choices"], []),
    (["result", "extensions"], {"http://e.x/null": None}), (["authority"], None), (["attachments"], []),
    (["authority"], {"objectType": "Group", "member": [mail(), mail()]}),
]


def validation():
    for path, value in BAD:
        status(400, "%s = %s is refused" % (path, json.dumps(value)), ask("POST", "/statements", changed(path, value)))
    for path, value in GOOD:
        status(200, "%s = %s is taken" % (path, json.dumps(value)), ask("POST", "/statements", changed(path, value)))
    for path, _ in BAD:
        if path[-1] not in ("surplus", "fileUrl", "authority") and isinstance(path[-1], str):
            try:
                status(400, "%s = null is refused" % path, ask("POST", "/statements", json.dumps(
                    put_null(path)), {"Content-Type": "application/json"}))
            except (KeyError, TypeError):
                pass
    whole = full()
    sub = {k: whole[k] for k in ("actor", "verb", "object", "result", "context", "timestamp", "attachments")}
    sub["objectType"] = "SubStatement"
    del sub["context"]["statement"]
    status(200, "a sub-statement is taken", ask("POST", "/statements", plain(object=sub)))
    for name, value in (("id", new()), ("stored", "2025-05-18T05:32:34Z"), ("version", "1.0.0"), ("authority", mail()), ("x", 1)):
        status(400, "a sub-statement with %s is refused" % name, ask("POST", "/statements", plain(object=dict(sub, **{name: value}))))
    status(400, "one in one is refused", ask("POST", "/statements", plain(object=dict(sub, object=sub))))
    for kind in (mail(), {"objectType": "StatementRef", "id": new()}):
        status(400, "revision is for activities", ask("POST", "/statements", plain(object=kind, context={"revision": "x"})))
        status(400, "platform is for activities", ask("POST", "/statements", plain(object=kind, context={"platform": "x"})))
    for text in ("", "{", "[1,]", '{"actor":1', "null", '"x"', "[[]]", '{"a":1} x'):
        status(400, "%s is refused" % text, ask("POST", "/statements", text, {"Content-Type": "application/json"}))
    twice = json.dumps(plain())[:-1] + ',"actor":' + json.dumps(mail()) + "}"
    status(400, "a property that is there twice is refused", ask("POST", "/statements", twice, {"Content-Type": "application/json"}))
    status(400, "another type is refused", ask("POST", "/statements", json.dumps(plain()), {"Content-Type": "text/plain"}))
    status(400, "no type is refused", ask("POST", "/statements", json.dumps(plain())))
    status(200, "a charset is fine", ask("POST", "/statements", json.dumps(plain()), {"Content-Type": "application/json; charset=utf-8"}))
    context = {"contextAgents": [{"objectType": "contextAgent", "agent": mail(), "relevantTypes": ["http://a.b/c"]}],
               "contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group", "mbox": "mailto:g@b.c"}}]}
    status(400, "contextAgents are not of 1.0.3", ask("POST", "/statements", plain(context=context)))
    status(200, "but of 2.0.0", ask("POST", "/statements", plain(context=context), version="2.0.0"))
    context["contextAgents"][0]["relevantTypes"] = []
    status(400, "relevant types are at least one", ask("POST", "/statements", plain(context=context), version="2.0.0"))


def put_null(path):
    s = full()
    at = s
    for name in path[:-1]:
        at = at[name]
    at[path[-1]]
    at[path[-1]] = None
    return s


def versions_and_keys():
    status(401, "no key", ask("GET", "/statements", key=None))
    status(401, "a wrong key", ask("GET", "/statements", key=base64.b64encode(b"a:b").decode()))
    status(401, "no base64", ask("GET", "/statements", key="%%%"))
    for version in (None, "0.9", "0.95", "1.1", "2", "3.0.0", "x"):
        r = status(400, "version %s" % version, ask("GET", "/statements", version=version))
        ok(r.headers["X-Experience-API-Version"], "the answer tells its version, too")
    for version in ("1.0", "1.0.0", "1.0.3", "1.0.7", "2.0.0"):
        r = status(200, "version %s" % version, ask("GET", "/statements", version=version))
        ok(r.headers["X-Experience-API-Version"] == ("2.0.0" if version[0] == "2" else "1.0.3"), "and is answered in it")
    about = status(200, "about is open", ask("GET", "/about", key=None, version=None)).json()
    ok("1.0.3" in about["version"] and "2.0.0" in about["version"] and set(about) <= {"version", "extensions"}, "about", about)
    status(404, "elsewhere is nothing", ask("GET", "/nowhere"))
    status(405, "statements are not deleted", ask("DELETE", "/statements"))


def storing():
    s = plain(id=new())
    r = status(200, "POST of one", ask("POST", "/statements", s))
    ok(r.json() == [s["id"]], "gives its id", r.body)
    got = status(200, "and is found", ask("GET", "/statements", statementId=s["id"]))
    whole = got.json()
    ok(whole["stored"] and whole["timestamp"] == whole["stored"] and whole["version"] == "1.0.0", "with what a store adds", whole)
    ok(whole["authority"]["account"]["name"], "and its authority")
    ok(got.headers["ETag"] == '"%s"' % hashlib.sha1(got.body).hexdigest(), "ETag is the SHA-1 in quotes")
    ok(got.headers["Last-Modified"] and got.headers["X-Experience-API-Consistent-Through"], "and both times")
    status(200, "the same again", ask("POST", "/statements", s))
    status(409, "another with that id", ask("POST", "/statements", plain(id=s["id"], actor=mail())))
    status(204, "PUT of the same", ask("PUT", "/statements", s, statementId=s["id"]))
    status(409, "PUT of another", ask("PUT", "/statements", plain(actor=mail()), statementId=s["id"]))
    ok(ask("GET", "/statements", statementId=s["id"]).json() == whole, "nothing has changed")
    t = new()
    status(204, "PUT of one without id", ask("PUT", "/statements", plain(), statementId=t))
    status(200, "is found", ask("GET", "/statements", statementId=t))
    status(200, "in capitals, too", ask("GET", "/statements", statementId=t.upper()))
    status(400, "PUT without statementId", ask("PUT", "/statements", plain()))
    status(400, "PUT with another id", ask("PUT", "/statements", plain(id=new()), statementId=new()))
    status(400, "PUT of two", ask("PUT", "/statements", [plain()], statementId=new()))
    status(400, "POST with statementId", ask("POST", "/statements", plain(), statementId=new()))
    batch = [plain(id=new()) for _ in range(50)]
    ok(status(200, "POST of fifty", ask("POST", "/statements", batch)).json() == [b["id"] for b in batch], "ids in order")
    good = plain(id=new())
    status(400, "a batch with a bad one", ask("POST", "/statements", [good, {"actor": 1}]))
    status(404, "is refused whole", ask("GET", "/statements", statementId=good["id"]))
    status(409, "a batch with a conflict", ask("POST", "/statements", [good, plain(id=s["id"], actor=mail())]))
    status(404, "is refused whole, too", ask("GET", "/statements", statementId=good["id"]))
    status(400, "two with one id", ask("POST", "/statements", [good, good]))
    ok(status(200, "an empty batch", ask("POST", "/statements", [])).json() == [], "gives no ids")
    one = plain(context={"contextActivities": {"parent": {"id": "http://example.com/p"}}})
    i = ask("POST", "/statements", one).json()[0]
    ok(ask("GET", "/statements", statementId=i).json()["context"]["contextActivities"]["parent"] == [{"id": "http://example.com/p"}],
       "context activities are lists")
    head = ask("HEAD", "/statements", statementId=i)
    ok(head.status == 200 and head.body == b"" and head.headers["ETag"], "HEAD is GET without a body")
    threads = [threading.Thread(target=lambda: ask("POST", "/statements", [plain() for _ in range(5)])) for _ in range(20)]
    [x.start() for x in threads]
    [x.join() for x in threads]
    ok(len(ask("GET", "/statements", limit=100, verb="http://example.com/did").json()["statements"]) == 100, "many at once are all kept")


def ids(reply):
    return [s["id"] for s in reply.json()["statements"]]


def finding():
    tag = new()
    verb, act, reg = "http://example.com/v/" + tag, "http://example.com/a/" + tag, new()
    who, team, boss = mail(), {"objectType": "Group", "mbox": "mailto:%s@g.com" % tag, "member": [mail("m" + tag)]}, mail()
    a = plain(id=new(), actor=who, verb={"id": verb}, object={"id": act}, context={"registration": reg, "instructor": boss})
    b = plain(id=new(), actor=team, verb={"id": verb}, object=who)
    c = plain(id=new(), verb={"id": verb}, context={"contextActivities": {"grouping": [{"id": act}]}})
    d = plain(id=new(), verb={"id": verb}, object={"objectType": "SubStatement", "actor": who, "verb": {"id": "http://x.y/z"}, "object": {"id": act}})
    for s in (a, b, c, d):
        status(200, "put", ask("POST", "/statements", s))
        time.sleep(0.002)
    A, Bb, Cc, D = a["id"], b["id"], c["id"], d["id"]

    def find(due, what, **q):
        got = ids(status(200, what, ask("GET", "/statements", **q)))
        ok(got == due, what, (got, due))

    find([D, Cc, Bb, A], "by verb, the newest first", verb=verb)
    find([A, Bb, Cc, D], "ascending", verb=verb, ascending="true")
    find([Bb, A], "by agent, as actor or object", verb=verb, agent={"mbox": who["mbox"]})
    find([D, Bb, A], "related agents", verb=verb, agent=who, related_agents="true")
    find([A], "an instructor is related", agent=boss, related_agents="true")
    find([], "but not meant", agent=boss)
    find([Bb], "by group", agent={k: team[k] for k in ("objectType", "mbox")})
    find([Bb], "by a group's member", agent=mail("m" + tag))
    find([A], "by activity", activity=act)
    find([D, Cc, A], "related activities", activity=act, related_activities="true")
    find([A], "by registration", registration=reg)
    find([A], "in capitals", registration=reg.upper())
    find([D, Cc], "limit", verb=verb, limit=2)
    stored = {s["id"]: s["stored"] for s in ask("GET", "/statements", verb=verb).json()["statements"]}
    find([D, Cc], "since is exclusive", verb=verb, since=stored[Bb])
    find([Bb, A], "until is inclusive", verb=verb, until=stored[Bb])
    find([], "nothing is an empty list", verb=verb + "x")
    for text in ("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"):
        find([], "nothing was stored until %s" % text, verb=verb, until=text)
        find([D, Cc, Bb, A], "all since %s" % text, verb=verb, since=text)
    first = ask("GET", "/statements", verb=verb, limit=3).json()
    ok(first["more"].startswith("/xapi/"), "there is more", first["more"])
    rest = ask("GET", first["more"][len("/xapi"):]).json()
    ok([s["id"] for s in rest["statements"]] == [A] and rest["more"] == "", "and it is the rest", rest)
    up = ask("GET", ask("GET", "/statements", verb=verb, limit=3, ascending="true").json()["more"][5:]).json()
    ok([s["id"] for s in up["statements"]] == [D], "upwards, too")
    # references
    r1 = plain(id=new(), verb={"id": "http://x.y/ref"}, object={"objectType": "StatementRef", "id": A})
    r2 = plain(id=new(), verb={"id": "http://x.y/ref2"}, object={"objectType": "StatementRef", "id": r1["id"]})
    for s in (r2, r1):
        ask("POST", "/statements", s)
    find([r1["id"], r2["id"], A], "what points at what is found is found, over any number", activity=act)
    find([r1["id"], r2["id"], D, Cc, Bb, A], "by verb likewise", verb=verb)
    # voiding
    void = plain(id=new(), verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": Cc})
    status(200, "voiding", ask("POST", "/statements", void))
    status(404, "what is voided is not found", ask("GET", "/statements", statementId=Cc))
    status(200, "but by voidedStatementId", ask("GET", "/statements", voidedStatementId=Cc))
    status(404, "what is not voided is not", ask("GET", "/statements", voidedStatementId=A))
    got = ids(ask("GET", "/statements", verb=verb))
    ok(Cc not in got and void["id"] in got, "lists leave it out, and have what voids it", got)
    again = plain(id=new(), verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": void["id"]})
    status(200, "voiding a voiding one is taken", ask("POST", "/statements", again))
    status(200, "and does nothing", ask("GET", "/statements", statementId=void["id"]))
    late = new()
    ask("POST", "/statements", plain(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": late}))
    status(200, "what was voided before it came", ask("POST", "/statements", plain(id=late)))
    status(404, "is voided", ask("GET", "/statements", statementId=late))
    for q in ({"limit": -1}, {"limit": "x"}, {"since": "x"}, {"until": "x"}, {"agent": "x"}, {"agent": {"name": "x"}}, {"verb": "x"},
              {"activity": "x"}, {"registration": "x"}, {"format": "x"}, {"ascending": "TRUE"}, {"attachments": "1"},
              {"related_agents": "yes"}, {"StatementId": A}, {"surplus": 1}, {"statementId": "x"},
              {"statementId": A, "voidedStatementId": A}, {"statementId": A, "limit": 1}, {"voidedStatementId": Cc, "agent": who}):
        status(400, "%s is refused" % q, ask("GET", "/statements", **q))
    status(404, "none of that id", ask("GET", "/statements", statementId=new()))


def forms():
    act = "http://example.com/c/" + new()
    verb = "http://example.com/cv/" + new()
    ask("POST", "/statements", plain(verb={"id": verb, "display": {"en": "one"}}, object={"id": act, "definition": {"name": {"en": "A", "de": "B"}}}))
    i = ask("POST", "/statements", plain(actor={"name": "N", "mbox": "mailto:n@b.c"}, verb={"id": verb, "display": {"fr": "un"}}, object={
        "id": act, "definition": {"name": {"fr": "C"}, "type": "http://a.b/t"}})).json()[0]
    exact = ask("GET", "/statements", statementId=i).json()
    ok(exact["object"]["definition"] == {"name": {"fr": "C"}, "type": "http://a.b/t"}, "exact is as it came", exact)
    short = ask("GET", "/statements", statementId=i, format="ids").json()
    ok(short["actor"] == {"mbox": "mailto:n@b.c"} and short["verb"] == {"id": verb} and short["object"] == {"id": act}, "ids are ids only", short)
    for accept, name, display in (("de", "B", None), ("fr;q=0.3, en;q=0.9", "A", "one"), ("fr-CA, fr;q=0.8", "C", "un"), ("en-GB, *;q=0.1", None, None)):
        s = ask("GET", "/statements", statementId=i, format="canonical", headers={"Accept-Language": accept}).json()
        names = s["object"]["definition"]["name"]
        ok(len(names) == 1 and (name is None or list(names.values()) == [name]), "canonical in %s" % accept, names)
        ok(len(s["verb"]["display"]) == 1 and (display is None or list(s["verb"]["display"].values()) == [display]), "its verb in %s" % accept)
    definition = ask("GET", "/activities", activityId=act).json()
    ok(definition["id"] == act and set(definition["definition"]["name"]) == {"en", "de", "fr"}, "all that was said of an activity", definition)
    ok(ask("GET", "/activities", activityId=act + "x").json()["id"] == act + "x", "an unknown one is itself")
    status(400, "activityId is needed", ask("GET", "/activities"))
    status(400, "as an IRI", ask("GET", "/activities", activityId="x"))
    person = ask("GET", "/agents", agent={"name": "N", "mbox": "mailto:n@b.c"}).json()
    ok(person == {"objectType": "Person", "name": ["N"], "mbox": ["mailto:n@b.c"]}, "a person has lists", person)
    status(400, "agent is needed", ask("GET", "/agents"))
    status(400, "no group", ask("GET", "/agents", agent={"objectType": "Group", "mbox": "mailto:a@b.c"}))


def multipart(statements, parts, boundary="xyz", hashes=None, drop=None):
    body = b"--xyz\r\nContent-Type: application/json\r\n\r\n" + json.dumps(statements).encode()
    for n, data in enumerate(parts):
        h = {"Content-Type": "text/plain", "Content-Transfer-Encoding": "binary",
             "X-Experience-API-Hash": hashes[n] if hashes else hashlib.sha256(data).hexdigest()}
        h.pop(drop, None)
        body += b"\r\n--xyz\r\n" + b"".join(("%s: %s\r\n" % x).encode() for x in h.items()) + b"\r\n" + data
    return body + b"\r\n--xyz--\r\n", {"Content-Type": "multipart/mixed; boundary=%s" % boundary}


def attached(data, **more):
    a = {"usageType": "http://example.com/u", "display": {"en": "d"}, "contentType": "text/plain", "length": len(data),
         "sha2": hashlib.sha256(data).hexdigest()}
    a.update(more)
    return a


def attachments():
    data = b"some \r\n\x00 bytes \xff"
    s = plain(id=new(), attachments=[attached(data)])
    status(200, "an attachment comes in", ask("POST", "/statements", *multipart(s, [data])))
    r = status(200, "and out", ask("GET", "/statements", statementId=s["id"], attachments="true"))
    ok(r.headers["Content-Type"].startswith("multipart/mixed") and data in r.body and hashlib.sha256(data).hexdigest().encode() in r.body, "in parts")
    r = ask("GET", "/statements", statementId=s["id"], attachments="false")
    ok(r.headers["Content-Type"].startswith("application/json") and data not in r.body, "or not")
    ok(ask("GET", "/statements", limit=1, attachments="true").headers["Content-Type"].startswith("multipart/mixed"), "lists, too")
    u = new()
    status(204, "by PUT", ask("PUT", "/statements", *multipart(plain(attachments=[attached(b"")]), [b""]), statementId=u))
    status(200, "parts without attachments are none", ask("POST", "/statements", *multipart(plain(), [])))
    status(200, "a fileUrl needs no part", ask("POST", "/statements", *multipart(plain(attachments=[attached(b"q", fileUrl="http://a.b")]), [])))
    status(400, "one part too many", ask("POST", "/statements", *multipart(plain(), [b"x"])))
    status(400, "one too few", ask("POST", "/statements", *multipart(plain(attachments=[attached(b"x")]), [])))
    status(400, "another hash", ask("POST", "/statements", *multipart(plain(attachments=[attached(b"x")]), [b"y"])))
    status(400, "a hash that lies", ask("POST", "/statements", *multipart(plain(attachments=[attached(b"x")]), [b"y"], hashes=[attached(b"x")["sha2"]])))
    for name in ("X-Experience-API-Hash", "Content-Transfer-Encoding"):
        status(400, "without %s" % name, ask("POST", "/statements", *multipart(s, [data], drop=name)))
    status(400, "another boundary", ask("POST", "/statements", *multipart(s, [data], boundary="abc")))
    status(400, "no boundary", ask("POST", "/statements", multipart(s, [data])[0], {"Content-Type": "multipart/mixed"}))
    status(400, "JSON without fileUrl", ask("POST", "/statements", plain(attachments=[attached(b"x")])))
    signature = attached(b"no.jws", usageType="http://adlnet.gov/expapi/attachments/signature", contentType="application/octet-stream")
    status(400, "a signature that is none", ask("POST", "/statements", *multipart(plain(attachments=[signature]), [b"no.jws"])))

    def b64(x):
        return base64.urlsafe_b64encode(x).rstrip(b"=")
    for alg, signed, due in (("RS256", plain(), 200), ("HS256", plain(), 400), ("RS512", plain(actor=mail()), 400)):
        jws = b".".join((b64(json.dumps({"alg": alg}).encode()), b64(json.dumps(signed).encode()), b64(b"signature")))
        signature = attached(jws, usageType="http://adlnet.gov/expapi/attachments/signature", contentType="application/octet-stream")
        status(due, "a signature %s" % alg, ask("POST", "/statements", *multipart(plain(attachments=[signature]), [jws])))


def documents():
    act, who, reg = "http://example.com/d/" + new(), mail(), new()
    places = [("/activities/state", {"activityId": act, "agent": who}, "stateId"),
              ("/activities/state", {"activityId": act, "agent": who, "registration": reg}, "stateId"),
              ("/activities/profile", {"activityId": act}, "profileId"), ("/agents/profile", {"agent": who}, "profileId")]
    for path, place, name in places:
        where = dict(place, **{name: "one"})
        status(404, "%s has none" % path, ask("GET", path, **where))
        status(204, "PUT", ask("PUT", path, b"\x00\xff", {"Content-Type": "image/png", "If-None-Match": "*"}, **where))
        r = status(200, "GET", ask("GET", path, **where))
        ok(r.body == b"\x00\xff" and r.headers["Content-Type"] == "image/png", "as it was", r.body)
        ok(r.headers["ETag"] == '"%s"' % hashlib.sha1(r.body).hexdigest() and r.headers["Last-Modified"], "with its tag")
        status(412, "If-None-Match *", ask("PUT", path, b"x", {"If-None-Match": "*"}, **where))
        status(412, "another If-Match", ask("PUT", path, b"x", {"If-Match": '"%s"' % ("0" * 40)}, **where))
        ok(ask("GET", path, **where).body == b"\x00\xff", "nothing changed")
        status(204, "its If-Match", ask("PUT", path, b"new", {"If-Match": r.headers["ETag"]}, **where))
        due = 204 if name == "stateId" else 409
        status(due, "PUT without either", ask("PUT", path, b"newer", {"Content-Type": "text/plain"}, **where))
        status(400, "POST of JSON to another type", ask("POST", path, {"a": 1}, **where))
        two = dict(place, **{name: "two"})
        status(204, "POST of JSON", ask("POST", path, {"a": 1, "b": {"c": 1}}, **two))
        status(204, "merges", ask("POST", path, {"b": {"d": 2}, "e": 3}, **two))
        ok(ask("GET", path, **two).json() == {"a": 1, "b": {"d": 2}, "e": 3}, "the top only")
        status(400, "a list is not merged", ask("POST", path, [1], **two))
        status(400, "no JSON", ask("POST", path, "{", {"Content-Type": "application/json"}, **two))
        status(204 if name == "stateId" else 400, "no JSON by PUT", ask("PUT", path, "{", {"Content-Type": "application/json", "If-Match": "*"}, **two))
        status(412, "POST with another If-Match", ask("POST", path, {"a": 2}, {"If-Match": '"x"'}, **two))
        names = ask("GET", path, **place).json()
        ok(names == ["one", "two"], "a list of names", names)
        ok(ask("GET", path, since="2100-01-01T00:00:00Z", **place).json() == [], "since")
        status(400, "a bad since", ask("GET", path, since="x", **place))
        status(412, "DELETE with another If-Match", ask("DELETE", path, headers={"If-Match": '"x"'}, **where))
        status(204, "DELETE", ask("DELETE", path, **where))
        status(404, "is gone", ask("GET", path, **where))
        status(400, "a surplus parameter", ask("GET", path, surplus=1, **where))
        for missing in place:
            if missing != "registration":
                less = {k: v for k, v in where.items() if k != missing}
                for method in ("GET", "PUT", "POST", "DELETE"):
                    status(400, "%s %s without %s" % (method, path, missing), ask(method, path, b"{}" if method[0] == "P" else None, **less))
        for method in ("PUT", "POST") + (() if name == "stateId" else ("DELETE",)):
            status(400, "%s without %s" % (method, name), ask(method, path, b"{}" if method[0] == "P" else None, **place))
        if "agent" in place:
            for bad in ("x", {"name": "x"}, {"objectType": "Group", "mbox": "mailto:a@b.c"}):
                status(400, "agent %s" % bad, ask("GET", path, **dict(where, agent=bad)))
        if "activityId" in place:
            status(400, "a bad activityId", ask("GET", path, **dict(where, activityId="x")))
    state, place = "/activities/state", {"activityId": act, "agent": who}
    status(400, "a bad registration", ask("GET", state, registration="x", **place))
    for r in (None, reg):
        ask("PUT", state, b"x", stateId="r%s" % r, **(dict(place, registration=r) if r else place))
    status(204, "all of a registration go", ask("DELETE", state, registration=reg, **place))
    ok(ask("GET", state, registration=reg, **place).json() == [], "they are gone")
    ok("rNone" in ask("GET", state, **place).json(), "the others are not")
    status(204, "all go", ask("DELETE", state, **place))
    ok(ask("GET", state, **place).json() == [], "and nothing is there")


def alternate():
    s = plain(id=new())

    def form(method, **fields):
        return ask("POST", "/statements?method=" + method, urllib.parse.urlencode(fields), {
            "Content-Type": "application/x-www-form-urlencoded", "Authorization": None, "X-Experience-API-Version": None})
    head = {"Authorization": "Basic " + auth, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
    status(204, "PUT as a form", form("PUT", content=json.dumps(s), statementId=s["id"], **head))
    ok(status(200, "GET as a form", form("GET", statementId=s["id"], **head)).json()["id"] == s["id"], "finds it")
    status(200, "POST as a form", form("POST", content=json.dumps(plain()), **head))
    status(400, "with another parameter", ask("POST", "/statements?method=GET&limit=1", "", {"Content-Type": "application/x-www-form-urlencoded"}))
    status(400, "an unknown method", form("PATCH", **head))


def roles():
    if len(sys.argv) < 6:
        return
    learner = base64.b64encode((sys.argv[4] + ":" + sys.argv[5]).encode()).decode()
    own, about, other = plain(id=new()), plain(id=new()), plain(id=new(), actor=mail())
    status(200, "a learner sends", ask("POST", "/statements", own, key=learner))
    status(200, "somebody else, too", ask("POST", "/statements", [about, other]))
    status(403, "a learner's key is one person's", ask("POST", "/statements", plain(actor=mail()), key=learner))
    for what, s in (("what they sent", own), ("what was sent of them", about)):
        status(200, "a learner reads " + what, ask("GET", "/statements", statementId=s["id"], key=learner))
    status(404, "and nothing else", ask("GET", "/statements", statementId=other["id"], key=learner))
    status(403, "but lists nothing", ask("GET", "/statements", key=learner))

    def void(target):
        return plain(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": target})
    another = plain(id=new())
    for target in (other["id"], other["id"].upper(), about["id"]):
        status(403, "a learner does not void what others sent", ask("POST", "/statements", [another, void(target)], key=learner))
        status(200, "it is still there", ask("GET", "/statements", statementId=target))
    status(404, "and such a batch is refused whole", ask("GET", "/statements", statementId=another["id"]))
    status(200, "but what they sent", ask("POST", "/statements", void(own["id"].upper()), key=learner))
    status(404, "is voided", ask("GET", "/statements", statementId=own["id"], key=learner))
    status(200, "and found as such", ask("GET", "/statements", voidedStatementId=own["id"], key=learner))
    both = plain(id=new())
    status(200, "what comes in one request is voided in it", ask("POST", "/statements", [both, void(both["id"])], key=learner))
    status(404, "at once", ask("GET", "/statements", statementId=both["id"]))
    status(403, "nor more", ask("GET", "/more/5", key=learner))


def unkind():
    status(413, "a huge body", ask("POST", "/statements", b"x" * (17 * 1024 * 1024), {"Content-Type": "application/json"}))
    deep = "[" * 100000
    status(400, "a deep one", ask("POST", "/statements", deep, {"Content-Type": "application/json"}))
    script = plain(id=new(), actor={"name": "<script>alert(1)</script>", "mbox": "mailto:x@y.z"})
    status(200, "script is text", ask("POST", "/statements", script))
    injected = "http://x.y/' OR 1=1 --"
    status(400, "SQL in an IRI", ask("GET", "/statements", verb=injected))
    ok(ids(ask("GET", "/statements", verb="http://x.y/'OR'1'='1")) == [], "is a value only")
    status(400, "bytes that are no text", ask("POST", "/statements", b'{"a":"\xff"}', {"Content-Type": "application/json"}))


run(versions_and_keys, validation, storing, finding, forms, attachments, documents, alternate, roles, unkind)
