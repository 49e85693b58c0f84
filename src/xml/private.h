/* xml/private.h - libxml2's functions, which are loaded with the first document */
#ifndef XML_PRIVATE_H
#define XML_PRIVATE_H

#include "xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

/* The functions of libxml2 that ropes calls, without their prefix "xml". */
struct xml_library {
	__typeof__(xmlInitParser) *InitParser;
	__typeof__(xmlCreatePushParserCtxt) *CreatePushParserCtxt;
	__typeof__(xmlCtxtUseOptions) *CtxtUseOptions;
	__typeof__(xmlParseChunk) *ParseChunk;
	__typeof__(xmlStopParser) *StopParser;
	__typeof__(xmlFreeParserCtxt) *FreeParserCtxt;
	__typeof__(xmlSAX2GetLineNumber) *SAX2GetLineNumber;
};

/* Loads the library once; any thread may call it. */
bool xml_library_open(const struct xml_library **ret, struct error *err);

#endif
