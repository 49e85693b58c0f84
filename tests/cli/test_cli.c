/* tests/cli/test_cli.c - lines split, docker commands read, faults found and repaired */
#include "cli.h"
#include "suite.h"

static const struct {
	const char *line;
	const char *words; /* the commands: words joined by '|', commands by ';' */
	bool complete;
} splits[] = {
	{"docker ps", "docker|ps", true},
	{"  docker   ps  ", "docker|ps", true},
	{"docker run 'a b' \"c d\" e\\ f", "docker|run|a b|c d|e f", true},
	{"a && b || c; d & e | f", "a;b;c;d;e;f", true},
	{"X=1 docker ps", "docker|ps", true},
	{"sudo docker ps", "docker|ps", true},
	{"sudo -E -u ana docker ps -a", "docker|ps|-a", true},
	{"time sudo docker ps; winpty docker exec -it web sh", "docker|ps;docker|exec|-it|web|sh",
		true},
	{"command -v docker", "-v|docker", true},
	{"docker exec web sudo -u ana ls", "docker|exec|web|sudo|-u|ana|ls", true},
	{"docker ps > out 2>&1", "docker|ps", true},
	{"docker rm $(docker ps -q)", "docker|rm|$(docker ps -q);docker|ps|-q", true},
	{"echo \"$(docker ps)\"", "echo|$(docker ps);docker|ps", true},
	{"docker ps # remark", "docker|ps", true},
	{"cat <<EOF\nx y\nEOF\nls", "cat;ls", true},
	{"echo 'open", "echo|open", false},
	{"echo \"open", "echo|open", false},
	{"docker ps |", "docker|ps", false},
	{"docker ps &&", "docker|ps", false},
	{"docker run \\", "docker|run", false},
	{"cat <<EOF\nx", "cat", false},
	{"", "", true},
	{"# only", "", true},
	{"if true; then docker ps; fi", "true;docker|ps", true},
	{"a\\\nb", "ab", true},
	{"for i in 1 2; do", "for|i|in|1|2", false},
	{"for i in 1 2; do\necho $i\ndone", "for|i|in|1|2;echo|$i", true},
	{"while true", "true", false},
	{"while true; do if false; then ls; fi", "true;false;ls", false},
	{"f() {", "f", false},
	{"f() {\nls\n}", "f;ls", true},
	{"case $x in", "case|$x|in", false},
	{"echo for if {", "echo|for|if|{", true},
	{"docker run done", "docker|run|done", true},
};

START_TEST(lines_are_split)
{
	struct shell_commands commands;
	cleanup_buf struct buf text = {0};
	shell_split(splits[_i].line, &commands);
	for (size_t i = 0; i < commands.count; i++)
		for (size_t k = 0; k < commands.items[i].count; k++)
			buf_printf(&text, "%s%s",
				k > 0   ? "|"
				: i > 0 ? ";"
					: "",
				commands.items[i].words[k]);
	ck_assert_str_eq(buf_text(&text), splits[_i].words);
	ck_assert(commands.complete == splits[_i].complete);
	shell_commands_finish(&commands);
}
END_TEST

static const struct {
	const char *line;
	const char *command, *operands, *options; /* NULL: it is no docker command */
} calls[] = {
	{"ls -l", NULL, NULL, NULL},
	{"docker", "docker", "", ""},
	{"docker ps", "container ls", "", ""},
	{"/usr/bin/docker container ls -a", "container ls", "", "--all"},
	{"docker run -it --rm alpine sh -c 'echo x'", "container run", "alpine|sh|-c|echo x",
		"--interactive|--tty|--rm"},
	{"docker run -dp 8080:80 nginx", "container run", "nginx", "--detach|--publish=8080:80"},
	{"docker run -p8080:80 --name=web nginx", "container run", "nginx",
		"--publish=8080:80|--name=web"},
	{"docker -H tcp://x:1 ps -q", "container ls", "", "--host=tcp://x:1|--quiet"},
	{"docker rm -f a b -v", "container rm", "a|b", "--force|--volumes"},
	{"docker rm -- -a", "container rm", "-a", ""},
	{"docker volume create data", "volume create", "data", ""},
	{"docker compose -f a.yaml up -d web", "compose up", "web", "--file=a.yaml|--detach"},
	{"docker-compose up -d", "compose up", "", "--detach"},
	{"docker buildx build -t x .", "buildx build", ".", "--tag=x"},
	{"docker build --progress plain .", "buildx build", ".", "--progress=plain"},
	{"docker frobnicate -x y", "docker", "frobnicate|-x|y", ""},
	{"docker cp - web:/x", "container cp", "-|web:/x", ""},
};

START_TEST(calls_are_read)
{
	struct shell_commands commands;
	struct cli_call call;
	cleanup_buf struct buf operands = {0}, options = {0};
	shell_split(calls[_i].line, &commands);
	bool is_docker = cli_read(&commands.items[0], &call);
	ck_assert_int_eq(is_docker, calls[_i].command != NULL);
	if (is_docker) {
		for (size_t i = 0; i < call.operand_count; i++)
			buf_printf(&operands, "%s%s", i > 0 ? "|" : "", cli_operand(&call, i));
		for (size_t i = 0; i < call.use_count; i++)
			buf_printf(&options, "%s%s%s%s", i > 0 ? "|" : "",
				call.uses[i].option != NULL ? call.uses[i].option->name : "?",
				call.uses[i].value != NULL ? "=" : "",
				call.uses[i].value != NULL ? call.uses[i].value : "");
		ck_assert_str_eq(call.command->name, calls[_i].command);
		ck_assert_str_eq(buf_text(&operands), calls[_i].operands);
		ck_assert_str_eq(buf_text(&options), calls[_i].options);
	}
	cli_call_finish(&call);
	shell_commands_finish(&commands);
}
END_TEST

/* The first fault of a line: its kind, the word, what was meant, and the line repaired. */
static const struct {
	const char *line, *fault, *repaired;
} faults[] = {
	{"docker ps", NULL, NULL},
	{"docker run -it --rm alpine sh", NULL, NULL},
	{"docker run -d -p 127.0.0.1:8080:80/tcp -p 9000-9001:90-91 -p [::1]:1:2 -p 80 nginx:1.25",
		NULL, NULL},
	{"docker run -v data:/d:ro -v /a:/b -v ./x:/y -v C:\\\\x:/z --mount "
	 "type=bind,src=/a,dst=/b x",
		NULL, NULL},
	{"docker run -m 512m --cpus 1.5 --memory-swap -1 -e A=b -w /x -u 1:1 "
	 "localhost:5000/a/b@sha256:"
	 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef x",
		NULL, NULL},
	{"docker run --restart on-failure:3 --pull never --network container:web x", NULL, NULL},
	{"docker ps --filter name=x --format '{{.ID}}' -n 3", NULL, NULL},
	{"docker run -e $X -p $P:80 $IMAGE", NULL, NULL},
	{"docker exec -it web sh -c 'ls -l'", NULL, NULL},
	{"docker logs -f --tail 5 --since 10m web", NULL, NULL},
	/* commands */
	{"docker rum hello", "unknown command rum (container run)", "docker run hello"},
	{"docker container lst -a", "unknown command lst (container ls)", "docker container ls -a"},
	{"docker remove web", "unknown command remove (container rm)", "docker rm web"},
	{"docker container delete web", "unknown command delete (container rm)",
		"docker container rm web"},
	{"docker compose-up -d", "unknown command compose-up (compose up)", "docker compose up -d"},
	{"docker imagse", "unknown command imagse (image ls)", "docker images"},
	{"docker frobnicate", "unknown command frobnicate", NULL},
	{"docker compose pu -d", "unknown command pu (compose up)", "docker compose up -d"},
	{"docker daemon -D", "removed command daemon (daemon)", NULL},
	{"docker volume", "missing command  (volume)", NULL},
	/* options */
	{"docker run --detatch nginx", "unknown option --detatch --detach (container run)",
		"docker run --detach nginx"},
	{"docker ps --al", "unknown option --al --all (container ls)", "docker ps --all"},
	{"docker logs --lines 5 web", "unknown option --lines --tail (container logs)",
		"docker logs --tail 5 web"},
	{"docker run --port=80:80 nginx", "unknown option --port=80:80 --publish (container run)",
		"docker run --publish=80:80 nginx"},
	{"docker run --interac alpine", "unknown option --interac --interactive (container run)",
		"docker run --interactive alpine"},
	{"docker run -y alpine", "unknown option -y (container run)", NULL},
	{"docker -it run alpine sh", "misplaced option -it --interactive (container run)",
		"docker run -it alpine sh"},
	{"docker --name web run nginx", "misplaced option --name --name (container run)",
		"docker run --name web nginx"},
	{"docker ps -H tcp://x:1", "misplaced option -H --host (docker)", "docker -H tcp://x:1 ps"},
	{"docker ps --rm", "misplaced option --rm --rm (container run)", NULL},
	{"docker run -name web nginx", "single dash -name --name", "docker run --name web nginx"},
	{"docker run -rm nginx", "single dash -rm --rm", "docker run --rm nginx"},
	{"docker ps -filter=name=x", "single dash -filter=name=x --filter",
		"docker ps --filter=name=x"},
	{"docker run -volumes-from x y", "single dash -volumes-from --volumes-from",
		"docker run --volumes-from x y"},
	{"docker run –d nginx", "typographic –d", "docker run -d nginx"},
	{"docker run —rm nginx", "typographic —rm", "docker run --rm nginx"},
	{"docker run alpine echo “hi”", "typographic “hi”", "docker run alpine echo \"hi\""},
	{"docker run -–rm nginx", "typographic -–rm", "docker run --rm nginx"},
	{"docker run --‐rm nginx", "typographic --‐rm", "docker run --rm nginx"},
	{"docker run --rm​ nginx", "typographic --rm​", "docker run --rm nginx"},
	{"docker build --no–cache .", "typographic --no–cache", "docker build --no-cache ."},
	{"docker run −it alpine", "typographic −it", "docker run -it alpine"},
	{"docker run --name «web» alpine", "bad value «web» --name", NULL},
	{"docker run ‹alpine›", "bad operand ‹alpine› IMAGE", NULL},
	{"docker run --label=range=1–2 alpine", NULL, NULL},
	{"docker run alpine echo 1–2 👩‍💻", NULL, NULL},
	{"docker run --email x y", "unknown option --email (container run)", NULL},
	{"docker compose --profile dev", "missing command  (compose)", NULL},
	{"docker -H tcp://x:1", "missing command  (docker)", NULL},
	{"docker compose --help", NULL, NULL},
	{"docker compose exec -T db psql", NULL, NULL},
	{"docker compose run -T --rm web sh", NULL, NULL},
	{"docker --version", NULL, NULL},
	/* values */
	{"docker run -d nginx --name", "late option, silent --name --name (container run)", NULL},
	{"docker run -v data /data nginx", "split value /data --volume",
		"docker run -v data:/data nginx"},
	{"docker run -v /data nginx /bin/sh", NULL, NULL},
	{"docker run -e A=1 B=2 alpine", "split value B=2 --env",
		"docker run -e A=1 -e B=2 alpine"},
	{"docker run -e A=1 app:1 B=2", NULL, NULL},
	{"docker run --mount type=bind source=/a,target=/b alpine",
		"split value source=/a,target=/b --mount",
		"docker run --mount type=bind,source=/a,target=/b alpine"},
	{"docker run -p -80:80 nginx", "bad value -80:80 --publish", "docker run -p 80:80 nginx"},
	{"docker logs web --tail", "missing value --tail --tail", NULL},
	{"docker run --name -d nginx", "swallowed value --name --name", NULL},
	{"docker pull ubuntu latest", "extra operand latest (image pull)",
		"docker pull ubuntu:latest"},
	{"docker pull nginx redis", "extra operand redis (image pull)", NULL},
	{"docker volume prune -y", "unknown option -y --force (volume prune)",
		"docker volume prune --force"},
	{"docker rm -web", "unknown option -web (container rm)", NULL},
	{"docker load app.tar", "extra operand app.tar (image load)",
		"docker load --input app.tar"},
	{"docker run -p 8080-80 x", "bad value 8080-80 --publish", "docker run -p 8080:80 x"},
	{"docker run -v /a:/b: x", "bad value /a:/b: --volume", NULL},
	{"docker run -p 127.0.0.1:80 x", "bad value 127.0.0.1:80 --publish", NULL},
	{"docker run -w ./app x", "bad value ./app --workdir", "docker run -w /app x"},
	{"docker run x -c 'echo hi'", NULL, NULL},
	{"docker stop -t web", "swallowed value -t --time", NULL},
	{"docker exec web -- ls", "late option, silent -- (container exec)", "docker exec web ls"},
	{"docker run --rm=maybe nginx", "unwanted value --rm=maybe --rm", NULL},
	{"docker run -p 8080: nginx", "bad value 8080: --publish", NULL},
	{"docker run -p 99999:80 nginx", "bad value 99999:80 --publish", NULL},
	{"docker run -p '8083;80' nginx", "bad value 8083;80 --publish",
		"docker run -p 8083:80 nginx"},
	{"docker run -p localhost:80:80 nginx", "bad value localhost:80:80 --publish", NULL},
	{"docker run -p 80:80/http nginx", "bad value 80:80/http --publish", NULL},
	{"docker run -p 8080-8085:80-82 nginx", "bad value 8080-8085:80-82 --publish", NULL},
	{"docker run -p 8080-8085:80 nginx", NULL, NULL},
	{"docker run -p 90-80:90-80 nginx", "bad value 90-80:90-80 --publish", NULL},
	{"docker run -p 127.0.0.1:80-81:80-81/udp nginx", NULL, NULL},
	{"docker run -v data nginx", "bad value data --volume", NULL},
	{"docker run -v /a:b nginx", "bad value /a:b --volume", "docker run -v /a:/b nginx"},
	{"docker run -v /a:/b:readonly nginx", "bad value /a:/b:readonly --volume",
		"docker run -v /a:/b:ro nginx"},
	{"docker run -v /a:/b:c:d nginx", "bad value /a:/b:c:d --volume", NULL},
	{"docker run --mount type=bind,src=/a nginx", "bad value type=bind,src=/a --mount", NULL},
	{"docker run --mount typ=bind,dst=/a nginx", "bad value typ=bind,dst=/a --mount", NULL},
	{"docker run --mount type=bind,src=/a,dst=/a,ro=yes nginx",
		"bad value type=bind,src=/a,dst=/a,ro=yes --mount", NULL},
	{"docker run --mount type=bind,src=/a,dst=/a,ro=true nginx", NULL, NULL},
	{"docker run --restart on-failure:3 nginx", NULL, NULL},
	{"docker run --restart on-failure:three nginx", "bad value on-failure:three --restart",
		NULL},
	{"docker pull nginx@sha256:0123abcd", "bad operand nginx@sha256:0123abcd IMAGE", NULL},
	{"docker run -m 1q nginx", "bad value 1q --memory", NULL},
	{"docker run -m '1 x' nginx", "bad value 1 x --memory", NULL},
	{"docker run --entrypoint sh -c ls nginx", "bad value ls --cpu-shares",
		"docker run --entrypoint sh nginx -c ls"},
	{"docker run --cpus two nginx", "bad value two --cpus", NULL},
	{"docker run --restart sometimes nginx", "bad value sometimes --restart", NULL},
	{"docker run --health-interval 10 nginx", "bad value 10 --health-interval",
		"docker run --health-interval 10s nginx"},
	{"docker run -w app nginx", "bad value app --workdir", "docker run -w /app nginx"},
	{"docker run --add-host db nginx", "bad value db --add-host", NULL},
	{"docker run --ulimit nofile=x nginx", "bad value nofile=x --ulimit", NULL},
	{"docker run --cap-add NET_ADMINS nginx", "bad value NET_ADMINS --cap-add", NULL},
	{"docker run --ip 10.0.0 nginx", "bad value 10.0.0 --ip", NULL},
	{"docker run --name 'my web' nginx", "bad value my web --name",
		"docker run --name my-web nginx"},
	{"docker ps --filter name", "bad value name --filter", NULL},
	{"docker ps --filter colour=red", "bad value colour=red --filter", NULL},
	{"docker ps --format '{{.ID}'", "bad value {{.ID} --format",
		"docker ps --format '{{.ID}}'"},
	{"docker ps -n x", "bad value x --last", NULL},
	{"docker logs --tail x web", NULL, NULL},
	/* values that a blank splits */
	{"docker run -d -p 3000 :3000 web", "split value :3000 --publish",
		"docker run -d -p 3000:3000 web"},
	{"docker run -m 512 mb alpine", "split value mb --memory", "docker run -m 512mb alpine"},
	{"docker run --memory=512 M alpine ls", "split value M --memory",
		"docker run --memory=512M alpine ls"},
	{"docker run -e NAME = Ada alpine env", "split value = --env",
		"docker run -e NAME=Ada alpine env"},
	{"docker run -e NAME =Ada alpine", "split value =Ada --env",
		"docker run -e NAME=Ada alpine"},
	{"docker run -e NAME= Ada alpine", "split value Ada --env",
		"docker run -e NAME=Ada alpine"},
	{"docker run -e NAME= $IMAGE", NULL, NULL},
	{"docker run -e NAME= alpine", NULL, NULL},
	{"docker run -v ./my dir:/app alpine ls", "split value dir:/app --volume",
		"docker run -v \"./my dir:/app\" alpine ls"},
	{"docker run -v'./my' dir:/app alpine", "split value dir:/app --volume", NULL},
	{"docker run -m 512 memcached", NULL, NULL},
	{"docker run -e NAME alpine", NULL, NULL},
	{"docker run -v data:/d registry:5000/a/b", NULL, NULL},
	/* operands */
	{"docker run", "missing operand  IMAGE (container run)", NULL},
	{"docker run -d --name nginx", "missing operand  --name IMAGE (container run)", NULL},
	{"docker exec web", "missing operand  COMMAND (container exec)", NULL},
	{"docker tag nginx", "missing operand  TARGET_IMAGE (image tag)", NULL},
	{"docker cp x", "missing operand  DEST_PATH (container cp)", NULL},
	{"docker build -t x", "missing operand  --tag PATH (buildx build)", "docker build -t x ."},
	{"docker ps web", "extra operand web (container ls)", "docker ps"},
	{"docker ps all", "extra operand all --all (container ls)", "docker ps --all"},
	{"docker pull a b", "extra operand b (image pull)", NULL},
	{"docker cp my file.txt web:/", "extra operand web:/ (container cp)", NULL},
	{"docker run -v ~/data:app alpine", "bad value ~/data:app --volume",
		"docker run -v ~/data:/app alpine"},
	{"docker system prune --volume", "unknown option --volume --volumes (system prune)",
		"docker system prune --volumes"},
	{"podman rum alpine", "unknown command rum (container run)", "podman run alpine"},
	{"podman run --detatch alpine", "unknown option --detatch --detach (container run)",
		"podman run --detach alpine"},
	{"podman run --pod web --replace --name ab alpine", NULL, NULL},
	{"podman rm -a", NULL, NULL},
	{"podman logs -l", NULL, NULL},
	{"podman pod create web", NULL, NULL},
	{"podman container exists web", NULL, NULL},
	{"docker run Nginx", "bad operand Nginx IMAGE", "docker run nginx"},
	{"docker pull https://hub.docker.com/nginx",
		"bad operand https://hub.docker.com/nginx IMAGE", "docker pull nginx"},
	{"docker run nginx:", "bad operand nginx: IMAGE", NULL},
	{"docker logs '<container>'", "bad operand <container> CONTAINER", NULL},
	/* what docker takes otherwise */
	{"docker run nginx -p 8080:80", "late option, silent -p --publish (container run)",
		"docker run -p 8080:80 nginx"},
	{"docker run -d nginx --name web -e A=b",
		"late option, silent --name --name (container run)",
		"docker run -d --name web -e A=b nginx"},
	{"docker run alpine -it sh | cat", "late option, silent -it --tty (container run)",
		"docker run -it alpine sh | cat"},
	{"docker exec web -it sh", "late option, silent -it --tty (container exec)",
		"docker exec -it web sh"},
	{"docker run alpine ls -l", NULL, NULL},
	{"cd x && docker run --detatch nginx > out",
		"unknown option --detatch --detach (container run)",
		"cd x && docker run --detach nginx > out"},
};

static const char *const kinds[] = {"unknown command", "removed command", "missing command",
	"unknown option", "removed option", "misplaced option", "single dash", "typographic",
	"missing value", "swallowed value", "unwanted value", "bad value", "split value",
	"missing operand", "extra operand", "bad operand", "late option"};

/* "KIND[, silent] WORD [OPTION] [OPERAND] [(COMMAND)]" */
static char *describe(const struct cli_call *call, const struct cli_fault *fault)
{
	struct buf out = {0};
	buf_printf(&out, "%s%s %s", kinds[fault->kind], fault->silent ? ", silent" : "",
		fault->word < call->line->count ? call->line->words[fault->word] : "");
	if (fault->option != NULL)
		buf_printf(&out, " %s", fault->option);
	if (fault->operand != NULL)
		buf_printf(&out, " %s", fault->operand);
	if (fault->command != NULL)
		buf_printf(&out, " (%s)", fault->command->name);
	return buf_steal(&out);
}

START_TEST(faults_are_found)
{
	const char *line = faults[_i].line;
	struct shell_commands commands;
	struct cli_call call = {0};
	struct cli_faults found = {0};
	shell_split(line, &commands);
	for (size_t i = 0; i < commands.count; i++)
		if (cli_read(&commands.items[i], &call))
			break;
	ck_assert_ptr_nonnull(call.line);
	cli_find_faults(&call, line, &found);
	cleanup_free char *first = found.count > 0 ? describe(&call, &found.items[0]) : NULL;
	if (faults[_i].fault == NULL)
		ck_assert_msg(first == NULL, "%s: %s", line, first);
	else
		ck_assert_msg(text_same(first, faults[_i].fault), "%s: %s", line, first);
	if (first != NULL && faults[_i].repaired == NULL)
		ck_assert_msg(
			found.items[0].repaired == NULL, "%s: %s", line, found.items[0].repaired);
	else if (first != NULL)
		ck_assert_msg(text_same(found.items[0].repaired, faults[_i].repaired), "%s: %s",
			line, found.items[0].repaired);
	cli_faults_finish(&found);
	cli_call_finish(&call);
	shell_commands_finish(&commands);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{lines_are_split, ARRAY_LENGTH(splits)},
		{calls_are_read, ARRAY_LENGTH(calls)},
		{faults_are_found, ARRAY_LENGTH(faults)},
	};
	return suite_run("cli", tests, ARRAY_LENGTH(tests), 20);
}
