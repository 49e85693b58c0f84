"""documents.py ROPES SOURCE - what documents name is there: subcommands and options of ropes, targets of make, files, links.

Reads indented lines and `spans` of the documents that are installed or say how to work on ropes.
"""
import pathlib
import re
import subprocess
import sys

ROPES, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'lessons/AUTHORING.md', *sorted(
    str(path.relative_to(SOURCE)) for path in SOURCE.glob('docs/*.md'))]
# A path in the tree; what is made (build/, a learner's folders) or has a gap ("src/NAME/") is none.
TREE = re.compile(r'^(?:assets|bench|docs|include|lessons|quizzes|src|tests|tools)/[A-Za-z0-9._/-]+$')
results = {'passed': 0, 'failed': 0}
helps = {}


def tell(good, message):
    results['passed' if good else 'failed'] += 1
    if not good:
        print(f'FAILED: {message}')


def help_of(*words):
    if words not in helps:
        said = subprocess.run([ROPES, *words, '--help'], capture_output=True, text=True, check=False)
        helps[words] = said.stdout if said.returncode == 0 else None
    return helps[words]


def subcommands():
    return re.findall(r'^  ([a-z]+) ', help_of(), re.MULTILINE)


def options_of(subcommand):
    return re.findall(r'--[a-z][a-z-]*', help_of(subcommand))


def code_in(text):
    """(line, code) of indented blocks, fences and spans."""
    fenced = False
    for number, line in enumerate(text.split('\n'), 1):
        if line.startswith('```'):
            fenced = not fenced
        elif fenced or line.startswith('    '):
            yield number, line
        else:
            for span in re.findall(r'`([^`]+)`', line):
                yield number, span


def commands_in(code):
    """The word lists of commands in a line of shell; comments, and the columns after two blanks, are left out."""
    code = re.sub(r'(^|\s)#\s.*', '', re.sub(r'(\S) {2,}.*', r'\1', code.strip()))
    for part in re.split(r'[;|]|&&|\$\(', code):
        words = re.sub(r'[")(]', ' ', part).split()
        while words and (words[0] in ('sudo', 'exec', '[', '$') or re.match(r'^[A-Z_]+=', words[0])):
            words.pop(0)
        if words:
            yield words


def check_ropes(words, where):
    if len(words) < 2 or words[1] in ('-', '=') or not re.match(r'^-*[a-z]', words[1]):
        return
    if words[1].startswith('--'):
        tell(words[1].split('=')[0] in ('--help', '--plain', '--version'), f'{where}: ropes has no option {words[1]}')
        return
    known = words[1] in subcommands()
    tell(known, f'{where}: ropes has no subcommand {words[1]}')
    for word in words[2:] if known else []:
        option = re.match(r'^\[?(--[a-z][a-z-]*)', word)
        if word == '--':
            break # what follows is another program's
        if option:
            tell(option.group(1) in [*options_of(words[1]), '--help'], f'{where}: ropes {words[1]} has no option {option.group(1)}')


def check_make(words, targets, where):
    for word in words[1:]:
        word = word.rstrip(',')
        if word in ('make', 'and') or word.startswith('-') or '=' in word or not re.match(r'^[a-z][a-z-]*$', word):
            continue
        tell(word in targets, f'{where}: the Makefile has no target {word}')


def check_document(name, targets):
    text = (SOURCE / name).read_text(encoding='utf-8')
    folder = (SOURCE / name).parent
    for number, code in code_in(text):
        where = f'{name}:{number}'
        for words in commands_in(code):
            if words[0] in ('ropes', 'build/ropes'):
                check_ropes(words, where)
            elif words[0] == 'make':
                check_make(words, targets, where)
            for word in words:
                if TREE.match(word) and not re.search(r'NAME|KIND|ANCHOR|MODULE|[A-Z]{4}', word.split('.')[0]):
                    tell((SOURCE / word).exists(), f'{where}: there is no {word}')
    for target in re.findall(r'\]\(([^)#\s]+)', re.sub(r'`[^`\n]+`', '', text)):
        if '://' not in target and not target.startswith('mailto:'):
            tell((folder / target).exists(), f'{name}: a link leads to {target}, which is not there')


def main():
    makefile = (SOURCE / 'Makefile').read_text(encoding='utf-8')
    targets = set(re.search(r'^\.PHONY: (.*)$', makefile, re.MULTILINE).group(1).split())
    for name in DOCUMENTS:
        check_document(name, targets)
    print(f"{results['passed']} passed, {results['failed']} failed")


main()
