import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

// A browser of the system, so that a run downloads nothing; Playwright's own where there is none.
const system = [process.env.SKEIN_E2E_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
	(path) => path && existsSync(path)
);

const browser = {
	...devices['Desktop Chrome'],
	viewport: { width: 1280, height: 800 },
	launchOptions: {
		executablePath: system,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync'
		]
	}
};

export default defineConfig({
	testDir: 'specs',
	// What a busy machine with two cores needs; a test that passes waits for none of it.
	timeout: 150_000,
	expect: { timeout: 20_000 },
	// One server, which the tests share; each has an account of its own.
	workers: Number(process.env.SKEIN_E2E_WORKERS ?? 2),
	fullyParallel: true,
	reporter: [['list'], ['./failures.ts']],
	forbidOnly: !!process.env.CI,
	// Once more on a shared machine; what only then passes is called flaky at the end, with its reason.
	retries: process.env.CI ? 1 : 0,
	use: {
		baseURL: process.env.SKEIN_E2E_URL,
		trace: 'retain-on-failure',
		screenshot: 'only-on-failure',
		locale: 'en-GB',
		// It fetches the whole page for later, which only the test of that needs.
		serviceWorkers: 'block'
	},
	projects: [
		{ name: 'first-run', testMatch: 'first-run.ts', use: browser },
		{ name: 'page', testMatch: '*.spec.ts', use: browser, dependencies: ['first-run'] },
		{ name: 'bench', testDir: 'bench', testMatch: '*.bench.ts', use: browser, dependencies: ['first-run'] }
	]
});
