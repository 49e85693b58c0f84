/* room/codes.c - derives from the room's secret the codes to read out and the tokens of its views
 */
#include "private.h"

#include "digest.h"

#include <string.h>

/* Omits 0 and O, 1, I and L, which people mishear or misread. */
static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

void room_derive(const struct room *room, const char *what, char out[ROOM_CODE_SIZE])
{
	char digest[DIGEST_TEXT_SIZE];
	digest_hmac(room->secret, what, digest);
	for (size_t i = 0; i < ROOM_CODE_SIZE - 1; i++) {
		unsigned value = 0;
		for (size_t k = 0; k < 4; k++) {
			char c = digest[4 * i + k];
			value = value * 16 + (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
		}
		out[i] = alphabet[value % (sizeof alphabet - 1)];
	}
	out[ROOM_CODE_SIZE - 1] = '\0';
}

void room_derive_token(const struct room *room, const char *what, char *out)
{
	char digest[DIGEST_TEXT_SIZE];
	digest_hmac(room->secret, what, digest);
	memcpy(out, digest, ROOM_TOKEN_LENGTH);
	out[ROOM_TOKEN_LENGTH] = '\0';
}

void room_derive_all(struct room *room)
{
	static const char *const views[] = {[ROOM_BOARD] = "board", [ROOM_PROJECTOR] = "projector"};
	room_derive(room, "code", room->code);
	for (size_t i = 0; i < ARRAY_LENGTH(views); i++)
		room_derive_token(room, views[i], room->tokens[i]);
}

const char *room_code(const struct room *room)
{
	return room->code;
}

const char *room_token(const struct room *room, enum room_view view)
{
	return room->tokens[view];
}
