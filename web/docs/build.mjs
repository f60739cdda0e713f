// Writes the documentation pages and everything they load into one flat directory:
//   node build.mjs <directory>
// The program serves docs.html as /docs, redoc.html as /redoc and the rest under /assets/docs/.
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'node_modules');

const copied = [
  ['swagger-ui-dist/swagger-ui-bundle.js', 'swagger-ui-bundle.js'],
  ['swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt', 'swagger-ui-bundle.js.LICENSE.txt'],
  ['swagger-ui-dist/swagger-ui.css', 'swagger-ui.css'],
  ['swagger-ui-dist/favicon-32x32.png', 'favicon-32x32.png'],
  ['swagger-ui-dist/LICENSE', 'swagger-ui.LICENSE.txt'],
  ['redoc/bundles/redoc.standalone.js.LICENSE.txt', 'redoc.standalone.js.LICENSE.txt'],
  ['redoc/LICENSE', 'redoc.LICENSE.txt'],
];

// ReDoc shows its maker's logo from a CDN; its own error handler removes an image that fails.
const logo = '"https://cdn.redoc.ly/redoc/logo-mini.svg"';

function withoutLogo(script) {
  const parts = script.split(logo);
  if (parts.length !== 2) {
    throw new Error(`redoc.standalone.js names the logo ${parts.length - 1} times, expected once`);
  }
  return parts.join('"data:,"');
}

// Source maps are not shipped, so the scripts must not ask for them.
function withoutSourceMap(text) {
  return text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
    .replace(/\n?\/\*# sourceMappingURL=.*\*\/\s*$/, '\n');
}

async function main() {
  const [out] = process.argv.slice(2);
  if (!out) {
    console.error('usage: node build.mjs <directory>');
    process.exit(2);
  }
  await mkdir(out, { recursive: true });
  for (const [from, to] of copied) {
    const source = path.join(modules, from);
    const target = path.join(out, to);
    if (/\.(js|css)$/.test(to)) {
      await writeFile(target, withoutSourceMap(await readFile(source, 'utf8')));
    } else {
      await copyFile(source, target);
    }
  }
  const redoc = await readFile(path.join(modules, 'redoc/bundles/redoc.standalone.js'), 'utf8');
  await writeFile(path.join(out, 'redoc.standalone.js'), withoutSourceMap(withoutLogo(redoc)));
  const pages = path.join(here, 'pages');
  for (const page of await readdir(pages)) {
    await copyFile(path.join(pages, page), path.join(out, page));
  }
}

await main();
