/* xml/private.h - libxml2's functions, which are loaded with the first document */
#ifndef XML_PRIVATE_H
#define XML_PRIVATE_H

#include "xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

/* The functions of libxml2 that ropes calls, without their prefix. */
/* clang-format off */
#define XML_FUNCTIONS(f) \
	f(xml, InitParser) \
	f(xml, CreatePushParserCtxt) \
	f(xml, CtxtUseOptions) \
	f(xml, ParseChunk) \
	f(xml, StopParser) \
	f(xml, FreeParserCtxt) \
	f(xml, SAX2GetLineNumber)
/* clang-format on */
struct xml_library {
	XML_FUNCTIONS(LIBRARY_POINTER)
};

/* Loads the library once; any thread may call it. */
bool xml_library_open(const struct xml_library **ret, struct error *err);

#endif
