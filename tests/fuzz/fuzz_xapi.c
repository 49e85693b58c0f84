/* tests/fuzz/fuzz_xapi.c - any bytes as a statement: what is valid is completed, equals itself, and
 * is given back in every form */
#include "xapi.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void reduce(void *data, cJSON *activity, bool direct)
{
	const cJSON *definition = cJSON_GetObjectItemCaseSensitive(activity, "definition");
	(void)direct;
	xapi_language_map_reduce(cJSON_GetObjectItemCaseSensitive(definition, "name"), data);
}

static void use(cJSON *statement, enum xapi_version version)
{
	static char accept[] = "de;q=0.5, en-GB, *;q=0.1";
	cJSON *authority = cJSON_Parse("{\"mbox\":\"mailto:a@b.c\"}");
	cJSON *before = cJSON_Duplicate(statement, true);
	if (!xapi_statement_same(statement, before))
		abort();
	xapi_statement_complete(statement, version, "2026-01-01T00:00:00.000Z", authority);
	struct error err = {0};
	cJSON *again = cJSON_Duplicate(statement, true);
	if (!xapi_statement_valid(version, "statement", again, &err))
		abort(); /* what is complete is valid */
	if (json_get_text(before, "id") == NULL)
		cJSON_AddStringToObject(before, "id", json_get_text(again, "id"));
	if (!xapi_statement_same(before, again))
		abort(); /* and still the same */
	char *text = json_print(again);
	cJSON *read = xapi_parse(text, strlen(text), &err);
	if (read == NULL || !xapi_statement_same(before, read))
		abort(); /* what is kept can be read, and is the same */
	cJSON_Delete(read);
	free(text);
	error_finish(&err);
	xapi_statement_to_utc(again);
	if (!xapi_statement_same(before, again))
		abort();
	xapi_each_activity(again, reduce, accept);
	xapi_statement_to_ids(statement);
	cJSON_Delete(again);
	cJSON_Delete(before);
	cJSON_Delete(authority);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (enum xapi_version version = XAPI_1_0; version <= XAPI_2_0; version++) {
		struct error err = {0};
		cJSON *json = xapi_parse((const char *)data, size, &err);
		if (json != NULL && xapi_statement_valid(version, "statement", json, &err))
			use(json, version);
		cJSON_Delete(json);
		error_finish(&err);
	}
	return 0;
}
