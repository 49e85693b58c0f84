# ropes - build, check, install. The two that matter:
#   make start   install what is missing, build, start the practice daemon, open the first lesson
#   make check   install what tests need, build, run every test
#   make check-course   everything in the courses that come with ropes, and two learners who go through all of it
#   make check-room      twenty learners in browsers, who lose the network and the server on the way
#   make check-on SUITE=trixie [AS=user]   these on a minimal system of another release, made for it
# The rest: make | check-san | check-valgrind | coverage | lint | bench | bench-report | fuzz | install | uninstall | dist | deb | packages | image | clean; MODE=san
# builds with sanitizers.

VERSION  := $(shell tools/version)
PREFIX   ?= /usr/local
DESTDIR  ?=
MODE     ?= plain
BUILD    ?= build$(if $(filter plain,$(MODE)),,/$(MODE))
MODULES  ?= base json cast xml log sql store crypto digest tls sessions audit spawn mirror xapi http mail oidc note quiz review progress engine record sync lrs tracker course export board room cli explain check lint import gate hub machine sandbox httpd terminals ports api pages serve screen tutor cmd

PKGS     := sqlite3 readline libcjson libutf8proc libseccomp libqrencode
# loaded at their first use, as libwslay is (see library_open() in include/base.h)
LOADED   := libcurl gnutls libmicrohttpd libxml-2.0 libarchive
STATIC   := -lcmark-gfm-extensions -lcmark-gfm

JOBS     ?= $(shell nproc 2>/dev/null || echo 2)
CFLAGS   ?= -O2 -g
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wvla \
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wformat=2 -Wundef $(if $(CI),-Werror)
# A row of a table leaves out what is zero: clang warns of that, gcc does not.
WARN     += $(if $(findstring clang,$(CC)),-Wno-missing-field-initializers)
HARDEN   := -fstack-protector-strong -fPIE $(if $(filter plain,$(MODE)),-D_FORTIFY_SOURCE=2)
FLAGS    := -std=c17 -D_GNU_SOURCE $(WARN) $(HARDEN) -iquote include -iquote tests -iquote $(BUILD)/generated $(CFLAGS)
LDFLAGS  += -pie -Wl,-z,relro,-z,now -Wl,--as-needed
ifeq ($(MODE),san)
FLAGS    += -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
LDFLAGS  += -fsanitize=address,undefined
endif
ifeq ($(MODE),cov)
FLAGS    += --coverage -fprofile-update=prefer-atomic -O0 -DCOUNTS_FOLDER=\"$(CURDIR)/$(BUILD)\"
LDFLAGS  += --coverage -Wl,--wrap=_exit,--wrap=execvp
endif

SOURCES  := $(foreach m,$(MODULES),$(sort $(wildcard src/$(m)/*.c)))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
MAIN     := $(BUILD)/src/cmd/main.o
LIBRARY  := $(BUILD)/libropes.a
LEARNER  := $(BUILD)/tests/whole/learner
CATALOGUES := $(patsubst po/%.po,$(BUILD)/share/locale/%/LC_MESSAGES/ropes.mo,$(wildcard po/*.po))
TESTS    := $(patsubst %.c,$(BUILD)/%,$(sort $(foreach m,$(MODULES) $(if $(filter cmd,$(MODULES)),live),$(wildcard tests/$(m)/test_*.c))))

# What only building needs is asked of pkg-config; a goal that builds nothing does not ask.
BUILDING := $(filter-out deps deps-check start check-on clean help uninstall dist deb packages image $(if $(wildcard $(BUILD)/ropes),install),$(or $(MAKECMDGOALS),all))
ifneq ($(BUILDING),)
  ifneq ($(filter-out check lint,$(BUILDING)),)
    MISSING := $(shell tools/deps missing build)
    ifneq ($(MISSING),)
      $(error ropes: these packages are missing: $(MISSING) - install them with `make deps`)
    endif
  endif
endif
LIBS     = $(STATIC) $(shell pkg-config --libs $(PKGS)) -lutil -ldl -lm
INCLUDES = $(shell pkg-config --cflags $(PKGS) $(LOADED))

.PHONY: all start check check-course check-room check-on check-san coverage check-valgrind lint bench bench-report fuzz deps deps-check install uninstall dist deb packages image clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/ropes $(CATALOGUES)

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

# ---- the two commands ------------------------------------------------------------------------------

start: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BUILD)/ropes; else exec $(BUILD)/ropes learn --once; fi

check: deps-check
	@$(MAKE) --no-print-directory -j$(JOBS) all tests
	@tools/run-tests $(BUILD)

deps:
	@tools/deps install build run

deps-check:
	@tools/deps install build run check

# ---- building ----------------------------------------------------------------------------------------

# Written only when they change, so that objects hang on compiler, flags and configuration.
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)/generated
	@echo '$(CC) $(FLAGS)' | cmp -s - $@ || echo '$(CC) $(FLAGS)' >$@
$(BUILD)/generated/config.h: FORCE
	@mkdir -p $(BUILD)/generated
	@printf '%s\n' '#define ROPES_VERSION "$(VERSION)"' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(BUILD)/generated/cli_tables.h: tools/cli-table assets/cli/commands.tsv assets/cli/options.tsv
	@mkdir -p $(@D)
	@tools/cli-table assets/cli >$@
$(BUILD)/src/cli/grammar.o: $(BUILD)/generated/cli_tables.h
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags $(BUILD)/generated/config.h
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$(CC) $(FLAGS) -ffile-prefix-map='$(CURDIR)=.' $(INCLUDES) -MMD -MP -c -o $@ $<

# A file that is new makes the library anew: make would take an object that is missing for one that is not needed.
$(BUILD)/sources: FORCE
	@mkdir -p $(@D)
	@echo '$(SOURCES)' | cmp -s - $@ || echo '$(SOURCES)' >$@
$(LIBRARY): $(filter-out $(MAIN),$(OBJECTS)) $(BUILD)/sources | $(BUILD)/share
	@rm -f $@ && ar rcs $@ $(filter %.o,$^)

$(BUILD)/ropes: $(MAIN) $(LIBRARY)
	@echo '  LD    $@'
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# What an installed program finds in PREFIX/share, one that was built finds here: src/base/paths.c looks for it.
# By relative links (without `ln -r`, which only GNU's has), so that a tree can be moved, unless BUILD is outside.
UP = $(if $(filter /% ../%,$(BUILD)),$(CURDIR),$(shell echo '$(BUILD)/share/ropes' | sed 's|[^/][^/]*|..|g'))
$(BUILD)/share:
	@mkdir -p $@/ropes
	@for folder in lessons quizzes assets; do ln -sfn '$(UP)'/$$folder $@/ropes/; done

# Translations; see tools/po.
$(BUILD)/share/locale/%/LC_MESSAGES/ropes.mo: po/%.po
	@mkdir -p $(@D)
	@msgfmt -o $@ $<

.PHONY: tests
tests: $(TESTS) $(CATALOGUES)
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIBRARY)
	@echo '  LD    $@'
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBRARY) $(shell pkg-config --libs check gnutls) -lwslay $(LIBS)

# Fakes for tests: a daemon, a sandbox, a practice machine, a terminal with a person, a clock; see tests/fake.
FAKE     := $(BUILD)/tests/fake
$(filter $(addprefix $(BUILD)/tests/,check/% engine/% explain/% gate/% hub/% machine/%),$(TESTS)): $(FAKE)/engine.o
$(filter $(BUILD)/tests/sandbox/%,$(TESTS)): $(addprefix $(FAKE)/,engine.o machine.o)
$(filter $(BUILD)/tests/screen/%,$(TESTS)): $(FAKE)/terminal.o
$(filter $(addprefix $(BUILD)/tests/,tutor/% cmd/%),$(TESTS)): $(addprefix $(FAKE)/,engine.o sandbox.o machine.o terminal.o clock.o)
$(filter $(addprefix $(BUILD)/tests/,progress/% export/%),$(TESTS)): $(FAKE)/clock.o
$(filter $(addprefix $(BUILD)/tests/,tutor/% cmd/% progress/% export/%),$(TESTS)): LDFLAGS += -Wl,--wrap=clock_wall_ms
$(filter $(BUILD)/tests/cmd/%,$(TESTS)): $(FAKE)/main.o
ifeq ($(MODE),cov)
$(BUILD)/ropes $(LEARNER) $(TESTS): $(FAKE)/exit.o
endif
$(FAKE)/main.o: $(MAIN)
	@mkdir -p $(@D)
	@objcopy --redefine-sym main=ropes_main $< $@

-include $(OBJECTS:.o=.d) $(TESTS:=.d) $(wildcard $(BUILD)/tests/fake/*.d)

# ---- the rest ----------------------------------------------------------------------------------------

check-san: deps-check
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=san all tests
	@tools/run-tests build/san

# Lines that the unit programs reach, module by module. COVER=all: all tests; FILES=1: file by file, too.
coverage: deps-check
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=cov all tests
	@tools/coverage build/cov $(COVER)

check-valgrind: deps-check all tests
	tools/check-valgrind $(BUILD)

# The shipped courses, whole: everything in them tried, then two learners at a terminal from first to last.
check-course: deps-check
	@$(MAKE) --no-print-directory -j$(JOBS) all $(LEARNER)
	@tools/check-course $(BUILD)
$(LEARNER): %: %.o $(LIBRARY)
	@echo '  LD    $@'
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# A workshop whose learners have only a browser, 20 of them or LEARNERS=…; minutes of two busy processors.
check-room: deps-check all
	@tools/check-room $(BUILD)

# Its variables come by the environment: make has an AS of its own.
check-on:
	@tools/check-on

lint:
	@tools/lint

bench: all $(BUILD)/bench/bench $(BUILD)/bench/lrs $(BUILD)/bench/room
	@bench/run $(BUILD)
# PARTS="notes explain": only those parts; see bench/run.
bench-report: all $(BUILD)/bench/bench $(BUILD)/bench/lrs $(BUILD)/bench/room
	@rm -rf $(BUILD)/bench-report && mkdir -p $(BUILD)/bench-report
	@BENCH_REPORT=$(CURDIR)/$(BUILD)/bench-report/rows.tsv bench/run $(BUILD) $(PARTS)
	@bench/report $(BUILD)/bench-report
$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LIBRARY)
	@$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

fuzz:
	@tools/fuzz

clean:
	rm -rf build

# ---- installing ---------------------------------------------------------------------------------------

# What is built already is installed as it is, whatever the flags are now: root compiles nothing in another's folder.
install: $(if $(wildcard $(BUILD)/ropes),$(filter all,$(MAKECMDGOALS)),all)
	@tools/install add $(BUILD) '$(DESTDIR)$(PREFIX)'

uninstall:
	@tools/install remove '$(DESTDIR)$(PREFIX)'

# The committed tree as an archive, as a Debian package, with recipes for other systems, and as an image for docker and podman.
dist:
	@tools/dist
deb:
	@tools/deps install build deb
	@tools/deb
packages:
	@tools/packages
image:
	@tools/image
