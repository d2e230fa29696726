{
	__sveltekit_1732bao = {
		base: ""
	};
	const element = document.currentScript.parentElement;
	Promise.all([
		import("/_app/immutable/entry/start.BRD_gZ9m.js"),
		import("/_app/immutable/entry/app.G0Av-1JZ.js")
	]).then(([kit, app]) => {
		kit.start(app, element);
	});
	if ('serviceWorker' in navigator) {
		const script_url = '/service-worker.js';
		const policy = globalThis?.window?.trustedTypes?.createPolicy(
			'sveltekit-trusted-url',
			{ createScriptURL(url) { return url; } }
		);
		const sanitised = policy?.createScriptURL(script_url) ?? script_url;
		addEventListener('load', function () {
			navigator.serviceWorker.register(sanitised);
		});
	}
}
