/* api/erase.c - erases a person from the store and the tracker */
#include "api.h"

bool api_erase(struct lrs *lrs, struct tracker *tracker, int64_t person, struct error *err)
{
	cleanup_free char *key = tracker_person_key(tracker, person);
	if (key == NULL)
		return error_set_kind(err, ERROR_FAILED, "this person does not exist");
	cleanup_words struct words keys = {0};
	bool good = true;
	tracker_person_keys(tracker, key, &keys);
	for (size_t i = 0; good && i < keys.count; i++)
		good = lrs_erase(lrs, keys.items[i], err);
	return good && tracker_erase(tracker, person, err);
}
