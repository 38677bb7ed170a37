import type { Route } from '../../http/route.ts'
import { bodyFields, type QueryParameter, queryParameters } from './openapi.ts'
import { referenceStyle } from './reference-style.ts'

/** The reference as a page: no script, no request to anywhere. */
export function referencePage(routes: readonly Route[]): string {
  const list = routes.map(
    (route) =>
      `<li><a href="#${idOf(route)}"><b class="${route.method.toLowerCase()}">${route.method}</b>` +
      ` <span>${pathOf(route)}</span></a></li>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>ytopic: the HTTP API</title>
<style>${referenceStyle}</style>
</head>
<body>
<header>
<h1>The HTTP API</h1>
<p>JSON in and out, times in UTC, sizes in bytes. A document’s name is one percent-encoded segment:
<code>a/b</code> is <code>a%2Fb</code>. Send your token as <code>Authorization: Bearer …</code>.
A refusal is <code>application/problem+json</code> with a <code>code</code> and a sentence.
For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
</header>
<nav aria-label="Routes"><ul>${list.join('')}</ul></nav>
<main>${routes.map(sectionOf).join('\n')}</main>
</body>
</html>
`
}

function sectionOf(route: Route): string {
  const { access, answers, method, summary } = route
  const rows = [
    ['Access', access === 'handler' ? 'by document' : access],
    ['Query', queryParameters(route).map(queryOf).join('<br>')],
    ['Body', bodyOf(route)],
  ].filter(([, value]) => value !== '')
  const told = Object.entries(answers).map(([status, { types = [], what }]) => {
    const forms = types.map(code).join(', ')
    return `<tr><th scope="row">${status}</th><td>${escaped(what)} ${forms}</td></tr>`
  })
  const facts = rows.map(
    ([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )
  return `<section id="${idOf(route)}">
<h2><b class="${method.toLowerCase()}">${method}</b> <span>${pathOf(route)}</span></h2>
<p>${escaped(summary)}.</p>
<table><tbody>${[...facts, ...told].join('')}</tbody></table>
</section>`
}

/** The media types of a body, and of JSON the fields. */
function bodyOf(route: Route): string {
  const fields = bodyFields(route).map(code).join(' ')
  return `${route.body.types.map(code).join(', ')}${fields === '' ? '' : `: ${fields}`}`
}

function queryOf({ name, schema }: QueryParameter): string {
  const { default: usual, enum: values } = schema
  const said = values === undefined ? '' : `: ${values.map(code).join(' ')}`
  return `${code(name)}${said}${usual === undefined ? '' : `, ${code(`${usual}`)} unless said`}`
}

function pathOf({ path }: Route): string {
  return escaped(path).replaceAll('/', '/<wbr>')
}

function idOf({ method, path }: Route): string {
  return `${method}${path}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}

function code(text: string): string {
  return `<code>${escaped(text)}</code>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
