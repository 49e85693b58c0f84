/* terminals/ports.c - the message about what a seat has open */
#include "private.h"

#include <stdlib.h>

void terminals_ports_add(struct terminals_ports *ports, unsigned port, const char *address)
{
	ports->items = array_grow(ports->items, ports->count, sizeof *ports->items);
	ports->items[ports->count++] = (struct terminals_port){port, xstrdup(address)};
}

static int compare_ports(const void *a, const void *b)
{
	const struct terminals_port *one = a, *other = b;
	return (one->port > other->port) - (one->port < other->port);
}

static char *write_port_list(struct terminals_ports *ports)
{
	cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "ports");
	if (ports->count > 0)
		qsort(ports->items, ports->count, sizeof *ports->items, compare_ports);
	for (size_t i = 0; i < ports->count; i++) {
		cJSON *port = cJSON_CreateObject();
		cJSON_AddNumberToObject(port, "port", ports->items[i].port);
		cJSON_AddStringToObject(port, "address", ports->items[i].address);
		cJSON_AddItemToArray(list, port);
		free(ports->items[i].address);
	}
	free(ports->items);
	char *text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	return text;
}

bool ports_list(struct terminals *t, struct seat *seat)
{
	struct terminals_ports ports = {0};
	seat->listed_ms = clock_monotonic_ms();
	if (t->o.list_ports == NULL)
		return false;
	cleanup_free char *folder = seat_folder(t, seat);
	t->o.list_ports(&t->o, folder, seat->key, &ports);
	char *text = write_port_list(&ports);
	bool changed = text != NULL && !text_same(text, seat->ports);
	if (!changed) {
		free(text);
		return false;
	}
	free(seat->ports);
	seat->ports = text;
	return true;
}
