// tests/told.mjs - what programs that check something share: they tell what does not hold, and end with how much did.
let passed = 0, failed = 0;

export function ok(good, what, seen) {
	if (good) {
		passed++;
	} else {
		failed++;
		console.log(`FAILED: ${what}: ${JSON.stringify(seen)?.slice(0, 400)}`);
	}
}

export function finish() {
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed > 0 ? 1 : 0);
}
