import type { FullConfig, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';

/** Says at the very end, where a long log is looked at first, which tests failed, or passed only the second time, and why. */
export default class Failures implements Reporter {
	#root: Suite | undefined;

	onBegin(_config: FullConfig, root: Suite) {
		this.#root = root;
	}

	onEnd() {
		const failed = (this.#root?.allTests() ?? []).filter((test) => ['unexpected', 'flaky'].includes(test.outcome()));
		for (const test of failed) {
			console.log(`\n${test.outcome()}: ${test.location.file}:${test.location.line} ${test.title}\n${why(test)}`);
		}
	}
}

function why(test: TestCase): string {
	const errors = test.results.flatMap((result: TestResult) => result.errors);
	const colour = new RegExp('\\u001b\\[[0-9;]*m', 'g');
	const lines = errors.flatMap((error) => (error.message ?? '').replace(colour, '').split('\n'));
	return lines
		.filter((line) => line.trim())
		.slice(0, 12)
		.join('\n');
}
