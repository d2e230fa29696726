// Makes src/lib/api/schema.d.ts from the server's own document: `npm run generate`, or with another document's path.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const from = process.argv[2] ?? fileURLToPath(new URL('../../api/openapi.json', import.meta.url));
const to = fileURLToPath(new URL('../src/lib/api/schema.d.ts', import.meta.url));
const document = JSON.parse(readFileSync(from, 'utf8'));

// The API writes what is absent as null, and reads null where a value is taken away; the document says only "optional".
for (const schema of Object.values(document.components.schemas)) {
	for (const [name, property] of Object.entries(schema.properties ?? {})) {
		if (schema.required?.includes(name)) continue;
		schema.properties[name] = { anyOf: [property, { type: 'null' }], description: property.description };
	}
}

const head = '// Made by `npm run generate` from the OpenAPI document of the server.\n\n';
writeFileSync(to, head + astToString(await openapiTS({ ...document, openapi: '3.1.0' }, { alphabetize: true })));
