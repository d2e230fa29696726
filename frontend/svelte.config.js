import adapter from '@sveltejs/adapter-static';
import { sourceHash } from './scripts/source-hash.js';

/** @type {import('@sveltejs/kit').Config} */
export default {
	compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
	kit: {
		adapter: adapter({ pages: '../frontend-dist', assets: '../frontend-dist', fallback: 'index.html' }),
		paths: { relative: false },
		// The default is the time of the build, which would make two builds of the same sources differ.
		version: { name: sourceHash() },
		output: { preloadStrategy: 'modulepreload' },
		// The page does it when it has nothing more urgent to fetch.
		serviceWorker: { register: false }
	}
};
