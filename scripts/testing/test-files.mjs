import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The test files that `bun test ...filters` ought to run, by path from `root`: a filter is a
 * part of the path, or a path itself when it begins with `./`.
 * @param {string} root
 * @param {readonly string[]} filters
 * @returns {readonly string[]}
 */
export function testFiles(root, filters) {
  const wanted = filters.map((filter) => filter.replace(/^\.\//, ''))
  return listTestFiles(root, 'test').filter(
    (path) => wanted.length === 0 || wanted.some((filter) => path.includes(filter)),
  )
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function listTestFiles(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      return entry.name === 'node_modules' ? [] : listTestFiles(root, path)
    }
    return entry.name.endsWith('.test.ts') ? [path] : []
  })
}
