/*
 * pages.h - the pages that the server shows: the team's, and those of a workshop. They work without
 * script. Each function fills in *a.
 */
#ifndef PAGES_H
#define PAGES_H

#include "api.h"

void pages_asset(struct request *r, struct reply *a);
void pages_signin(struct request *r, struct reply *a);
/* Signing in at a provider: the way there, and where it sends the browser back to. */
void pages_signin_provider(struct request *r, struct reply *a);
void pages_signin_callback(struct request *r, struct reply *a);
/* Shows the page to sign in at the address that was asked for, in place of a 401. */
void pages_signin_instead(struct request *r, struct reply *a);
void pages_account(struct request *r, struct reply *a);
void pages_audit(struct request *r, struct reply *a);
void pages_erase(struct request *r, struct reply *a);
void pages_person_json(struct request *r, struct reply *a);
void pages_team(struct request *r, struct reply *a);
void pages_team_events(struct request *r, struct reply *a);
void pages_people(struct request *r, struct reply *a);
void pages_person(struct request *r, struct reply *a);
void pages_certificate(struct request *r, struct reply *a);
void pages_certificate_verify(struct request *r, struct reply *a);
void pages_certificate_json(struct request *r, struct reply *a);
void pages_certificate_jwt(struct request *r, struct reply *a);
void pages_certificate_key(struct request *r, struct reply *a);
void pages_courses(struct request *r, struct reply *a);
void pages_course(struct request *r, struct reply *a);
void pages_manage(struct request *r, struct reply *a);
void pages_export_csv(struct request *r, struct reply *a);
void pages_export_json(struct request *r, struct reply *a);
void pages_export_xapi(struct request *r, struct reply *a);
void pages_join(struct request *r, struct reply *a);
void pages_me(struct request *r, struct reply *a);
void pages_room(struct request *r, struct reply *a);
void pages_room_join(struct request *r, struct reply *a);
void pages_room_events(struct request *r, struct reply *a);
void pages_room_participant(struct request *r, struct reply *a);
void pages_room_say(struct request *r, struct reply *a);
void pages_room_board(struct request *r, struct reply *a);
void pages_room_board_events(struct request *r, struct reply *a);
void pages_room_projector(struct request *r, struct reply *a);
void pages_room_projector_events(struct request *r, struct reply *a);
void pages_room_report(struct request *r, struct reply *a);
void pages_terminal(struct request *r, struct reply *a);
void pages_terminal_stream(struct request *r, struct reply *a);

#endif
