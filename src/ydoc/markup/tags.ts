/** HTML's own tags that only group or color what they hold, wherever they stand. */
const plainTags = words(`abbr address article aside bdi cite details dfn figcaption figure footer
  header hgroup ins kbd main mark nav q samp search section small sub summary sup time var`)

/** The others: they run, load, are void, or are put elsewhere by whoever reads HTML. */
const otherTags = words(`a acronym annotation-xml applet area audio b base basefont bdo bgsound big
  blink blockquote body br button canvas caption center code col colgroup color-profile command
  content data datalist dd del desc dialog dir div dl dt em embed fencedframe fieldset font
  font-face font-face-format font-face-name font-face-src font-face-uri foreignobject form frame
  frameset geolocation h1 h2 h3 h4 h5 h6 head hr html i iframe image img input isindex keygen label
  legend li link listing map marquee math menu menuitem meta meter missing-glyph multicol nextid
  nobr noembed noframes noscript object ol optgroup option output p param picture plaintext
  portal pre progress rb rbc rp rt rtc ruby s script select selectedcontent shadow slot source
  spacer span strike strong style svg table tbody td template textarea tfoot th thead title tr
  track tt u ul video wbr xmp`)

/** Whether a tag may stand for a node or a mark of an application: as it does nothing in a page. */
export function isFreeTag(tag: string): boolean {
  return plainTags.has(tag) || !otherTags.has(tag)
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/))
}
