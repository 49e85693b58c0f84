// tests/told.mjs - for programs that check something: prints each failed check with what came, and at the end how many passed.
let passed = 0, failed = 0;

export function ok(good, what, seen) {
	if (good) {
		passed++;
	} else {
		failed++;
		console.log(`FAILED: expected: ${what}${seen === undefined ? "" : `; got: ${JSON.stringify(seen)?.slice(0, 400)}`}`);
	}
}

export function finish() {
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed > 0 ? 1 : 0);
}
