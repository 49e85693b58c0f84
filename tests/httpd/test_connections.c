/* tests/httpd/test_connections.c - which connections are taken when they run out */
#include "../../src/httpd/connections.h"
#include "suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* As the listening socket says it: one of version 6 gets those of version 4, too. */
static struct sockaddr_storage address_of(const char *text)
{
	struct sockaddr_storage address = {0};
	struct sockaddr_in *four = (void *)&address;
	struct sockaddr_in6 *six = (void *)&address;
	bool is_six = strchr(text, ':') != NULL;
	address.ss_family = is_six ? AF_INET6 : AF_INET;
	ck_assert_int_eq(inet_pton(address.ss_family, text,
				 is_six ? (void *)&six->sin6_addr : (void *)&four->sin_addr),
		1);
	return address;
}

static bool admits(struct connections *p, const char *from)
{
	const struct sockaddr_storage address = address_of(from);
	return connections_admit(p, (const struct sockaddr *)&address);
}

static struct connection_slot *arrive(struct connections *p, const char *from)
{
	const struct sockaddr_storage address = address_of(from);
	return connections_open_slot(p, -1, (const struct sockaddr *)&address);
}

static const struct {
	unsigned most, taken; /* connections; those that one gets where nobody else comes */
	const char *crowd, *kin, *other;
} crowds[] = {
	{64, 48, "127.0.0.2", "127.0.0.2", "127.0.0.3"},
	{64, 48, "::ffff:10.0.0.2", "::ffff:10.0.0.2", "::ffff:10.0.0.3"},
	{64, 48, "2001:db8::1", "2001:db8::2", "2001:db8:1::1"},
	{4, 3, "10.0.0.2", "10.0.0.2", "10.0.0.3"},
	{3, 3, "10.0.0.2", "10.0.0.2", "10.0.0.3"},
	{1, 1, "10.0.0.2", "10.0.0.2", "10.0.0.3"},
};

START_TEST(a_crowd_keeps_nobody_out)
{
	unsigned max = crowds[_i].most, taken = 0;
	struct connections *p = connections_create(60, max);
	struct connection_slot *seats[64];
	while (taken < max && admits(p, crowds[_i].crowd))
		seats[taken++] = arrive(p, crowds[_i].crowd);
	ck_assert_uint_eq(taken, crowds[_i].taken);
	ck_assert(!admits(p, crowds[_i].kin));
	ck_assert(admits(p, crowds[_i].other) == (taken < max));
	while (taken > 0)
		connections_close_slot(p, seats[--taken]);
	ck_assert(admits(p, crowds[_i].kin));
	connections_destroy(p);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {{a_crowd_keeps_nobody_out, ARRAY_LENGTH(crowds)}};
	return suite_run("patience", tests, ARRAY_LENGTH(tests), 10);
}
