#!/usr/bin/env python3
"""mutations.py URL KEY SECRET: what each property may be, held in every place where it can stand, in both versions.

Whole statements (TEMPLATES) are walked by their form (SHAPES); each property on the way is replaced by everything that it
must not be and by some of what it may, is null, is missing, is written in capitals; each object gets a property too many.
"""
import copy
import hashlib
import http.client
import json

from store import auth, mail, new, ok, run, url

# ---- what values may be: NO is refused wherever the kind stands, YES is taken ----
NOT_TEXT = [1, True, [], {}, ["x"]]
NO_IRI = NOT_TEXT + ["", "x", "ab=c://should.fail.com", "example.com/x", "http://a b", "http://", ":x", "1x:y", "http://a/<b>"]
NO_TIME = NOT_TEXT + ["", "should fail", "01/011/2015", "2008-09-15", "2008-13-15T15:53:00Z", "2008-02-30T15:53:00Z", "20:00",
                      "2008-09-15T25:00:00Z", "2008-09-15T15:60:00Z", "2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000",
                      "2008-09-15T15:53:00.601-00:00", "2008-09-15T15:53:00.Z", "2008-09-15T15:53:00+25:00", "2008-09-15T15:53:00Zx",
                      "2008-09-15 15:53:00Z", "1221494000"]
LOOSE = ["2008-09-15T15:53:00", "2008-09-15T15:53:00.601+0000", "2008-09-15T15:53:00.601+00"]  # ISO 8601, but not RFC 3339
NO = {
    "text": NOT_TEXT,
    "iri": NO_IRI,
    "mbox": NOT_TEXT + ["", "mailto:", "mailto:should.fail.com", "a@b.c", "http://should.fail.com", "MAILTO:a@b.c", "mailto:a@", "mailto:a@b@c",
                        "mailto:@b.c", "mailto:a b@c.d"],
    "sha1": NOT_TEXT + ["", "x", "a" * 39, "a" * 41, "g" * 40, "mailto:a@b.c"],
    "uuid": NOT_TEXT + ["", "x", "AA97B177-9383-4934-8543-0F91A7A028368", "MA97B177-9383-4934-8543-0F91A7A02836",
                        "{aa97b177-9383-4934-8543-0f91a7a02836}", "aa97b17793834934-8543-0f91a7a02836", "urn:uuid:aa97b177-9383-4934-8543-0f91a7a02836"],
    "time": NO_TIME, "strict": NO_TIME + LOOSE,
    "duration": NOT_TEXT + ["", "x", "P", "PT", "P1", "1Y", "P4W1D", "PT4", "-P1D", "P1DT", "P1H", "PT1D", "PT1M1H", "P1.5YT1M", "PT1..5S", "P1Y ", "00:01:00"],
    "language": NOT_TEXT + ["", "-", "a12345678", "a", "en-", "en_US", "english language", "en--US", "en-123456789", "12"],
    "languages": [1, True, "x", [], [{}], {"a12345678": "x"}, {"": "x"}, {"en us": "x"}, {"en": 1}, {"en": None}, {"en": {}}, {"en": []}, {"en": True}],
    "number": [True, "1", "", [], {}],
    "scaled": [True, "1", [], {}, 1.00000001, -1.00000001, 95],
    "flag": [0, 1, "true", "false", "", [], {}],
    "length": [True, "3", "", [], {}, 1.5, -1],
    "extensions": [1, True, "x", [], {"": 1}, {"x": 1}, {"not an iri": {}}, {"ab=c://should.fail.com": 1}],
    "sha2": NOT_TEXT + ["", "x", "a" * 63, "g" * 64],
    "media": NOT_TEXT + ["", "x", "/plain", "text/", "text/plain x"],
    "version": NOT_TEXT + ["", "1", "0.9", "0.95", "1.1", "1.1.0", "1.0.", "1.0.x", "3.0.0", "v1.0.0"],
    "interaction": NOT_TEXT + ["", "Choice", "choices", "x", "true_false"],
    "texts": [1, True, "x", {}, [1], ["a", None], [["a"]], [{}]],
}
YES = {
    "text": ["", "x", "\u00fc\U0001f600 \\ \" \n", "5"],
    "iri": ["http://example.com/a?b=c#d", "urn:uuid:aa97b177-9383-4934-8543-0f91a7a02836", "tag:example.com,2013:x", "HTTP://example.com",
            "http://\u4f8b\u3048.jp/\u00fc", "https://w3id.org/xapi/x", "file:///a", "http://e.com/" + "x" * 3000],
    "mbox": ["mailto:a.b+c_d-e'f@example.com", "mailto:A@EXAMPLE.COM", "mailto:a@localhost"],
    "sha1": ["cd9b00a5611f94eaa7b1661edab976068e364975", "CD9B00A5611F94EAA7B1661EDAB976068E364975"],
    "uuid": ["AA97B177-9383-4934-8543-0F91A7A02836", "aa97b177-9383-1934-b543-0f91a7a02836", "12345678-1234-5678-1234-567812345678"],
    "time": LOOSE + ["2008-09-15T15:53:00Z", "2008-09-15T15:53:00.601Z", "2008-09-15T15:53:00.601+00:00", "2008-09-15T15:53:00.123456789-05:30"],
    "strict": ["2008-09-15T15:53:00Z", "2008-09-15T15:53:00.601+00:00", "2008-09-15T15:53:00.123456789-05:30", "2016-12-31T23:59:60Z"],
    "duration": ["PT0S", "P1Y", "P4W", "P1M", "PT1M", "P3Y1M29DT4H35M59.14S", "PT16559.14S", "PT4H35M59.123456S", "P0D", "PT1,5S"],
    "language": ["en", "tlh", "cmn-Hans-CN", "es-419", "sl-IT-nedis", "de-CH-1901", "x-any", "i-klingon", "en-GB-oed", "EN-us", "de-a-value"],
    "languages": [{"en-US": "x", "zh-Hant-HK": ""}, {}, {"und": "x"}],
    "number": [0, -1.5, 12345678901234.5, 1e-7],
    "scaled": [-1, 1, 0, 0.123456789, -1.0],
    "flag": [True, False],
    "length": [0, 27, 1e9],
    "extensions": [{}, {"http://e.com/x": None}, {"urn:x:y": [None, {"A": None, "a": None}], "http://e.com/\u00fc": "x"}],
    "sha2": [hashlib.new(h, b"x").hexdigest() for h in ("sha224", "sha256", "sha384", "sha512")] + ["A" * 64],
    "media": ["text/plain; charset=ascii", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "image/svg+xml", "text/x;a=\"b c\""],
    "version": ["1.0", "1.0.0", "1.0.9", "1.0.32"],
    "interaction": ["true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other"],
    "texts": [[], [""], ["a[,]b", "{case_matters=true}x"]],
}
NO["2.0"] = NO["version"] + ["2.1.0"]
YES["2.0"] = YES["version"] + ["2.0.0", "2.0.4"]

# ---- the form of objects: property: kind; "!": it is needed; "[x]": a list of x; "x|[x]": both ----
AGENT = {"objectType": "=Agent", "name": "text", "mbox": "mbox", "mbox_sha1sum": "sha1", "openid": "iri", "account": "account"}
ACTIVITIES = "activity|[activity]"
BODY = {"actor": "actor!", "verb": "verb!", "object": "object!", "result": "result", "context": "context", "timestamp": "time", "attachments": "[attachment]"}
SHAPES = {
    "statement": dict(BODY, id="uuid", stored="time", authority="authority", version="version"),
    "SubStatement": dict(BODY, objectType="=SubStatement!"),
    "Agent": AGENT,
    "Group": dict(AGENT, objectType="=Group!", member="[Agent]"),
    "account": {"homePage": "iri!", "name": "text!"},
    "verb": {"id": "iri!", "display": "languages"},
    "activity": {"objectType": "=Activity", "id": "iri!", "definition": "definition"},
    "definition": {"name": "languages", "description": "languages", "type": "iri", "moreInfo": "iri", "extensions": "extensions",
                   "interactionType": "interaction", "correctResponsesPattern": "texts", "choices": "[component]", "scale": "[component]",
                   "source": "[component]", "target": "[component]", "steps": "[component]"},
    "component": {"id": "text!", "description": "languages"},
    "StatementRef": {"objectType": "=StatementRef!", "id": "uuid!"},
    "result": {"score": "score", "success": "flag", "completion": "flag", "response": "text", "duration": "duration", "extensions": "extensions"},
    "score": {"scaled": "scaled", "raw": "number", "min": "number", "max": "number"},
    "context": {"registration": "uuid", "instructor": "actor", "team": "Group", "contextActivities": "related", "revision": "text",
                "platform": "text", "language": "language", "statement": "StatementRef", "extensions": "extensions",
                "contextAgents": "[contextAgent]", "contextGroups": "[contextGroup]"},
    "related": {k: ACTIVITIES for k in ("parent", "grouping", "category", "other")},
    "contextAgent": {"objectType": "=contextAgent!", "agent": "Agent!", "relevantTypes": "[iri]"},
    "contextGroup": {"objectType": "=contextGroup!", "group": "Group!", "relevantTypes": "[iri]"},
    "attachment": {"usageType": "iri!", "display": "languages!", "description": "languages", "contentType": "media!", "length": "length!",
                   "sha2": "sha2!", "fileUrl": "iri!"},  # needed here, since nothing is sent beside it
}
CHOICES = {"actor": "Agent", "authority": "Agent", "object": "activity"}  # by objectType; this one where there is none


def shape_of(kind, value):
    if kind in CHOICES:
        kind = {"Activity": "activity", None: CHOICES[kind]}.get(value.get("objectType"), value.get("objectType"))
    return kind


def walk(value, kind, path=()):
    """Every place below: (path, kind, needed). Objects and lists come as kinds, too."""
    if isinstance(value, list):
        for i, one in enumerate(value):
            yield from walk(one, kind.split("|")[-1][1:-1], path + (i,))
    elif isinstance(value, dict) and shape_of(kind.split("|")[0], value) in SHAPES:
        for name, below in SHAPES[shape_of(kind.split("|")[0], value)].items():
            if name in value:
                yield path + (name,), below.rstrip("!"), below.endswith("!")
                yield from walk(value[name], below.rstrip("!"), path + (name,))


def objects(value, kind, path=()):
    yield path
    yield from (p for p, k, _ in walk(value, kind) if isinstance(at(value, p), dict) and k not in ("languages", "extensions"))


def at(value, path):
    for name in path:
        value = value[name]
    return value


def put(template, path, *values, drop=False):
    s = copy.deepcopy(template)
    if drop:
        del at(s, path[:-1])[path[-1]]
    else:
        at(s, path[:-1])[path[-1]] = values[0]
    return s


def wrong(kind):
    if kind.startswith("="):
        return NOT_TEXT + ["", kind[1:].lower(), kind[1:].upper(), "Person", "x"]
    if "|" in kind:
        return [1, True, "x", [1], [None], [[]], [{}]]
    if kind == "[iri]":
        return [1, True, "x", {}, [], [1], [None], ["x"]]
    if kind.startswith("["):
        return [1, True, "x", {}, [1], ["x"], [None], [[]], [{}]]
    return NO.get(kind, [1, True, "x", [], {}])  # the last: an object


def cases(template, seen):
    """(what, statement, whether it is taken); what was held in another template at the same place is not held again."""
    for path, kind, needed in walk(template, "statement"):
        name = ".".join(map(str, path))
        around = at(template, path[:-1])
        place = (kind, tuple(x for x in path if isinstance(x, str)), isinstance(path[-1], int),
                 tuple(sorted(around)) if isinstance(around, dict) else len(around))
        if place in seen:
            continue
        seen.add(place)
        empty_is_fine = kind in ("result", "score", "context", "related", "definition")
        for value in wrong(kind) + [None]:
            if value != {} or not empty_is_fine:
                yield "%s = %s" % (name, json.dumps(value)), put(template, path, value), False
        for value in YES.get(kind, []):
            if not (kind == "number" or path[-1] == "id" and len(path) == 1):  # numbers depend on each other; an id is there once
                yield "%s = %s" % (name, json.dumps(value)[:80]), put(template, path, value), True
        last = path[-1]
        if needed:
            yield "without " + name, put(template, path, drop=True), False
        if isinstance(last, str):
            for other in {last.upper(), last.capitalize(), last + " "} - {last}:
                s = put(template, path, drop=True)
                at(s, path[:-1])[other] = at(template, path)
                yield "%s for %s" % (other, name), s, False
    for path in objects(template, "statement"):
        place = (tuple(x for x in path if isinstance(x, str)), tuple(sorted(at(template, path))))
        if place in seen:
            continue
        seen.add(place)
        for extra in ("surplus", "", "objecttype"):
            s = copy.deepcopy(template)
            at(s, path)[extra] = "x"
            yield "%s.%s" % (".".join(map(str, path)), extra), s, False


# ---- templates ----
IDENTIFIERS = [("mbox", "mailto:xapi@adlnet.gov"), ("mbox_sha1sum", "cd9b00a5611f94eaa7b1661edab976068e364975"), ("openid", "http://openid.example.org/12345"),
               ("account", {"homePage": "http://www.example.com", "name": "1234567"})]
VERB = {"id": "http://adlnet.gov/expapi/verbs/attended", "display": {"en-GB": "attended", "en-US": "attended"}}
ACTIVITY = {"objectType": "Activity", "id": "http://www.example.com/meetings/occurances/34534"}
DEFINITION = {"name": {"en-GB": "example meeting"}, "description": {"en-US": "An example"}, "type": "http://adlnet.gov/expapi/activities/meeting",
              "moreInfo": "http://virtualmeeting.example.com/345256", "extensions": {"http://example.com/profiles/meetings/location": "X:\\meetings"}}
COMPONENTS = {"choice": ["choices"], "sequencing": ["choices"], "likert": ["scale"], "matching": ["source", "target"], "performance": ["steps"],
              "true-false": [], "fill-in": [], "long-fill-in": [], "numeric": [], "other": []}
RESULT = {"score": {"scaled": 0.95, "raw": 95, "min": 0, "max": 100}, "success": True, "completion": True, "response": "We agreed on some example actions.",
          "duration": "PT1H0M0S", "extensions": {"http://example.com/profiles/meetings/resultextensions/minuteslocation": "X:\\minutes"}}
GROUP = {"objectType": "Group", "name": "xAPI Group", "mbox": "mailto:xapi-group@adlnet.gov"}
CONTEXT = {"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7", "instructor": {"name": "xAPI", "account": dict(IDENTIFIERS)["account"]},
           "team": dict(GROUP, member=[dict([i]) for i in IDENTIFIERS]), "revision": "1", "platform": "Example virtual meeting software", "language": "tlh",
           "contextActivities": {"parent": [ACTIVITY, ACTIVITY], "grouping": ACTIVITY, "category": [dict(ACTIVITY, definition=DEFINITION)], "other": []},
           "statement": {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}, "extensions": {"http://example.com/x": {"a": None}}}
ATTACHMENT = {"usageType": "http://example.com/attachment-usage/test", "display": {"en-US": "A test attachment"}, "description": {"en-US": "described"},
              "contentType": "text/plain; charset=ascii", "length": 27, "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
              "fileUrl": "http://over.there.com/file.txt"}
AGENTS2 = {"contextAgents": [{"objectType": "contextAgent", "agent": dict([IDENTIFIERS[0]]), "relevantTypes": ["http://e.com/a", "http://e.com/b"]}],
           "contextGroups": [{"objectType": "contextGroup", "group": GROUP, "relevantTypes": ["http://e.com/a"]},
                             {"objectType": "contextGroup", "group": {"objectType": "Group", "member": [mail()]}}]}
NO_ACTIVITY = {k: v for k, v in CONTEXT.items() if k not in ("revision", "platform")}


def made(**more):
    return dict({"actor": dict([IDENTIFIERS[0]], objectType="Agent", name="xAPI mbox"), "verb": VERB, "object": ACTIVITY}, **more)


def sub(**more):
    return made(object=made(objectType="SubStatement", **more))


def templates(version):
    """The plainest first; then each part of a statement, in a statement and in one below."""
    second = version == "2.0.0"
    yield "default", made(timestamp="2013-05-18T05:32:34.804Z", stored="2013-05-18T05:32:34.804Z", version="2.0.0" if second else "1.0.0", id=new(),
                          authority=dict([IDENTIFIERS[3]]))
    for name, value in IDENTIFIERS:
        yield "actor by " + name, made(actor={"objectType": "Agent", "name": "x", name: value})
        yield "group by " + name, made(actor={"objectType": "Group", "name": "x", name: value, "member": [{name: value}]})
        yield "authority by " + name, made(authority={"objectType": "Agent", name: value})
    yield "anonymous group", made(actor={"objectType": "Group", "name": "x", "member": [{"objectType": "Agent", "name": "x", k: v} for k, v in IDENTIFIERS]})
    yield "authority of two", made(authority={"objectType": "Group", "member": [dict([IDENTIFIERS[3]]), dict([IDENTIFIERS[0]])]})
    whole = {"result": RESULT, "timestamp": "2013-05-18T05:32:34.804Z", "attachments": [ATTACHMENT, dict(ATTACHMENT, sha2="b" * 64)]}
    objects_ = [("activity", dict(ACTIVITY, definition=DEFINITION), CONTEXT), ("agent", dict([IDENTIFIERS[2]], objectType="Agent"), NO_ACTIVITY),
                ("group", GROUP, {}), ("anonymous group", {"objectType": "Group", "member": [mail()]}, {}), ("reference", CONTEXT["statement"], NO_ACTIVITY)]
    for name, value, context in objects_:
        more = whole if name == "activity" else {}
        context = dict(context, **(AGENTS2 if second and context else {}))
        yield "object: " + name, made(object=value, context=context, **more)
        yield "sub-statement's object: " + name, sub(object=value, context=context, **more)
    for kind, lists in COMPONENTS.items():
        definition = dict({"interactionType": kind, "correctResponsesPattern": ["a[,]b"]}, **{
            name: [{"id": "a", "description": {"en-US": "A"}}, {"id": "b"}] for name in lists})
        yield "interaction: " + kind, made(object=dict(ACTIVITY, definition=definition))
        if lists:
            yield "sub-statement's interaction: " + kind, sub(object=dict(ACTIVITY, definition=definition))


# ---- what depends on several properties ----
def dependent(version):
    for a, b in [(a, b) for a in IDENTIFIERS for b in IDENTIFIERS if a < b]:
        yield "two identifiers", made(actor=dict([a, b])), False
        yield "two of a group", made(actor=dict([a, b], objectType="Group", member=[mail()])), False
        yield "two of a member", made(actor={"objectType": "Group", "member": [dict([a, b])]}), False
        yield "two of an object", made(object=dict([a, b], objectType="Agent")), False
        yield "two of an authority", made(authority=dict([a, b])), False
    for name, actor, good in [
            ("none", {"name": "x"}, False), ("a group without anything", {"objectType": "Group"}, False), ("no members", {"objectType": "Group", "member": []}, False),
            ("an identified group without members", GROUP, True), ("an empty list", dict(GROUP, member=[]), True), ("a group in a group", dict(GROUP, member=[GROUP]), False),
            ("an agent with members", {"mbox": "mailto:a@b.c", "member": [mail()]}, False), ("members, but no word", {"member": [mail()]}, False),
            ("one twice", {"objectType": "Group", "member": [mail("x"), mail("x")]}, True)]:
        yield "actor: " + name, made(actor=actor), good
        yield "actor below: " + name, sub(actor=actor), good
        yield "instructor: " + name, made(context={"instructor": actor}), good
        if actor.get("objectType"):
            yield "object: " + name, made(object=actor), good
            yield "team: " + name, made(context={"team": actor}), good
    yield "team: an agent", made(context={"team": mail()}), False
    yield "an agent as object needs its word", made(object={"mbox": "mailto:a@b.c"}), False
    for count in (0, 1, 3):
        yield "authority of %d" % count, made(authority={"objectType": "Group", "member": [mail() for _ in range(count)]}), False
    yield "authority of two with a name of its own", made(authority=dict(GROUP, member=[mail(), mail()])), False
    for score, good in [({"raw": 1e9}, True), ({"raw": -5}, True), ({"raw": 0, "min": 0, "max": 1}, True), ({"raw": 1, "min": 0, "max": 1}, True), ({"raw": -1, "min": 0}, False),
                        ({"raw": 2, "max": 1}, False), ({"min": 1, "max": 0}, False), ({"min": 1, "max": 1}, False), ({"min": -3.5, "max": -1.5, "raw": -2}, True)]:
        yield "score %s" % score, made(result={"score": score}), good
        yield "score below %s" % score, sub(result={"score": score}), good
    for name, value in (("agent", dict(mail(), objectType="Agent")), ("group", GROUP), ("reference", CONTEXT["statement"])):
        for word in ("revision", "platform"):
            yield "%s of %s" % (word, name), made(object=value, context={word: "x"}), False
            yield "%s of %s below" % (word, name), sub(object=value, context={word: "x"}), False
    yield "revision of a sub-statement", dict(sub(), context={"revision": "x"}), False
    yield "revision in a sub-statement", sub(context={"revision": "x", "platform": "y"}), True
    for name in ("id", "stored", "version", "authority"):
        yield "%s below" % name, sub(**{name: {"id": new(), "stored": "2013-05-18T05:32:34Z", "version": "1.0.0", "authority": mail()}[name]}), False
    yield "a sub-statement in one", sub(object=made(objectType="SubStatement")), False
    for kind, lists in COMPONENTS.items():
        for name in lists:
            yield "%s: one id twice" % name, made(object=dict(ACTIVITY, definition={"interactionType": kind, name: [{"id": "a"}, {"id": "b"}, {"id": "a"}]})), False
            yield "%s without its kind" % name, made(object=dict(ACTIVITY, definition={name: [{"id": "a"}]})), False
    yield "a pattern without its kind", made(object=dict(ACTIVITY, definition={"correctResponsesPattern": ["a"]})), False
    voided = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    for name, value in (("activity", ACTIVITY), ("agent", mail()), ("group", GROUP), ("sub-statement", made(objectType="SubStatement"))):
        yield "voiding: " + name, made(verb=voided, object=value), False
    yield "voiding", made(verb=voided, object={"objectType": "StatementRef", "id": new()}), True
    yield "voiding below", sub(verb=voided, object={"objectType": "StatementRef", "id": new()}), True
    yield "voiding an activity below", sub(verb=voided), False
    second = version == "2.0.0"
    for name, value in AGENTS2.items():
        yield name, made(context={name: value}), second
        yield name + " below", sub(context={name: value}), second
    yield "version 2.0.0", made(version="2.0.0"), second


# ---- asking: one connection, thousands of times ----
connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)


def send(statement, version):
    connection.request("POST", url.path + "/statements", json.dumps(statement), {
        "Authorization": "Basic " + auth, "X-Experience-API-Version": version, "Content-Type": "application/json"})
    reply = connection.getresponse()
    return reply.status, reply.read()


def held(version):
    if version == "2.0.0":
        for shape in SHAPES.values():
            shape.update({k: "strict" for k, v in shape.items() if v == "time"})
        SHAPES["statement"]["version"] = "2.0"
    seen = set()
    for name, template in templates(version):
        status, body = send(template, version)
        ok(status == 200, "%s, %s, is taken" % (version, name), body)
        for what, statement, good in cases(template, seen):
            if good and "id" in template:
                statement["id"] = new()
            status, body = send(statement, version)
            ok(status == (200 if good else 400), "%s, %s: %s is %s" % (version, name, what, "taken" if good else "refused"), (status, body))
    for what, statement, good in dependent(version):
        status, body = send(statement, version)
        ok(status == (200 if good else 400), "%s: %s is %s" % (version, what, "taken" if good else "refused"), (status, body))


def first():
    held("1.0.3")


def second():
    held("2.0.0")


run(first, second)
